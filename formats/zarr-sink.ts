/** Where the keys of a Zarr store go: files of a folder, or entries of a ZIP archive that are stored as they are. */
import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

export interface ZarrSink {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Finishes; returns the bytes written. */
  close(): Promise<number>;
  abandon(): Promise<void>;
}

export class FolderSink implements ZarrSink {
  readonly #folders = new Map<string, Promise<unknown>>();
  #bytes = 0;

  constructor(readonly root: string) {}

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.root, key);
    const folder = dirname(path);
    let made = this.#folders.get(folder);
    if (made === undefined) {
      made = mkdir(folder, { recursive: true });
      this.#folders.set(folder, made);
    }
    await made;
    await writeFile(path, bytes);
    this.#bytes += bytes.length;
  }

  async close(): Promise<number> {
    return this.#bytes;
  }

  async abandon(): Promise<void> {}
}

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
}

const MOST_32 = 0xffff_ffff;
const MOST_16 = 0xffff;
/** 1980-01-01: entries carry no time of their own, so that equal stores are equal archives. */
const DATE = 0x21;
const UTF8_NAMES = 0x0800;
const ZIP64_VERSION = 45;

/** A ZIP archive without compression (APPNOTE 6.3): every chunk lies in it as it is. Entries of 4 GiB and more are not made. */
export class ZipSink implements ZarrSink {
  readonly #entries: Entry[] = [];
  #end = 0;

  private constructor(readonly file: FileHandle) {}

  static async create(path: string): Promise<ZipSink> {
    return new ZipSink(await open(path, 'wx'));
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const name = Buffer.from(key);
    const crc = crc32(bytes) >>> 0;
    const head = Buffer.alloc(30 + name.length);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(UTF8_NAMES, 6);
    head.writeUInt16LE(DATE, 12);
    head.writeUInt32LE(crc, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt32LE(bytes.length, 22);
    head.writeUInt16LE(name.length, 26);
    name.copy(head, 30);
    const offset = this.#end;
    this.#end += head.length + bytes.length;
    this.#entries.push({ name, crc, size: bytes.length, offset });
    await this.file.writev([head, bytes], offset);
  }

  async close(): Promise<number> {
    const start = this.#end;
    let block: Buffer[] = [];
    let at = start;
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(block);
      block = [];
      await this.file.write(bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    for (const entry of this.#entries) {
      block.push(directoryEntry(entry));
      if (block.length >= 4096) await flush();
    }
    await flush();
    block.push(endOfDirectory(this.#entries.length, start, at - start, at));
    await flush();
    await this.file.sync();
    await this.file.close();
    return at;
  }

  async abandon(): Promise<void> {
    await this.file.close();
  }
}

function directoryEntry({ name, crc, size, offset }: Entry): Buffer {
  const far = offset >= MOST_32;
  const out = Buffer.alloc(46 + name.length + (far ? 12 : 0));
  out.writeUInt32LE(0x02014b50, 0);
  out.writeUInt16LE((3 << 8) | ZIP64_VERSION, 4);
  out.writeUInt16LE(far ? ZIP64_VERSION : 20, 6);
  out.writeUInt16LE(UTF8_NAMES, 8);
  out.writeUInt16LE(DATE, 14);
  out.writeUInt32LE(crc, 16);
  out.writeUInt32LE(size, 20);
  out.writeUInt32LE(size, 24);
  out.writeUInt16LE(name.length, 28);
  out.writeUInt16LE(far ? 12 : 0, 30);
  // a plain file, readable by all
  out.writeUInt32LE(0o100644 * 65536, 38);
  out.writeUInt32LE(far ? MOST_32 : offset, 42);
  name.copy(out, 46);
  if (far) {
    out.writeUInt16LE(1, 46 + name.length);
    out.writeUInt16LE(8, 48 + name.length);
    out.writeBigUInt64LE(BigInt(offset), 50 + name.length);
  }
  return out;
}

function endOfDirectory(count: number, start: number, size: number, end: number): Buffer {
  const large = count >= MOST_16 || start >= MOST_32 || size >= MOST_32;
  const out = Buffer.alloc((large ? 76 : 0) + 22);
  let at = 0;
  if (large) {
    out.writeUInt32LE(0x06064b50, 0);
    out.writeBigUInt64LE(44n, 4);
    out.writeUInt16LE((3 << 8) | ZIP64_VERSION, 12);
    out.writeUInt16LE(ZIP64_VERSION, 14);
    out.writeBigUInt64LE(BigInt(count), 24);
    out.writeBigUInt64LE(BigInt(count), 32);
    out.writeBigUInt64LE(BigInt(size), 40);
    out.writeBigUInt64LE(BigInt(start), 48);
    out.writeUInt32LE(0x07064b50, 56);
    out.writeBigUInt64LE(BigInt(end), 64);
    out.writeUInt32LE(1, 72);
    at = 76;
  }
  out.writeUInt32LE(0x06054b50, at);
  out.writeUInt16LE(Math.min(count, MOST_16), at + 8);
  out.writeUInt16LE(Math.min(count, MOST_16), at + 10);
  out.writeUInt32LE(Math.min(size, MOST_32), at + 12);
  out.writeUInt32LE(Math.min(start, MOST_32), at + 16);
  return out;
}
