/** A write to S3: small objects by one PUT, larger ones in parts that become an object only when the last one is there. */
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../store.js';
import { type RetryingCalls, statusOf } from './s3-retry.js';

export interface UploadTarget {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly calls: RetryingCalls;
  readonly named: { readonly Bucket: string; readonly Key: string };
  /** for messages */
  readonly key: string;
}

/** S3 takes no smaller parts but the last, and at most 10 000 of them: 80 GiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** Chunks gathered into parts; the last one may be smaller, and there is always one. */
async function* partsOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly isLast: boolean }> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    waiting.push(chunk.slice());
    size += chunk.length;
    if (size < PART_BYTES) continue;
    const bytes = Buffer.concat(waiting);
    let at = 0;
    for (; bytes.length - at > PART_BYTES; at += PART_BYTES) {
      yield { bytes: bytes.subarray(at, at + PART_BYTES), isLast: false };
    }
    waiting = [bytes.subarray(at)];
    size = bytes.length - at;
  }
  yield { bytes: Buffer.concat(waiting), isLast: true };
}

export async function uploadParts(
  target: UploadTarget,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<ObjectInfo> {
  const { sdk, client, calls, named, key } = target;
  signal?.throwIfAborted();
  let uploadId: string | undefined;
  const done: CompletedPart[] = [];
  let bytes = 0;
  try {
    for await (const part of partsOf(chunks, signal)) {
      bytes += part.bytes.length;
      if (part.isLast && uploadId === undefined) return await putWhole(target, part.bytes, signal);
      uploadId ??= await begin(target, signal);
      const number = { UploadId: uploadId, PartNumber: done.length + 1 };
      const command = new sdk.UploadPartCommand({ ...named, ...number, Body: part.bytes });
      const { ETag } = await calls.run(`object ${key}`, (abortSignal) => client.send(command, { abortSignal }), signal);
      done.push({ ETag, PartNumber: number.PartNumber });
    }
    return await complete(target, uploadId!, done, bytes, signal);
  } catch (error) {
    if (uploadId !== undefined) await abandon(target, uploadId);
    throw error;
  }
}

async function putWhole({ sdk, client, calls, named, key }: UploadTarget, bytes: Uint8Array, signal?: AbortSignal) {
  const command = new sdk.PutObjectCommand({ ...named, Body: bytes, ContentLength: bytes.length });
  const { ETag } = await calls.run(`object ${key}`, (abortSignal) => client.send(command, { abortSignal }), signal);
  return { bytes: bytes.length, etag: ETag ?? '' };
}

async function begin({ sdk, client, calls, named, key }: UploadTarget, signal?: AbortSignal): Promise<string> {
  const command = new sdk.CreateMultipartUploadCommand(named);
  const { UploadId } = await calls.run(`object ${key}`, (abortSignal) => client.send(command, { abortSignal }), signal);
  if (UploadId === undefined) throw new Error('the store began no upload');
  return UploadId;
}

/** Makes the object of its parts. An attempt whose answer was lost may have done it: the upload is then gone. */
async function complete(
  { sdk, client, calls, named, key }: UploadTarget,
  UploadId: string,
  Parts: CompletedPart[],
  bytes: number,
  signal?: AbortSignal,
): Promise<ObjectInfo> {
  const command = new sdk.CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts } });
  const attempt = async (abortSignal: AbortSignal, number: number): Promise<ObjectInfo> => {
    try {
      const { ETag } = await client.send(command, { abortSignal });
      return { bytes, etag: ETag ?? '' };
    } catch (error) {
      if (number === 0 || statusOf(error) !== 404) throw error;
      const found = await client.send(new sdk.HeadObjectCommand(named), { abortSignal });
      if (found.ContentLength !== bytes) throw error;
      return { bytes, etag: found.ETag ?? '' };
    }
  };
  return calls.run(`object ${key}`, attempt, signal);
}

/** Parts of an upload that came to nothing cost room; a store that cannot be told forgets them by its own rules. */
async function abandon({ sdk, client, named, calls, key }: UploadTarget, uploadId: string): Promise<void> {
  const command = new sdk.AbortMultipartUploadCommand({ ...named, UploadId: uploadId });
  await calls.run(`object ${key}`, (abortSignal) => client.send(command, { abortSignal })).catch(() => undefined);
}
