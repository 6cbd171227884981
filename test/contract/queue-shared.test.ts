/**
 * What several processes on one Redis and one state directory promise each other, and what happens when Redis is stopped,
 * killed, full, or has forgotten everything. Two queues in this process stand for two processes: they share nothing else.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { FsStore } from '../../extraction/store-fs.js';
import { isFinal } from '../../schemas/job.js';
import { FeatureError } from '../../schemas/problem.js';
import { openJobQueue } from '../../workers/open.js';
import type { JobQueue } from '../../workers/queue.js';
import type { RunJob } from '../../workers/run.js';
import { noRedis, type RedisServer, startRedis } from '../redis.js';
import { ended, extractJob } from './queue-jobs.js';

const succeed: RunJob = async () => ({ ok: true, notes: [] });

describe('F5 queue on a Redis that fails', { skip: noRedis }, () => {
  let redis: RedisServer;
  let state: string;
  let store: FsStore;
  const opened: JobQueue[] = [];

  const open = async (): Promise<JobQueue> => {
    const settings = { ttlMs: 60_000, freeBytes: 0, durability: 'power', workerShare: 0.5 } as const;
    const queue = await openJobQueue({ ...settings, url: redis.url, state, store });
    opened.push(queue);
    return queue;
  };

  before(async () => {
    redis = await startRedis();
    state = await mkdtemp(join(tmpdir(), 'polyfst-shared-'));
    store = await FsStore.open(join(state, 'store'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close()));
  });
  after(async () => {
    await redis[Symbol.asyncDispose]();
    await rm(state, { recursive: true, force: true });
  });

  /** Refused, and without waiting for Redis; how fast is for the chaos run to say. */
  async function refused(call: Promise<unknown>): Promise<void> {
    const begun = performance.now();
    await assert.rejects(call, (error) => error instanceof FeatureError && error.code === 'overloaded');
    assert.ok(performance.now() - begun < 5000, `refused after ${performance.now() - begun} ms`);
  }

  it('shows one process what another accepted, finished and revoked', async () => {
    const [one, two, worker] = [await open(), await open(), await open()];
    const [done, revoked] = [extractJob('local/shared'), extractJob('local/shared')];
    await one.add(done);
    await one.add(revoked);
    assert.equal((await two.get(done.id))?.state, 'queued');
    assert.equal(two.unfinished('local/shared'), 2);
    assert.equal(await two.cancel(revoked.id), true);
    assert.equal((await one.get(revoked.id))?.state, 'cancelled');
    await using _ = await worker.process(succeed, 1);
    assert.equal((await ended(two, done.id)).state, 'processed');
    assert.equal((await one.get(done.id))?.state, 'processed');
    assert.equal((await two.list('local/shared')).length, 2);
    assert.equal(await one.cancel(done.id), true);
    assert.equal((await two.get(done.id))?.state, 'cancelled');
  });

  it('stops a run in another process when it is revoked', async () => {
    const [api, worker] = [await open(), await open()];
    const job = extractJob();
    let stopped = (): void => undefined;
    const isStopped = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    await using _ = await worker.process(
      (_job, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stopped();
            resolve({ ok: true, notes: [] });
          });
        }),
      1,
    );
    await api.add(job);
    while ((await api.get(job.id))?.state !== 'processing') await sleep(10);
    await api.cancel(job.id);
    await isStopped;
    assert.equal((await api.get(job.id))?.state, 'cancelled');
  });

  it('refuses submits and polls of unfinished requests in time while Redis is stopped; finished ones stay readable', async () => {
    const queue = await open();
    const [waiting, done] = [extractJob(), extractJob()];
    await queue.add(done);
    {
      await using _ = await queue.process(succeed, 1);
      await ended(queue, done.id);
    }
    await queue.add(waiting);
    redis.signal('SIGSTOP');
    try {
      await refused(queue.add(extractJob()));
      await refused(queue.get(waiting.id));
      assert.equal((await queue.get(done.id))?.state, 'processed');
      assert.equal(await queue.get(extractJob().id), undefined);
      const begun = performance.now();
      assert.equal(await queue.cancel(waiting.id), true);
      assert.ok(performance.now() - begun < 5000);
    } finally {
      redis.signal('SIGCONT');
    }
    assert.equal((await queue.get(waiting.id))?.state, 'cancelled');
  });

  it('P1 loses nothing when Redis is killed and comes back empty; a refused submit does not run', async () => {
    const [api, worker] = [await open(), await open()];
    const jobs = Array.from({ length: 20 }, () => extractJob());
    const ran: string[] = [];
    for (const job of jobs) await api.add(job);
    const revoked = extractJob();
    await api.add(revoked);
    await api.cancel(revoked.id);
    await using _ = await worker.process(async (job) => {
      ran.push(job.id);
      await sleep(30);
      return { ok: true, notes: [] };
    }, 2);
    await ended(api, jobs[0]!.id);
    await redis.kill();
    await sleep(50);
    const refusedJob = extractJob();
    await refused(api.add(refusedJob));
    await redis.restart();
    for (const job of jobs) {
      const until = Date.now() + 30_000;
      for (;;) {
        const record = await api.wait(job.id, 1000).catch(() => undefined);
        if (record !== undefined && isFinal(record.state)) {
          assert.equal(record.state, 'processed');
          break;
        }
        assert.ok(Date.now() < until, 'a job was lost');
        await sleep(50);
      }
    }
    assert.equal(await api.get(refusedJob.id), undefined);
    assert.ok(!ran.includes(refusedJob.id));
    assert.ok(!ran.includes(revoked.id));
    assert.equal((await api.get(revoked.id))?.state, 'cancelled');
  });

  it('refuses while Redis has no memory left, and accepts again afterwards', async () => {
    const queue = await open();
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory', '1');
    await refused(queue.add(extractJob()));
    await admin.config('SET', 'maxmemory', '0');
    admin.disconnect();
    await queue.add(extractJob());
  });

  it('opens without Redis, refuses, and serves once it is there', async () => {
    await redis.kill();
    const queue = await open();
    const job = extractJob();
    await refused(queue.add(job));
    await redis.restart();
    for (;;) {
      const failure = await queue.add(extractJob()).catch((error: unknown) => error);
      if (failure === undefined) break;
      await sleep(100);
    }
    await using _ = await queue.process(succeed, 1);
    const next = extractJob();
    await queue.add(next);
    assert.equal((await ended(queue, next.id)).state, 'processed');
  });
});
