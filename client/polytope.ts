/** Client of the Polytope API: submits a request, follows it, returns its CoverageJSON or bytes. Speaks v2, and v1 where v2 is absent. */
import type { CoverageCollection } from '../schemas/coverage.js';
import { type ClientOptions, Http, pause, ServiceError } from './http.js';

/** MARS keys, `feature`, and optionally `format`. */
export type RequestBody = Readonly<Record<string, unknown>>;

export interface Progress {
  readonly id: string;
  readonly state: string;
  readonly queuePosition?: number;
  /** 0..1 */
  readonly progress?: number;
  readonly etaSeconds?: number;
}

export interface RetrieveOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What a dry run tells: size of the answer, nothing read. */
export interface Price {
  readonly fields: number;
  readonly points: number;
  readonly values: number;
  readonly bytes_estimate: number;
  readonly coverages: number;
}

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 2000;

export class PolytopeClient {
  readonly #http: Http;

  constructor(options: ClientOptions) {
    this.#http = new Http(options);
  }

  async collections(signal?: AbortSignal): Promise<string[]> {
    const answer = await this.#http.call('/api/v2/collections', {}, signal);
    return ((await answer.json()) as { collections: string[] }).collections;
  }

  /** Validates and prices a request without running it. */
  async price(collection: string, request: RequestBody, signal?: AbortSignal): Promise<Price> {
    const answer = await this.#http.call(`${path(collection)}?dry-run=1`, json(request), signal);
    return (await answer.json()) as Price;
  }

  /** Submits without waiting; the id works with `status`, `result` and `revoke`. */
  async submit(collection: string, request: RequestBody, signal?: AbortSignal): Promise<string> {
    const init = json(request, { Prefer: 'respond-async', 'Idempotency-Key': crypto.randomUUID() });
    const answer = await this.#http.call(path(collection), init, signal);
    return ((await answer.json()) as { id: string }).id;
  }

  async status(id: string, signal?: AbortSignal): Promise<Progress> {
    const answer = await this.#http.call(`/api/v2/requests/${encodeURIComponent(id)}/status`, {}, signal);
    return { ...((await answer.json()) as Omit<Progress, 'id'>), id };
  }

  /** Answer of a finished request, as a stream. */
  result(id: string, signal?: AbortSignal): Promise<Response> {
    return this.#http.call(`/api/v2/requests/${encodeURIComponent(id)}`, {}, signal);
  }

  async revoke(id: string, signal?: AbortSignal): Promise<void> {
    await this.#http.call(`/api/v2/requests/${encodeURIComponent(id)}`, { method: 'DELETE' }, signal);
  }

  /** Submits, waits and returns the answer as it comes over the wire. Aborting revokes the request. */
  async fetch(collection: string, request: RequestBody, options: RetrieveOptions = {}): Promise<Response> {
    const { signal } = options;
    let id: string;
    try {
      id = await this.submit(collection, request, signal);
    } catch (error) {
      if (error instanceof ServiceError && error.status === 404 && error.code === 'unknown')
        return this.#fetchV1(collection, request, options);
      throw error;
    }
    try {
      for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
        const progress = await this.status(id, signal);
        options.onProgress?.(progress);
        if (progress.state !== 'queued' && progress.state !== 'processing') return await this.result(id, signal);
        await pause(wait, signal);
      }
    } catch (error) {
      if (signal?.aborted === true) await this.revoke(id).catch(() => undefined);
      throw error;
    }
  }

  /** CoverageJSON of a request. */
  async retrieve(collection: string, request: RequestBody, options: RetrieveOptions = {}): Promise<CoverageCollection> {
    return (await (await this.fetch(collection, request, options)).json()) as CoverageCollection;
  }

  /** Servers that speak only v1: 202 with a Location that is polled until it redirects to the data. */
  async #fetchV1(collection: string, request: RequestBody, options: RetrieveOptions): Promise<Response> {
    const body = { verb: 'retrieve', request };
    let answer = await this.#http.call(
      `/api/v1/requests/${encodeURIComponent(collection)}`,
      json(body),
      options.signal,
    );
    const id = (answer.headers.get('Location') ?? '').split('/').at(-1) ?? '';
    while (answer.status === 202) {
      const { status } = (await answer.json()) as { status: string };
      options.onProgress?.({ id, state: status });
      await pause(FIRST_POLL_MS, options.signal);
      answer = await this.#http.call(`/api/v1/requests/${id}`, {}, options.signal);
    }
    return answer;
  }
}

const path = (collection: string): string => `/api/v2/${encodeURIComponent(collection)}/requests`;

function json(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', body: JSON.stringify(body), headers: { ...headers, 'Content-Type': 'application/json' } };
}
