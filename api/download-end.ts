/** Until when a download address is good. */
import type { JobRecord } from '../schemas/job.js';
import type { Limits } from '../schemas/limits.js';

/**
 * Instant, ms, at which an address that is given out now ends: with the result, at most `downloadTtlSeconds` from now. It
 * moves on in steps of half that time, so that polls soon after each other name one address and each is good for a while.
 */
export function downloadEnd(
  record: Pick<JobRecord, 'finishedAt' | 'expiresAt'>,
  limits: Pick<Limits, 'resultTtlSeconds' | 'downloadTtlSeconds'>,
  now: number,
): number {
  const finished = record.finishedAt ?? now;
  const result = record.expiresAt ?? finished + limits.resultTtlSeconds * 1000;
  const half = limits.downloadTtlSeconds * 500;
  const halves = Math.max(0, Math.floor((now - finished) / half));
  return Math.min(result, finished + (halves + 2) * half);
}
