/** How `serve` begins and ends as a process: one to a state directory, in order after a signal, soon after an exception. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { questions } from '../chaos/questions.js';
import { root } from '../paths.js';
import { freePort } from '../redis.js';

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

describe('serve as a process', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-ending-'));
    const demo = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'demo', join(folder, 'data')], {
      stdio: 'ignore',
    });
    await once(demo, 'exit');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  function begin(state: string, port: number, preload: readonly string[] = [], flags: readonly string[] = []): Served {
    const args = [
      'serve',
      '--data',
      join(folder, 'data'),
      '--state',
      join(folder, state),
      '--port',
      String(port),
      ...flags,
    ];
    const child = spawn(process.execPath, [...preload, join(root, 'dist/cli/main.js'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    return { child, url: `http://127.0.0.1:${port}`, text: () => text, ended };
  }

  async function ready(served: Served): Promise<void> {
    for (let left = 600; left > 0; left--) {
      const answer = await fetch(`${served.url}/api/v1/test`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error(`not ready: ${served.text()}`);
  }

  it('F8: refuses a state directory in use before it writes there, and a port in use', async () => {
    const port = await freePort();
    await using first = endOf(begin('state', port));
    await ready(first.served);
    const before = await readdir(join(folder, 'state'), { recursive: true });
    const second = begin('state', await freePort());
    assert.equal(await second.ended, 1);
    assert.match(second.text(), /state directory .* is in use by another process/);
    assert.deepEqual(await readdir(join(folder, 'state'), { recursive: true }), before);
    const third = begin('elsewhere', port);
    assert.equal(await third.ended, 2);
    assert.match(third.text(), /127\.0\.0\.1:\d+ is in use/);
    first.served.child.kill('SIGTERM');
    assert.equal(await first.served.ended, 0);
  });

  it('P11: answers held polls and ends with 0 after SIGTERM; a signal during the start ends it too', async () => {
    const port = await freePort();
    await using one = endOf(begin('drained', port, [], ['--no-work']));
    await ready(one.served);
    const held = await submit(one.served.url);
    const poll = fetch(held, { redirect: 'manual' });
    await sleep(300);
    one.served.child.kill('SIGTERM');
    assert.equal((await poll).status, 202);
    assert.equal(await one.served.ended, 0);
    await using early = endOf(begin('drained', port));
    await sleep(500);
    early.served.child.kill('SIGTERM');
    // Before its handlers are there, node ends the process by the signal itself.
    assert.ok([0, null].includes(await early.served.ended));
  });

  it('F18: logs an exception that nobody caught, refuses new connections and ends with 1', async () => {
    const preload = join(folder, 'fault.mjs');
    await writeFile(preload, `process.on('SIGUSR2', () => { throw new Error('thrown by the test'); });`);
    const rejecting = join(folder, 'rejection.mjs');
    await writeFile(
      rejecting,
      `process.on('SIGUSR2', () => { void Promise.reject(new Error('rejected by the test')); });`,
    );
    for (const [module, words] of [
      [preload, 'thrown by the test'],
      [rejecting, 'rejected by the test'],
    ] as const) {
      await using one = endOf(begin('faulty', await freePort(), ['--import', module]));
      await ready(one.served);
      one.served.child.kill('SIGUSR2');
      assert.equal(await one.served.ended, 1);
      assert.match(one.served.text(), new RegExp(`"level":"fatal".*${words}.*not caught`));
    }
  });
});

/** Submits a request that no worker will run; the address to poll. */
async function submit(url: string): Promise<string> {
  const { request } = questions(1)[0]!;
  const answer = await fetch(`${url}/api/v1/requests/demo`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ verb: 'retrieve', request }),
  });
  assert.equal(answer.status, 202, await answer.text());
  return String(answer.headers.get('location'));
}

/** Ends the process with the scope, whatever the test did. */
function endOf(served: Served): AsyncDisposable & { readonly served: Served } {
  return {
    served,
    [Symbol.asyncDispose]: async () => {
      served.child.kill('SIGKILL');
      await served.ended;
    },
  };
}
