/**
 * Result bytes to a client: exact length and type, strong ETag (the content's hash), ranges, conditional requests, HEAD.
 * Bytes are read piece by piece as the client takes them; nothing is compressed or chunked, which the v1 client needs.
 */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { ObjectStore } from '../extraction/store.js';
import type { ResultRef } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import { chooseRange, matchesEtag } from './byte-range.js';

const PIECE_BYTES = 1_048_576;

/** The only types that the v1 client takes. */
const COVERAGE = 'application/prs.coverage+json';
const GRIB = 'application/x-grib';

/** Type of a result on v1: anything that its client does not know goes out as bytes. */
export function v1ContentType(ref: ResultRef): string {
  const type = ref.contentType.split(';', 1)[0]?.trim() ?? '';
  if (type === COVERAGE || ref.extension === 'covjson') return COVERAGE;
  return ref.extension === 'grib' || ref.extension === 'grib2' ? GRIB : 'application/octet-stream';
}

export interface Delivery {
  readonly id: string;
  readonly ref: ResultRef;
  readonly contentType: string;
}

/**
 * Answers a GET or HEAD with the result. Throws `gone` when its bytes are no longer in the store. Resolves to the bytes
 * where all of them were sent in one piece.
 */
export async function deliver(
  req: Request,
  res: Response,
  delivery: Delivery,
  store: Pick<ObjectStore, 'head' | 'read'>,
): Promise<Uint8Array | undefined> {
  const { ref, id } = delivery;
  const etag = `"${ref.sha256}"`;
  const isPlain = req.method === 'GET' && !('range' in req.headers) && !('if-none-match' in req.headers);
  // The usual case: all of a small result, read in one go.
  const whole = isPlain && ref.bytes <= PIECE_BYTES ? await readAll(store, ref) : undefined;
  if (whole === undefined) await requireKept(store, ref);
  res.setHeader('ETag', etag);
  res.setHeader('Accept-Ranges', 'bytes');
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('Referrer-Policy', 'no-referrer');
  if (matchesEtag(req.headers['if-none-match'], etag)) {
    res.statusCode = 304;
    res.end();
    return undefined;
  }
  res.setHeader('Content-Disposition', `attachment; filename="${id}.${ref.extension}"`);
  const ifRange = req.headers['if-range'];
  const range = chooseRange(ifRange === undefined || ifRange === etag ? req.headers.range : undefined, ref.bytes);
  if (range.kind === 'unsatisfiable') {
    res.removeHeader('Content-Disposition');
    res.setHeader('Content-Range', `bytes */${ref.bytes}`);
    throw new FeatureError('range_not_satisfiable', `The result has ${ref.bytes} bytes; ask for a range within them.`);
  }
  const [start, length] = range.kind === 'part' ? [range.start, range.length] : [0, ref.bytes];
  res.statusCode = range.kind === 'part' ? 206 : 200;
  if (range.kind === 'part') res.setHeader('Content-Range', `bytes ${start}-${start + length - 1}/${ref.bytes}`);
  res.setHeader('Content-Type', delivery.contentType);
  res.setHeader('Content-Length', length);
  if (req.method === 'HEAD') res.end();
  else if (whole !== undefined) res.end(whole);
  else await pump(res, ref.key, start, length, store);
  return whole;
}

function gone(): FeatureError {
  return new FeatureError('gone', 'The result is no longer kept; submit the request again.');
}

async function requireKept(store: Pick<ObjectStore, 'head'>, ref: ResultRef): Promise<void> {
  const info = await store.head(ref.key);
  if (info === undefined || info.bytes !== ref.bytes) throw gone();
}

/** Bytes of a result; throws `gone` when they are not there, or fewer than were written. */
async function readAll(store: Pick<ObjectStore, 'read'>, ref: ResultRef): Promise<Uint8Array> {
  try {
    return await store.read(ref.key, 0, ref.bytes);
  } catch (error) {
    const isGone = error instanceof FeatureError && ['file_not_found', 'truncated_file'].includes(error.code);
    throw isGone ? gone() : error;
  }
}

/** Sends the bytes at the pace of the client; stops reading when it is gone. */
async function pump(
  res: Response,
  key: string,
  start: number,
  length: number,
  store: Pick<ObjectStore, 'read'>,
): Promise<void> {
  const left = new AbortController();
  const onClose = (): void => left.abort();
  res.once('close', onClose);
  try {
    for (let at = 0; at < length && !left.signal.aborted; ) {
      const piece = await store.read(key, start + at, Math.min(PIECE_BYTES, length - at), left.signal);
      at += piece.length;
      if (!res.write(piece)) await once(res, 'drain', { signal: left.signal });
    }
    if (!left.signal.aborted) res.end();
  } catch (error) {
    // A client that went away is its own affair; anything else after the first byte can only be told by cutting the line.
    if (left.signal.aborted) return;
    throw error;
  } finally {
    res.removeListener('close', onClose);
  }
}
