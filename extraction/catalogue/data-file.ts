/** Identity of data files, local ones and objects, and the walk that finds them. Data folders are only ever read. */
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { FeatureError } from '../../schemas/problem.js';
import type { DataFile } from '../run-index.js';
import { isRemote, remoteFiles } from '../store/remote-files.js';

export type FileIdentity = Omit<DataFile, 'container'>;

function identity(path: string, found: Stats): FileIdentity {
  return { path, dev: found.dev, ino: found.ino, size: found.size, mtimeMs: found.mtimeMs };
}

/** Identity of a file as it is now; undefined when it is gone or no regular file. */
export async function identityOf(path: string): Promise<FileIdentity | undefined> {
  if (isRemote(path)) return remoteFiles(path).identity(path);
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? identity(path, found) : undefined;
}

/** Whether a file is still the one that was seen. */
export function sameFile(one: FileIdentity, other: FileIdentity | undefined): boolean {
  return (
    other !== undefined &&
    one.path === other.path &&
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs
  );
}

/**
 * Throws FeatureError `run_changed` when a file is not the one that the index describes. Of an object every range that was
 * fetched has told that already.
 */
export async function checkUnchanged(file: DataFile): Promise<void> {
  if (isRemote(file.path)) return;
  if (sameFile(file, await identityOf(file.path))) return;
  throw new FeatureError('run_changed', `${file.path} changed after it was indexed; send the request again.`);
}

export interface Walk {
  /** ascending by path */
  readonly files: readonly FileIdentity[];
  /** folders that could not be read */
  readonly unreadable: readonly string[];
}

/**
 * Every regular file below the roots. Links are followed, each folder and file is visited once under the first path that
 * leads to it; names that begin with a dot and the folders of `skip` are passed over. A root may be s3://bucket/prefix.
 * Throws FeatureError `file_not_found` when a root cannot be read: then nothing is known about what is below it.
 */
export async function walkRoots(
  roots: readonly string[],
  skip: readonly string[],
  signal?: AbortSignal,
): Promise<Walk> {
  const files = new Map<string, FileIdentity>();
  const folders = new Set<string>(await Promise.all(skip.map((path) => realpath(path).catch(() => path))));
  const unreadable: string[] = [];
  const local = roots.filter((path) => !isRemote(path));
  const pending: { path: string; isRoot: boolean }[] = local.map((path) => ({ path, isRoot: true })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal?.throwIfAborted();
    const { path, isRoot } = next;
    try {
      const real = await realpath(path);
      if (folders.has(real)) continue;
      folders.add(real);
      const below = await visit(path, files);
      pending.push(...below.map((folder) => ({ path: folder, isRoot: false })));
    } catch (error) {
      if (isRoot) {
        throw new FeatureError('file_not_found', `data folder ${path} cannot be read; check --data.`, { cause: error });
      }
      unreadable.push(path);
    }
  }
  for (const root of roots.filter(isRemote)) {
    for await (const file of remoteFiles(root).list(root, signal)) files.set(file.path, file);
  }
  const sorted = [...files.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { files: sorted, unreadable };
}

/** Adds the files of a folder, returns its folders. */
async function visit(folder: string, files: Map<string, FileIdentity>): Promise<string[]> {
  const below: string[] = [];
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  for (const [at, entry] of found.entries()) {
    const path = folder.endsWith(sep) ? folder + names[at]! : join(folder, names[at]!);
    if (entry?.isDirectory()) below.push(path);
    if (!entry?.isFile()) continue;
    const key = `${entry.dev} ${entry.ino}`;
    const before = files.get(key);
    if (before === undefined || path < before.path) files.set(key, identity(path, entry));
  }
  return below.reverse();
}
