/** Files as they were when they were scanned: their columns and what identifies them. Nothing is held open in between. */
import { statSync } from 'node:fs';
import { scan } from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { RecordTable } from '../../schemas/vocabulary.js';
import { type FileIdentity, identityOf } from '../catalogue/data-file.js';
import { nativeCalls } from './memory.js';
import type { FoundFile } from './paths.js';

export interface ScannedFile {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly table: RecordTable;
}

/** Runs one native call when a core is free for it. */
export async function onCore<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const release = await nativeCalls.acquire(1, signal);
  try {
    return await call();
  } finally {
    release();
  }
}

/** Scans one file. The identity is taken first: what is appended meanwhile makes the file look changed, never unchanged. */
export async function scanFile(path: string, signal?: AbortSignal): Promise<ScannedFile> {
  const identity = await identityOf(path);
  if (identity === undefined) {
    throw new FeatureError('file_not_found', `${path}: no such file; check the path.`, { data: { file: path } });
  }
  const table = await onCore(() => scan({ path }), signal);
  return { path, identity, table };
}

/** Scans files, several at a time; those that were not named themselves and are no FST files are left out. */
export async function scanFiles(files: readonly FoundFile[], signal?: AbortSignal): Promise<ScannedFile[]> {
  const found = new Array<ScannedFile | undefined>(files.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const at = next++;
      const { path, named } = files[at]!;
      try {
        found[at] = await scanFile(path, signal);
      } catch (error) {
        if (named || !(error instanceof FeatureError) || error.code !== 'not_fst') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(nativeCalls.total * 2, files.length) }, worker));
  return found.filter((file) => file !== undefined);
}

/**
 * Throws FeatureError `run_changed` when the file at the path is another one than was scanned, or was cut since: places of
 * records would be wrong. A file that grew is the same file. The stat is synchronous: it costs less than a hop to the pool.
 */
export function checkSame(file: ScannedFile): void {
  const now = statSync(file.path, { throwIfNoEntry: false });
  const { dev, ino, size } = file.identity;
  if (now !== undefined && now.dev === dev && now.ino === ino && now.size >= size) return;
  throw new FeatureError('run_changed', `${file.path} was replaced or cut after it was opened; call refresh().`, {
    data: { file: file.path },
  });
}
