/**
 * What the HTTP surfaces need, as values and ports: no environment, no listening, nothing global. `cli/compose.ts` makes one;
 * tests make one on the embedded adapters.
 */
import type { ErrorRequestHandler, RequestHandler, Response, Router } from 'express';
import type { Logger } from 'pino';
import type { ObjectStore } from '../extraction/store.js';
import type { Config } from '../schemas/config.js';
import type { ExtractJob, JobResult, User } from '../schemas/job.js';
import type { JobQueue } from '../workers/queue.js';
import type { AnswerCache } from './answer-cache.js';
import type { Metrics } from './metrics.js';

/** A collection as callers may see it. */
export interface CollectionAccess {
  readonly name: string;
  /** roles that may use it; empty: every user */
  readonly roles: readonly string[];
}

/** The object of a dry run, as `polyfst query --plan` prints it. */
export interface PlanSummary {
  readonly fields: number;
  readonly points: number;
  readonly values: number;
  readonly bytes_estimate: number;
  readonly coverages: number;
}

/** A request that was understood and planned dry. */
export interface PricedRequest {
  /** canonical JSON of the request, as the job carries it */
  readonly request: Readonly<Record<string, unknown>>;
  readonly summary: PlanSummary;
  /** number of values to read and encode */
  readonly cost: number;
  /** version of the collection's index that was planned on */
  readonly indexVersion?: string;
  /** number of parts that a big request is worked on in */
  readonly parts?: number;
}

/** Validation and pricing: parse, then plan without reading. */
export interface RequestPlanner {
  collections(): readonly CollectionAccess[];
  /** version of a collection's index, as it is now; undefined for an unknown collection */
  version?(collection: string): string | undefined;
  /** Throws FeatureError for everything that is wrong with the request. */
  price(collection: string, body: unknown, signal?: AbortSignal): Promise<PricedRequest>;
}

/** Answers a small or known request at once; undefined when it has to wait its turn in the queue. */
export type InlineLane = (job: ExtractJob, signal: AbortSignal) => Promise<JobResult | undefined>;

/** A router with its own dialect, mounted by path. `isPublic`: answers without credentials. */
export interface Surface {
  readonly path: string;
  readonly router: Router | RequestHandler;
  readonly isPublic?: boolean;
  /** words of what is refused before the router, such as missing credentials */
  readonly onError?: ErrorRequestHandler;
}

export interface ApiDeps {
  readonly config: Config;
  readonly queue: JobQueue;
  readonly store: Pick<ObjectStore, 'head' | 'read'>;
  readonly planner: RequestPlanner;
  /** the first signs, all are accepted; 32 bytes each */
  readonly signingKeys: readonly Uint8Array[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** ms since the epoch */
  readonly now: () => number;
  /** undefined when the service can answer; otherwise what it waits for */
  readonly notReady: () => string | undefined;
  readonly version: string;
  readonly inline?: InlineLane;
  /** answers kept for equal requests */
  readonly answers?: AnswerCache;
  /** aborts when the service shuts down: held polls are answered */
  readonly stopping?: AbortSignal;
  readonly surfaces?: readonly Surface[];
}

/** Id of the exchange, set before anything else. */
export function exchangeId(res: Response): string {
  return String(res.locals['exchangeId'] ?? '');
}

/** The authenticated caller. Routes behind `authenticate` have one. */
export function callerOf(res: Response): User {
  const user: unknown = res.locals['user'];
  if (user === undefined) throw new Error('route without authentication');
  return user as User;
}
