/** What the rest of the service asks of the queue of jobs; workers/queue.ts is the one implementation. */
import type { Job, JobRecord, JobResult } from '../schemas/job.js';
import type { QueueBackend } from './backend.js';
import type { ResultStore } from './result-store.js';
import type { RunJob } from './run.js';
import type { SubmitRate } from './submit-rate.js';

export interface JobQueue {
  /** Resolves when the request is accepted for good. Adding an id again changes nothing. Throws `overloaded`. */
  add(job: Job): Promise<void>;
  /** Accepts a request together with its answer, which needed no worker. */
  addEnded(job: Job, result: JobResult): Promise<void>;
  get(id: string): Promise<JobRecord | undefined>;
  /** Revokes for good; false when there is nothing to revoke. */
  cancel(id: string): Promise<boolean>;
  /** A user's requests, oldest first, with the finished ones until they expire. */
  list(userId: string): Promise<readonly JobRecord[]>;
  /** Long-poll: the record once its state differs from the one at the call, at the latest after `ms`. */
  wait(id: string, ms: number, signal?: AbortSignal): Promise<JobRecord | undefined>;
  /** Runs jobs, `concurrency` at a time, until disposed; with a lane small ones that are accepted here beside them. */
  process(run: RunJob, concurrency: number, lane?: Lane): Promise<AsyncDisposable>;
  /** Unfinished requests: all, or one user's. */
  unfinished(userId?: string): number;
  /** Values in the unfinished requests of a user. */
  unfinishedValues(userId: string): number;
  /** Requests that wait, and that run, as far as this process knows. */
  depth(): { readonly waiting: number; readonly running: number };
  /** A count of submits that survives restarts, and that all processes on Redis share. */
  submitRate(perMinute: number): SubmitRate;
  /** Calls back with each request that this process accepted when it ends. */
  onEnd(listener: (record: JobRecord) => void): void;
  /** Number of unfinished requests that are before this one, seen from here; undefined when it is not waiting. */
  position(id: string): number | undefined;
  /** The scheduler's own object, for its dashboard: to be looked at, not to be changed. */
  scheduler(): unknown;
  health(): {
    readonly kind: QueueBackend['kind'];
    readonly isReachable: boolean;
    readonly warnings: readonly string[];
  };
  close(): Promise<void>;
}

/** How small jobs are run at once by the process that accepts them (workers/fast-lane.ts). */
export interface Lane {
  readonly run: RunJob;
  /** most at a time */
  readonly slots: number;
}

export interface QueueOptions {
  readonly backend: QueueBackend;
  /** folder of the state directory */
  readonly state: string;
  readonly store: ResultStore;
  /** how long results and records are kept, ms */
  readonly ttlMs: number;
  /** free space below which nothing is accepted, bytes */
  readonly freeBytes: number;
  /** `power`: what is accepted survives the loss of power */
  readonly durability: 'power' | 'process';
  /** share of the workers that a user may hold while others wait, 0..1 */
  readonly workerShare: number;
  readonly onFault?: (error: unknown) => void;
}
