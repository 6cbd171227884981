/** How every queue backend shares its workers: small and big jobs, users beside each other, jobs in parts, the lane of small ones. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunJob, WorkerLost } from '../../workers/run.js';
import { ended, endless, extractJob, type OpenQueue, opened, succeed } from './queue-jobs.js';

export function queueSharing(name: string, open: OpenQueue, skip: string | false = false): void {
  describe(`sharing of workers on ${name}`, { skip }, () => {
    const at = opened(open);

    it('runs small jobs before big ones, and a new user before the hundredth job of another', async () => {
      const big = extractJob('local/heavy', 5_000_000);
      const flood = Array.from({ length: 90 }, () => extractJob('local/heavy', 1000));
      const small = extractJob('local/heavy', 2);
      const light = extractJob('local/light', 1000);
      for (const job of [big, ...flood, small, light]) await at.queue.add(job);
      const order: string[] = [];
      await using _ = await at.queue.process(async (job) => {
        order.push(job.id);
        return { ok: true, notes: [] };
      }, 1);
      for (const job of [big, ...flood]) await ended(at.queue, job.id);
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
      for (const job of [...hog, modest]) await at.queue.add(job);
      await using _ = await at.queue.process(async (job) => {
        running.set(job.user, (running.get(job.user) ?? 0) + 1);
        isModestOn ||= job.id === modest.id;
        if (!isModestOn) most = Math.max(most, running.get('local/hog') ?? 0);
        await sleep(400);
        running.set(job.user, (running.get(job.user) ?? 1) - 1);
        return { ok: true, notes: [] };
      }, 2);
      for (const job of [...hog, modest]) await ended(at.queue, job.id);
      assert.ok(isModestOn && most <= 1, `${most} jobs of one user ran while another waited`);
    });

    it('F13 runs the job of one user while the long ones of another fill the workers', async () => {
      const hog = [extractJob('local/filler'), extractJob('local/filler'), extractJob('local/filler')];
      const late = extractJob('local/late', 9_000_000);
      for (const job of hog) await at.queue.add(job);
      const stop = new AbortController();
      let running = 0;
      await using _ = await at.queue.process(async (job) => {
        if (job.user === 'local/late') return { ok: true, notes: [] };
        running++;
        await sleep(30_000, undefined, { signal: stop.signal }).catch(() => undefined);
        running--;
        return { ok: true, notes: [] };
      }, 2);
      while (running < 2) await sleep(10);
      await at.queue.add(late);
      await ended(at.queue, late.id);
      assert.equal(running, 2);
      stop.abort();
      for (const job of hog) await ended(at.queue, job.id);
    });

    it('works on a job in parts, lets others come between, and joins them at last', async () => {
      const big = { ...extractJob('local/split', 1e7), parts: 4 };
      const small = extractJob('local/between', 10);
      const order: string[] = [];
      await using _ = await at.queue.process(async (job, _signal, context) => {
        order.push(job.id === small.id ? 'small' : `part ${context.part ?? 'join'}`);
        if (order.length === 1) {
          await at.queue.add(small);
          assert.equal((await at.queue.get(big.id))?.state, 'processing');
        }
        context.progress(1);
        return { ok: true, notes: [] };
      }, 1);
      await at.queue.add(big);
      const record = await ended(at.queue, big.id);
      assert.equal(record.state, 'processed');
      assert.equal((await ended(at.queue, small.id)).state, 'processed');
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
      await using _ = await at.queue.process(async (_job, _signal, { part }) => {
        parts.push(part);
        return part === 1 ? { ok: false, code: 'no_data', message: 'nothing here' } : { ok: true, notes: [] };
      }, 1);
      await at.queue.add(job);
      const record = await ended(at.queue, job.id);
      assert.deepEqual(
        [record.state, record.result],
        ['failed', { ok: false, code: 'no_data', message: 'nothing here' }],
      );
      assert.ok(!parts.includes(undefined), 'parts were joined after one had failed');
    });

    it('P10 revokes a job in parts: what runs is stopped, the rest never starts', async () => {
      const job = { ...extractJob('local/split', 1e6), parts: 5 };
      let started = 0;
      await using _ = await at.queue.process((one, signal, context) => {
        started += 1;
        return endless(one, signal, context);
      }, 1);
      await at.queue.add(job);
      while (started === 0) await sleep(10);
      assert.equal(await at.queue.cancel(job.id), true);
      assert.equal((await at.queue.get(job.id))?.state, 'cancelled');
      const next = extractJob('local/split', 10);
      await at.queue.add(next);
      while ((await at.queue.get(next.id))?.state !== 'processing') await sleep(10);
      assert.equal(started, 2);
      await at.queue.cancel(next.id);
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
      await using _ = await at.queue.process(alone, 1, { run: beside, slots: 4 });
      for (const job of [plain, dying, big]) {
        await at.queue.add(job);
        assert.equal((await ended(at.queue, job.id)).state, 'processed');
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
      await using _ = await at.queue.process(succeed, 1, { run: beside, slots: 4 });
      for (const job of [...mine, other]) await at.queue.add(job);
      assert.equal((await ended(at.queue, mine[2]!.id)).state, 'processed');
      assert.deepEqual(lane, [mine[0]!.id, mine[1]!.id, other.id]);
      for (const id of lane) {
        assert.equal((await at.queue.get(id))?.state, 'processing');
        assert.equal(await at.queue.cancel(id), true);
        assert.equal((await ended(at.queue, id)).state, 'cancelled');
      }
    });
  });
}
