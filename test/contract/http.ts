/** HTTP for contract tests: nothing followed, nothing normalised, headers and bytes as they came over the wire. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly headerNames: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** `path` goes out as it stands, dots and escapes included. */
export function ask(base: string, path: string, how: Ask = {}): Promise<Reply> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method: how.method ?? 'GET', headers: how.headers ?? {} }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const body = Buffer.concat(chunks);
        const headerNames = res.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          headerNames,
          body,
          text: body.toString('utf8'),
          get json() {
            return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
          },
        });
      });
    });
    call.on('error', reject);
    call.end(how.body);
  });
}

export const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` });

/** A POST of JSON. */
export function post(base: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(base, path, { method: 'POST', body: text, headers: { 'Content-Type': 'application/json', ...headers } });
}

/** Path and query of an absolute address. */
export function pathOf(address: string | undefined): string {
  const { pathname, search } = new URL(address ?? '');
  return pathname + search;
}

/** Polls v1 until the answer is no longer 202. */
export async function pollV1(base: string, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const reply = await ask(base, path, { headers });
    if (reply.status !== 202) return reply;
  }
  throw new Error(`${path} stays pending`);
}
