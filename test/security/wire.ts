/** HTTP as bytes on a socket: what is sent is what was written, however wrong; what comes back is read to its end. */
import { connect } from 'node:net';

export interface Answer {
  /** 0: the connection was closed without an answer */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** from the last byte sent to the last byte received, ms */
  readonly ms: number;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Sends the bytes and reads one answer. `patienceMs`: when an answer that does not come is given up. */
export function exchange(port: number, bytes: Uint8Array, isHead = false, patienceMs = 8000): Promise<Answer> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    let begun = performance.now();
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const parsed = parseAnswer(received, isHead);
      resolve({ ...(parsed ?? { status: 0, headers: NONE, body: received }), ms: performance.now() - begun });
    };
    const timer = setTimeout(end, patienceMs);
    socket.on('connect', () => {
      socket.write(bytes, () => {
        begun = performance.now();
      });
    });
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      if (parseAnswer(received, isHead)?.isWhole === true) end();
    });
    socket.on('close', end);
    socket.on('error', () => undefined);
  });
}

interface Parsed extends Omit<Answer, 'ms'> {
  readonly isWhole: boolean;
}

function parseAnswer(bytes: Buffer, isHead: boolean): Parsed | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(first.split(' ')[1] ?? 0);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return parseAnswer(rest, isHead);
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  if (isHead || status === 204 || status === 304) return { status, headers, body: rest, isWhole: true };
  const length = headers.get('content-length');
  if (length !== undefined) return { status, headers, body: rest, isWhole: rest.length >= Number(length) };
  return {
    status,
    headers,
    body: rest,
    isWhole: rest.includes('\r\n0\r\n\r\n') || rest.equals(Buffer.from('0\r\n\r\n')),
  };
}

export interface RequestParts {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request as its bytes: Host, Connection and Content-Length are filled in unless they are given. */
export function requestBytes(parts: RequestParts): Buffer {
  const { method = 'GET', target, headers = {}, body } = parts;
  const content = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body ?? []);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines = [`${method} ${target} HTTP/1.1`];
  if (!given.has('host')) lines.push('Host: 127.0.0.1');
  if (!given.has('connection')) lines.push('Connection: close');
  if (body !== undefined && !given.has('content-length') && !given.has('transfer-encoding'))
    lines.push(`Content-Length: ${content.length}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}
