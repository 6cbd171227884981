/** A range of an S3 object, exactly: what arrived before the line was cut is kept, and only the rest is asked for again. */
import type { S3Client } from '@aws-sdk/client-s3';
import { FeatureError } from '../../schemas/problem.js';
import { type RetryingCalls, statusOf } from './s3-retry.js';

export interface ReadTarget {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly calls: RetryingCalls;
  readonly named: { readonly Bucket: string; readonly Key: string };
  /** for messages */
  readonly what: string;
}

/** Bytes of an object and the etag that it had. */
export interface RangeRead {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** `length` bytes (at least 1) from `offset`. Throws `file_not_found`, `truncated_file`, `storage_unavailable`. */
export async function readRange(
  { sdk, client, calls, named, what }: ReadTarget,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<RangeRead> {
  const bytes = new Uint8Array(length);
  let done = 0;
  let etag: string | undefined;
  const attempt = async (abortSignal: AbortSignal): Promise<void> => {
    const range = `bytes=${offset + done}-${offset + length - 1}`;
    const same = etag === undefined ? {} : { IfMatch: etag };
    const command = new sdk.GetObjectCommand({ ...named, Range: range, ...same });
    const answer = await client.send(command, { abortSignal });
    etag = answer.ETag;
    checkRange(what, answer.ContentRange, offset + done, offset + length);
    for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
      if (done + chunk.length > length) throw tooShort(what, offset, length);
      bytes.set(chunk, done);
      done += chunk.length;
    }
    if (done < length) throw new Error('the answer was cut');
  };
  try {
    await calls.run(what, attempt, signal);
  } catch (error) {
    if (statusOf(error) === 404) throw absent(what, error);
    if (statusOf(error) === 416) throw tooShort(what, offset, length, error);
    if (statusOf(error) === 412) {
      throw new FeatureError('storage_unavailable', `${what} was replaced while it was read; read it again.`);
    }
    throw error;
  }
  return { bytes, etag: etag ?? '' };
}

export function absent(what: string, cause?: unknown): FeatureError {
  return new FeatureError('file_not_found', `${what} does not exist.`, { cause });
}

export function tooShort(what: string, offset: number, length: number, cause?: unknown): FeatureError {
  return new FeatureError('truncated_file', `${what} does not hold the bytes ${offset}+${length}.`, { cause });
}

/** A store shortens a range that reaches beyond the end, and says so only here. */
function checkRange(what: string, range: string | undefined, start: number, end: number): void {
  const found = /^bytes (\d+)-(\d+)\//.exec(range ?? '');
  if (found === null) throw new Error('the store ignores ranges');
  if (Number(found[1]) !== start || Number(found[2]) !== end - 1) throw tooShort(what, start, end - start);
}
