/** Rows `queue`: W1 at points never asked before, through Polytope's API and a Redis queue: one after the other, and many at once. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
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

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

interface Reply {
  readonly status: number;
  readonly location: string;
  readonly body: Buffer;
}

/** A request of the leanest client that node has: its processor time is taken from the service, on the same machine. */
function ask(url: string, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { agent, ...(body === undefined ? {} : { method: 'POST', headers: JSON_TYPE }) },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          resolve({ status: res.statusCode ?? 0, location: res.headers.location ?? '', body: Buffer.concat(chunks) });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/** Submit, wait, fetch, as the client of version 1 does. */
async function throughV1(url: string, request: unknown): Promise<Buffer> {
  const submitted = await ask(`${url}/api/v1/requests/default`, JSON.stringify({ verb: 'retrieve', request }));
  if (submitted.status !== 202) throw new Error(`submit: ${submitted.status} ${submitted.body.toString()}`);
  for (;;) {
    const poll = await ask(submitted.location);
    if (poll.status === 202) continue;
    if (poll.status !== 303) throw new Error(`poll: ${poll.status} ${poll.body.toString()}`);
    const data = await ask(poll.location);
    if (data.status !== 200) throw new Error(`download: ${data.status} ${data.body.toString()}`);
    return data.body;
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
  const body = requestOf('W1', keysOf(product, 'TT'));
  const state = await mkdtemp(join(tmpdir(), 'polyfst-bench-'));
  const port = await freePort();
  const args = ['serve', '--data', data, '--state', state, '--port', String(port), '--queue', redis.url];
  const service = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    await answerOf(`${url}/api/v2/default/requests`, JSON.stringify(body));
    for (let k = 0; k < WARM; k++) await throughV1(url, requestAt(body, k));
    const times: number[] = [];
    let answer: Uint8Array = new Uint8Array();
    for (let k = WARM; k < WARM + n; k++) {
      const start = performance.now();
      answer = await throughV1(url, requestAt(body, k));
      times.push(performance.now() - start);
    }
    const values = allValues(await valuesOf(product, requestAt(body, WARM + n - 1)));
    const checked = Math.abs(sumOfText([answer]) - sumOf(values)) <= 1e-9 * Math.abs(sumOf(values));
    const measured = { row: 'queue', data: 'u', values: values.length, checked, sum: sumOf(values) } as const;
    const nothing = median(base.times).medianMs;
    const one = median(times);
    const beside = [{ name: 'BullMQ, add to result', ms: nothing }];
    yield* linesOf({ ...measured, over_ms: one.medianMs - nothing }, 'opened', 'covjson', one, beside);
    const rate = await rateOf(url, body, WARM + n, 5 * n);
    const many = { requests_s: Math.round(rate), peer_requests_s: Math.round(base.jobsPerSecond) };
    const timing = { medianMs: 1000 / rate, minMs: 1000 / rate, n: 5 * n };
    const jobs = [{ name: 'BullMQ, jobs of nothing', ms: 1000 / base.jobsPerSecond }];
    yield* linesOf({ ...measured, row: 'queue-rate', ...many }, 'opened', 'covjson', timing, jobs);
  } finally {
    agent.destroy();
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
