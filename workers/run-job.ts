/**
 * Runs a job of any kind. Every expected failure comes out as a value (ADR 6); a bug comes out as `internal` and is
 * reported with its cause, which never reaches the client.
 */
import type { Job, JobResult } from '../schemas/job.js';
import { FeatureError, toProblem } from '../schemas/problem.js';
import { CANCELLED, type RunContext } from './run.js';

/** One handler a kind; the compiler lists what is missing. */
export type JobHandlers = {
  readonly [Kind in Job['kind']]: (
    job: Extract<Job, { kind: Kind }>,
    signal: AbortSignal,
    context: RunContext,
  ) => Promise<JobResult>;
};

export interface RunDeps {
  readonly handlers: JobHandlers;
  readonly onFault: (job: Job, error: unknown) => void;
}

const LONGEST_MESSAGE = 4096;

export async function runJob(job: Job, deps: RunDeps, signal: AbortSignal, context: RunContext): Promise<JobResult> {
  try {
    signal.throwIfAborted();
    return await dispatch(job, deps.handlers, signal, context);
  } catch (error) {
    if (signal.aborted) return CANCELLED;
    const known = fromSystem(error);
    const problem = toProblem(known);
    if (!(known instanceof FeatureError)) deps.onFault(job, error);
    return { ok: false, code: problem.code, message: problem.detail.slice(0, LONGEST_MESSAGE) };
  }
}

function dispatch(job: Job, handlers: JobHandlers, signal: AbortSignal, context: RunContext): Promise<JobResult> {
  switch (job.kind) {
    case 'extract':
      return handlers.extract(job, signal, context);
    case 'convert':
      return handlers.convert(job, signal, context);
    case 'index':
      return handlers.index(job, signal, context);
  }
}

/** Faults of the machine that a user can be told of. */
function fromSystem(error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FeatureError('storage_full', 'The disk of the service is full; try again later.', { cause: error });
    case 'EIO':
    case 'EROFS':
    case 'EMFILE':
    case 'ENFILE':
      return new FeatureError('storage_unavailable', 'The storage of the service failed; try again later.', {
        cause: error,
      });
    default:
      return error;
  }
}
