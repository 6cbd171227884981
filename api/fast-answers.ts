/**
 * Equal submits to v2, again and again, before express: the body is read, the caller's right to the collection is judged, and
 * a kept answer goes out. Anything else, and anything unusual, goes on to express with the body as it was read.
 */
import { randomBytes } from 'node:crypto';
import { IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Request, RequestHandler } from 'express';
import type { Authenticator } from './auth.js';
import { canUse } from './auth.js';
import { binaryFormat } from './binary-accept.js';
import type { ApiDeps } from './context.js';
import { sendKept } from './kept-answers.js';

/** Bodies above this size are not compared. */
const MOST_BODY = 65_536;
const MOST_ENTRIES = 4096;
const DAY_MS = 86_400_000;
const PATH = /^\/api\/v2\/([A-Za-z0-9._-]{1,80})\/requests$/;
/** Headers that ask for something that only the usual way gives. */
const UNUSUAL = [
  'idempotency-key',
  'prefer',
  'origin',
  'content-encoding',
  'expect',
  'transfer-encoding',
  'x-http-method-override',
];

interface Known {
  /** of the answer in the cache */
  readonly key: string;
  readonly version: string;
  /** relative dates mean another request on another day */
  readonly day: number;
}

/** Which bodies led to which answers. Entries mean nothing without the cache and the version of the data. */
export class KnownBodies {
  readonly #known = new Map<string, Known>();

  constructor(readonly now: () => number) {}

  #name(collection: string, body: Uint8Array): string {
    return `${collection}\n${Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')}`;
  }

  keep(collection: string, body: Uint8Array, key: string, version: string): void {
    if (body.length > MOST_BODY) return;
    if (this.#known.size >= MOST_ENTRIES) this.#known.clear();
    this.#known.set(this.#name(collection, body), { key, version, day: Math.floor(this.now() / DAY_MS) });
  }

  find(collection: string, body: Uint8Array, version: string | undefined): string | undefined {
    const known = this.#known.get(this.#name(collection, body));
    if (known === undefined || known.version !== version) return undefined;
    return known.day === Math.floor(this.now() / DAY_MS) ? known.key : undefined;
  }
}

type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/** What the middlewares that every answer passes would set, as name and value. */
function fixedHeaders(middlewares: readonly RequestHandler[]): readonly (readonly [string, string])[] {
  const set: [string, string][] = [];
  const res = {
    setHeader: (name: string, value: string) => set.push([name, value]),
    removeHeader: () => undefined,
    getHeader: () => undefined,
    locals: {},
  };
  const req = new IncomingMessage(new Socket());
  for (const run of middlewares) void run(req as Request, res as never, () => undefined);
  return set;
}

/** Ids of 24 hexadecimal digits, from a store of random bytes: asking for a few at a time costs more than an answer. */
class RequestIds {
  #bytes = Buffer.alloc(0);
  #at = 0;

  next(): string {
    if (this.#at === this.#bytes.length) {
      this.#bytes = randomBytes(12 * 256);
      this.#at = 0;
    }
    this.#at += 12;
    return this.#bytes.toString('hex', this.#at - 12, this.#at);
  }
}

export interface FastParts {
  readonly auth: Authenticator;
  readonly known: KnownBodies;
  /** security headers, without those that depend on the request */
  readonly headers: readonly RequestHandler[];
}

/** A raw handler (server.ts); `next` takes what is not answered here. */
export function fastAnswers(deps: ApiDeps, { auth, known, headers }: FastParts, next: Listener) {
  const { answers, planner, config, metrics } = deps;
  const fixed = fixedHeaders(headers).flat();
  const ids = new RequestIds();
  // labels are looked up once, not with each answer
  const requests = metrics.requests.labels({ surface: 'v2', method: 'POST', status: '200' });
  const seconds = metrics.seconds.labels({ surface: 'v2' });
  const isOffered = answers !== undefined && answers.maxBytes > 0 && config.limits.requestsPerMinute === 0;

  const answer = async (req: IncomingMessage, res: ServerResponse, name: string, body: Buffer): Promise<boolean> => {
    const start = performance.now();
    const kept = answers?.find(known.find(name, body, planner.version?.(name)));
    if (kept === undefined) return false;
    const user = await auth.identify({ headers: req.headers, ip: req.socket.remoteAddress } as Request);
    const collection = planner.collections().find((one) => one.name === name);
    if (user === undefined || collection === undefined || !canUse(user, collection)) return false;
    sendKept(res, kept, [...fixed, 'X-Request-Id', ids.next()]);
    metrics.cacheHits.inc();
    requests.inc();
    seconds.observe((performance.now() - start) / 1000);
    metrics.deliveredBytes.inc(kept.bytes.length);
    return true;
  };

  return (req: IncomingMessage, res: ServerResponse): boolean => {
    if (!isOffered || req.method !== 'POST') return false;
    const name = PATH.exec(req.url ?? '')?.[1];
    const length = Number(req.headers['content-length'] ?? Number.NaN);
    if (name === undefined || !(length > 0 && length <= MOST_BODY) || UNUSUAL.some((header) => header in req.headers))
      return false;
    if (binaryFormat(req.headers.accept) !== undefined) return false;
    const type = req.headers['content-type'];
    if (type !== undefined && !type.startsWith('application/json')) return false;
    // A proxy's word on the caller's address is believed or not by express.
    if (config.http.trustProxy.length > 0) return false;
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.once('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      (req as IncomingMessage & { body?: Buffer }).body = body;
      answer(req, res, name, body)
        .catch(() => false)
        .then((done) => {
          if (!done && !res.headersSent) next(req, res);
        })
        .catch(() => res.destroy());
    });
    return true;
  };
}
