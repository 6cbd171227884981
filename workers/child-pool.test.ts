import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FsStore } from '../extraction/store-fs.js';
import { type ExtractJob, JOB_VERSION, type JobResult, newJobId } from '../schemas/job.js';
import { ChildPool } from './child-pool.js';
import { WorkerLost } from './run.js';

const entry = new URL('../test/job-child.js', import.meta.url);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The different nicenesses of a process's threads. */
function nicenessOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return [...new Set(threads.map((thread) => getPriority(thread)))];
}

async function gone(pid: number): Promise<void> {
  for (let n = 0; n < 200 && isRunning(pid); n++) await sleep(25);
  assert.equal(isRunning(pid), false, `process ${pid} is still there`);
}

describe('job processes', () => {
  let folder: string;
  let store: FsStore;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-pool-'));
    store = await FsStore.open(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const open = (
    over: Partial<{ jobMs: number; rssMb: number; heapMb: number; jobsPerChild: number }> = {},
  ): ChildPool =>
    new ChildPool({
      entry,
      init: { store: folder },
      heapMb: 128,
      rssMb: 400,
      jobMs: 60_000,
      jobsPerChild: 500,
      warm: 0,
      ...over,
    });

  function run(
    pool: ChildPool,
    request: Record<string, unknown>,
    signal?: AbortSignal,
    cost = 1,
    isBeside = false,
  ): Promise<JobResult> {
    const job: ExtractJob = {
      ...{ version: JOB_VERSION, id: newJobId(), user: 'local/a', acceptedAt: 1, cost },
      ...{ kind: 'extract', collection: 'c', request },
    };
    const how = isBeside ? pool.runBeside : pool.run;
    return how(job, signal ?? new AbortController().signal, { attempt: 1, progress: () => undefined });
  }

  async function text(result: JobResult): Promise<string> {
    assert.ok(result.ok && result.ref !== undefined);
    return Buffer.from(await store.read(result.ref.key, 0, result.ref.bytes)).toString();
  }

  async function failure(result: Promise<JobResult>): Promise<string> {
    const settled = await result;
    assert.ok(!settled.ok);
    return settled.code;
  }

  it('runs jobs one after another in the same process, several at a time in several', async () => {
    await using pool = open();
    assert.equal(await text(await run(pool, { text: 'one' })), 'one');
    const [first] = pool.pids;
    assert.equal(await text(await run(pool, { text: 'two' })), 'two');
    assert.deepEqual(pool.pids, [first]);
    const both = await Promise.all(['three', 'four'].map((word) => run(pool, { text: word })));
    assert.deepEqual(await Promise.all(both.map(text)), ['three', 'four']);
    assert.equal(pool.pids.length, 2);
  });

  it('puts small jobs side by side into a process, whose death costs each of them a start', async () => {
    await using pool = open();
    const beside = (request: Record<string, unknown>): Promise<JobResult> => run(pool, request, undefined, 1, true);
    const words = Array.from({ length: 12 }, (_, n) => `word ${n}`);
    const results = await Promise.all(words.map((word) => beside({ text: word, do: 'sleep', ms: 50 })));
    assert.deepEqual(await Promise.all(results.map(text)), words);
    const [first, ...others] = pool.pids;
    assert.deepEqual(others, []);
    // Ending together must not make the process idle twice over.
    assert.equal(await text(await beside({ text: 'again' })), 'again');
    assert.deepEqual(pool.pids, [first]);
    const dying = [beside({ do: 'sleep', ms: 60_000 }), beside({ do: 'exit' })];
    for (const { status } of await Promise.allSettled(dying)) assert.equal(status, 'rejected');
    assert.equal(await text(await beside({ text: 'still here' })), 'still here');
  });

  it('F13 runs big jobs in processes that give way in all their threads', async () => {
    await using pool = open();
    await run(pool, { text: 'small' });
    const [small] = pool.pids;
    await run(pool, { text: 'big' }, undefined, 1e6);
    const big = pool.pids.find((pid) => pid !== small);
    await run(pool, { text: 'small again' });
    assert.equal(pool.pids.length, 2);
    assert.deepEqual(nicenessOf(small!), [5]);
    assert.deepEqual(nicenessOf(big!), [19]);
  });

  it('F1 loses only the job that kills its process', async () => {
    await using pool = open();
    for (const how of ['exit', 'abort']) await assert.rejects(run(pool, { do: how }), WorkerLost);
    assert.equal(await text(await run(pool, { text: 'still here' })), 'still here');
  });

  it('F2 answers `too_large` when a job outgrows its heap, its memory or its time', async () => {
    await using pool = open({ rssMb: 250, jobMs: 20_000 });
    assert.equal(await failure(run(pool, { do: 'heap' })), 'too_large');
    assert.equal(await failure(run(pool, { do: 'rss' })), 'too_large');
    await using hasty = open({ jobMs: 500 });
    assert.equal(await failure(run(hasty, { do: 'spin' })), 'too_large');
  });

  it('P10 ends a cancelled job, within two seconds also when it does not listen', async () => {
    await using pool = open();
    for (const request of [{ do: 'sleep', ms: 60_000 }, { do: 'spin' }]) {
      const controller = new AbortController();
      const pidFile = join(folder, `pid-${request.do}`);
      const result = run(pool, { ...request, pidFile }, controller.signal);
      while (!existsSync(pidFile)) await sleep(10);
      controller.abort();
      assert.equal(await failure(result), 'cancelled');
      await gone(Number(readFileSync(pidFile, 'utf8')));
    }
  });

  it('replaces a process after its share of jobs', async () => {
    await using pool = open({ jobsPerChild: 2 });
    const seen = new Set<number>();
    for (let n = 0; n < 4; n++) {
      await run(pool, { text: 'x' });
      for (const pid of pool.pids) seen.add(pid);
    }
    assert.ok(seen.size <= 2);
    assert.equal(pool.pids.length, 0);
  });

  it('leaves no process behind when its parent is killed, stuck or not', async () => {
    for (const request of [{ do: 'sleep', ms: 60_000 }, { do: 'spin' }]) {
      const pidFile = join(folder, `orphan-${request.do}`);
      const program = `const { ChildPool } = await import(${JSON.stringify(new URL('./child-pool.js', import.meta.url).href)});
        const pool = new ChildPool({ entry: new URL(${JSON.stringify(entry.href)}), init: { store: ${JSON.stringify(folder)} },
          heapMb: 128, rssMb: 400, jobMs: 60000, jobsPerChild: 9, warm: 0 });
        await pool.run({ version: 1, id: ${JSON.stringify(newJobId())}, user: 'a', acceptedAt: 1, cost: 1, kind: 'extract',
          collection: 'c', request: ${JSON.stringify({ ...request, pidFile })} }, new AbortController().signal,
          { attempt: 1, progress: () => undefined });`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      while (!existsSync(pidFile)) await sleep(20);
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      await gone(Number(readFileSync(pidFile, 'utf8')));
    }
  });
});
