/**
 * What every queue backend must do with a job, written once: accept, run, fail, revoke, keep. Jobs are run by functions in
 * this process; job processes have tests of their own (workers/child-pool.test.ts), many jobs have queue-sharing-suite.ts.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newJobId } from '../../schemas/job.js';
import { readOutcome, writeResult } from '../../workers/result-store.js';
import { CANCELLED, WorkerLost } from '../../workers/run.js';
import { ended, endless, extractJob, type OpenQueue, opened, succeed } from './queue-jobs.js';

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

export function queueContract(name: string, open: OpenQueue, skip: string | false = false): void {
  describe(`JobQueue on ${name}`, { skip }, () => {
    const at = opened(open);

    it('accepts a job, runs it once and keeps its outcome', async () => {
      const job = extractJob();
      let runs = 0;
      await using _ = await at.queue.process(async (given, _signal, context) => {
        runs += 1;
        assert.deepEqual(given, job);
        const bytes = Buffer.from('answer');
        const format = { contentType: 'text/plain', extension: 'txt' };
        const ref = await writeResult(at.store, given.id, context.attempt, chunks(bytes), format, 100);
        return { ok: true, ref, notes: ['a note'] };
      }, 1);
      await at.queue.add(job);
      const record = await ended(at.queue, job.id);
      assert.equal(record.state, 'processed');
      assert.deepEqual(record.job, job);
      assert.ok(record.result?.ok === true && record.result.ref !== undefined);
      assert.deepEqual(record.result.notes, ['a note']);
      const { ref } = record.result;
      assert.equal(Buffer.from(await at.store.read(ref.key, 0, ref.bytes)).toString(), 'answer');
      assert.ok((record.expiresAt ?? 0) > (record.finishedAt ?? 0));
      assert.equal(runs, 1);
      assert.deepEqual((await readOutcome(at.store, job.id))?.end.result, record.result);
    });

    it('adds an id once', async () => {
      const job = extractJob();
      let runs = 0;
      await at.queue.add(job);
      await at.queue.add(job);
      await using _ = await at.queue.process(async () => {
        runs += 1;
        return { ok: true, notes: [] };
      }, 2);
      await ended(at.queue, job.id);
      await at.queue.add(job);
      const last = extractJob();
      await at.queue.add(last);
      await ended(at.queue, last.id);
      assert.equal(runs, 2);
    });

    it('does not know ids that were never added, and takes any text for an id', async () => {
      for (const id of [newJobId(), '', '..', 'x'.repeat(5000), "'; DROP TABLE job; --"]) {
        assert.equal(await at.queue.get(id), undefined);
        assert.equal(await at.queue.wait(id, 1), undefined);
        assert.equal(await at.queue.cancel(id), false);
      }
    });

    it('lists the jobs of a user, oldest first, finished ones too, and of nobody else', async () => {
      const first = extractJob('local/lister');
      const second = { ...extractJob('local/lister'), acceptedAt: first.acceptedAt + 1 };
      const other = extractJob('local/other');
      for (const job of [second, first, other]) await at.queue.add(job);
      await using _ = await at.queue.process(succeed, 2);
      for (const job of [first, second, other]) await ended(at.queue, job.id);
      assert.deepEqual(
        (await at.queue.list('local/lister')).map((record) => [record.job.id, record.state]),
        [
          [first.id, 'processed'],
          [second.id, 'processed'],
        ],
      );
      assert.deepEqual(await at.queue.list('local/nobody'), []);
    });

    it('counts unfinished jobs', async () => {
      const job = extractJob('local/counter');
      const all = at.queue.unfinished();
      await at.queue.add(job);
      assert.equal(at.queue.unfinished('local/counter'), 1);
      assert.equal(at.queue.unfinished(), all + 1);
      assert.equal((await at.queue.get(job.id))?.state, 'queued');
      assert.equal(at.queue.position(job.id), 0);
      await using _ = await at.queue.process(succeed, 1);
      await ended(at.queue, job.id);
      assert.equal(at.queue.unfinished('local/counter'), 0);
      assert.equal(at.queue.position(job.id), undefined);
    });

    it('lets a waiting poll return on a change, and at the latest when its time is over', async () => {
      const job = extractJob();
      await at.queue.add(job);
      const early = await at.queue.wait(job.id, 50);
      assert.equal(early?.state, 'queued');
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const started = at.queue.wait(job.id, 20_000);
      await using _ = await at.queue.process(async () => {
        await held;
        return { ok: true, notes: [] };
      }, 1);
      assert.equal((await started)?.state, 'processing');
      const finished = at.queue.wait(job.id, 20_000);
      release();
      assert.equal((await finished)?.state, 'processed');
      const aborted = new AbortController();
      aborted.abort();
      assert.equal((await at.queue.wait(job.id, 20_000, aborted.signal))?.state, 'processed');
    });

    it('keeps failures as values', async () => {
      const job = extractJob();
      await using _ = await at.queue.process(
        async () => ({ ok: false, code: 'no_data', message: 'No data for step 7.' }),
        1,
      );
      await at.queue.add(job);
      const record = await ended(at.queue, job.id);
      assert.equal(record.state, 'failed');
      assert.deepEqual(record.result, { ok: false, code: 'no_data', message: 'No data for step 7.' });
    });

    it('turns a bug into `internal` without its text', async () => {
      const job = extractJob();
      await using _ = await at.queue.process(async () => {
        throw new TypeError('secret of the implementation');
      }, 1);
      await at.queue.add(job);
      const { result } = await ended(at.queue, job.id);
      assert.ok(result?.ok === false);
      assert.equal(result.code, 'internal');
      assert.doesNotMatch(result.message, /secret/);
    });

    it('F1 runs a job again whose process died, once', async () => {
      const [once, twice] = [extractJob(), extractJob()];
      const starts = new Map<string, number>();
      await using _ = await at.queue.process(async (job) => {
        const start = (starts.get(job.id) ?? 0) + 1;
        starts.set(job.id, start);
        if (job.id === twice.id || start === 1) throw new WorkerLost('SIGKILL');
        return { ok: true, notes: [] };
      }, 2);
      await at.queue.add(once);
      await at.queue.add(twice);
      assert.equal((await ended(at.queue, once.id)).state, 'processed');
      const { result } = await ended(at.queue, twice.id);
      assert.ok(result?.ok === false && result.code === 'worker_lost');
      assert.deepEqual([starts.get(once.id), starts.get(twice.id)], [2, 2]);
    });

    it('P10 cancels a waiting job: it never runs', async () => {
      const job = extractJob();
      await at.queue.add(job);
      assert.equal(await at.queue.cancel(job.id), true);
      assert.equal(await at.queue.cancel(job.id), false);
      assert.equal((await at.queue.get(job.id))?.state, 'cancelled');
      const ran: string[] = [];
      await using _ = await at.queue.process(async (given) => {
        ran.push(given.id);
        return { ok: true, notes: [] };
      }, 1);
      const next = extractJob();
      await at.queue.add(next);
      await ended(at.queue, next.id);
      assert.deepEqual(ran, [next.id]);
      assert.equal((await at.queue.get(job.id))?.state, 'cancelled');
    });

    it('P10 cancels a running job: its signal is aborted and its result never appears', async () => {
      const job = extractJob();
      await using _ = await at.queue.process(endless, 1);
      await at.queue.add(job);
      while ((await at.queue.get(job.id))?.state !== 'processing') await sleep(10);
      assert.equal(await at.queue.cancel(job.id), true);
      assert.equal((await at.queue.get(job.id))?.state, 'cancelled');
      const next = extractJob();
      await at.queue.add(next);
      // The only worker is free again, so the cancelled run has ended.
      while ((await at.queue.get(next.id))?.state !== 'processing') await sleep(10);
      await at.queue.cancel(next.id);
      assert.equal((await at.queue.get(job.id))?.state, 'cancelled');
    });

    it('cancels a finished job: its bytes are gone', async () => {
      const job = extractJob();
      await using _ = await at.queue.process(async (given, _signal, context) => {
        const format = { contentType: 'text/plain', extension: 'txt' };
        return {
          ok: true,
          notes: [],
          ref: await writeResult(at.store, given.id, context.attempt, chunks(Buffer.from('x')), format, 9),
        };
      }, 1);
      await at.queue.add(job);
      const { result } = await ended(at.queue, job.id);
      assert.ok(result?.ok === true && result.ref !== undefined);
      assert.equal(await at.queue.cancel(job.id), true);
      assert.equal(await at.store.head(result.ref.key), undefined);
      assert.equal((await at.queue.get(job.id))?.state, 'cancelled');
    });

    it('takes an answer that needed no worker', async () => {
      const job = extractJob('local/inline');
      await at.queue.addEnded(job, { ok: true, notes: [] });
      assert.equal((await at.queue.get(job.id))?.state, 'processed');
      assert.deepEqual(
        (await at.queue.list('local/inline')).map((record) => record.job.id),
        [job.id],
      );
    });

    it('P1 keeps accepted, ended and revoked requests over a restart', async () => {
      const [waiting, done, revoked] = [
        extractJob('local/keeper'),
        extractJob('local/keeper'),
        extractJob('local/keeper'),
      ];
      await at.queue.add(done);
      {
        await using _ = await at.queue.process(succeed, 1);
        await ended(at.queue, done.id);
      }
      await at.queue.add(waiting);
      await at.queue.add(revoked);
      await at.queue.cancel(revoked.id);
      await at.queue.close();
      at.queue = await open(at.state, at.store);
      const states = (await at.queue.list('local/keeper')).map((record) => record.state);
      assert.deepEqual(states.sort(), ['cancelled', 'processed', 'queued']);
      await using _ = await at.queue.process(succeed, 1);
      assert.equal((await ended(at.queue, waiting.id)).state, 'processed');
      assert.equal((await at.queue.get(revoked.id))?.state, 'cancelled');
    });

    it('F14 is closed only when revocations are through whose clients have left', async () => {
      const jobs = Array.from({ length: 4 }, () => extractJob('local/leaver'));
      for (const job of jobs) await at.queue.add(job);
      let through = 0;
      for (const { id } of jobs) void at.queue.cancel(id).then(() => through++);
      await at.queue.close();
      assert.equal(through, jobs.length);
      for (const { id } of jobs) {
        const outcome = await readOutcome(at.store, id);
        assert.deepEqual(outcome?.end.result, CANCELLED);
      }
      at.queue = await open(at.state, at.store);
    });

    it('hands running jobs back when it is closed', async () => {
      const job = extractJob();
      const consumer = await at.queue.process(succeed, 1);
      await at.queue.add(job);
      await ended(at.queue, job.id);
      await consumer[Symbol.asyncDispose]();
      const later = extractJob();
      await at.queue.add(later);
      await sleep(200);
      assert.equal((await at.queue.get(later.id))?.state, 'queued');
      await at.queue.cancel(later.id);
    });
  });
}
