/** Row W8: the same CoverageJSON answer asked again and again of a running service, over 16 connections. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../test/paths.js';

const CONNECTIONS = 16;
const SECONDS = 4;

export interface ServeRow {
  readonly row: 'W8';
  readonly data: 'u';
  readonly how: 'opened';
  readonly what: 'covjson';
  readonly median_ms: number;
  readonly min_ms: number;
  readonly n: number;
  readonly values: number;
  readonly checked: boolean;
  readonly requests_s: number;
  readonly p99_ms: number;
  readonly peer: string;
  readonly peer_ms: number;
  readonly ratio: number;
}

interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

interface Load {
  readonly rate: number;
  readonly times: readonly number[];
  readonly right: boolean;
}

function post(agent: Agent, port: number, path: string, body: string): Promise<Reply> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** As many requests as the connections can carry for some seconds. */
async function load(port: number, path: string, body: string, wanted: Buffer): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  let right = true;
  const start = performance.now();
  const until = start + 1000 * SECONDS;
  const connection = async (): Promise<void> => {
    while (performance.now() < until) {
      const sent = performance.now();
      const reply = await post(agent, port, path, body);
      times.push(performance.now() - sent);
      right &&= reply.status === 200 && reply.body.equals(wanted);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  times.sort((a, b) => a - b);
  return { rate: times.length / ((performance.now() - start) / 1000), times, right };
}

/** Node's own server with the ready bytes: what no server over it can pass. It runs in this process, beside the generator. */
async function floorOf(body: string, answer: Buffer): Promise<Load> {
  const server = createServer((req, res) => {
    req.resume();
    req.on('end', () => {
      res.setHeader('Content-Length', answer.length);
      res.end(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const result = await load((server.address() as AddressInfo).port, '/', body, answer);
  server.close();
  return result;
}

async function started(port: number, body: string): Promise<Buffer> {
  const agent = new Agent({ keepAlive: true });
  const until = performance.now() + 60_000;
  for (let last: unknown; ; ) {
    try {
      const reply = await post(agent, port, '/api/v2/default/requests', body);
      if (reply.status === 200) {
        agent.destroy();
        return reply.body;
      }
      last = reply.body.toString();
    } catch (error) {
      last = error;
    }
    if (performance.now() > until) throw new Error('the service did not answer', { cause: last });
    await new Promise((done) => setTimeout(done, 100));
  }
}

export async function serveRow(data: string, body: unknown): Promise<ServeRow> {
  const state = await mkdtemp(join(tmpdir(), 'polyfst-bench-'));
  const port = 20_000 + (process.pid % 20_000);
  const args = [
    join(root, 'dist', 'cli', 'main.js'),
    'serve',
    '--data',
    data,
    '--state',
    state,
    '--port',
    String(port),
  ];
  const service = spawn(process.execPath, args, { stdio: 'ignore' });
  try {
    const text = JSON.stringify(body);
    const answer = await started(port, text);
    for (let warm = 0; warm < 3; warm++) await started(port, text);
    const { rate, times, right } = await load(port, '/api/v2/default/requests', text, answer);
    const floor = await floorOf(text, answer);
    const { coverages } = JSON.parse(answer.toString()) as {
      coverages: { ranges: Record<string, { shape: number[] }> }[];
    };
    const values = Object.values(coverages[0]!.ranges)[0]!.shape[0]!;
    return {
      row: 'W8', data: 'u', how: 'opened', what: 'covjson', median_ms: times[times.length >> 1]!, min_ms: times[0]!,
      n: times.length, values, checked: right, requests_s: Math.round(rate), p99_ms: times[Math.floor(times.length * 0.99)]!,
      peer: 'node:http with ready bytes', peer_ms: floor.times[floor.times.length >> 1]!, ratio: rate / floor.rate,
    }; // biome-ignore format: one row
  } finally {
    const ended = new Promise((done) => service.once('exit', done));
    service.kill('SIGTERM');
    const cut = setTimeout(() => service.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(cut);
    await rm(state, { recursive: true, force: true });
  }
}
