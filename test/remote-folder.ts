/** A folder seen as a store of objects: s3://folder/NAME, read through the cache of blocks, with what was fetched counted. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileIdentity } from '../extraction/catalogue/data-file.js';
import { RangeCache } from '../extraction/store/range-cache.js';
import type { RemoteFiles } from '../extraction/store/remote-files.js';

export const REMOTE_ROOT = 's3://folder';

export interface RemoteFolder extends RemoteFiles {
  /** bytes fetched so far */
  fetched: number;
  /** fetches so far */
  fetches: number;
}

export function remoteFolder(folder: string, cacheBytes = 0): RemoteFolder {
  const localOf = (path: string): string => join(folder, path.slice(REMOTE_ROOT.length));
  const identity = async (path: string): Promise<FileIdentity | undefined> => {
    const found = await stat(localOf(path)).catch(() => undefined);
    return found?.isFile() ? { path, dev: 0, ino: found.ino, size: found.size, mtimeMs: found.mtimeMs } : undefined;
  };
  const cache = new RangeCache({
    maxBytes: cacheBytes,
    async fetch(file, { offset, bytes }) {
      remote.fetched += bytes;
      remote.fetches++;
      const handle = await open(localOf(file.path));
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  });
  const remote: RemoteFolder = {
    fetched: 0,
    fetches: 0,
    identity,
    async *list(root) {
      for (const name of await readdir(folder)) {
        const found = await identity(`${root}/${name}`);
        if (found !== undefined) yield found;
      }
    },
    text: (path) => readFile(localOf(path), 'utf8').catch(() => undefined),
    read: (file, ranges, signal) => cache.read(file, ranges, signal),
  };
  return remote;
}
