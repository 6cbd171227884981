/** Jobs of the queue's tests, and a queue on a state directory of its own. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { FsStore } from '../../extraction/store-fs.js';
import { type ExtractJob, isFinal, JOB_VERSION, type JobRecord, newJobId } from '../../schemas/job.js';
import type { JobQueue } from '../../workers/queue.js';
import { CANCELLED, type RunJob } from '../../workers/run.js';

export type OpenQueue = (state: string, store: FsStore) => Promise<JobQueue>;

/** What a suite works on; a test of restarts puts another queue in its place. */
export interface Opened {
  state: string;
  store: FsStore;
  queue: JobQueue;
}

/** Opens a queue before the tests of a suite and closes it after them. */
export function opened(open: OpenQueue): Opened {
  const at = {} as Opened;
  before(async () => {
    at.state = await mkdtemp(join(tmpdir(), 'polyfst-queue-'));
    at.store = await FsStore.open(join(at.state, 'store'));
    at.queue = await open(at.state, at.store);
  });
  after(async () => {
    await at.queue.close();
    await rm(at.state, { recursive: true, force: true });
  });
  return at;
}

export function extractJob(user = 'local/a', cost = 10, request: Record<string, unknown> = {}): ExtractJob {
  return {
    version: JOB_VERSION,
    id: newJobId(),
    user,
    acceptedAt: Date.now(),
    cost,
    kind: 'extract',
    collection: 'default',
    request,
  };
}

/** Waits until a job has ended. */
export async function ended(queue: JobQueue, id: string, ms = 20_000): Promise<JobRecord> {
  const until = Date.now() + ms;
  for (;;) {
    const record = await queue.wait(id, Math.max(1, until - Date.now()));
    if (record !== undefined && isFinal(record.state)) return record;
    assert.ok(Date.now() < until, `job ${id} is still ${record?.state ?? 'unknown'}`);
  }
}

export const succeed: RunJob = async () => ({ ok: true, notes: [] });

/** Runs until aborted. */
export const endless: RunJob = (_job, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(CANCELLED);
    signal.addEventListener('abort', () => resolve(CANCELLED));
  });
