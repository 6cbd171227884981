/**
 * One attempt at a job, whoever makes it (the consumer of the queue, or the lane beside it): the run itself with its
 * progress, then the outcome, which is published at most once and told to everyone.
 */
import type { Job, JobResult } from '../schemas/job.js';
import { toProblem } from '../schemas/problem.js';
import { crashPoint } from './crash-point.js';
import type { Change } from './queue-changes.js';
import type { Records } from './records.js';
import { type Outcome, partsOf, publishOutcome, type ResultStore } from './result-store.js';
import { type RunContext, type RunJob, WorkerLost } from './run.js';

export interface AttemptDeps {
  readonly records: Records;
  readonly store: ResultStore;
  readonly tell: (change: Change) => void;
  readonly onFault: (error: unknown) => void;
}

export interface Attempt {
  readonly job: Job;
  /** 1 for the first start */
  readonly number: number;
  readonly part?: number;
  /** ms since the epoch; absent: now */
  readonly startedAt?: number;
  /** how long other processes are not told of the run: most small jobs end before it would help anyone */
  readonly quietMs?: number;
}

const PROGRESS_EVERY_MS = 500;

/** Why a run was aborted. */
export type Stop = 'revoked' | 'lost lock' | 'shutdown';

/** Runs the job. Expected failures and bugs are values; throws WorkerLost when the process died under it. */
export async function makeAttempt(
  deps: AttemptDeps,
  attempt: Attempt,
  run: RunJob,
  signal: AbortSignal,
): Promise<JobResult> {
  crashPoint('run.before-start');
  const context = contextOf(deps, attempt);
  context.progress(0);
  crashPoint('run.after-start');
  try {
    return await run(attempt.job, signal, context);
  } catch (error) {
    if (error instanceof WorkerLost) {
      if (signal.aborted) return lostResult();
      throw error;
    }
    deps.onFault(error);
    const { code, detail } = toProblem(error);
    return { ok: false, code, message: detail.slice(0, 4096) };
  }
}

/** Publishes what came of an attempt, unless there is an outcome already, and tells everyone of the one that stands. */
export async function publishAttempt(deps: AttemptDeps, attempt: Attempt, result: JobResult): Promise<void> {
  const { job, number, startedAt = Date.now() } = attempt;
  const end = { result, attempt: number, startedAt, finishedAt: Date.now() };
  await conclude(deps, await publishOutcome(deps.store, { job, end }));
}

/** Tells everyone of the outcome that stands. */
export async function conclude({ records, tell }: AttemptDeps, outcome: Outcome): Promise<void> {
  const { id } = outcome.job;
  await records.end(id, outcome.end);
  tell({ t: 'end', id });
  crashPoint('outcome.before-complete');
}

export function lostResult(): JobResult {
  return {
    ok: false,
    code: 'worker_lost',
    message: 'The process that worked on the request died twice; report the request id if it happens again.',
  };
}

function contextOf({ records, tell }: AttemptDeps, { job, number, part, quietMs = 0 }: Attempt): RunContext {
  const of = part === undefined ? undefined : { part, parts: partsOf(job) };
  const at = Date.now();
  let quietUntil = quietMs === 0 ? Number.NEGATIVE_INFINITY : performance.now() + quietMs;
  const progress = (fraction: number): void => {
    const bounded = Math.min(1, Math.max(0, fraction));
    // What remains when the parts are done is not yet begun by its own start.
    if (of === undefined && partsOf(job) > 0 && bounded < 1 && records.live(job.id) !== undefined) return;
    records.setLive(job.id, { attempt: number, startedAt: at, progress: bounded }, of);
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + PROGRESS_EVERY_MS;
    tell({ t: 'run', id: job.id, attempt: number, at, progress: bounded, ...of });
  };
  return { attempt: number, progress, ...(part === undefined ? {} : { part }) };
}
