/**
 * The one place where an id becomes a record. Unknown, foreign and malformed ids end in the same error, with the same bytes;
 * the id that was asked for is never repeated.
 */
import type { Request } from 'express';
import { isJobId, type JobRecord, type User } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import { canSee } from './auth.js';
import type { ApiDeps } from './context.js';

export const UNKNOWN_REQUEST = 'request not found';

export function unknownRequest(): FeatureError {
  return new FeatureError('not_found', UNKNOWN_REQUEST);
}

/** What stands behind the mount point of a route, without `suffix`, decoded; undefined when it does not decode. */
export function restOfPath(req: Request, suffix = ''): string | undefined {
  try {
    return decodeURIComponent(req.path.slice(1, req.path.length - suffix.length));
  } catch {
    return undefined;
  }
}

/** The caller's request of that id, or undefined. */
export async function findOwn(deps: ApiDeps, user: User, id: string | undefined): Promise<JobRecord | undefined> {
  if (id === undefined || !isJobId(id)) return undefined;
  const record = await deps.queue.get(id);
  return record !== undefined && canSee(user, record) ? record : undefined;
}

/** The caller's request of that id; throws `not_found` for any other. */
export async function requireOwn(deps: ApiDeps, user: User, id: string | undefined): Promise<JobRecord> {
  const record = await findOwn(deps, user, id);
  if (record === undefined) throw unknownRequest();
  return record;
}

/** The end of a request that has no data to give, as an error. */
export function endError(record: JobRecord): FeatureError {
  const { state, result } = record;
  if (state === 'cancelled')
    return new FeatureError('cancelled', 'The request was revoked; submit it again if needed.');
  if (state === 'failed' && result?.ok === false) return new FeatureError(result.code, result.message);
  return new FeatureError('gone', 'The result is no longer kept; submit the request again.');
}
