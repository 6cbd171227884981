/** What a run of a job is: the seam between the queue, the pool of job processes and the handlers. */
import type { Job, JobResult } from '../schemas/job.js';

/** What a run may use beside its job. */
export interface RunContext {
  /** 1 for the first start; names the object that the result is written to */
  readonly attempt: number;
  /** the part of the job that is to be done; absent: all of it */
  readonly part?: number;
  /** tells how far the run is, 0..1 */
  progress(fraction: number): void;
}

/** Runs a job. Expected failures are values; it throws WorkerLost when the process under it died, and bugs. */
export type RunJob = (job: Job, signal: AbortSignal, context: RunContext) => Promise<JobResult>;

/** The process that ran a job died under it. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

export const CANCELLED: JobResult = { ok: false, code: 'cancelled', message: 'The request was revoked by its owner.' };
