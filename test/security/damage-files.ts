/** Whole files to be damaged, and the damage: cut, flipped bits, overwritten words, pieces of another file spliced in. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoToStamp } from '../../extraction/fst/time.js';
import { append, encode, type NativeField } from '../../native/index.js';
import type { Container } from '../../schemas/vocabulary.js';
import { shared } from '../paths.js';
import type { Chooser } from './hostile.js';

const NI = 20;
const NJ = 14;
const PACKINGS: readonly (readonly [datyp: number, nbits: number])[] = [
  [1, 16],
  [1, 12],
  [2, 16],
  [4, 16],
  [5, 32],
  [6, 16],
  [129, 16],
  [130, 16],
  [133, 32],
  [134, 16],
  [65, 16],
  [198, 12],
];
/** A reference file above this size is left out: thousands of copies are made. */
const MOST_BYTES = 210_000;

function fieldOf(datyp: number, nbits: number, ip1: number): NativeField {
  const kind = datyp & 15;
  const signed = kind === 4;
  const values = Array.from({ length: NI * NJ }, (_, at) => Math.round(1000 + 400 * Math.sin(at / 7) + (at % NI) * 3));
  const typed = signed ? Int32Array.from(values) : kind === 2 ? Uint32Array.from(values) : Float32Array.from(values);
  return {
    ...{ nomvar: 'TT', typvar: 'P', etiket: 'DAMAGE', grtyp: 'L', ip1, ip2: 6, ip3: 0, ni: NI, nj: NJ, nk: 1 },
    ...{ deet: 3600, npas: 6, ig1: 100, ig2: 100, ig3: 13000, ig4: 27000 },
    dateo: isoToStamp('2025-01-15T00:00:00Z'),
    ...{ datyp, nbits, values: typed },
  };
}

/** A file of ours in each container: every packing, at levels of its own. */
async function ownFile(path: string, container: Container): Promise<void> {
  const records: Uint8Array[] = [];
  for (const [n, [datyp, nbits]] of PACKINGS.entries())
    records.push(await encode(container, fieldOf(datyp, nbits, 1000 - n)));
  await append(path, container, records);
}

/** The bytes of every file that is damaged: our own, and the reference files when they are beside the checkout. */
export async function wholeFiles(folder: string): Promise<readonly Uint8Array[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const container of ['xdf', 'rsf'] as const) {
    const path = join(folder, `own.${container}`);
    await ownFile(path, container);
    paths.push(path);
  }
  const reference = shared('fst');
  if (reference !== undefined) {
    const names = (await readdir(reference)).filter((name) => name.endsWith('.fst')).sort();
    paths.push(...names.map((name) => join(reference, name)));
  }
  const files = await Promise.all(paths.map((path) => readFile(path)));
  return files.filter((bytes) => bytes.length <= MOST_BYTES);
}

const BOUNDARIES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Headers stand at the front and directories at the end of a file: most of the damage goes there. */
const EDGE = 4096;

function place(chooser: Chooser, length: number): number {
  const way = chooser.whole(3);
  const edge = Math.min(EDGE, length);
  if (way === 0) return chooser.whole(edge);
  if (way === 1) return length - 1 - chooser.whole(edge);
  return chooser.whole(length);
}

/** A damaged copy. */
export function damaged(chooser: Chooser, files: readonly Uint8Array[]): Uint8Array {
  const bytes = Uint8Array.from(chooser.from(files));
  const view = new DataView(bytes.buffer);
  switch (chooser.whole(5)) {
    case 0:
      return bytes.slice(0, place(chooser, bytes.length));
    case 1:
      for (let flips = 1 + chooser.whole(8); flips > 0; flips--) {
        const at = place(chooser, bytes.length);
        bytes[at] = bytes[at]! ^ (1 << chooser.whole(8));
      }
      return bytes;
    case 2:
      for (let words = 1 + chooser.whole(4); words > 0; words--) {
        const at = Math.max(0, Math.min(bytes.length - 4, place(chooser, bytes.length) & ~3));
        view.setUint32(at, chooser.from(BOUNDARIES), chooser.whole(2) === 0);
      }
      return bytes;
    case 3: {
      const other = chooser.from(files);
      const from = chooser.whole(other.length);
      const piece = other.subarray(from, from + 1 + chooser.whole(Math.min(4096, other.length)));
      const at = place(chooser, bytes.length);
      bytes.set(piece.subarray(0, bytes.length - at), at);
      return bytes;
    }
    default: {
      const at = place(chooser, bytes.length);
      const gone = 1 + chooser.whole(64);
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + gone))]);
    }
  }
}
