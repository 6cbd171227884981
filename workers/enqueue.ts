/**
 * Puts jobs into the queue. A job in parts becomes a flow: BullMQ lets it run when its parts have, each of which is a queued
 * job of its own, small enough that others come between.
 */
import type { FlowJob } from 'bullmq';
import type { Job } from '../schemas/job.js';
import { type Payload, QUEUE_NAME, type QueueBackend } from './backend.js';
import { partsOf } from './result-store.js';

export interface QueuedOptions {
  readonly jobId: string;
  readonly priority: number;
  readonly [option: string]: unknown;
}

/** Options of a job; `cost` is that of the work it stands for. */
export type OptionsOf = (job: Job, cost: number) => QueuedOptions;

/** Id of a part in the queue. */
export const partId = (id: string, part: number): string => `${id}-${part}`;

export async function enqueue(backend: QueueBackend, job: Job, optionsOf: OptionsOf): Promise<void> {
  if (partsOf(job) === 0) await backend.queue().add(job.kind, { job }, optionsOf(job, job.cost));
  else await backend.addFlow(flowOf(job, optionsOf));
}

/** Puts a job in one piece into the queue that was started outside of it; `lostStarts`: and whose process died. */
export async function enqueueStarted(
  backend: QueueBackend,
  job: Job,
  optionsOf: OptionsOf,
  lostStarts: number,
): Promise<void> {
  await backend.queue().add(job.kind, { job, isAgain: true, lostStarts }, optionsOf(job, job.cost));
}

/**
 * Puts jobs back that the queue does not know. Where parts of one are still there, it comes alone and does what is missing
 * of it itself.
 */
export async function enqueueAgain(backend: QueueBackend, jobs: readonly Job[], optionsOf: OptionsOf): Promise<void> {
  const alone: Job[] = [];
  for (const job of jobs) {
    if (partsOf(job) === 0 || (await hasParts(backend, job))) alone.push(job);
    else await backend.addFlow(flowOf(job, optionsOf));
  }
  if (alone.length === 0) return;
  const queued = alone.map((job) => ({ name: job.kind, data: { job, isAgain: true }, opts: optionsOf(job, job.cost) }));
  await backend.queue().addBulk(queued);
}

async function hasParts(backend: QueueBackend, job: Job): Promise<boolean> {
  for (let part = 0; part < partsOf(job); part++) {
    if ((await backend.queue().getJob(partId(job.id, part))) !== undefined) return true;
  }
  return false;
}

function flowOf(job: Job, optionsOf: OptionsOf): FlowJob {
  const count = partsOf(job);
  const one = (data: Payload, opts: QueuedOptions): FlowJob => ({
    name: job.kind,
    queueName: QUEUE_NAME,
    data,
    opts: opts as FlowJob['opts'] & object,
  });
  const partOptions = optionsOf(job, job.cost / count);
  const children = Array.from({ length: count }, (_, part) =>
    // A part that has failed for good ends the job by its outcome; the job must not wait for it.
    one({ job, part }, { ...partOptions, jobId: partId(job.id, part), ignoreDependencyOnFailure: true }),
  );
  return { ...one({ job }, optionsOf(job, job.cost)), children };
}
