/** `polyfst serve` on the demo run in a process of its own, for tests from outside. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.js';

const START_MS = 60_000;

export interface ServedDemo extends AsyncDisposable {
  readonly url: string;
  readonly data: string;
}

/** Address that the service prints; its standard error is read to the end so that it never blocks. */
function addressOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error(`no address from serve: ${text}`));
    const timer = setTimeout(giveUp, START_MS);
    child.once('close', giveUp);
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-20_000);
      const url = /answers on (http:\S+)/.exec(text)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

/** Writes the demo run and serves it, with this configuration, until disposed of. */
export async function serveDemo(config: object = {}): Promise<ServedDemo> {
  const work = await mkdtemp(join(tmpdir(), 'polyfst-served-'));
  const main = join(root, 'dist', 'cli', 'main.js');
  const data = join(work, 'data');
  const demo = spawnSync(process.execPath, [main, 'demo', data], { encoding: 'utf8' });
  if (demo.status !== 0) throw new Error(demo.stderr);
  await writeFile(join(work, 'config.json'), JSON.stringify(config));
  const flags = ['--data', data, '--state', join(work, 'state'), '--config', join(work, 'config.json'), '--port', '0'];
  const service = spawn(process.execPath, [main, 'serve', ...flags]);
  const ended = once(service, 'close');
  const url = await addressOf(service);
  return {
    url,
    data,
    async [Symbol.asyncDispose]() {
      service.kill('SIGTERM');
      await ended;
      await rm(work, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
