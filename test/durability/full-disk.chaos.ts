/**
 * F7: a disk that is full or broken. On a small disk of its own (tmpfs, where one can be mounted) the service refuses before
 * the queue's disk is full and recovers by itself; with writes that fail (a preloaded library, where there is a compiler)
 * a job ends with its code and leaves nothing half-written. Prints which of the two ran.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { questions } from '../chaos/questions.js';
import { root } from '../paths.js';
import { freePort } from '../redis.js';

const program = join(root, 'dist', 'cli', 'main.js');
const compiler = spawnSync('cc', ['--version']).status === 0;
const MIB = 1 << 20;
const DISK_MIB = 384;

interface Served extends AsyncDisposable {
  readonly url: string;
}

async function serve(data: string, state: string, config: object, env: NodeJS.ProcessEnv = {}): Promise<Served> {
  await mkdir(state, { recursive: true });
  const file = `${state}.json`;
  await writeFile(file, JSON.stringify({ log: { level: 'warn' }, ...config }));
  const port = await freePort();
  const args = ['serve', '--data', data, '--state', state, '--config', file, '--port', String(port)];
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  for (let left = 1200; ; left--) {
    const answer = await fetch(`${url}/api/v1/test`).catch(() => undefined);
    if (answer?.status === 200) break;
    assert.ok(left > 0 && child.exitCode === null, 'the service did not start');
    await sleep(50);
  }
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function submit(url: string, n: number): Promise<Response> {
  const { request } = questions(40)[n]!;
  return fetch(`${url}/api/v1/requests/demo`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ verb: 'retrieve', request }),
  });
}

/** Polls a request to its end. */
async function end(location: string): Promise<Response> {
  for (let left = 600; ; left--) {
    const answer = await fetch(location, { redirect: 'manual' });
    if (answer.status !== 202 && answer.status !== 529) return answer;
    assert.ok(left > 0, 'the request did not end');
    await sleep(100);
  }
}

async function accepted(url: string, n: number): Promise<string> {
  const answer = await submit(url, n);
  assert.equal(answer.status, 202, await answer.text());
  return String(answer.headers.get('location'));
}

describe('F7 full disk', () => {
  let folder: string;
  let data: string;
  let disk: string | undefined;
  let library: string;
  const build = (): void => {
    library = join(folder, 'fail-writes.so');
    const source = join(root, 'test', 'durability', 'fail-writes.c');
    const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-full-'));
    data = join(folder, 'data');
    await once(spawn(process.execPath, [program, 'demo', data], { stdio: 'ignore' }), 'exit');
    const point = join(folder, 'disk');
    await mkdir(point);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', point]).status === 0) disk = point;
    if (compiler) build();
    process.stdout.write(
      `# F7: ${disk === undefined ? 'no small disk can be mounted' : 'small tmpfs'}, ${compiler ? 'failing writes preloaded' : 'no compiler for the preload'}\n`,
    );
  });
  after(async () => {
    if (disk !== undefined) spawnSync('umount', [disk]);
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses before the disk of the queue is full, serves what is there, and recovers', async (test) => {
    if (disk === undefined) return test.skip('no tmpfs can be mounted');
    await using served = await serve(data, join(disk, 'state'), { limits: { cacheBytes: 0 } });
    const done = await end(await accepted(served.url, 0));
    assert.equal(done.status, 303);
    const filler = await open(join(disk, 'filler'), 'w');
    const { bavail, bsize } = await statfs(disk);
    await filler.write(Buffer.alloc(bavail * bsize - 8 * MIB));
    await filler.sync();
    await sleep(1500);
    const refused = await submit(served.url, 1);
    assert.equal(refused.status, 529);
    assert.match(await refused.text(), /free space/);
    const bytes = await fetch(String(done.headers.get('location')));
    assert.equal(bytes.status, 200);
    assert.equal((await bytes.arrayBuffer()).byteLength, Number(bytes.headers.get('content-length')));
    await filler.close();
    await rm(join(disk, 'filler'));
    await sleep(1500);
    assert.equal((await end(await accepted(served.url, 1))).status, 303);
  });

  it('ends a job whose result cannot be written, leaves nothing of it, and goes on', async (test) => {
    if (!compiler) return test.skip('no C compiler (cc)');
    for (const [errno, code] of [
      [28, 'storage_full'],
      [5, 'storage_unavailable'],
    ] as const) {
      const state = join(folder, `state-${errno}`);
      const when = join(folder, `when-${errno}`);
      const results = join(state, 'store', 'results');
      const env = { LD_PRELOAD: library, FAIL_WHEN: when, FAIL_BELOW: results, FAIL_WITH: String(errno) };
      await using served = await serve(
        data,
        state,
        { limits: { cacheBytes: 0, inlineValues: 0 } },
        { ...env, FAIL_IN: 'children' },
      );
      await writeFile(when, '');
      const location = await accepted(served.url, 2);
      const failed = await end(location);
      assert.equal(failed.status, 400);
      assert.equal(failed.headers.get('x-error-code'), code);
      const left = await readdir(join(results, location.split('/').at(-1)!));
      assert.deepEqual(left, ['outcome.json']);
      await rm(when);
      assert.equal((await end(await accepted(served.url, 2))).status, 303);
    }
  });

  it('ends a job when no descriptor is left for data or results, and goes on', async (test) => {
    if (!compiler) return test.skip('no C compiler (cc)');
    for (const [what, errno] of [
      ['data', 24],
      ['results', 23],
    ] as const) {
      const state = join(folder, `state-${errno}`);
      const when = join(folder, `when-${errno}`);
      const below = what === 'data' ? data : join(state, 'store', 'results');
      const env = { LD_PRELOAD: library, FAIL_WHEN: when, FAIL_OPEN_BELOW: below, FAIL_WITH: String(errno) };
      const limits = { cacheBytes: 0, inlineValues: 0 };
      await using served = await serve(
        data,
        state,
        { limits, workers: { concurrency: 1 } },
        { ...env, FAIL_IN: 'children' },
      );
      // the process of jobs has started before, and keeps the files of one run open
      assert.equal((await end(await accepted(served.url, 0))).status, 303);
      await writeFile(when, '');
      const failed = await end(await accepted(served.url, 2));
      const text = await failed.text();
      assert.deepEqual([failed.status, failed.headers.get('x-error-code')], [400, 'handle_error'], text);
      await rm(when);
      assert.equal((await end(await accepted(served.url, 2))).status, 303);
    }
  });

  it('answers, refuses and recovers when no descriptor is left for the data in its own process', async (test) => {
    if (!compiler) return test.skip('no C compiler (cc)');
    const when = join(folder, 'when-own');
    const env = { LD_PRELOAD: library, FAIL_WHEN: when, FAIL_OPEN_BELOW: data, FAIL_WITH: '24' };
    await using served = await serve(data, join(folder, 'state-own'), { limits: { cacheBytes: 0 } }, env);
    await writeFile(when, '');
    const address = `${served.url}/edr/collections/demo-sfc/position?coords=POINT(-73.5%2045.5)&parameter-name=2t`;
    const refused = await fetch(address);
    const problem = (await refused.json()) as { code: string };
    assert.deepEqual([refused.status, problem.code], [503, 'handle_error']);
    assert.equal((await fetch(`${served.url}/api/v1/test`)).status, 200);
    await rm(when);
    assert.equal((await fetch(address)).status, 200);
  });

  it('keeps what it accepted while nothing at all can be written, and ends it afterwards', async (test) => {
    if (!compiler) return test.skip('no C compiler (cc)');
    const state = join(folder, 'state-all');
    const when = join(folder, 'when-all');
    const env = {
      LD_PRELOAD: library,
      FAIL_WHEN: when,
      FAIL_BELOW: join(state, 'store', 'results'),
    };
    await using served = await serve(data, state, { limits: { cacheBytes: 0, inlineValues: 0, longPollMs: 0 } }, env);
    await writeFile(when, '');
    const location = await accepted(served.url, 3);
    await sleep(3000);
    const meanwhile = await fetch(location, { redirect: 'manual' });
    assert.equal(meanwhile.status, 202, await meanwhile.text());
    await rm(when);
    assert.equal((await end(location)).status, 303);
  });
});
