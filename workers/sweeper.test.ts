import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FsStore } from '../extraction/store-fs.js';
import { type ExtractJob, JOB_VERSION, newJobId } from '../schemas/job.js';
import type { QueueBackend } from './backend.js';
import { Records } from './records.js';
import { publishOutcome, writeResult } from './result-store.js';
import { Sweeper } from './sweeper.js';

const TTL_MS = 1000;

function job(): ExtractJob {
  return {
    ...{ version: JOB_VERSION, id: newJobId(), user: 'local/a', acceptedAt: 0, cost: 1 },
    ...{ kind: 'extract', collection: 'c', request: {} },
  };
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('result');
}

describe('sweeper', () => {
  let state: string;
  let store: FsStore;
  let records: Records;
  const journal = (): string => join(state, 'journal');
  const open = (): Promise<Records> =>
    Records.open({ folder: journal(), sync: false, ttlMs: TTL_MS, exclusive: false });
  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'polyfst-sweep-'));
    store = await FsStore.open(join(state, 'store'));
    records = await open();
  });
  after(async () => {
    await records.close();
    await rm(state, { recursive: true, force: true });
  });

  const sweeper = (): Sweeper =>
    new Sweeper({
      ...{ records, store, journal: journal(), ttlMs: TTL_MS },
      backend: { maintain: async () => undefined } as unknown as QueueBackend,
      onFault: (error) => assert.fail(String(error)),
    });

  it('F20 removes results when their time is over and readers have had theirs, records after twice that, unfinished requests never', async () => {
    const [done, waiting] = [job(), job()];
    await records.accept(done);
    await records.accept(waiting);
    const ref = await writeResult(store, done.id, 1, bytes(), { contentType: 'text/plain', extension: 'txt' }, 100);
    const end = { result: { ok: true as const, ref, notes: [] }, attempt: 1, finishedAt: 10_000 };
    await publishOutcome(store, { job: done, end });
    await records.end(done.id, end);
    const one = sweeper();
    await one.sweep(10_000 + TTL_MS);
    assert.equal((await store.head(ref.key))?.bytes, 6);
    assert.equal(records.view(done.id, 10_000 + TTL_MS)?.state, 'processed');
    await one.sweep(10_001 + TTL_MS);
    assert.equal(records.view(done.id, 10_001 + TTL_MS)?.state, 'expired');
    assert.equal((await store.head(ref.key))?.bytes, 6);
    await one.sweep(10_001 + 1.5 * TTL_MS);
    assert.equal(await store.head(ref.key), undefined);
    assert.deepEqual(await readdir(join(store.root, 'results')), []);
    await one.sweep(10_001 + 2 * TTL_MS);
    assert.equal(records.view(done.id, 10_001 + 2 * TTL_MS), undefined);
    assert.equal(records.view(waiting.id, 1e9)?.state, 'queued');
  });

  it('removes segments of others once nothing in them is known, and no sooner', async () => {
    const other = await open();
    const done = job();
    await other.acceptEnded(done, { result: { ok: true, notes: [] }, attempt: 0, finishedAt: 5000 });
    await other.close();
    records.refresh();
    const segments = await readdir(journal());
    assert.equal(segments.length, 2);
    for (const name of segments) await utimes(join(journal(), name), 1, 1);
    records.refresh();
    await sweeper().sweep(5001 + TTL_MS);
    assert.equal((await readdir(journal())).length, 2);
    await sweeper().sweep(1e7);
    // The one that is left is this process's own.
    assert.equal((await readdir(journal())).length, 1);
  });
});
