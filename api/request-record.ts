/** A request as v1 lists and describes it. Times are seconds since the epoch; members are those that the clients know. */
import type { JobRecord } from '../schemas/job.js';

export interface RequestRecord {
  readonly id: string;
  readonly timestamp: number;
  readonly last_modified: number;
  readonly user: string;
  readonly verb: 'retrieve';
  readonly url: string;
  readonly md5: null;
  readonly collection: string;
  readonly status: string;
  readonly user_message: string;
  readonly user_request: string;
  readonly coerced_request: unknown;
  readonly content_length: number | null;
  readonly content_type: string | null;
  readonly status_history: Readonly<Record<string, number>>;
  readonly datasource: string;
}

const seconds = (ms: number): number => ms / 1000;

/** The record of a job. `url` is its address on this service. */
export function requestRecord(record: JobRecord, url: string): RequestRecord {
  const { job, result, startedAt, finishedAt } = record;
  const ref = result?.ok === true ? result.ref : undefined;
  const request = job.kind === 'extract' ? job.request : {};
  return {
    id: job.id,
    timestamp: seconds(job.acceptedAt),
    last_modified: seconds(finishedAt ?? startedAt ?? job.acceptedAt),
    user: decodeURIComponent(job.user.slice(job.user.indexOf('/') + 1)),
    verb: 'retrieve',
    url,
    md5: null,
    collection: job.collection,
    status: record.state,
    user_message: messageOf(record),
    user_request: JSON.stringify(request),
    coerced_request: request,
    content_length: ref?.bytes ?? null,
    content_type: ref?.contentType ?? null,
    status_history: {
      queued: seconds(job.acceptedAt),
      ...(startedAt === undefined ? {} : { processing: seconds(startedAt) }),
      ...(finishedAt === undefined ? {} : { [record.state]: seconds(finishedAt) }),
    },
    datasource: 'fst',
  };
}

/** One sentence on where a request stands. */
export function messageOf(record: JobRecord): string {
  const { state, result } = record;
  if (result?.ok === false && state === 'failed') return result.message;
  if (result?.ok === true && state === 'processed' && result.notes.length > 0) return result.notes.join(' ');
  switch (state) {
    case 'queued':
      return 'Request queued';
    case 'processing':
      return 'Processing...';
    case 'processed':
      return 'Success';
    case 'failed':
      return 'The request failed.';
    case 'cancelled':
      return 'The request was revoked.';
    case 'expired':
      return 'The result is no longer kept; submit the request again.';
  }
}
