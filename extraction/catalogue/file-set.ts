/** Files of a datacube as the native boundary takes them: names and identities, made once a cube. */
import type { FileSet } from '../../native/index.js';
import type { Datacube } from '../datacube.js';

/** All files of a cube; `starts[f]` is where the path of file f begins. */
interface CubeFiles extends FileSet {
  readonly starts: Uint32Array;
}

const known = new WeakMap<Datacube, CubeFiles>();

function filesOf(cube: Datacube): CubeFiles {
  const before = known.get(cube);
  if (before !== undefined) return before;
  const texts = cube.files.map(({ path }) => Buffer.from(path, 'utf8'));
  const starts = new Uint32Array(texts.length + 1);
  for (const [f, text] of texts.entries()) starts[f + 1] = starts[f]! + text.length + 1;
  const paths = new Uint8Array(starts[texts.length]!);
  for (const [f, text] of texts.entries()) paths.set(text, starts[f]!);
  const identities = new Float64Array(4 * texts.length);
  for (const [f, { dev, ino, size, mtimeMs }] of cube.files.entries()) identities.set([dev, ino, size, mtimeMs], 4 * f);
  const made = { paths, identities, starts };
  known.set(cube, made);
  return made;
}

/** Some files of a cube, and for each record the number of its file among them; records of one file are neighbours. */
export function fileSet(cube: Datacube, file: Uint32Array): { files: FileSet; fileOf: Uint32Array } {
  const all = filesOf(cube);
  const fileOf = new Uint32Array(file.length);
  const distinct: number[] = [];
  for (let r = 0; r < file.length; r++) {
    if (r === 0 || file[r] !== file[r - 1]) distinct.push(file[r]!);
    fileOf[r] = distinct.length - 1;
  }
  let bytes = 0;
  for (const f of distinct) bytes += all.starts[f + 1]! - all.starts[f]!;
  const paths = new Uint8Array(bytes);
  const identities = new Float64Array(4 * distinct.length);
  let at = 0;
  for (let n = 0; n < distinct.length; ) {
    const first = distinct[n]!;
    // neighbours in the cube are copied together
    let count = 1;
    while (distinct[n + count] === first + count) count++;
    paths.set(all.paths.subarray(all.starts[first]!, all.starts[first + count]!), at);
    identities.set(all.identities.subarray(4 * first, 4 * (first + count)), 4 * n);
    at += all.starts[first + count]! - all.starts[first]!;
    n += count;
  }
  return { files: { paths, identities }, fileOf };
}
