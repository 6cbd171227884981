/**
 * Accepting a request, the same for every dialect: known collection, allowed caller, valid and priced request, then a job
 * under an id of ours. Nothing is answered before the queue has made the request durable.
 */
import { isDeepStrictEqual } from 'node:util';
import { traceParent } from '../extraction/trace.js';
import {
  type ExtractJob,
  JOB_VERSION,
  type JobRecord,
  jobIdFrom,
  newJobId,
  type User,
  userId,
} from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import type { Admission } from './admission.js';
import { canUse } from './auth.js';
import type { ApiDeps, CollectionAccess, PricedRequest } from './context.js';
import { idempotentBytes } from './signing.js';

/** Collections that the caller may use, by name. */
export function visibleCollections(deps: ApiDeps, user: User): readonly string[] {
  return deps.planner
    .collections()
    .filter((collection) => canUse(user, collection))
    .map(({ name }) => name)
    .sort();
}

/** The collection of a submit. Its name is not repeated in the error: ids are asked for in its place. */
export function requireCollection(deps: ApiDeps, user: User, name: string | undefined): CollectionAccess {
  const collection = deps.planner.collections().find((one) => one.name === name);
  if (collection === undefined) {
    throw new FeatureError('not_found', 'There is no such collection; GET /api/v1/collections lists those offered.');
  }
  if (!canUse(user, collection)) {
    const roles = collection.roles.join(', ');
    throw new FeatureError('forbidden', `The collection needs one of the roles ${roles}; ask for one of them.`);
  }
  return collection;
}

export interface Submission {
  readonly user: User;
  readonly collection: string;
  /** request as the client wrote it */
  readonly body: unknown;
  readonly idempotencyKey?: string | undefined;
  /** what priceRequest gave for it, when that was asked before */
  readonly priced?: PricedRequest;
}

/** Counts a submit and prices it. Throws FeatureError for everything that is wrong with it. */
export async function priceRequest(
  deps: ApiDeps,
  admission: Admission,
  { user, collection, body, idempotencyKey }: Submission,
  signal: AbortSignal,
): Promise<PricedRequest> {
  await admission.submit(user);
  // A full service refuses before it plans; a submit that may be a repetition has to be looked at.
  if (idempotencyKey === undefined) admission.count(user);
  return deps.planner.price(collection, body, signal);
}

/** Accepts a request for good and gives its record. Throws FeatureError for everything that is wrong with it. */
export async function acceptRequest(
  deps: ApiDeps,
  admission: Admission,
  submission: Submission,
  signal: AbortSignal,
): Promise<JobRecord> {
  const { user, collection, idempotencyKey } = submission;
  const priced = submission.priced ?? (await priceRequest(deps, admission, submission, signal));
  const owner = userId(user);
  const id = idempotencyKey === undefined ? newJobId() : idempotentId(deps, owner, idempotencyKey);
  const parent = traceParent();
  const job: ExtractJob = {
    version: JOB_VERSION,
    kind: 'extract',
    id,
    user: owner,
    acceptedAt: deps.now(),
    cost: priced.cost,
    collection,
    request: { ...priced.request },
    ...(priced.indexVersion === undefined ? {} : { indexVersion: priced.indexVersion }),
    ...(parent === undefined ? {} : { trace: parent }),
    ...(priced.parts === undefined ? {} : { parts: priced.parts }),
  };
  if (idempotencyKey !== undefined) {
    const before = await deps.queue.get(id);
    if (before !== undefined) return sameRequest(before, job);
  }
  admission.room(user, priced);
  await addJob(deps, job, priced, signal);
  deps.metrics.accepted.inc({ collection });
  return (await deps.queue.get(id)) ?? { job, state: 'queued', attempt: 0, progress: 0 };
}

/** Requests whose answer is known are ended on the spot where the service has a lane for them; the others are queued. */
async function addJob(deps: ApiDeps, job: ExtractJob, priced: PricedRequest, signal: AbortSignal): Promise<void> {
  const { inline, config } = deps;
  if (inline !== undefined && priced.cost <= config.limits.inlineValues) {
    const result = await inline(job, signal);
    if (result?.ok === false) throw new FeatureError(result.code, result.message);
    if (result !== undefined) return deps.queue.addEnded(job, result);
  }
  await deps.queue.add(job);
}

function idempotentId(deps: ApiDeps, owner: string, key: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new FeatureError(
      'bad_value',
      'Idempotency-Key is not 1 to 255 printable characters; send a UUID, for example.',
    );
  }
  return jobIdFrom(idempotentBytes(owner, key, deps.signingKeys));
}

function sameRequest(before: JobRecord, job: ExtractJob): JobRecord {
  const old = before.job;
  const isSame = old.kind === 'extract' && old.collection === job.collection;
  // The request went through JSON in the journal; so does ours before the comparison.
  const request: unknown = JSON.parse(JSON.stringify(job.request));
  if (!isSame || !isDeepStrictEqual(JSON.parse(JSON.stringify(old.request)), request)) {
    throw new FeatureError('bad_value', 'Idempotency-Key was used for another request before; send a new one.');
  }
  return before;
}
