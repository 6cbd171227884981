/**
 * kill -9 at random times: of worker processes on Redis, of the one process of the embedded queue. Every accepted
 * request ends with its own answer. `POLYFST_SEED` repeats a run.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FsStore } from '../../extraction/store-fs.js';
import { openJobQueue } from '../../workers/open.js';
import { ended, extractJob } from '../contract/queue-jobs.js';
import { noRedis, startRedis } from '../redis.js';
import { seededRandom } from './random.js';

const program = fileURLToPath(new URL('./queue-program.js', import.meta.url));
const seed = Number(process.env['POLYFST_SEED'] ?? Date.now() % 1e9);
const random = seededRandom(seed);

async function worker(state: string, url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, state, url, '--work'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return child;
}

describe(`kill -9 at random times (POLYFST_SEED=${seed})`, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-kills-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('F1 of workers on Redis: every request ends with its answer', { skip: noRedis }, async () => {
    await using redis = await startRedis();
    const state = join(folder, 'redis');
    const store = await FsStore.open(join(state, 'store'));
    const settings = { ttlMs: 600_000, freeBytes: 0, durability: 'power', workerShare: 1 } as const;
    const queue = await openJobQueue({ ...settings, url: redis.url, state, store });
    const workers = [await worker(state, redis.url), await worker(state, redis.url)];
    const jobs = Array.from({ length: 50 }, (_, n) =>
      extractJob('local/kills', 10, { text: `answer ${n}`, do: 'sleep', ms: 100 }),
    );
    for (const job of jobs) await queue.add(job);
    for (let kill = 0; kill < 4; kill++) {
      await sleep(200 + random() * 600);
      const at = kill % workers.length;
      workers[at]!.kill('SIGKILL');
      workers[at] = await worker(state, redis.url);
    }
    for (const [n, job] of jobs.entries()) {
      const { result } = await ended(queue, job.id, 60_000);
      assert.ok(result?.ok === true && result.ref !== undefined, JSON.stringify(result));
      const { key, bytes } = result.ref;
      assert.equal(Buffer.from(await store.read(key, 0, bytes)).toString(), `answer ${n}`);
    }
    for (const child of workers) child.kill('SIGKILL');
    await queue.close();
  });

  it('F3 a worker that stood still longer than its lock changes nothing', { skip: noRedis }, async () => {
    await using redis = await startRedis();
    const state = join(folder, 'frozen');
    const store = await FsStore.open(join(state, 'store'));
    const settings = { ttlMs: 600_000, freeBytes: 0, durability: 'power', workerShare: 1 } as const;
    const queue = await openJobQueue({ ...settings, url: redis.url, state, store });
    const frozen = await worker(state, redis.url);
    const job = extractJob('local/frozen', 10, { text: 'the answer', do: 'sleep', ms: 1000 });
    await queue.add(job);
    while ((await queue.get(job.id))?.state !== 'processing') await sleep(20);
    frozen.kill('SIGSTOP');
    const other = await worker(state, redis.url);
    const first = await ended(queue, job.id, 60_000);
    assert.equal(first.attempt, 2);
    frozen.kill('SIGCONT');
    await sleep(2000);
    assert.deepEqual(await queue.get(job.id), first);
    assert.ok(first.result?.ok === true && first.result.ref !== undefined);
    const { key, bytes } = first.result.ref;
    assert.equal(Buffer.from(await store.read(key, 0, bytes)).toString(), 'the answer');
    const left: string[] = [];
    for await (const name of store.list(`results/${job.id}/`)) left.push(name);
    assert.deepEqual(left.sort(), [key, `results/${job.id}/outcome.json`].sort());
    for (const child of [frozen, other]) child.kill('SIGKILL');
    await queue.close();
  });

  it('P11 of the embedded queue, ten times in a row: everything that was accepted ends with its answer', async () => {
    const state = join(folder, 'embedded');
    const accepted = new Set<string>();
    const revoked = new Set<string>();
    const run = async (options: readonly string[], killAfterMs?: number): Promise<ReadonlyMap<string, string>> => {
      const child = spawn(process.execPath, [program, state, 'embedded', ...options], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      let timer: NodeJS.Timeout | undefined;
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        // Counted from the first acceptance: before it there is nothing to lose.
        if (killAfterMs !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      });
      await once(child, 'close');
      clearTimeout(timer);
      const lines = text.split('\n').map((line) => line.split(' '));
      for (const [word, id] of lines) {
        if (word === 'accepted' && id !== undefined) accepted.add(id);
        if (word === 'revoked' && id !== undefined) revoked.add(id);
      }
      return new Map(lines.filter((line) => line[0] === 'ended').map((line) => [line[1]!, line.slice(2).join(' ')]));
    };
    for (let kill = 0; kill < 10; kill++) await run(['--submit', '12'], random() * 400);
    const ends = await run([]);
    assert.ok(accepted.size > 10);
    for (const id of accepted) {
      const end = ends.get(id);
      if (revoked.has(id)) assert.equal(end, 'cancelled cancelled');
      else if (end !== 'cancelled cancelled') assert.equal(end, `processed answer of ${id}`);
    }
  });
});
