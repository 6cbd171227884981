/**
 * Keeps the queue in step with the journal: what was accepted and has not ended is added again where the queue does not
 * know it (a new database, a Redis that forgot), and what ended without anyone writing it down is written down.
 * Adding is idempotent, so any number of processes may do this at once.
 */
import type { Job } from '../schemas/job.js';
import type { QueueBackend } from './backend.js';
import { crashPoint } from './crash-point.js';
import { enqueueAgain, type OptionsOf } from './enqueue.js';
import type { Records } from './records.js';
import { type ResultStore, readOutcome } from './result-store.js';

export interface ReconcilerOptions {
  readonly records: Records;
  readonly store: ResultStore;
  readonly backend: QueueBackend;
  readonly optionsOf: OptionsOf;
  /** whether the job runs here, outside of the queue */
  readonly isRunHere: (id: string) => boolean;
  readonly onFault: (error: unknown) => void;
}

const EVERY_MS = 5000;
/** A request younger than this is still on its way into the queue. */
const SETTLED_MS = 3000;
const BATCH = 200;
/** Lookups under way at a time. */
const AT_ONCE = 32;
/** Requests that one look from time to time takes up: a long queue is gone through in turns. */
const LOOKED_AT = 200;
/** A run that others told of within this time is believed, whether or not the queue knows of it. */
const BELIEVED_MS = 5000;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  /** where the next turn begins */
  #turn = 0;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Begins to replay the journal into the queue, then keeps looking. Nobody waits: with a long queue it takes a while. */
  start(): void {
    this.#begin(0);
    this.#timer = setInterval(() => this.#begin(SETTLED_MS), EVERY_MS);
    this.#timer.unref();
  }

  /** The queue was away and may have forgotten something. */
  now(): void {
    this.#begin(0);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#again = false;
    await this.#running;
  }

  #begin(olderThanMs: number): void {
    if (this.#running !== undefined) {
      this.#again ||= olderThanMs === 0;
      return;
    }
    this.#running = this.#pass(olderThanMs).finally(() => {
      this.#running = undefined;
      if (this.#again) {
        this.#again = false;
        this.#begin(0);
      }
    });
  }

  async #pass(olderThanMs: number): Promise<void> {
    const { records, onFault } = this.#options;
    records.refresh();
    const before = performance.now() - olderThanMs;
    const settled = [...records.ledger.unfinished()].filter(
      (id) => (records.ledger.get(id)?.accepted?.seenAt ?? 0) <= before,
    );
    const ids = olderThanMs === 0 ? settled : this.#inTurn(settled);
    for (let start = 0; start < ids.length; start += BATCH) {
      if (!this.#options.backend.isReachable()) return;
      try {
        await this.#batch(ids.slice(start, start + BATCH));
      } catch (error) {
        onFault(error);
        return;
      }
    }
  }

  /** The next few of them, from the beginning again after the last. */
  #inTurn(ids: readonly string[]): readonly string[] {
    if (this.#turn >= ids.length) this.#turn = 0;
    const some = ids.slice(this.#turn, this.#turn + LOOKED_AT);
    this.#turn += some.length;
    return some;
  }

  async #batch(ids: readonly string[]): Promise<void> {
    const { backend } = this.#options;
    const missing: Job[] = [];
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const looked = await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => this.#missing(id)));
      missing.push(...looked.filter((job) => job !== undefined));
    }
    if (missing.length === 0) return;
    crashPoint('replay.before-add');
    await enqueueAgain(backend, missing, this.#options.optionsOf);
    crashPoint('replay.after-add');
  }

  /** The job of an unfinished request if the queue does not have it. */
  async #missing(id: string): Promise<Job | undefined> {
    const { records, isRunHere } = this.#options;
    const isRun = isRunHere(id) || Date.now() - (records.live(id)?.startedAt ?? 0) < BELIEVED_MS;
    const job = records.ledger.job(id);
    if (isRun || job === undefined || (await this.#isEnded(id))) return undefined;
    const bull = await this.#options.backend.queue().getJob(id);
    // It may have been taken up meanwhile by the lane of this process, or been ended by it.
    if (bull === undefined) return isRunHere(id) ? undefined : job;
    // A finished row without an outcome: its outcome never reached the store. Once more from the start.
    if (bull.finishedOn === undefined || bull.finishedOn <= 0) return undefined;
    await bull.remove();
    return job;
  }

  async #isEnded(id: string): Promise<boolean> {
    const outcome = await readOutcome(this.#options.store, id);
    if (outcome === undefined) return false;
    await this.#options.records.end(id, outcome.end);
    return true;
  }
}
