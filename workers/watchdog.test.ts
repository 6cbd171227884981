import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 2500;

let folder: string;
let started = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyfst-watchdog-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A process whose loop is watched; `body` runs once it has said that it is ready. */
async function watched(body: string): Promise<ChildProcess> {
  const module = JSON.stringify(new URL('./watchdog.js', import.meta.url).href);
  const script = `import { watchLoop } from ${module};
    watchLoop(${LIMIT_MS});
    setInterval(() => undefined, 100);
    setTimeout(() => { process.stdout.write('ready'); setTimeout(() => { ${body} }, 50); }, 500);`;
  const file = join(folder, `${started++}.mjs`);
  await writeFile(file, script);
  return spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('F3 watchdog', { concurrency: true }, () => {
  it('ends a process whose event loop stands still, and says so', async () => {
    const child = await watched('for (;;);');
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    assert.equal(signal, 'SIGKILL');
    assert.match(said, /event loop stood still/);
  });

  it('does not take a process that was stopped and went on for one', async () => {
    const child = await watched('');
    await once(child.stdout!, 'data');
    await sleep(300);
    child.kill('SIGSTOP');
    await sleep(2.5 * LIMIT_MS);
    child.kill('SIGCONT');
    await sleep(LIMIT_MS);
    assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
    child.kill('SIGKILL');
    await once(child, 'close');
  });
});
