/** The queue contract on every backend that this machine offers, and what only one of them promises. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FsStore } from '../../extraction/store-fs.js';
import type { QueueBackend } from '../../workers/backend.js';
import { openEmbeddedBackend } from '../../workers/backend-embedded.js';
import { openPostgresBackend } from '../../workers/backend-postgres.js';
import { openRedisBackend } from '../../workers/backend-redis.js';
import { type JobQueue, openQueue } from '../../workers/queue.js';
import { noRedis, type RedisServer, startRedis } from '../redis.js';
import { ended, extractJob, type OpenQueue } from './queue-jobs.js';
import { queueSharing } from './queue-sharing-suite.js';
import { queueContract } from './queue-suite.js';

const postgres = process.env['POLYFST_TEST_POSTGRES'];

function settings(backend: QueueBackend, state: string, store: FsStore) {
  return { backend, state, store, ttlMs: 60_000, freeBytes: 0, durability: 'power', workerShare: 0.5 } as const;
}

async function openEmbedded(state: string, store: FsStore): Promise<JobQueue> {
  return openQueue(settings(await openEmbeddedBackend(join(state, 'queue')), state, store));
}

function bothSuites(name: string, open: OpenQueue, skip: string | false = false): void {
  queueContract(name, open, skip);
  queueSharing(name, open, skip);
}

bothSuites('the embedded backend', openEmbedded);

describe('queue on Redis', { skip: noRedis }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis[Symbol.asyncDispose]());
  bothSuites('Redis', async (state, store) => openQueue(settings(await openRedisBackend(redis.url), state, store)));
});

bothSuites(
  'PostgreSQL',
  async (state, store) => openQueue(settings(await openPostgresBackend(postgres ?? ''), state, store)),
  postgres === undefined ? 'POLYFST_TEST_POSTGRES names no server' : false,
);

describe('embedded queue', () => {
  let state: string;
  let store: FsStore;
  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'polyfst-embedded-'));
    store = await FsStore.open(join(state, 'store'));
  });
  after(() => rm(state, { recursive: true, force: true }));

  it('is refilled from the journal when its database does not open', async () => {
    const job = extractJob();
    let queue = await openEmbedded(state, store);
    await queue.add(job);
    await queue.close();
    await rm(join(state, 'queue', 'pgdata', 'global'), { recursive: true });
    queue = await openEmbedded(state, store);
    assert.equal((await queue.get(job.id))?.state, 'queued');
    {
      await using _ = await queue.process(async () => ({ ok: true, notes: [] }), 1);
      assert.equal((await ended(queue, job.id)).state, 'processed');
    }
    await queue.close();
  });

  it('is refilled after a boot, and after an opening that never ended', async () => {
    for (const spoil of [
      () => writeFile(join(state, 'queue', 'boot'), 'another boot'),
      () => writeFile(join(state, 'queue', 'opening'), ''),
    ]) {
      const job = extractJob();
      const first = await openEmbedded(state, store);
      await first.add(job);
      await first.close();
      await spoil();
      const backend = await openEmbeddedBackend(join(state, 'queue'));
      assert.equal(backend.isNew, true);
      const second = await openQueue(settings(backend, state, store));
      assert.equal((await second.get(job.id))?.state, 'queued');
      await second.cancel(job.id);
      await second.close();
    }
  });

  it('skips a journal line that a crash has cut', async () => {
    const folder = join(state, 'journal');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cut.ndjson'), '{"e":"accept","job":{"ver\n{"e":"revoke"');
    const queue = await openEmbedded(state, store);
    const job = extractJob();
    await queue.add(job);
    assert.equal((await queue.get(job.id))?.state, 'queued');
    await queue.close();
  });
});
