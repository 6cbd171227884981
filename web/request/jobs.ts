/** Requests that were sent off: followed by events or by asking again, cancelled, repeated, and remembered over a reload. */
import { type DecodedCoverage, decodeCoverages } from '../../client/covjson.js';
import { pause, ServiceError } from '../../client/http.js';
import type { CoverageCollection } from '../../schemas/coverage.js';
import { codeOf, type Server, sentenceOf } from '../model/server.js';
import type { Body } from './request.js';

export type JobState = 'checking' | 'queued' | 'processing' | 'processed' | 'failed' | 'cancelled';

export interface Job {
  /** of the service; absent until it has accepted the request */
  readonly id: string | undefined;
  /** own number, for lists */
  readonly key: string;
  readonly collection: string;
  readonly body: Body;
  /** link of the state that sent it */
  readonly link: string;
  readonly title: string;
  readonly format: string;
  readonly state: JobState;
  /** 0..1, never less than before */
  readonly progress: number;
  readonly stage?: string;
  readonly queuePosition?: number;
  readonly etaSeconds?: number;
  readonly bytes?: number;
  readonly expiresAt?: string;
  readonly code?: string;
  readonly message?: string;
}

const STORED = 'polyfst.jobs';
const KEPT = 50;
const FIRST_POLL_MS = 1000;
const LONGEST_POLL_MS = 10_000;

const isOver = ({ state }: Job): boolean => state === 'processed' || state === 'failed' || state === 'cancelled';

interface Status {
  readonly state: string;
  readonly stage?: string;
  readonly progress?: number;
  readonly queuePosition?: number;
  readonly etaSeconds?: number;
  readonly bytes?: number;
  readonly expiresAt?: string;
  readonly code?: string;
  readonly message?: string;
}

/** What a status of the service makes of a job. */
export function advanced(job: Job, status: Status): Job {
  const { queuePosition: _q, etaSeconds: _e, ...rest } = job;
  const known: readonly JobState[] = ['queued', 'processing', 'processed', 'failed', 'cancelled'];
  const state = known.find((one) => one === status.state) ?? job.state;
  const { state: _s, progress = 0, ...others } = status;
  return { ...rest, ...others, state, progress: Math.max(job.progress, progress) };
}

export class JobList {
  #jobs: readonly Job[] = [];
  readonly #results = new Map<string, Promise<readonly DecodedCoverage[]>>();
  readonly #lives = new Map<string, AbortController>();
  open = false;
  onChange: () => void = () => undefined;
  /** a job went from one state to the next */
  onStep: (job: Job) => void = () => undefined;

  constructor(readonly server: Server) {}

  get all(): readonly Job[] {
    return this.#jobs;
  }

  get running(): number {
    return this.#jobs.filter((job) => !isOver(job)).length;
  }

  byId(id: string | undefined): Job | undefined {
    return id === undefined ? undefined : this.#jobs.find((job) => job.id === id || job.key === id);
  }

  toggle(open = !this.open): void {
    this.open = open;
    this.onChange();
  }

  /** Takes up the requests of earlier visits that the service still knows. */
  async restore(): Promise<void> {
    let stored: Job[] = [];
    try {
      stored = JSON.parse(localStorage.getItem(STORED) ?? '[]') as Job[];
    } catch {
      return;
    }
    if (!Array.isArray(stored) || stored.length === 0) return;
    const answer = await this.server.call('/api/v2/requests');
    const { requests } = (await answer.json()) as { requests: (Status & { id: string })[] };
    const known = new Map(requests.map((one) => [one.id, one]));
    const restored = stored.flatMap((job) => {
      const status = known.get(job.id ?? '');
      if (status !== undefined) return [advanced(job, status)];
      // left before the service had answered: the same key sent again cannot make a second request
      if (job.state === 'checking') return [job];
      return job.state === 'cancelled' || job.state === 'failed' ? [job] : [];
    });
    this.#jobs = [...this.#jobs, ...restored.filter((job) => this.byId(job.id ?? job.key) === undefined)];
    this.#changed();
    for (const job of restored) {
      if (job.id === undefined && job.state === 'checking') void this.#submit(job.key, job);
      else if (!isOver(job)) void this.#follow(job.key, job.id!);
    }
  }

  #changed(): void {
    try {
      localStorage.setItem(STORED, JSON.stringify(this.#jobs.slice(0, KEPT)));
    } catch {
      // storage may be full or forbidden: the list then lives as long as the page
    }
    this.onChange();
  }

  #put(key: string, change: (job: Job) => Job): Job | undefined {
    let changed: Job | undefined;
    this.#jobs = this.#jobs.map((job) => {
      if (job.key !== key) return job;
      changed = change(job);
      if (changed.state !== job.state) queueMicrotask(() => this.onStep(changed!));
      return changed;
    });
    this.#changed();
    return changed;
  }

  /** Sends a request off; its key in the list. */
  start(request: Pick<Job, 'collection' | 'body' | 'link' | 'title' | 'format'>): string {
    const key = crypto.randomUUID();
    this.#jobs = [{ ...request, key, id: undefined, state: 'checking', progress: 0 } as Job, ...this.#jobs].slice(
      0,
      KEPT,
    );
    this.#changed();
    void this.#submit(key, request);
    return key;
  }

  async #submit(key: string, { collection, body, format }: Pick<Job, 'collection' | 'body' | 'format'>): Promise<void> {
    const life = new AbortController();
    this.#lives.set(key, life);
    try {
      const whole = format === 'covjson' ? body : { ...body, format };
      const headers = { 'Content-Type': 'application/json', Prefer: 'respond-async', 'Idempotency-Key': key };
      const path = `/api/v2/${encodeURIComponent(collection)}/requests`;
      const answer = await this.server.call(
        path,
        { method: 'POST', headers, body: JSON.stringify(whole) },
        life.signal,
      );
      const { id } = (await answer.json()) as { id: string };
      this.#put(key, (job) => ({ ...job, id, state: 'queued' }));
      await this.#follow(key, id);
    } catch (error) {
      if (life.signal.aborted) return;
      this.#put(key, (job) => ({ ...job, state: 'failed', code: codeOf(error), message: sentenceOf(error) }));
    }
  }

  async #follow(key: string, id: string): Promise<void> {
    const life = this.#lives.get(key) ?? new AbortController();
    this.#lives.set(key, life);
    const path = `/api/v2/requests/${encodeURIComponent(id)}/status`;
    const take = (status: Status): boolean => {
      const job = this.#put(key, (one) => advanced(one, status));
      return job === undefined || isOver(job);
    };
    try {
      if (await this.#events(path, take, life.signal)) return;
    } catch (error) {
      if (life.signal.aborted || error instanceof ServiceError) return this.#lost(key, error, life.signal);
    }
    for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
      try {
        if (!document.hidden) {
          const answer = await this.server.call(path, {}, life.signal);
          if (take((await answer.json()) as Status)) return;
        }
        await pause(wait, life.signal);
      } catch (error) {
        if (life.signal.aborted || error instanceof ServiceError) return this.#lost(key, error, life.signal);
      }
    }
  }

  #lost(key: string, error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#put(key, (job) => ({ ...job, state: 'failed', code: codeOf(error), message: sentenceOf(error) }));
  }

  /** Server-sent events of a status; true when they told of the end. */
  async #events(path: string, take: (status: Status) => boolean, signal: AbortSignal): Promise<boolean> {
    const answer = await this.server.call(path, { headers: { Accept: 'text/event-stream' } }, signal);
    if (answer.body === null || !(answer.headers.get('Content-Type') ?? '').includes('event-stream')) return false;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return false;
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined && take(JSON.parse(data) as Status)) return true;
      }
    }
  }

  async cancel(key: string): Promise<void> {
    const job = this.byId(key);
    if (job === undefined) return;
    this.#put(key, (one) => ({ ...one, state: 'cancelled' }));
    this.#lives.get(key)?.abort();
    if (job.id !== undefined) await this.server.call(`/api/v2/requests/${job.id}`, { method: 'DELETE' });
  }

  remove(key: string): void {
    this.#lives.get(key)?.abort();
    this.#jobs = this.#jobs.filter((job) => job.key !== key);
    this.#changed();
  }

  repeat(key: string): string | undefined {
    const job = this.byId(key);
    return job && this.start(job);
  }

  /** Address of the data of a finished request. */
  addressOf = (job: Job): string => `api/v2/requests/${job.id}`;

  /** Coverages of a finished request; asked for once. */
  result(job: Job): Promise<readonly DecodedCoverage[]> {
    const known = this.#results.get(job.id!);
    if (known !== undefined) return known;
    const made = this.server
      .call(`/api/v2/requests/${job.id}`)
      .then((answer) => answer.json() as Promise<CoverageCollection>)
      .then(decodeCoverages);
    this.#results.set(job.id!, made);
    made.catch(() => this.#results.delete(job.id!));
    return made;
  }
}
