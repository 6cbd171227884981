/**
 * The lane beside the queue: small jobs that this process runs itself as soon as it has accepted them, several at a time,
 * without a way through the scheduler. They are in the journal like all others, so whatever happens to this process,
 * somebody's reconciler puts them into the queue; and what does not go well here (a job process that died, a store out of
 * reach) is handed to the queue, which has patience. An outcome is published at most once, as everywhere.
 */
import type { Job } from '../schemas/job.js';
import { type Attempt, type AttemptDeps, makeAttempt, publishAttempt, type Stop } from './attempts.js';
import { isSmall } from './priority.js';
import { partsOf } from './result-store.js';
import type { RunJob } from './run.js';

export interface LaneOptions {
  readonly deps: AttemptDeps;
  readonly run: RunJob;
  /** most jobs at a time */
  readonly slots: number;
  /** share of them that one user may have, 0..1 */
  readonly userShare: number;
  /** puts a job into the queue after so many starts that came to nothing by its own doing */
  readonly handOver: (job: Job, lostStarts: number) => Promise<void>;
  readonly onCancel: (listener: (id: string) => void) => () => void;
}

/** Others need not hear of a job that is done before they could ask. */
const QUIET_MS = 500;
/** Time that jobs get to end when the service stops: they are small. */
const DRAIN_MS = 5000;

interface Run {
  readonly user: string;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export class FastLane {
  readonly #options: LaneOptions;
  readonly #runs = new Map<string, Run>();
  readonly #stopListening: () => void;
  #isClosing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#stopListening = options.onCancel((id) => this.#runs.get(id)?.controller.abort('revoked' satisfies Stop));
  }

  has(id: string): boolean {
    return this.#runs.has(id);
  }

  /** Starts the job unless it is too big, or there is no room for one more of its user; whether it did. */
  take(job: Job): boolean {
    const { slots, userShare } = this.#options;
    if (this.#isClosing || !isSmall(job.cost) || partsOf(job) > 0 || this.#runs.size >= slots) return false;
    let own = 0;
    for (const run of this.#runs.values()) if (run.user === job.user) own += 1;
    if (own >= Math.max(1, Math.floor(slots * userShare))) return false;
    const controller = new AbortController();
    const done = this.#work(job, controller.signal).finally(() => this.#runs.delete(job.id));
    this.#runs.set(job.id, { user: job.user, controller, done });
    return true;
  }

  /** Waits for what runs, and hands over what takes too long. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const timer = setTimeout(() => {
      for (const { controller } of this.#runs.values()) controller.abort('shutdown' satisfies Stop);
    }, DRAIN_MS);
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
    clearTimeout(timer);
    this.#stopListening();
  }

  async #work(job: Job, signal: AbortSignal): Promise<void> {
    const { deps, run, handOver } = this.#options;
    const attempt: Attempt = { job, number: 1, startedAt: Date.now(), quietMs: QUIET_MS };
    let lostStarts = 0;
    try {
      // Whoever accepted the job answers its client first.
      await new Promise(setImmediate);
      const result = await makeAttempt(deps, attempt, run, signal).catch((error: unknown) => {
        lostStarts = 1;
        throw error;
      });
      if (signal.reason !== ('shutdown' satisfies Stop)) return await publishAttempt(deps, attempt, result);
    } catch (error) {
      if (lostStarts === 0) deps.onFault(error);
    }
    // Where the queue is out of reach too, the journal knows of the job, and the reconciler does this later.
    await handOver(job, lostStarts).catch((error: unknown) => deps.onFault(error));
  }
}
