/**
 * What every queue backend must do, written once. `open` gives a queue on a state directory; the suite closes it. Jobs
 * are run by functions in this process; job processes have tests of their own (workers/child-pool.test.ts).
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FsStore } from '../../extraction/store-fs.js';
import { type ExtractJob, isFinal, JOB_VERSION, type JobRecord, newJobId } from '../../schemas/job.js';
import type { JobQueue } from '../../workers/queue.js';
import { readOutcome, writeResult } from '../../workers/result-store.js';
import { CANCELLED, type RunJob, WorkerLost } from '../../workers/run.js';

export type OpenQueue = (state: string, store: FsStore) => Promise<JobQueue>;

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

const succeed: RunJob = async () => ({ ok: true, notes: [] });

/** Runs until aborted. */
const endless: RunJob = (_job, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(CANCELLED);
    signal.addEventListener('abort', () => resolve(CANCELLED));
  });

export function queueContract(name: string, open: OpenQueue, skip: string | false = false): void {
  describe(`JobQueue on ${name}`, { skip }, () => {
    let state: string;
    let store: FsStore;
    let queue: JobQueue;

    before(async () => {
      state = await mkdtemp(join(tmpdir(), 'polyfst-queue-'));
      store = await FsStore.open(join(state, 'store'));
      queue = await open(state, store);
    });
    after(async () => {
      await queue.close();
      await rm(state, { recursive: true, force: true });
    });

    it('accepts a job, runs it once and keeps its outcome', async () => {
      const job = extractJob();
      let runs = 0;
      await using _ = await queue.process(async (given, _signal, context) => {
        runs += 1;
        assert.deepEqual(given, job);
        const bytes = Buffer.from('answer');
        const format = { contentType: 'text/plain', extension: 'txt' };
        const ref = await writeResult(store, given.id, context.attempt, chunks(bytes), format, 100);
        return { ok: true, ref, notes: ['a note'] };
      }, 1);
      await queue.add(job);
      const record = await ended(queue, job.id);
      assert.equal(record.state, 'processed');
      assert.deepEqual(record.job, job);
      assert.ok(record.result?.ok === true && record.result.ref !== undefined);
      assert.deepEqual(record.result.notes, ['a note']);
      const { ref } = record.result;
      assert.equal(Buffer.from(await store.read(ref.key, 0, ref.bytes)).toString(), 'answer');
      assert.ok((record.expiresAt ?? 0) > (record.finishedAt ?? 0));
      assert.equal(runs, 1);
      assert.deepEqual((await readOutcome(store, job.id))?.end.result, record.result);
    });

    it('adds an id once', async () => {
      const job = extractJob();
      let runs = 0;
      await queue.add(job);
      await queue.add(job);
      await using _ = await queue.process(async () => {
        runs += 1;
        return { ok: true, notes: [] };
      }, 2);
      await ended(queue, job.id);
      await queue.add(job);
      const last = extractJob();
      await queue.add(last);
      await ended(queue, last.id);
      assert.equal(runs, 2);
    });

    it('does not know ids that were never added, and takes any text for an id', async () => {
      for (const id of [newJobId(), '', '..', 'x'.repeat(5000), "'; DROP TABLE job; --"]) {
        assert.equal(await queue.get(id), undefined);
        assert.equal(await queue.wait(id, 1), undefined);
        assert.equal(await queue.cancel(id), false);
      }
    });

    it('lists the jobs of a user, oldest first, finished ones too, and of nobody else', async () => {
      const first = extractJob('local/lister');
      const second = { ...extractJob('local/lister'), acceptedAt: first.acceptedAt + 1 };
      const other = extractJob('local/other');
      for (const job of [second, first, other]) await queue.add(job);
      await using _ = await queue.process(succeed, 2);
      for (const job of [first, second, other]) await ended(queue, job.id);
      assert.deepEqual(
        (await queue.list('local/lister')).map((record) => [record.job.id, record.state]),
        [
          [first.id, 'processed'],
          [second.id, 'processed'],
        ],
      );
      assert.deepEqual(await queue.list('local/nobody'), []);
    });

    it('counts unfinished jobs', async () => {
      const job = extractJob('local/counter');
      const all = queue.unfinished();
      await queue.add(job);
      assert.equal(queue.unfinished('local/counter'), 1);
      assert.equal(queue.unfinished(), all + 1);
      assert.equal((await queue.get(job.id))?.state, 'queued');
      assert.equal(queue.position(job.id), 0);
      await using _ = await queue.process(succeed, 1);
      await ended(queue, job.id);
      assert.equal(queue.unfinished('local/counter'), 0);
      assert.equal(queue.position(job.id), undefined);
    });

    it('lets a waiting poll return on a change, and at the latest when its time is over', async () => {
      const job = extractJob();
      await queue.add(job);
      const early = await queue.wait(job.id, 50);
      assert.equal(early?.state, 'queued');
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const started = queue.wait(job.id, 20_000);
      await using _ = await queue.process(async () => {
        await held;
        return { ok: true, notes: [] };
      }, 1);
      assert.equal((await started)?.state, 'processing');
      const finished = queue.wait(job.id, 20_000);
      release();
      assert.equal((await finished)?.state, 'processed');
      const aborted = new AbortController();
      aborted.abort();
      assert.equal((await queue.wait(job.id, 20_000, aborted.signal))?.state, 'processed');
    });

    it('keeps failures as values', async () => {
      const job = extractJob();
      await using _ = await queue.process(
        async () => ({ ok: false, code: 'no_data', message: 'No data for step 7.' }),
        1,
      );
      await queue.add(job);
      const record = await ended(queue, job.id);
      assert.equal(record.state, 'failed');
      assert.deepEqual(record.result, { ok: false, code: 'no_data', message: 'No data for step 7.' });
    });

    it('turns a bug into `internal` without its text', async () => {
      const job = extractJob();
      await using _ = await queue.process(async () => {
        throw new TypeError('secret of the implementation');
      }, 1);
      await queue.add(job);
      const { result } = await ended(queue, job.id);
      assert.ok(result?.ok === false);
      assert.equal(result.code, 'internal');
      assert.doesNotMatch(result.message, /secret/);
    });

    it('F1 runs a job again whose process died, once', async () => {
      const [once, twice] = [extractJob(), extractJob()];
      const starts = new Map<string, number>();
      await using _ = await queue.process(async (job) => {
        const start = (starts.get(job.id) ?? 0) + 1;
        starts.set(job.id, start);
        if (job.id === twice.id || start === 1) throw new WorkerLost('SIGKILL');
        return { ok: true, notes: [] };
      }, 2);
      await queue.add(once);
      await queue.add(twice);
      assert.equal((await ended(queue, once.id)).state, 'processed');
      const { result } = await ended(queue, twice.id);
      assert.ok(result?.ok === false && result.code === 'worker_lost');
      assert.deepEqual([starts.get(once.id), starts.get(twice.id)], [2, 2]);
    });

    it('P10 cancels a waiting job: it never runs', async () => {
      const job = extractJob();
      await queue.add(job);
      assert.equal(await queue.cancel(job.id), true);
      assert.equal(await queue.cancel(job.id), false);
      assert.equal((await queue.get(job.id))?.state, 'cancelled');
      const ran: string[] = [];
      await using _ = await queue.process(async (given) => {
        ran.push(given.id);
        return { ok: true, notes: [] };
      }, 1);
      const next = extractJob();
      await queue.add(next);
      await ended(queue, next.id);
      assert.deepEqual(ran, [next.id]);
      assert.equal((await queue.get(job.id))?.state, 'cancelled');
    });

    it('P10 cancels a running job: its signal is aborted and its result never appears', async () => {
      const job = extractJob();
      await using _ = await queue.process(endless, 1);
      await queue.add(job);
      while ((await queue.get(job.id))?.state !== 'processing') await sleep(10);
      assert.equal(await queue.cancel(job.id), true);
      assert.equal((await queue.get(job.id))?.state, 'cancelled');
      const next = extractJob();
      await queue.add(next);
      // The only worker is free again, so the cancelled run has ended.
      while ((await queue.get(next.id))?.state !== 'processing') await sleep(10);
      await queue.cancel(next.id);
      assert.equal((await queue.get(job.id))?.state, 'cancelled');
    });

    it('cancels a finished job: its bytes are gone', async () => {
      const job = extractJob();
      await using _ = await queue.process(async (given, _signal, context) => {
        const format = { contentType: 'text/plain', extension: 'txt' };
        return {
          ok: true,
          notes: [],
          ref: await writeResult(store, given.id, context.attempt, chunks(Buffer.from('x')), format, 9),
        };
      }, 1);
      await queue.add(job);
      const { result } = await ended(queue, job.id);
      assert.ok(result?.ok === true && result.ref !== undefined);
      assert.equal(await queue.cancel(job.id), true);
      assert.equal(await store.head(result.ref.key), undefined);
      assert.equal((await queue.get(job.id))?.state, 'cancelled');
    });

    it('takes an answer that needed no worker', async () => {
      const job = extractJob('local/inline');
      await queue.addEnded(job, { ok: true, notes: [] });
      assert.equal((await queue.get(job.id))?.state, 'processed');
      assert.deepEqual(
        (await queue.list('local/inline')).map((record) => record.job.id),
        [job.id],
      );
    });

    it('runs small jobs before big ones, and a new user before the hundredth job of another', async () => {
      const big = extractJob('local/heavy', 5_000_000);
      const flood = Array.from({ length: 90 }, () => extractJob('local/heavy', 1000));
      const small = extractJob('local/heavy', 2);
      const light = extractJob('local/light', 1000);
      for (const job of [big, ...flood, small, light]) await queue.add(job);
      const order: string[] = [];
      await using _ = await queue.process(async (job) => {
        order.push(job.id);
        return { ok: true, notes: [] };
      }, 1);
      for (const job of [big, ...flood]) await ended(queue, job.id);
      assert.equal(order[0], small.id);
      assert.ok(order.indexOf(light.id) <= 2, `the light user waited for ${order.indexOf(light.id)} jobs`);
      assert.equal(order.at(-1), big.id);
    });

    it('leaves a share of the workers to others', async () => {
      const hog = [extractJob('local/hog'), extractJob('local/hog'), extractJob('local/hog')];
      const modest = extractJob('local/modest', 1_000_000);
      const running = new Map<string, number>();
      let most = 0;
      let isModestOn = false;
      for (const job of [...hog, modest]) await queue.add(job);
      await using _ = await queue.process(async (job) => {
        running.set(job.user, (running.get(job.user) ?? 0) + 1);
        isModestOn ||= job.id === modest.id;
        if (!isModestOn) most = Math.max(most, running.get('local/hog') ?? 0);
        await sleep(400);
        running.set(job.user, (running.get(job.user) ?? 1) - 1);
        return { ok: true, notes: [] };
      }, 2);
      for (const job of [...hog, modest]) await ended(queue, job.id);
      assert.ok(isModestOn && most <= 1, `${most} jobs of one user ran while another waited`);
    });

    it('F13 runs the job of one user while the long ones of another fill the workers', async () => {
      const hog = [extractJob('local/filler'), extractJob('local/filler'), extractJob('local/filler')];
      const late = extractJob('local/late', 9_000_000);
      for (const job of hog) await queue.add(job);
      const stop = new AbortController();
      let running = 0;
      await using _ = await queue.process(async (job) => {
        if (job.user === 'local/late') return { ok: true, notes: [] };
        running++;
        await sleep(30_000, undefined, { signal: stop.signal }).catch(() => undefined);
        running--;
        return { ok: true, notes: [] };
      }, 2);
      while (running < 2) await sleep(10);
      await queue.add(late);
      await ended(queue, late.id);
      assert.equal(running, 2);
      stop.abort();
      for (const job of hog) await ended(queue, job.id);
    });

    it('works on a job in parts, lets others come between, and joins them at last', async () => {
      const big = { ...extractJob('local/split', 1e7), parts: 4 };
      const small = extractJob('local/between', 10);
      const order: string[] = [];
      await using _ = await queue.process(async (job, _signal, context) => {
        order.push(job.id === small.id ? 'small' : `part ${context.part ?? 'join'}`);
        if (order.length === 1) {
          await queue.add(small);
          assert.equal((await queue.get(big.id))?.state, 'processing');
        }
        context.progress(1);
        return { ok: true, notes: [] };
      }, 1);
      await queue.add(big);
      const record = await ended(queue, big.id);
      assert.equal(record.state, 'processed');
      assert.equal((await ended(queue, small.id)).state, 'processed');
      assert.deepEqual(
        order.filter((one) => one !== 'small').sort(),
        [0, 1, 2, 3, 'join'].map((n) => `part ${n}`),
      );
      assert.equal(order.at(-1), 'part join');
      assert.ok(order.indexOf('small') > 0 && order.indexOf('small') < 4, `order: ${order.join(', ')}`);
    });

    it('ends a job in parts with the failure of one, once', async () => {
      const job = { ...extractJob('local/split', 1e6), parts: 3 };
      const parts: unknown[] = [];
      await using _ = await queue.process(async (_job, _signal, { part }) => {
        parts.push(part);
        return part === 1 ? { ok: false, code: 'no_data', message: 'nothing here' } : { ok: true, notes: [] };
      }, 1);
      await queue.add(job);
      const record = await ended(queue, job.id);
      assert.deepEqual(
        [record.state, record.result],
        ['failed', { ok: false, code: 'no_data', message: 'nothing here' }],
      );
      assert.ok(!parts.includes(undefined), 'parts were joined after one had failed');
    });

    it('P10 revokes a job in parts: what runs is stopped, the rest never starts', async () => {
      const job = { ...extractJob('local/split', 1e6), parts: 5 };
      let started = 0;
      await using _ = await queue.process((one, signal, context) => {
        started += 1;
        return endless(one, signal, context);
      }, 1);
      await queue.add(job);
      while (started === 0) await sleep(10);
      assert.equal(await queue.cancel(job.id), true);
      assert.equal((await queue.get(job.id))?.state, 'cancelled');
      const next = extractJob('local/split', 10);
      await queue.add(next);
      while ((await queue.get(next.id))?.state !== 'processing') await sleep(10);
      assert.equal(started, 2);
      await queue.cancel(next.id);
    });

    it('P1 keeps accepted, ended and revoked requests over a restart', async () => {
      const [waiting, done, revoked] = [
        extractJob('local/keeper'),
        extractJob('local/keeper'),
        extractJob('local/keeper'),
      ];
      await queue.add(done);
      {
        await using _ = await queue.process(succeed, 1);
        await ended(queue, done.id);
      }
      await queue.add(waiting);
      await queue.add(revoked);
      await queue.cancel(revoked.id);
      await queue.close();
      queue = await open(state, store);
      const states = (await queue.list('local/keeper')).map((record) => record.state);
      assert.deepEqual(states.sort(), ['cancelled', 'processed', 'queued']);
      await using _ = await queue.process(succeed, 1);
      assert.equal((await ended(queue, waiting.id)).state, 'processed');
      assert.equal((await queue.get(revoked.id))?.state, 'cancelled');
    });

    it('F14 is closed only when revocations are through whose clients have left', async () => {
      const jobs = Array.from({ length: 4 }, () => extractJob('local/leaver'));
      for (const job of jobs) await queue.add(job);
      let through = 0;
      for (const { id } of jobs) void queue.cancel(id).then(() => through++);
      await queue.close();
      assert.equal(through, jobs.length);
      for (const { id } of jobs) {
        const outcome = await readOutcome(store, id);
        assert.deepEqual(outcome?.end.result, CANCELLED);
      }
      queue = await open(state, store);
    });

    it('runs a small job at once where it is accepted, and hands it over when its process dies', async () => {
      const [plain, dying, big] = [extractJob('local/lane'), extractJob('local/lane'), extractJob('local/lane', 1e6)];
      const ran: string[] = [];
      const beside: RunJob = async (job, _signal, context) => {
        ran.push(`beside ${job.id} ${context.attempt}`);
        if (job.id === dying.id) throw new WorkerLost('SIGKILL');
        return { ok: true, notes: [] };
      };
      const alone: RunJob = async (job, _signal, context) => {
        ran.push(`alone ${job.id} ${context.attempt}`);
        return { ok: true, notes: [] };
      };
      await using _ = await queue.process(alone, 1, { run: beside, slots: 4 });
      for (const job of [plain, dying, big]) {
        await queue.add(job);
        assert.equal((await ended(queue, job.id)).state, 'processed');
      }
      assert.deepEqual(ran, [
        `beside ${plain.id} 1`,
        `beside ${dying.id} 1`,
        // another attempt by its number, so that what the first one left is cleared away
        `alone ${dying.id} 2`,
        `alone ${big.id} 1`,
      ]);
    });

    it('leaves slots of the lane to other users, and revokes what runs in it', async () => {
      const mine = Array.from({ length: 3 }, () => extractJob('local/greedy'));
      const other = extractJob('local/second');
      const lane: string[] = [];
      const beside: RunJob = (job, signal, context) => {
        lane.push(job.id);
        return endless(job, signal, context);
      };
      await using _ = await queue.process(succeed, 1, { run: beside, slots: 4 });
      for (const job of [...mine, other]) await queue.add(job);
      assert.equal((await ended(queue, mine[2]!.id)).state, 'processed');
      assert.deepEqual(lane, [mine[0]!.id, mine[1]!.id, other.id]);
      for (const id of lane) {
        assert.equal((await queue.get(id))?.state, 'processing');
        assert.equal(await queue.cancel(id), true);
        assert.equal((await ended(queue, id)).state, 'cancelled');
      }
    });

    it('hands running jobs back when it is closed', async () => {
      const job = extractJob();
      const consumer = await queue.process(succeed, 1);
      await queue.add(job);
      await ended(queue, job.id);
      await consumer[Symbol.asyncDispose]();
      const later = extractJob();
      await queue.add(later);
      await sleep(200);
      assert.equal((await queue.get(later.id))?.state, 'queued');
      await queue.cancel(later.id);
    });
  });
}

export async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
