/** Limits of a user: refused at the limit, in force again after a restart and across processes, counted in the metrics. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Admission } from '../../api/admission.js';
import type { PricedRequest } from '../../api/context.js';
import { makeMetrics } from '../../api/metrics.js';
import { FsStore } from '../../extraction/store-fs.js';
import { JOB_VERSION, type Job, newJobId, type User, userId } from '../../schemas/job.js';
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.js';
import { FeatureError } from '../../schemas/problem.js';
import { openJobQueue } from '../../workers/open.js';
import type { JobQueue } from '../../workers/queue.js';
import { noRedis, startRedis } from '../redis.js';

const USER: User = { realm: 'local', name: 'limited', roles: [] };
const OTHER: User = { ...USER, name: 'other' };

const jobOf = (user: User, cost: number): Job => ({
  ...{ version: JOB_VERSION, kind: 'extract', id: newJobId(), collection: 'c', request: {} },
  ...{ user: userId(user), acceptedAt: Date.now(), cost },
});

function priced(cost: number): PricedRequest {
  return { request: {}, cost, summary: { fields: 1, points: 1, values: cost, bytes_estimate: 1, coverages: 1 } };
}

async function opened(state: string, url: string): Promise<JobQueue> {
  const store = await FsStore.open(join(state, 'store'));
  const settings = { ttlMs: 60_000, freeBytes: 0, durability: 'process', workerShare: 1 } as const;
  return openJobQueue({ url, state, store, ...settings });
}

const limited = (error: unknown): boolean => error instanceof FeatureError && error.code === 'rate_limited';
const admit = (queue: JobQueue, limits: Partial<Limits>) => {
  const metrics = makeMetrics();
  return { metrics, admission: new Admission({ ...DEFAULT_LIMITS, ...limits }, queue, metrics) };
};

async function inState(run: (state: string) => Promise<void>): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), 'polyfst-limits-'));
  try {
    await run(state);
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

describe('limits of a user', () => {
  it('values under way are summed over unfinished requests and survive a restart', () =>
    inState(async (state) => {
      const limits = { valuesPerUser: 100 };
      let queue = await opened(state, 'embedded');
      await queue.add(jobOf(USER, 60));
      const { admission, metrics } = admit(queue, limits);
      admission.room(USER, priced(40));
      assert.throws(() => admission.room(USER, priced(41)), limited);
      admission.room(OTHER, priced(100));
      assert.throws(() => admission.room(OTHER, priced(101)), { code: 'too_large' });
      assert.match(await metrics.registry.metrics(), /polyfst_limit_refusals_total\{limit="valuesPerUser"\} 2/);
      await queue.close();
      queue = await opened(state, 'embedded');
      assert.throws(() => admit(queue, limits).admission.room(USER, priced(41)), limited);
      await queue.close();
    }));

  it('requests a minute are counted on over a restart', () =>
    inState(async (state) => {
      const limits = { requestsPerMinute: 3 };
      let queue = await opened(state, 'embedded');
      const first = admit(queue, limits).admission;
      for (let n = 0; n < 2; n++) {
        await first.submit(USER);
        await queue.add(jobOf(USER, 1));
      }
      await queue.close();
      queue = await opened(state, 'embedded');
      const second = admit(queue, limits).admission;
      await second.submit(USER);
      await assert.rejects(second.submit(USER), limited);
      await second.submit(OTHER);
      await queue.close();
    }));

  it('unfinished requests of a user, and of all, are bounded', () =>
    inState(async (state) => {
      const queue = await opened(state, 'embedded');
      await queue.add(jobOf(USER, 1));
      const { admission } = admit(queue, { unfinishedPerUser: 1 });
      assert.throws(() => admission.count(USER), limited);
      admission.count(OTHER);
      assert.throws(() => admit(queue, { unfinished: 1 }).admission.count(OTHER), { code: 'overloaded' });
      await queue.close();
    }));

  it('processes on one Redis count together', { skip: noRedis }, () =>
    inState(async (state) => {
      await using redis = await startRedis();
      const queues = [await opened(state, redis.url), await opened(state, redis.url)];
      const [one, two] = queues.map((queue) => admit(queue, { requestsPerMinute: 3, valuesPerUser: 100 }).admission);
      await one!.submit(USER);
      await two!.submit(USER);
      await one!.submit(USER);
      await assert.rejects(two!.submit(USER), limited);
      await queues[0]!.add(jobOf(USER, 60));
      assert.throws(() => two!.room(USER, priced(41)), limited);
      for (const queue of queues) await queue.close();
    }),
  );
});
