/**
 * Result bytes and outcomes in the object store. A run writes `results/<id>/<attempt>`; what counts is the outcome,
 * `results/<id>/outcome.json`, which is created at most once and names key, length and hash of the one attempt that
 * is delivered. So a reader sees a complete result or none, and two runs of one job publish one outcome.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Job, jobSchema, type ResultRef } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import { crashPoint } from './crash-point.js';
import { syncFolder, syncFolderTogether } from './folder-sync.js';
import { endingSchema } from './journal.js';

const outcomeSchema = z.strictObject({ job: jobSchema, end: endingSchema });
/** A job together with how it ended. */
export type Outcome = Readonly<z.infer<typeof outcomeSchema>>;

/** What jobs need of an object store (extraction/store.ts); `create` writes only if the key is free: S3's If-None-Match. */
export interface ResultStore {
  head(key: string): Promise<{ bytes: number; etag: string } | undefined>;
  read(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<unknown>;
  /** Writes under a key that is new and that nobody reads before it is published; `settleName` makes its name durable. */
  writeNew?(key: string, chunks: AsyncIterable<Uint8Array>): Promise<unknown>;
  list(prefix: string): AsyncIterable<string>;
  remove(key: string): Promise<void>;
  localPath?(key: string): string;
  create?(key: string, bytes: Uint8Array): Promise<boolean>;
}

export interface ResultFormat {
  readonly contentType: string;
  readonly extension: string;
}

/** Prefix of everything that belongs to a job. */
export const folderOf = (id: string): string => `results/${id}/`;
const outcomeKey = (id: string): string => `${folderOf(id)}outcome.json`;

/** Writes the bytes of one attempt; refuses results over `maxBytes`. */
export async function writeResult(
  store: ResultStore,
  id: string,
  attempt: number,
  chunks: AsyncIterable<Uint8Array>,
  format: ResultFormat,
  maxBytes: number,
): Promise<ResultRef> {
  // Attempts are counted by the queue, which may have been rebuilt meanwhile; the suffix keeps two first attempts apart.
  const written = await writeObject(store, `${folderOf(id)}${attempt}`, chunks, maxBytes);
  const { contentType, extension } = format;
  return { ...written, attempt, contentType, extension };
}

/**
 * Writes bytes under a key of their own that begins with `prefix`; refuses more than `maxBytes`. Bytes that were never
 * published may be cut short, and their name may be lost with the power: publishing an outcome settles both.
 */
export async function writeObject(
  store: ResultStore,
  prefix: string,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ key: string; bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new FeatureError(
          'too_large',
          `The result is larger than limits.resultBytes (${maxBytes}); ask for fewer values or split the request.`,
        );
      }
      hash.update(chunk);
      yield chunk;
      crashPoint('result.during-write');
    }
  }
  const key = `${prefix}-${randomBytes(4).toString('hex')}`;
  crashPoint('result.before-write');
  if (store.writeNew === undefined) await store.write(key, counted());
  else await store.writeNew(key, counted());
  crashPoint('result.after-write');
  return { key, bytes, sha256: hash.digest('hex') };
}

/** The outcome of a job, or undefined while it has none. */
export async function readOutcome(store: ResultStore, id: string): Promise<Outcome | undefined> {
  const json = await readJson(store, outcomeKey(id));
  return json === undefined ? undefined : outcomeSchema.parse(json);
}

/** A small JSON object; undefined when there is none. */
export async function readJson(store: ResultStore, key: string): Promise<unknown> {
  const head = await store.head(key);
  if (head === undefined) return undefined;
  return JSON.parse(Buffer.from(await store.read(key, 0, head.bytes)).toString('utf8'));
}

/**
 * Publishes an outcome unless there is one; returns the one that stands. Attempts that lost are removed.
 */
export async function publishOutcome(store: ResultStore, outcome: Outcome): Promise<Outcome> {
  const { id } = outcome.job;
  crashPoint('outcome.before-publish');
  const won = await createOnce(store, outcomeKey(id), encode(outcome));
  crashPoint('outcome.after-publish');
  const standing = won ? outcome : ((await readOutcome(store, id)) ?? outcome);
  if (outcome.end.attempt > 1 || !won || partsOf(outcome.job) > 0) await removeLosers(store, id, standing);
  return standing;
}

/** Replaces whatever outcome there is by that of a revoked job, and removes its bytes. */
export async function overwriteOutcome(store: ResultStore, outcome: Outcome): Promise<void> {
  const { id } = outcome.job;
  await store.write(outcomeKey(id), once(encode(outcome)));
  await removeLosers(store, id, outcome);
}

/** Removes everything of a job. */
export async function removeResults(store: ResultStore, id: string): Promise<void> {
  crashPoint('sweep.before-remove');
  for await (const key of store.list(folderOf(id))) await store.remove(key);
  const folder = store.localPath?.(`results/${id}`);
  if (folder !== undefined) await rmdir(folder).catch(() => undefined);
  crashPoint('sweep.after-remove');
}

/** Parts that a job is worked on in; 0 for one piece of work. */
export function partsOf(job: Job): number {
  return job.kind === 'extract' ? (job.parts ?? 0) : 0;
}

/** Removes what lost attempts and parts of an ended job have left. */
export async function removeLosers(store: ResultStore, id: string, standing: Outcome): Promise<void> {
  const { result } = standing.end;
  const kept = result.ok ? result.ref?.key : undefined;
  for await (const key of store.list(folderOf(id))) {
    if (key !== kept && key !== outcomeKey(id)) await store.remove(key);
  }
}

function encode(outcome: Outcome): Uint8Array {
  return Buffer.from(JSON.stringify(outcome));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * Creates an object only if it does not exist; false when it does. Local files: written aside, synced, linked: link
 * fails when the name is taken. Elsewhere the store's own conditional write, or a check before the write.
 */
export async function createOnce(store: ResultStore, key: string, bytes: Uint8Array): Promise<boolean> {
  if (store.create !== undefined) return store.create(key, bytes);
  const path = store.localPath?.(key);
  if (path !== undefined) return createFile(path, bytes);
  if ((await store.head(key)) !== undefined) return false;
  await store.write(key, once(bytes));
  return true;
}

async function createFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const folder = dirname(path);
  // The prefix of FsStore's unfinished writes: left behind by a crash, it is swept with them.
  const temporary = join(folder, `.writing-${randomBytes(9).toString('hex')}`);
  const file = await openNew(temporary);
  try {
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
  } catch (error) {
    await unlink(temporary);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await Promise.all([syncNames(folder), unlink(temporary)]);
  return true;
}

/** A new file; its folder, one of many, is made where it is not there. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx', 0o600);
  }
}

async function syncNames(folder: string): Promise<void> {
  await Promise.all([syncFolder(folder), syncFolderTogether(dirname(folder))]);
}

/** Makes the name of an object survive the loss of power that was written for an answer without an outcome of its own. */
export async function settleName(store: ResultStore, key: string): Promise<void> {
  const path = store.localPath?.(key);
  if (path !== undefined) await syncNames(dirname(path));
}
