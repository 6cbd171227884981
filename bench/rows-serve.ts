/** Row W8: the same CoverageJSON answer asked again and again of a running service, over 16 connections, and of a bare server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { root } from '../test/paths.js';
import { freePort } from '../test/redis.js';
import { type BenchRow, linesOf } from './row.js';
import { type Bench, sumOfText } from './rows-extract.js';

const CONNECTIONS = 16;
const WARM_S = 2;
const PATH = '/api/v2/default/requests';
const JSON_TYPE = { 'content-type': 'application/json' } as const;

interface Load {
  readonly rate: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly count: number;
  readonly right: boolean;
}

/** As many requests as the connections can carry, after some seconds of warming up. Generator and server share the machine. */
async function load(url: string, body: string, answer: Buffer, seconds: number): Promise<Load> {
  const options = { url, method: 'POST', headers: JSON_TYPE, body, connections: CONNECTIONS } as const;
  await autocannon({ ...options, duration: WARM_S });
  const result = await autocannon({ ...options, duration: seconds, expectBody: answer.toString('utf8') });
  const { requests, latency, mismatches, errors, non2xx } = result;
  return {
    ...{ rate: requests.average, medianMs: latency.p50, p99Ms: latency.p99, count: requests.total },
    right: mismatches === 0 && errors === 0 && non2xx === 0 && requests.total > 0,
  };
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const cut = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exit;
  clearTimeout(cut);
}

async function floorOf(body: string, answer: Buffer, place: string, seconds: number): Promise<Load> {
  const file = join(place, 'answer');
  await writeFile(file, answer);
  const script = join(root, 'dist', 'bench', 'floor-server.js');
  const server = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    return await load(`http://127.0.0.1:${Number(port.toString())}/`, body, answer, seconds);
  } finally {
    await ended(server);
  }
}

/** The answer of a service that has just been started. */
export async function answerOf(url: string, body: string): Promise<Buffer> {
  const until = performance.now() + 60_000;
  for (let last: unknown; ; ) {
    try {
      const reply = await fetch(url, { method: 'POST', headers: JSON_TYPE, body });
      const bytes = Buffer.from(await reply.arrayBuffer());
      if (reply.status === 200) return bytes;
      last = bytes.toString();
    } catch (error) {
      last = error;
    }
    if (performance.now() > until) throw new Error('the service did not answer', { cause: last });
    await new Promise((done) => setTimeout(done, 100));
  }
}

export async function* serveRows(bench: Bench, data: string, request: unknown): AsyncGenerator<BenchRow> {
  const state = await mkdtemp(join(tmpdir(), 'polyfst-bench-'));
  const port = await freePort();
  const args = ['serve', '--data', data, '--state', state, '--port', String(port)];
  const service = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}${PATH}`;
    const body = JSON.stringify(request);
    const seconds = bench.quick ? 2 : 6;
    for (let warm = 0; warm < 3; warm++) await answerOf(url, body);
    const answer = await answerOf(url, body);
    const { rate, medianMs, p99Ms, count, right } = await load(url, body, answer, seconds);
    const floor = await floorOf(body, answer, state, seconds);
    const { coverages } = JSON.parse(answer.toString()) as {
      coverages: { ranges: Record<string, { shape: number[] }> }[];
    };
    const values = Object.values(coverages[0]!.ranges)[0]!.shape[0]!;
    const measured = { row: 'W8', data: 'u', values, checked: right, sum: sumOfText([answer]) } as const;
    const more = { requests_s: Math.round(rate), p99_ms: p99Ms, peer_requests_s: Math.round(floor.rate) };
    const timing = { medianMs, minMs: medianMs, n: count };
    const beside = [{ name: 'node:http with ready bytes', ms: floor.medianMs }];
    for (const line of linesOf({ ...measured, ...more }, 'opened', 'covjson', timing, beside)) {
      yield { ...line, ratio: rate / floor.rate };
    }
  } finally {
    await ended(service);
    await rm(state, { recursive: true, force: true });
  }
}
