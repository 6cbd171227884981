/** OM files by where they are: a path, an http(s) address, or `s3://bucket/key` read by ranges. */
import { S3Store } from '../extraction/store-s3.js';
import { OmFile } from '../formats/om/read.js';
import type { ByteSource } from '../formats/om/source.js';
import { UsageError } from './output.js';

const TIMEOUT_MS = 10_000;

async function s3Source(url: string, signal?: AbortSignal): Promise<ByteSource> {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})\/(?:(.*)\/)?([^/]+)$/.exec(url);
  if (found === null) throw new UsageError(`${url}: write s3://bucket/key`);
  const [, bucket, folder = '', name] = found;
  const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const place = { url: `s3://${bucket}/${folder}`, region, timeoutMs: TIMEOUT_MS };
  const store = await S3Store.open({ ...place, ...(endpoint === undefined ? {} : { endpoint }) });
  const info = await store.head(name!, signal);
  if (info === undefined) {
    store.close();
    throw new Error(`${url}: no such object; check bucket and key`);
  }
  const { bytes: size } = info;
  return {
    size,
    read(offset, length, abort) {
      if (offset >= 0 && length >= 0 && offset + length <= size) return store.read(name!, offset, length, abort);
      throw new RangeError(`${url}: ${length} bytes at ${offset} of ${size}; it is damaged or cut short`);
    },
    [Symbol.asyncDispose]: async () => store.close(),
  };
}

export async function openOmPlace(where: string, signal?: AbortSignal): Promise<OmFile> {
  return where.startsWith('s3://')
    ? OmFile.over(where, await s3Source(where, signal), signal)
    : OmFile.open(where, signal);
}
