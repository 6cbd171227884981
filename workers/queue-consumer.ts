/**
 * Takes jobs from the queue and runs them. An outcome is published at most once (workers/result-store.ts), whoever
 * runs the job and however often; BullMQ is told only afterwards. A run whose lock was lost is aborted and publishes nothing.
 */
import { type Job as BullJob, DelayedError } from 'bullmq';
import { type Job, type JobResult, jobSchema } from '../schemas/job.js';
import {
  type Attempt,
  type AttemptDeps,
  conclude,
  lostResult,
  makeAttempt,
  publishAttempt,
  type Stop,
} from './attempts.js';
import type { BullWorker, Payload, QueueBackend } from './backend.js';
import { readOutcome, removeLosers } from './result-store.js';
import { type RunJob, WorkerLost } from './run.js';

export interface ConsumerOptions extends AttemptDeps {
  readonly backend: QueueBackend;
  readonly run: RunJob;
  readonly concurrency: number;
  readonly workerShare: number;
  readonly onCancel: (listener: (id: string) => void) => () => void;
}

/** Starts of a job that end with the death of its child process before it is given up: one retry. */
const CRASH_LIMIT = 2;
/**
 * Times that the whole process running a job may be lost before the job is given up. More than crashes of its child: a
 * job's own faults stay in its child, so the loss of a worker is rarely the job's doing.
 */
const LOSS_LIMIT = 5;
/** How long a job over its user's share steps back. */
const STEP_BACK_MS = 300;
/** Pause after a fault of the service's own. */
const FAULT_MS = 2000;
/** How often a job without a place looks for one, should nothing have changed in this process. */
const LOOK_EVERY_MS = 20;
/** Time that running jobs get to end when the service stops. */
const DRAIN_MS = 25_000;

/**
 * A killed worker's job starts again once its lock has run out and a look for stalled jobs has found it twice: 9 s at
 * worst. With BullMQ's proportions (10 s and 5 s) up to 17 s were measured. Jobs run in processes of their own, so the
 * loop that renews the locks is free; a lock lost all the same costs a second run, never a second outcome.
 */
const LOCK_MS = 5000;
const STALLED_EVERY_MS = 2000;

interface Run {
  readonly job: string;
  readonly user: string;
  readonly controller: AbortController;
}

class LostLock extends Error {}

export async function startConsumer(options: ConsumerOptions): Promise<AsyncDisposable> {
  const consumer = new Consumer(options);
  return consumer.start();
}

class Consumer {
  readonly #options: ConsumerOptions;
  /** by id in the queue */
  readonly #runs = new Map<string, Run>();
  #isClosing = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  start(): AsyncDisposable {
    const { backend, concurrency, onFault } = this.#options;
    const worker = backend.openWorker((bull, token) => this.#attempt(bull, token ?? ''), {
      // Where there are several, one place more than jobs of one user may fill: another user's job finds one free.
      concurrency: concurrency > 1 ? concurrency + 1 : 1,
      stalledInterval: STALLED_EVERY_MS,
      lockDuration: LOCK_MS,
      // Losses are counted in `#take`, so that every outcome is published by the one that holds the lock.
      maxStalledCount: 1_000_000,
      drainDelay: 5,
      runRetryDelay: 1000,
    });
    worker.on('error', onFault);
    worker.on('lockRenewalFailed', (ids: string[]) => {
      for (const id of ids) this.#stop(id, 'lost lock');
    });
    const stopListening = this.#options.onCancel((job) => {
      for (const [id, run] of this.#runs) if (run.job === job) this.#stop(id, 'revoked');
    });
    let closing: Promise<void> | undefined;
    return {
      [Symbol.asyncDispose]: () => {
        closing ??= this.#drain(worker).finally(stopListening);
        return closing;
      },
    };
  }

  async #drain(worker: BullWorker): Promise<void> {
    this.#isClosing = true;
    const timer = setTimeout(() => {
      for (const id of this.#runs.keys()) this.#stop(id, 'shutdown');
    }, DRAIN_MS);
    // Without a queue there is nothing to hand jobs back to.
    await worker.close(!this.#options.backend.isReachable());
    clearTimeout(timer);
  }

  #stop(id: string, reason: Stop): void {
    this.#runs.get(id)?.controller.abort(reason);
  }

  /**
   * A fault that is neither the job's nor its process's (an outcome that cannot be written, a store out of reach) is not
   * held against the job: it is taken again later. What BullMQ counts as attempts are deaths of job processes alone.
   */
  async #attempt(bull: BullJob<Payload, null>, token: string): Promise<null> {
    try {
      return await this.#take(bull, token);
    } catch (error) {
      const isOwn = error instanceof WorkerLost || error instanceof LostLock || error instanceof DelayedError;
      if (isOwn || this.#isClosing) throw error;
      this.#options.onFault(error);
      return stepBack(bull, token, FAULT_MS);
    }
  }

  async #take(bull: BullJob<Payload, null>, token: string): Promise<null> {
    const job = jobSchema.parse(bull.data.job);
    const { records, store } = this.#options;
    records.refresh();
    if (records.isRevoked(job.id) || records.ledger.get(job.id)?.isVoid === true) return null;
    const standing = await readOutcome(store, job.id);
    if (standing !== undefined) {
      // The run that published it may have died before it tidied up.
      await removeLosers(store, job.id, standing);
      await conclude(this.#options, standing);
      return null;
    }
    const given = this.#givenUp(bull);
    if (given !== undefined) return this.#publish(attemptOf(bull, job), given);
    const controller = await this.#place(bull.id ?? job.id, job);
    if (controller === undefined) return stepBack(bull, token);
    return this.#run(bull, token, job, controller);
  }

  async #run(bull: BullJob<Payload, null>, token: string, job: Job, controller: AbortController): Promise<null> {
    try {
      const attempt = attemptOf(bull, job);
      const result = await this.#result(bull, attempt, controller.signal);
      const reason = controller.signal.aborted ? (controller.signal.reason as Stop) : undefined;
      if (reason === 'lost lock') throw new LostLock(`lost the lock of ${job.id}`);
      if (reason === 'shutdown') await stepBack(bull, token);
      if (bull.data.part !== undefined && result.ok) return null;
      return await this.#publish(attempt, result);
    } finally {
      this.#runs.delete(bull.id ?? job.id);
    }
  }

  async #result(bull: BullJob<Payload, null>, attempt: Attempt, signal: AbortSignal): Promise<JobResult> {
    try {
      return await makeAttempt(this.#options, attempt, this.#options.run, signal);
    } catch (error) {
      if (crashesOf(bull) + 1 < CRASH_LIMIT) throw error;
      return lostResult();
    }
  }

  /** The return ends BullMQ's part. */
  async #publish(attempt: Attempt, result: JobResult): Promise<null> {
    await publishAttempt(this.#options, attempt, result);
    return null;
  }

  #givenUp(bull: BullJob<Payload, null>): JobResult | undefined {
    return crashesOf(bull) >= CRASH_LIMIT || bull.stalledCounter >= LOSS_LIMIT ? lostResult() : undefined;
  }

  /**
   * Enters the job among the running ones; undefined when it has to step back. One that its user has no place for is held
   * here until a place is free, rather than sent round the queue; when others have work waiting it makes room for that.
   */
  async #place(id: string, job: Job): Promise<AbortController | undefined> {
    const { concurrency, workerShare, records } = this.#options;
    const share = Math.max(1, Math.floor(concurrency * workerShare));
    for (;;) {
      records.refresh();
      const held = this.#heldBy(job.user);
      const othersWait = (): boolean =>
        records.ledger.othersWait(job.user, (other) => records.live(other) !== undefined || this.#isRun(other));
      if (held < share || records.isRevoked(job.id) || (held < concurrency && !othersWait())) {
        const controller = new AbortController();
        this.#runs.set(id, { job: job.id, user: job.user, controller });
        return controller;
      }
      if (this.#isClosing || othersWait()) return undefined;
      await records.change(LOOK_EVERY_MS);
    }
  }

  #isRun(job: string): boolean {
    for (const run of this.#runs.values()) if (run.job === job) return true;
    return false;
  }

  #heldBy(user: string): number {
    let held = 0;
    for (const run of this.#runs.values()) if (run.user === user) held += 1;
    return held;
  }
}

/** Gives the job back for a moment; never returns. */
async function stepBack(bull: BullJob<Payload, null>, token: string, ms = STEP_BACK_MS): Promise<never> {
  await bull.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/** Deaths of the job's processes so far. */
function crashesOf(bull: BullJob<Payload, null>): number {
  return bull.attemptsMade + (bull.data.lostStarts ?? 0);
}

function attemptOf(bull: BullJob<Payload, null>, job: Job): Attempt {
  const { part, isAgain = false } = bull.data;
  return {
    job,
    number: bull.attemptsStarted + (isAgain ? 1 : 0),
    startedAt: bull.processedOn ?? Date.now(),
    ...(part === undefined ? {} : { part }),
  };
}
