/**
 * A client of the service in a chaos run: v1 of the Polytope API by hand (so that every status is seen), any of several
 * servers, everything written to the history. It never gives up on an accepted id.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryEvent } from './history.js';
import { hashOf } from './questions.js';

/** An event without what the client itself adds. */
type Told<E> = E extends HistoryEvent ? Omit<E, 'seq' | 'user' | 't0' | 't1' | 'status'> : never;

export interface Target {
  /** base addresses of the servers, in no order */
  readonly urls: () => readonly string[];
  readonly collection: string;
}

const CALL_MS = 40_000;
const PAUSE_MS = 100;

export class ChaosClient {
  readonly user: string;
  readonly #key: string;
  readonly #target: Target;
  readonly #history: HistoryEvent[];
  readonly #random: () => number;

  constructor(user: string, key: string, target: Target, history: HistoryEvent[], random: () => number) {
    this.user = user;
    this.#key = key;
    this.#target = target;
    this.#history = history;
    this.#random = random;
  }

  /** Submits until accepted; the id. A submit without an answer is left as `unknown`, and another one is made. */
  async submit(question: string, request: unknown): Promise<string> {
    for (;;) {
      const body = JSON.stringify({ verb: 'retrieve', request });
      const headers = { 'content-type': 'application/json' };
      const call = this.#begin();
      const answer = await this.#call(`/api/v1/requests/${this.#target.collection}`, { method: 'POST', body, headers });
      await answer?.arrayBuffer().catch(() => undefined);
      const id = answer?.status === 202 ? answer.headers.get('location')?.split('/').at(-1) : undefined;
      this.#tell(call, answer, id === undefined ? { op: 'submit', question } : { op: 'submit', question, id });
      if (id !== undefined) return id;
      if (answer !== undefined && answer.status !== 529) throw new Error(`a submit was answered ${answer.status}`);
      await sleep(PAUSE_MS);
    }
  }

  /** One poll; the address of the bytes when they are there, `end` for every other final state. */
  async poll(id: string): Promise<{ readonly location?: string; readonly isFinal: boolean }> {
    const call = this.#begin();
    const answer = await this.#call(`/api/v1/requests/${id}`, { redirect: 'manual' });
    await answer?.arrayBuffer().catch(() => undefined);
    const code = answer?.headers.get('x-error-code') ?? undefined;
    const state = stateOf(answer?.status);
    this.#tell(call, answer, { op: 'poll', id, state, ...(code === undefined ? {} : { code }) });
    const location = answer?.headers.get('location') ?? undefined;
    const isFinal = ['done', 'failed', 'gone', 'missing'].includes(state);
    return state === 'done' && location !== undefined ? { location, isFinal } : { isFinal };
  }

  /** Polls until the request has ended, then downloads its bytes. */
  async follow(id: string, untilMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      const { location, isFinal } = await this.poll(id);
      if (location !== undefined) {
        if (await this.download(id, location)) return;
      } else if (isFinal) return;
      await sleep(PAUSE_MS);
    }
  }

  /** Reads the bytes to their end; false when the server went away meanwhile. */
  async download(id: string, location: string): Promise<boolean> {
    const call = this.#begin();
    // The address names the server that answered; another one may have to serve it.
    const path = new URL(location, 'http://127.0.0.1').pathname + new URL(location, 'http://127.0.0.1').search;
    const answer = await this.#call(path, {});
    const bytes = await answer?.arrayBuffer().catch(() => undefined);
    if (answer === undefined || answer.status !== 200 || bytes === undefined) {
      this.#tell(call, answer, { op: 'download', id });
      return answer?.status === 404 || answer?.status === 410;
    }
    const sha256 = hashOf(new Uint8Array(bytes));
    const length = Number(answer.headers.get('content-length'));
    const etag = answer.headers.get('etag') ?? '';
    this.#tell(call, answer, { op: 'download', id, sha256, bytes: bytes.byteLength, length, etag });
    return true;
  }

  async revoke(id: string): Promise<void> {
    const call = this.#begin();
    const answer = await this.#call(`/api/v1/requests/${id}`, { method: 'DELETE' });
    await answer?.arrayBuffer().catch(() => undefined);
    this.#tell(call, answer, { op: 'revoke', id });
  }

  async list(): Promise<void> {
    const call = this.#begin();
    const answer = await this.#call('/api/v1/requests', {});
    const body = (await answer?.json().catch(() => undefined)) as { message?: { id: string }[] } | undefined;
    const ids = answer?.status === 200 ? (body?.message ?? []).map((record) => record.id) : [];
    this.#tell(call, answer, { op: 'list', ids });
  }

  #begin(): number {
    return Date.now();
  }

  async #call(path: string, options: RequestInit): Promise<Response | undefined> {
    const urls = this.#target.urls();
    const url = urls[Math.floor(this.#random() * urls.length)] ?? '';
    const headers = { ...options.headers, authorization: `Bearer ${this.#key}` };
    try {
      return await fetch(url + path, { ...options, headers, signal: AbortSignal.timeout(CALL_MS) });
    } catch {
      return undefined;
    }
  }

  #tell(t0: number, answer: Response | undefined, told: Told<HistoryEvent>): void {
    const common = { seq: this.#history.length, user: this.user, t0, t1: Date.now(), status: answer?.status ?? 0 };
    this.#history.push({ ...common, ...told } as HistoryEvent);
  }
}

function stateOf(status: number | undefined): Extract<HistoryEvent, { op: 'poll' }>['state'] {
  switch (status) {
    case 202:
      return 'pending';
    case 303:
    case 200:
      return 'done';
    case 410:
      return 'gone';
    case 404:
      return 'missing';
    case 529:
      return 'refused';
    case undefined:
      return 'unknown';
    default:
      return 'failed';
  }
}
