/** The service under load: `serve` as it is installed, on the demo run, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../paths.js';
import { freePort } from '../redis.js';
import type { MemoryReport } from './memory-probe.js';

const program = join(root, 'dist', 'cli', 'main.js');
const PAGE_BYTES = 4096;

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** memory of the service's own process after a collection of garbage */
  memory(): Promise<MemoryReport>;
  /** resident bytes of the service and its job processes */
  treeBytes(): Promise<number>;
  /** open descriptors of the service's own process */
  descriptors(): Promise<number>;
  /** ends it with SIGKILL and starts it again on the same state; ms to the first answer */
  restart(): Promise<number>;
}

export async function makeDemo(): Promise<{ readonly folder: string; readonly data: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-load-'));
  const data = join(folder, 'data');
  await once(spawn(process.execPath, [program, 'demo', data], { stdio: 'ignore' }), 'exit');
  return { folder, data };
}

/** `name`: folder of the state and configuration within the ground. */
export async function startServed(
  ground: { readonly folder: string; readonly data: string },
  name: string,
  config: object,
  flags: readonly string[] = [],
): Promise<Served> {
  const file = join(ground.folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ log: { level: 'warn' }, ...config }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['serve', '--data', ground.data, '--config', file, '--state', join(ground.folder, name)];
  let child: ChildProcess;
  const begin = async (): Promise<number> => {
    const begun = performance.now();
    const probe = new URL('./memory-probe.js', import.meta.url).href;
    child = spawn(
      process.execPath,
      ['--expose-gc', '--import', probe, program, ...args, '--port', String(port), ...flags],
      { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    );
    child.stderr?.resume();
    await ready(url, child);
    return performance.now() - begun;
  };
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await begin();
  return {
    url,
    get pid() {
      return child.pid!;
    },
    async memory() {
      const answer = once(child, 'message', { signal: AbortSignal.timeout(20_000) });
      child.send('memory');
      return (await answer)[0] as MemoryReport;
    },
    treeBytes: async () => {
      let bytes = 0;
      for (const pid of await familyOf(child.pid!)) bytes += await residentBytes(pid);
      return bytes;
    },
    descriptors: async () => (await readdir(`/proc/${child.pid}/fd`)).length,
    async restart() {
      await end();
      return begin();
    },
    [Symbol.asyncDispose]: end,
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let left = 3000; left > 0 && child.exitCode === null; left--) {
    const answer = await fetch(`${url}/api/v1/test`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(10);
  }
  throw new Error('the service did not start');
}

async function familyOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(familyOf))).flat()];
}

async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) * PAGE_BYTES;
}
