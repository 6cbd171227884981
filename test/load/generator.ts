/** Requests over kept connections, and what their times come to. */
import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly ms: number;
  readonly location: string | undefined;
  readonly bytes: number;
}

const TIMEOUT_MS = 60_000;

export class Client {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, connections: number, key?: string) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#headers = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  }

  send(method: string, target: string, body?: string): Promise<Reply> {
    const begun = performance.now();
    const headers = body === undefined ? this.#headers : { ...this.#headers, 'Content-Type': 'application/json' };
    return new Promise((resolve) => {
      const fail = (): void => resolve({ status: 0, ms: performance.now() - begun, location: undefined, bytes: 0 });
      const call = request(
        new URL(target, this.#url),
        { method, agent: this.#agent, timeout: TIMEOUT_MS, headers },
        (answer) => {
          let bytes = 0;
          answer.on('data', (piece: Buffer) => {
            bytes += piece.length;
          });
          answer.on('end', () => {
            const { statusCode = 0, headers: got } = answer;
            resolve({ status: statusCode, ms: performance.now() - begun, location: got.location, bytes });
          });
          answer.on('error', fail);
        },
      );
      call.on('error', fail);
      call.on('timeout', () => call.destroy());
      call.end(body);
    });
  }

  /** v2: submits and follows the redirects of the wait to the data. `ms` is the whole time. */
  async answer(collection: string, body: object): Promise<Reply> {
    let reply = await this.send('POST', `/api/v2/${collection}/requests`, JSON.stringify(body));
    let { ms } = reply;
    while (reply.status === 303 && reply.location !== undefined) {
      reply = await this.send('GET', new URL(reply.location, this.#url).pathname);
      ms += reply.ms;
    }
    return { ...reply, ms };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Runs `work` on `width` lanes until it has been called `count` times, or `until` has passed (performance.now). */
export async function lanes(
  width: number,
  limit: { readonly count?: number; readonly until?: number },
  work: (n: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const isOver = (): boolean =>
    next >= (limit.count ?? Number.POSITIVE_INFINITY) || performance.now() >= (limit.until ?? Number.POSITIVE_INFINITY);
  const lane = async (): Promise<void> => {
    while (!isOver()) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
