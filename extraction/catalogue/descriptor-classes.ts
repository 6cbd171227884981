/**
 * Files of a run whose grid descriptors are the same bytes. Two files may tag different axes alike (another domain, a
 * staggered grid), so equal tags prove nothing; equal descriptor records do. Looked at once for each version of a run.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type DataFile, FLAG, type RunIndex } from '../run-index.js';
import { isRemote, remoteFiles } from '../store/remote-files.js';

/** Files read at the same time. */
const AT_ONCE = 16;
/** A descriptor over this is told by its place alone: two such files count as different. */
const MOST_BYTES = 64 * 2 ** 20;

const known = new WeakMap<RunIndex, Promise<readonly string[]>>();

function descriptorRowsByFile({ columns, count, files }: RunIndex): number[][] {
  const rows: number[][] = files.map(() => []);
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & FLAG.descriptor) !== 0) rows[columns.file[row]!]!.push(row);
  }
  return rows;
}

interface Reader {
  /** Bytes of a record as far as they are there. */
  read(offset: number, bytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function readerOf(file: DataFile): Promise<Reader> {
  if (isRemote(file.path)) {
    const read = async (offset: number, bytes: number): Promise<Uint8Array> => {
      const segments = await remoteFiles(file.path).read(file, [{ offset, bytes }]);
      const [first] = segments;
      const joined = Buffer.concat(segments.map((segment) => segment.bytes));
      return first === undefined ? joined : joined.subarray(offset - first.offset, offset - first.offset + bytes);
    };
    return { read, close: async () => undefined };
  }
  const handle = await open(file.path);
  const read = async (offset: number, bytes: number): Promise<Uint8Array> =>
    (await handle.read(Buffer.alloc(bytes), 0, bytes, offset)).buffer;
  return { read, close: () => handle.close() };
}

async function classOf(run: RunIndex, file: number, rows: readonly number[]): Promise<string> {
  if (rows.length === 0) return '';
  const { columns, files } = run;
  const hash = createHash('sha1');
  const reader = await readerOf(files[file]!);
  try {
    for (const row of rows) {
      const bytes = columns.payloadBytes[row]!;
      hash.update(columns.nomvar.subarray(row * 4, row * 4 + 4));
      hash.update(Int32Array.of(columns.ip1[row]!, columns.ip2[row]!, columns.ip3[row]!, columns.grtyp[row]!));
      hash.update(Int32Array.of(columns.ig1[row]!, columns.ig2[row]!, columns.ig3[row]!, columns.ig4[row]!));
      if (bytes > MOST_BYTES) hash.update(`${file} ${row}`);
      else hash.update(await reader.read(columns.payloadOffset[row]!, bytes));
    }
  } finally {
    await reader.close();
  }
  return hash.digest('hex');
}

async function look(run: RunIndex): Promise<readonly string[]> {
  const rows = descriptorRowsByFile(run);
  const classes: string[] = [];
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const part = rows.slice(first, first + AT_ONCE);
    classes.push(...(await Promise.all(part.map((own, at) => classOf(run, first + at, own)))));
  }
  return classes;
}

/** A word for each file of a run; files with equal words have equal descriptors. One word when the run has one file. */
export function descriptorClasses(run: RunIndex): Promise<readonly string[]> {
  if (run.files.length === 1) return Promise.resolve(['']);
  let classes = known.get(run);
  if (classes === undefined) {
    classes = look(run);
    known.set(run, classes);
    classes.catch(() => known.delete(run));
  }
  return classes;
}
