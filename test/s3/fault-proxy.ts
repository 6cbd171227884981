/** Stands before an HTTP server and does to its answers what networks and stores do: errors, delays, cut bodies, silence. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Fault = 'none' | '500' | '503' | 'cut' | 'reset' | 'delay' | 'stall' | 'late';

export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** what happens to each request from now on */
  choose: (method: string, path: string) => Fault;
  /** requests seen, by fault */
  readonly seen: Readonly<Record<Fault, number>>;
}

const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';
const INTERNAL =
  '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>';

/** The answer of the server behind, complete. */
async function forward(
  port: number,
  req: IncomingMessage,
): Promise<{ readonly head: IncomingMessage; readonly body: Buffer }> {
  const behind = request({ port, host: '127.0.0.1', method: req.method, path: req.url, headers: req.headers });
  req.pipe(behind);
  const [head] = (await once(behind, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of head) pieces.push(piece as Buffer);
  return { head, body: Buffer.concat(pieces) };
}

async function serve(port: number, fault: Fault, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (fault === 'reset') return void req.socket.destroy();
  if (fault === 'stall') return void req.resume();
  if (fault === '500' || fault === '503') {
    req.resume();
    res.writeHead(Number(fault), { 'Content-Type': 'application/xml' });
    res.end(fault === '500' ? INTERNAL : SLOW_DOWN);
    return;
  }
  if (fault === 'delay') await sleep(150);
  const { head, body } = await forward(port, req);
  // `late`: the store has done it, and the answer is lost.
  if (fault === 'late') return void req.socket.destroy();
  res.writeHead(head.statusCode ?? 502, head.headers);
  if (fault === 'cut' && body.length > 1) {
    res.write(body.subarray(0, body.length >> 1), () => req.socket.destroy());
  } else res.end(body);
}

export async function startFaultProxy(port: number): Promise<FaultProxy> {
  const seen: Record<Fault, number> = { none: 0, '500': 0, '503': 0, cut: 0, reset: 0, delay: 0, stall: 0, late: 0 };
  const server = createServer((req, res) => {
    const fault = proxy.choose(req.method ?? '', req.url ?? '');
    seen[fault]++;
    serve(port, fault, req, res).catch(() => res.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    choose: () => 'none',
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
