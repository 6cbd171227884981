/**
 * ObjectStore over a folder. A write goes to a temporary file in the target's folder, is fsynced, renamed, and the folder is
 * fsynced, so that after a crash an object is whole or absent. Symbolic links that lead out of the root are refused.
 */
import { randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type ErrorCode, FeatureError } from '../schemas/problem.js';
import { checkKey, checkPrefix, type ObjectInfo, type ObjectStore } from './store.js';

/** Names that begin so are unfinished writes; keys never begin with a dot. */
const TEMPORARY = '.writing-';

/** Smaller chunks are written together. */
const JOINED_BYTES = 1 << 16;

const CODE_OF: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'file_not_found',
  ENOTDIR: 'file_not_found',
  EACCES: 'permission_denied',
  EPERM: 'permission_denied',
  EROFS: 'permission_denied',
  ELOOP: 'permission_denied',
  ENOSPC: 'storage_full',
  EDQUOT: 'storage_full',
  EMFILE: 'handle_error',
  ENFILE: 'handle_error',
};

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function translate(error: unknown, key: string): unknown {
  const errno = errnoOf(error);
  if (error instanceof FeatureError || !/^E[A-Z]+$/.test(errno)) return error;
  const code = CODE_OF[errno] ?? 'storage_unavailable';
  return new FeatureError(code, `object ${key}: the store answered ${errno}.`, { cause: error });
}

function isAbsent(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
}

export class FsStore implements ObjectStore {
  private constructor(
    /** absolute, without symbolic links */
    readonly root: string,
  ) {}

  /** Creates the folder when it is not there. */
  static async open(folder: string): Promise<FsStore> {
    await mkdir(folder, { recursive: true });
    return new FsStore(await realpath(folder));
  }

  localPath(key: string): string {
    return join(this.root, checkKey(key));
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    signal?.throwIfAborted();
    try {
      const { handle, info } = await this.#openForReading(key);
      await using _ = closing(handle);
      return info;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw translate(error, key);
    }
  }

  async read(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    try {
      const { handle, info } = await this.#openForReading(key);
      await using _ = closing(handle);
      // Checked before the allocation: a length from a damaged index must not exhaust memory.
      const { bytes } = info;
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes)) {
        throw new FeatureError('truncated_file', `object ${key} has ${bytes} bytes, asked were ${offset}+${length}.`);
      }
      const target = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        signal?.throwIfAborted();
        const { bytesRead } = await handle.read(target, done, length - done, offset + done);
        if (bytesRead === 0)
          throw new FeatureError('truncated_file', `object ${key} became shorter while it was read.`);
        done += bytesRead;
      }
      return target;
    } catch (error) {
      throw translate(error, key);
    }
  }

  async write(
    key: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<ObjectInfo> {
    const target = this.localPath(key);
    const folder = dirname(target);
    const temporary = join(folder, `${TEMPORARY}${randomBytes(9).toString('hex')}`);
    try {
      await this.#makeFolder(folder);
      const handle = await open(temporary, 'wx', 0o640);
      let info: ObjectInfo;
      try {
        for await (const chunk of chunks) {
          signal?.throwIfAborted();
          await writeAll(handle, chunk);
        }
        await handle.sync();
        info = await infoOf(handle);
      } finally {
        await handle.close();
      }
      signal?.throwIfAborted();
      await rename(temporary, target);
      await syncFolder(folder);
      return info;
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw translate(error, key);
    }
  }

  /**
   * Writes an object under a key that nothing has yet and that nobody reads before its writer has told of it: no temporary
   * file, and its name survives the loss of power only once its folder has been synced, by whoever tells of it.
   */
  async writeNew(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const target = this.localPath(key);
    try {
      await mkdir(dirname(target), { recursive: true });
      await this.#refuseOutside(dirname(target), key);
      const handle = await open(target, 'wx', 0o640);
      try {
        await writeJoined(handle, chunks);
        await handle.datasync();
      } catch (error) {
        await unlink(target).catch(() => undefined);
        throw error;
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw translate(error, key);
    }
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<string> {
    checkPrefix(prefix);
    const found: string[] = [];
    const start = join(this.root, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    await this.#collect(start, prefix, found, signal);
    yield* found.sort();
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const path = this.localPath(key);
    try {
      await this.#refuseOutside(dirname(path), key);
      await unlink(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (!isAbsent(error)) throw translate(error, key);
    }
  }

  /** Removes unfinished writes older than `ageMs`: what a killed process left. Returns their number. */
  async sweep(ageMs: number, now: number): Promise<number> {
    let removed = 0;
    const directory = await opendir(this.root, { recursive: true });
    for await (const entry of directory) {
      if (!entry.isFile() || !entry.name.startsWith(TEMPORARY)) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined || now - found.mtimeMs < ageMs) continue;
      await unlink(path).catch(() => undefined);
      removed++;
    }
    return removed;
  }

  async #openForReading(key: string): Promise<{ handle: FileHandle; info: ObjectInfo }> {
    const path = this.localPath(key);
    await this.#refuseOutside(path, key);
    const handle = await open(path, constants.O_RDONLY);
    const found = await handle.stat({ bigint: true });
    if (found.isFile()) return { handle, info: infoOfStats(found) };
    await handle.close();
    throw Object.assign(new Error('not a file'), { code: 'ENOENT' });
  }

  async #refuseOutside(path: string, key: string): Promise<void> {
    const real = await realpath(path);
    if (real === this.root || real.startsWith(this.root + sep)) return;
    throw new FeatureError(
      'permission_denied',
      `object ${key} is a link that leads out of the store; remove the link.`,
    );
  }

  async #makeFolder(folder: string): Promise<void> {
    // The first parent that exists must lie inside: mkdir would follow a link out of the root.
    let existing = folder;
    while (existing !== this.root && (await stat(existing).catch(() => undefined)) === undefined) {
      existing = dirname(existing);
    }
    await this.#refuseOutside(existing, relative(this.root, folder));
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = resolve(folder); ; made = dirname(made)) {
      await syncFolder(dirname(made));
      if (made === resolve(first)) return;
    }
  }

  async #collect(folder: string, prefix: string, found: string[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw translate(error, prefix);
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const key = relative(this.root, path).split(sep).join('/');
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (key.startsWith(prefix) || prefix.startsWith(`${key}/`)) await this.#collect(path, prefix, found, signal);
      } else if (entry.isFile() && key.startsWith(prefix)) {
        found.push(key);
      }
    }
  }
}

function closing(handle: FileHandle): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => handle.close() };
}

async function infoOf(handle: FileHandle): Promise<ObjectInfo> {
  return infoOfStats(await handle.stat({ bigint: true }));
}

function infoOfStats(found: BigIntStats): ObjectInfo {
  const etag = [found.size, found.mtimeNs, found.ino].map((part) => part.toString(36)).join('-');
  return { bytes: Number(found.size), etag };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done);
    done += bytesWritten;
  }
}

/** Writes chunks, small ones together; a chunk is not looked at any more once the next one was asked for. */
async function writeJoined(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const joined = Buffer.allocUnsafe(JOINED_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    if (filled + chunk.length > JOINED_BYTES) {
      await writeAll(handle, joined.subarray(0, filled));
      filled = 0;
    }
    if (chunk.length > JOINED_BYTES) await writeAll(handle, chunk);
    else {
      joined.set(chunk, filled);
      filled += chunk.length;
    }
  }
  await writeAll(handle, joined.subarray(0, filled));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
