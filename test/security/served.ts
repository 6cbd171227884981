/** The service under attack: `serve` as it is installed, in a process of its own, with keys, roles and a log that is kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../paths.js';
import { freePort } from '../redis.js';
import type { LoopReport } from './loop-probe.js';

/** Keys of the callers; each is a canary: none may ever be seen in an answer or in the log. */
export const SECRETS = {
  owner: 'canary-owner-7f1d20c3a9b84e55',
  other: 'canary-other-19ab77d0e2c64f31',
  expired: 'canary-expired-5c0e93d1b7a84420',
  stranger: 'canary-stranger-e01f5a77c3d94b68',
  admin: 'canary-admin-8822bb01c4e94f7a',
} as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly isAlive: () => boolean;
  /** everything that it wrote */
  readonly log: () => string;
  /** what the probe has seen since it was asked last */
  loop(): Promise<LoopReport>;
}

function configuration(data: string): object {
  const keys = [
    { id: 'k-owner', user: 'owner', email: 'owner@example.org', roles: ['staff'], sha256: sha256(SECRETS.owner) },
    { id: 'k-other', user: 'other', sha256: sha256(SECRETS.other) },
    { id: 'k-expired', user: 'owner', sha256: sha256(SECRETS.expired), expires: '2020-01-01T00:00:00Z' },
    { id: 'k-stranger', user: 'owner', realm: 'elsewhere', sha256: sha256(SECRETS.stranger) },
    { id: 'k-admin', user: 'root', roles: ['admin'], sha256: sha256(SECRETS.admin) },
  ];
  return {
    auth: { keys },
    http: { headersTimeoutMs: 1500, requestTimeoutMs: 3000, connectionsCheckingMs: 250 },
    collections: { demo: { roots: [data] }, private: { roots: [data], roles: ['staff'] } },
    limits: { longPollMs: 300, requestsPerMinute: 0, unfinished: 1_000_000, unfinishedPerUser: 1_000_000 },
    log: { level: 'debug' },
  };
}

export async function startServed(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-security-'));
  const program = join(root, 'dist', 'cli', 'main.js');
  const data = join(folder, 'data');
  await once(spawn(process.execPath, [program, 'demo', data], { stdio: 'ignore' }), 'exit');
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify(configuration(data)));
  const port = await freePort();
  const args = ['serve', '--config', config, '--state', join(folder, 'state'), '--port', String(port)];
  const probe = new URL('./loop-probe.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', probe, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => pieces.push(text));
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  await ready(port, isAlive, () => pieces.join(''));
  const served: Served = {
    port,
    folder,
    isAlive,
    log: () => pieces.join(''),
    loop: () => askLoop(child),
    async [Symbol.asyncDispose]() {
      if (isAlive()) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
  await served.loop();
  return served;
}

async function ready(port: number, isAlive: () => boolean, log: () => string): Promise<void> {
  for (let left = 600; left > 0 && isAlive(); left--) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/test`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(50);
  }
  throw new Error(`the service did not start: ${log()}`);
}

async function askLoop(child: ChildProcess): Promise<LoopReport> {
  if (!child.connected) return { blockedMs: Number.POSITIVE_INFINITY, wallMs: Number.POSITIVE_INFINITY, rssBytes: 0 };
  const answer = once(child, 'message', { signal: AbortSignal.timeout(20_000) });
  child.send('loop');
  const [report] = await answer;
  return report as LoopReport;
}
