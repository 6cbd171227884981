/** Rows `queue`: W1 at points never asked before, through Polytope's API and a Redis queue: one after the other, and many at once. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import { freePort, noRedis, startRedis } from '../test/redis.js';
import { median } from './harness.js';
import { keysOf, openProduct, valuesOf } from './product.js';
import { queueBase } from './queue-base.js';
import { allValues, sumOf } from './reference.js';
import { type BenchRow, linesOf } from './row.js';
import { type Bench, seriesFolder, sumOfText } from './rows-extract.js';
import { answerOf, ended } from './rows-serve.js';
import { requestOf } from './workloads.js';

const AT_ONCE = 16;
const WARM = 24;
const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** The request of W1 at another point of the grid for every number. */
function requestAt(request: Readonly<Record<string, unknown>>, number: number): Record<string, unknown> {
  const [i, j] = [(number * 389 + 13) % 1000, (number * 631 + 7) % 1000];
  const point = [Math.round((25 + 0.05 * j) * 1e6) / 1e6, Math.round((230 + 0.1 * i - 360) * 1e6) / 1e6];
  return { ...request, feature: { type: 'timeseries', points: [point], time_axis: 'step' } };
}

/** Submit, wait, fetch, as the client of version 1 does. */
async function throughV1(url: string, request: unknown): Promise<Buffer> {
  const body = JSON.stringify({ verb: 'retrieve', request });
  const submitted = await fetch(`${url}/api/v1/requests/default`, {
    method: 'POST',
    headers: JSON_TYPE,
    body,
    redirect: 'manual',
  });
  if (submitted.status !== 202) throw new Error(`submit: ${submitted.status} ${await submitted.text()}`);
  await submitted.arrayBuffer();
  const place = submitted.headers.get('location')!;
  for (;;) {
    const reply = await fetch(place);
    const bytes = Buffer.from(await reply.arrayBuffer());
    if (reply.status === 200) return bytes;
    if (reply.status !== 202) throw new Error(`poll: ${reply.status} ${bytes.toString()}`);
  }
}

export async function* queueRows(bench: Bench): AsyncGenerator<BenchRow> {
  if (noRedis !== false) {
    process.stderr.write(`rows queue left out: ${noRedis}\n`);
    return;
  }
  await using redis = await startRedis();
  const n = bench.quick ? 20 : 60;
  const base = await queueBase(redis.port, n);
  const data = await seriesFolder(bench, 'u');
  const product = await openProduct(bench.folder, data);
  const request = requestOf('W1', keysOf(product, 'TT'));
  const state = await mkdtemp(join(tmpdir(), 'polyfst-bench-'));
  const port = await freePort();
  const args = ['serve', '--data', data, '--state', state, '--port', String(port), '--queue', redis.url];
  const service = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    await answerOf(`${url}/api/v2/default/requests`, JSON.stringify(request));
    for (let k = 0; k < WARM; k++) await throughV1(url, requestAt(request, k));
    const times: number[] = [];
    let answer: Uint8Array = new Uint8Array();
    for (let k = WARM; k < WARM + n; k++) {
      const start = performance.now();
      answer = await throughV1(url, requestAt(request, k));
      times.push(performance.now() - start);
    }
    const values = allValues(await valuesOf(product, requestAt(request, WARM + n - 1)));
    const checked = Math.abs(sumOfText([answer]) - sumOf(values)) <= 1e-9 * Math.abs(sumOf(values));
    const measured = { row: 'queue', data: 'u', values: values.length, checked, sum: sumOf(values) } as const;
    const nothing = median(base.times).medianMs;
    const one = median(times);
    const beside = [{ name: 'BullMQ, add to result', ms: nothing }];
    yield* linesOf({ ...measured, over_ms: one.medianMs - nothing }, 'opened', 'covjson', one, beside);
    const rate = await rateOf(url, request, WARM + n, 5 * n);
    const many = { requests_s: Math.round(rate), peer_requests_s: Math.round(base.jobsPerSecond) };
    const timing = { medianMs: 1000 / rate, minMs: 1000 / rate, n: 5 * n };
    const jobs = [{ name: 'BullMQ, jobs of nothing', ms: 1000 / base.jobsPerSecond }];
    yield* linesOf({ ...measured, row: 'queue-rate', ...many }, 'opened', 'covjson', timing, jobs);
  } finally {
    await ended(service);
    await rm(state, { recursive: true, force: true });
  }
}

/** Requests a second, some always under way. */
async function rateOf(
  url: string,
  request: Readonly<Record<string, unknown>>,
  from: number,
  count: number,
): Promise<number> {
  let next = from;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (next < from + count) await throughV1(url, requestAt(request, next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return count / ((performance.now() - start) / 1000);
}
