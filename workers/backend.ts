/**
 * What a queue backend offers beside BullMQ's own operations: constructors bound to its connections, a broadcast to all
 * processes on the queue (state changes, cancellations), and upkeep. Three exist: embedded, Redis, PostgreSQL.
 */
import type { FlowJob, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import type { SubmitRate } from './submit-rate.js';

/** Payload of a queued job: the JSON of the job itself; results never go through here. */
export interface Payload {
  readonly job: unknown;
  /** the part of the job that is to be done; absent: what remains when all parts are */
  readonly part?: number;
  /** it may have been started before the queue was given it, so an earlier attempt may have left something */
  readonly isAgain?: boolean;
  /** starts before that which ended with the death of its process */
  readonly lostStarts?: number;
}

export const QUEUE_NAME = 'polyfst';

/** No write to the queue waits longer: its failure must reach the client within 1.5 s. */
export const REACH_MS = 1200;

/** No look at the queue waits longer: a poll takes two of them. */
export const LOOK_MS = 700;

export type BullQueue = Queue<Payload>;
export type BullWorker = Worker<Payload, null>;
export type BullProcessor = Processor<Payload, null>;

export interface QueueBackend {
  readonly kind: 'embedded' | 'redis' | 'postgres';
  /** The producer's side; asked for at each use, because a backend may have to build it anew. */
  queue(): BullQueue;
  /** Adds a job together with the ones that it waits for. */
  addFlow(flow: FlowJob): Promise<unknown>;
  openWorker(processor: BullProcessor, options: Omit<WorkerOptions, 'connection'>): BullWorker;
  /** false: calls would only time out */
  isReachable(): boolean;
  /** Calls back after the queue was out of reach and has come back; it may have lost jobs. */
  onReturn(callback: () => void): void;
  /** Tells all processes, this one included. Best effort: nothing may depend on its arrival. */
  broadcast(message: string): Promise<void>;
  subscribe(listener: (message: string) => void): Promise<void>;
  /** Vacuum and trimming, where the backend needs it. */
  maintain(): Promise<void>;
  /** A count of submits that all processes share; absent where there is only one, or none can be shared. */
  submitRate?(perMinute: number): SubmitRate;
  /** What an operator should know of the queue's settings; empty when all is well. */
  warnings(): readonly string[];
  close(): Promise<void>;
}
