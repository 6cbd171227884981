/** Keys of a Zarr store that is read: a folder, or a ZIP archive (stored or deflated). */
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { FeatureError } from '../schemas/problem.js';

export interface ZarrKeys {
  get(key: string): Promise<Uint8Array | undefined>;
  /** every key, for stores without consolidated metadata */
  list(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function openFolder(root: string): ZarrKeys {
  return {
    async get(key) {
      return readFile(join(root, key)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return undefined;
        throw error;
      });
    },
    async list() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length).split(sep).filter(Boolean).join('/'));
    },
    async close() {},
  };
}

interface ZipEntry {
  readonly offset: number;
  readonly size: number;
  readonly method: number;
}

const inflateBytes = promisify(inflateRaw);
const END_SEARCH = 66_000;
const MOST_DIRECTORY = 2 ** 30;
const MOST_32 = 0xffff_ffff;

function damaged(path: string): never {
  throw new FeatureError('damaged_file', `${path}: the directory of this ZIP archive is not whole; get it again.`);
}

async function readPart(file: FileHandle, start: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await file.read(bytes, 0, size, start);
  return bytes.subarray(0, bytesRead);
}

interface Directory {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

async function directoryOf(file: FileHandle, path: string): Promise<Directory> {
  const { size: total } = await file.stat();
  const start = Math.max(0, total - END_SEARCH);
  const tail = await readPart(file, start, total - start);
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (at < 0) damaged(path);
  let directory: Directory = {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  if (at >= 20 && tail.readUInt32LE(at - 20) === 0x07064b50) {
    const end = await readPart(file, Number(tail.readBigUInt64LE(at - 12)), 56);
    if (end.length < 56 || end.readUInt32LE(0) !== 0x06064b50) damaged(path);
    directory = {
      count: Number(end.readBigUInt64LE(32)),
      size: Number(end.readBigUInt64LE(40)),
      offset: Number(end.readBigUInt64LE(48)),
    };
  }
  if (directory.size > MOST_DIRECTORY || directory.offset + directory.size > total) damaged(path);
  return directory;
}

/** Sizes and offsets that do not fit into 32 bits stand in an extra field, in the order in which they are missing. */
function wide(extra: Buffer, values: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let from = at + 4;
    return values.map((value) => {
      if (value !== MOST_32 || from + 8 > extra.length) return value;
      from += 8;
      return Number(extra.readBigUInt64LE(from - 8));
    });
  }
  return [...values];
}

async function entriesOf(file: FileHandle, path: string): Promise<Map<string, ZipEntry>> {
  const { count, size, offset } = await directoryOf(file, path);
  const bytes = await readPart(file, offset, size);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) damaged(path);
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [, stored, place] = wide(
      extra,
      [24, 20, 42].map((field) => bytes.readUInt32LE(at + field)),
    );
    entries.set(name, { offset: place!, size: stored!, method: bytes.readUInt16LE(at + 10) });
    at += 46 + nameLength + extraLength + noteLength;
  }
  return entries;
}

export async function openZip(path: string): Promise<ZarrKeys> {
  const file = await open(path, 'r');
  let entries: Map<string, ZipEntry>;
  try {
    entries = await entriesOf(file, path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const head = await readPart(file, entry.offset, 30);
      if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) damaged(path);
      const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
      const bytes = await readPart(file, start, entry.size);
      if (bytes.length !== entry.size) damaged(path);
      return entry.method === 0 ? bytes : inflateBytes(bytes);
    },
    list: async () => [...entries.keys()],
    close: () => file.close(),
  };
}
