/** Clients that dribble: headers and bodies byte by byte, answers that nobody reads. Others are served meanwhile. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTHORIZED } from './hostile.js';
import type { Served } from './served.js';
import { exchange, requestBytes } from './wire.js';

const EACH = 100;
const DRIP_MS = 100;
/** The limits of the service under test, and the time between its looks (served.ts). */
const CLOSED_WITHIN_MS = 8000;

const HEADERS = 'GET /api/v1/requests HTTP/1.1\r\nHost: x\r\nX-Slow: ';
const BODY = `POST /api/v1/requests/demo HTTP/1.1\r\nHost: x\r\nAuthorization: ${AUTHORIZED.Authorization}\r\nContent-Length: 5000\r\n\r\n{`;

export interface SlowReport {
  readonly sockets: number;
  readonly stillOpen: number;
  /** of a normal request while they dribble, ms */
  readonly othersP99Ms: number;
}

function dribble(port: number, first: string): { readonly socket: Socket; readonly stop: () => void } {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(first);
  const timer = setInterval(() => socket.writable && socket.write('a'), DRIP_MS);
  socket.on('data', () => undefined);
  socket.on('close', () => clearInterval(timer));
  return { socket, stop: () => socket.destroy() };
}

export async function slowClients(served: Served): Promise<SlowReport> {
  const slow = [HEADERS, BODY].flatMap((first) => Array.from({ length: EACH }, () => dribble(served.port, first)));
  const begun = performance.now();
  const times: number[] = [];
  const isOpen = (one: { readonly socket: Socket }): boolean => !one.socket.destroyed;
  while (performance.now() - begun < CLOSED_WITHIN_MS && slow.some(isOpen)) {
    times.push((await exchange(served.port, requestBytes({ target: '/api/v1/user', headers: AUTHORIZED }))).ms);
    await sleep(50);
  }
  const stillOpen = slow.filter(isOpen).length;
  for (const one of slow) one.stop();
  times.sort((one, other) => one - other);
  return { sockets: slow.length, stillOpen, othersP99Ms: Math.round(times[Math.floor(times.length * 0.99)] ?? 0) };
}
