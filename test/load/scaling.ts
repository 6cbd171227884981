/**
 * Jobs a second against the number of `work` processes on Redis, and what a job costs each part of the service in processor time:
 * the figures of docs/scaling.md. `node dist/test/load/scaling.js [--workers 1,2] [--jobs 300]`; one JSON line a row.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Fleet, type Member } from '../chaos/fleet.js';
import { root } from '../paths.js';
import { noRedis, startRedis } from '../redis.js';
import { small } from './requests.js';

const { values } = parseArgs({
  options: { workers: { type: 'string', default: '1,2' }, jobs: { type: 'string', default: '300' } },
});
const SUBMITS_AT_ONCE = 16;
const TICK_MS = 10;
const LONGEST_MS = 300_000;

/** All surface fields of a day over a box: about 8,000 values. */
function area(n: number): Record<string, unknown> {
  const { feature: _, ...keys } = small(n);
  const shift = (n % 40) * 0.1;
  const points = [
    [44 + shift, -79 + (n % 37) * 0.4],
    [41.5 + shift, -75.5 + (n % 37) * 0.4],
  ];
  return { ...keys, param: '2t/msl', feature: { type: 'boundingbox', points } };
}

const KINDS = { series: small, area } as const;

/** Processor ms of a process so far, with the children that it has ended. */
async function cpuOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) * TICK_MS;
}

/** Processor ms of a process and of all that it has started. */
async function cpuOfTree(pid: number): Promise<number> {
  let sum = await cpuOf(pid);
  for (const task of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '');
    for (const child of children.split(' ').filter(Boolean)) sum += await cpuOfTree(Number(child));
  }
  return sum;
}

interface Costs {
  serve: number;
  work: number;
  redis: number;
}

/** Processor ms of a Redis server so far. */
async function cpuOfRedis(url: string): Promise<number> {
  const client = new Redis(url);
  const text = await client.info('cpu');
  client.disconnect();
  const seconds = [...text.matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)].map(([, number]) => Number(number));
  return 1000 * seconds.reduce((sum, part) => sum + part, 0);
}

async function costs(members: readonly Member[], redis: string): Promise<Costs> {
  const cost = { serve: 0, work: 0, redis: await cpuOfRedis(redis) };
  for (const { role, child } of members) cost[role] += await cpuOfTree(child?.pid ?? 0);
  return cost;
}

async function submitAll(url: string, jobs: number, request: (n: number) => object): Promise<void> {
  let next = 0;
  const submitOne = async (body: string): Promise<void> => {
    for (;;) {
      const answer = await fetch(`${url}/api/v2/demo/requests`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Prefer: 'respond-async' },
        body,
      });
      const text = await answer.text();
      if (answer.status === 202) return;
      if (answer.status !== 529) throw new Error(`submit: ${answer.status} ${text.slice(0, 200)}`);
      // A machine with other work may keep Redis waiting for a second.
      await sleep(500);
    }
  };
  const submit = async (): Promise<void> => {
    while (next < jobs) await submitOne(JSON.stringify(request(next++)));
  };
  await Promise.all(Array.from({ length: SUBMITS_AT_ONCE }, submit));
}

async function untilNone(url: string): Promise<void> {
  for (let begun = performance.now(); performance.now() - begun < LONGEST_MS; await sleep(50)) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (/^polyfst_requests_unfinished 0$/m.test(text)) return;
  }
  throw new Error('jobs did not end');
}

async function measure(folder: string, data: string, workers: number, kind: keyof typeof KINDS): Promise<void> {
  const jobs = Number(values.jobs);
  await using redis = await startRedis({ persistent: true });
  const config = join(folder, 'config.json');
  const limits = { cacheBytes: 0, inlineValues: 0, unfinishedPerUser: 100_000, freeBytes: 0 };
  await writeFile(config, JSON.stringify({ durability: 'process', limits, workers: { concurrency: 1 } }));
  const state = await mkdtemp(join(folder, 'state-'));
  const log = join(folder, 'log');
  await using fleet = await Fleet.start({ data, state, queue: redis.url, servers: 1, workers, config, log });
  const [url = ''] = fleet.urls;
  // The first jobs open indexes and grids in every worker.
  await submitAll(url, 8 * workers, (n) => KINDS[kind](n + 1000));
  await untilNone(url);
  const before = await costs(fleet.members, redis.url);
  const begun = performance.now();
  await submitAll(url, jobs, KINDS[kind]);
  const submitted = performance.now();
  await untilNone(url);
  const seconds = (performance.now() - begun) / 1000;
  const after = await costs(fleet.members, redis.url);
  const perJob = (role: keyof Costs): number => Math.round((100 * (after[role] - before[role])) / jobs) / 100;
  const row = {
    ...{ kind, workers, jobs, seconds: Math.round(seconds * 100) / 100, jobsPerSecond: Math.round(jobs / seconds) },
    ...{ submitsPerSecond: Math.round((1000 * jobs) / (submitted - begun)) },
    ...{ serveCpuMs: perJob('serve'), workCpuMs: perJob('work'), redisCpuMs: perJob('redis') },
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

if (noRedis !== false) {
  process.stderr.write(`scaling: not run, ${noRedis}\n`);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-scaling-'));
  try {
    const data = join(folder, 'data');
    await promisify(execFile)(process.execPath, [join(root, 'dist/cli/main.js'), 'demo', data]);
    for (const kind of ['series', 'area'] as const) {
      for (const workers of values.workers.split(',').map(Number)) await measure(folder, data, workers, kind);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
