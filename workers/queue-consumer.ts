/**
 * Takes jobs from the queue and runs them. An outcome is published at most once (workers/result-store.ts), whoever
 * runs the job and however often; BullMQ is told only afterwards. A run whose lock was lost is aborted and publishes nothing.
 */
import { type Job as BullJob, DelayedError } from 'bullmq';
import { type Job, type JobResult, jobSchema } from '../schemas/job.js';
import { toProblem } from '../schemas/problem.js';
import type { BullWorker, Payload, QueueBackend } from './backend.js';
import { crashPoint } from './crash-point.js';
import type { Change } from './queue-changes.js';
import type { Records } from './records.js';
import { type Outcome, partsOf, publishOutcome, type ResultStore, readOutcome, removeLosers } from './result-store.js';
import { type RunContext, type RunJob, WorkerLost } from './run.js';

export interface ConsumerOptions {
  readonly backend: QueueBackend;
  readonly records: Records;
  readonly store: ResultStore;
  readonly run: RunJob;
  readonly concurrency: number;
  readonly workerShare: number;
  readonly tell: (change: Change) => void;
  readonly onCancel: (listener: (id: string) => void) => () => void;
  readonly onFault: (error: unknown) => void;
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
const PROGRESS_EVERY_MS = 500;

/**
 * A killed worker's job starts again once its lock has run out and a look for stalled jobs has found it twice: 9 s at
 * worst. With BullMQ's proportions (10 s and 5 s) up to 17 s were measured. Jobs run in processes of their own, so the
 * loop that renews the locks is free; a lock lost all the same costs a second run, never a second outcome.
 */
const LOCK_MS = 5000;
const STALLED_EVERY_MS = 2000;

type Stop = 'revoked' | 'lost lock' | 'shutdown';

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
      return this.#conclude(standing);
    }
    const given = this.#givenUp(bull);
    if (given !== undefined) return this.#publish(bull, job, given);
    const controller = await this.#place(bull.id ?? job.id, job);
    if (controller === undefined) return stepBack(bull, token);
    return this.#run(bull, token, job, controller);
  }

  async #run(bull: BullJob<Payload, null>, token: string, job: Job, controller: AbortController): Promise<null> {
    try {
      const result = await this.#result(bull, job, controller.signal);
      const reason = controller.signal.aborted ? (controller.signal.reason as Stop) : undefined;
      if (reason === 'lost lock') throw new LostLock(`lost the lock of ${job.id}`);
      if (reason === 'shutdown') await stepBack(bull, token);
      if (bull.data.part !== undefined && result.ok) return null;
      return await this.#publish(bull, job, result);
    } finally {
      this.#runs.delete(bull.id ?? job.id);
    }
  }

  async #result(bull: BullJob<Payload, null>, job: Job, signal: AbortSignal): Promise<JobResult> {
    crashPoint('run.before-start');
    const context = this.#context(bull, job);
    context.progress(0);
    crashPoint('run.after-start');
    try {
      return await this.#options.run(job, signal, context);
    } catch (error) {
      if (error instanceof WorkerLost) {
        if (signal.aborted) return lostResult();
        if (bull.attemptsMade + 1 < CRASH_LIMIT) throw error;
        return lostResult();
      }
      this.#options.onFault(error);
      const { code, detail } = toProblem(error);
      return { ok: false, code, message: detail.slice(0, 4096) };
    }
  }

  #context(bull: BullJob<Payload, null>, job: Job): RunContext {
    const { records, tell } = this.#options;
    const attempt = bull.attemptsStarted;
    const { part } = bull.data;
    const of = part === undefined ? undefined : { part, parts: partsOf(job) };
    const at = Date.now();
    let toldAt = Number.NEGATIVE_INFINITY;
    const progress = (fraction: number): void => {
      const bounded = Math.min(1, Math.max(0, fraction));
      // What remains when the parts are done is not yet begun by its own start.
      if (of === undefined && partsOf(job) > 0 && bounded < 1 && records.live(job.id) !== undefined) return;
      records.setLive(job.id, { attempt, startedAt: at, progress: bounded }, of);
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      tell({ t: 'run', id: job.id, attempt, at, progress: bounded, ...of });
    };
    return { attempt, progress, ...(part === undefined ? {} : { part }) };
  }

  async #publish(bull: BullJob<Payload, null>, job: Job, result: JobResult): Promise<null> {
    const startedAt = bull.processedOn ?? Date.now();
    const end = { result, attempt: bull.attemptsStarted, startedAt, finishedAt: Date.now() };
    return this.#conclude(await publishOutcome(this.#options.store, { job, end }));
  }

  /** Tells everyone of the outcome that stands; the return ends BullMQ's part. */
  async #conclude(outcome: Outcome): Promise<null> {
    const { id } = outcome.job;
    await this.#options.records.end(id, outcome.end);
    this.#options.tell({ t: 'end', id });
    crashPoint('outcome.before-complete');
    return null;
  }

  #givenUp(bull: BullJob<Payload, null>): JobResult | undefined {
    return bull.attemptsMade >= CRASH_LIMIT || bull.stalledCounter >= LOSS_LIMIT ? lostResult() : undefined;
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

function lostResult(): JobResult {
  return {
    ok: false,
    code: 'worker_lost',
    message: 'The process that worked on the request died twice; report the request id if it happens again.',
  };
}
