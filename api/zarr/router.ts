/**
 * Virtual Zarr over HTTP: `/zarr/{collection}/{run}/` answers keys of versions 2 and 3, `…/v2/` and `…/v3/` each only their
 * own. An absent key is an empty 404, which readers take for missing values; a record that cannot be decoded is a 500.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { FieldCache } from '../../extraction/maps/field-cache.js';
import type { ZarrVersion } from '../../formats/zarr-metadata.js';
import { CODES, FeatureError, toProblem } from '../../schemas/problem.js';
import { chooseRange } from '../byte-range.js';
import type { Surface } from '../context.js';
import { type EdrDeps, mayUse } from '../edr/deps.js';
import { errorHandler, methodNotAllowed, sendProblem } from '../errors.js';
import { leaving } from '../leaving.js';
import { entityTag, isUnchanged, openToAll } from '../ogc/answer.js';
import { type EdrCollection, edrCollections, findEdrCollection } from '../ogc/edr-collections.js';
import { baseUrl, sendJson } from '../reply.js';
import { referencesOf } from './references.js';
import { type ZarrStore, zarrStore } from './store.js';

export interface ZarrDeps extends Pick<EdrDeps, 'config' | 'catalogue' | 'logger'> {
  readonly fields: FieldCache;
}

export const ZARR_PATH = '/zarr';

const compress = promisify(gzip);
/** Smaller answers are not worth compressing. */
const LEAST_COMPRESSED = 1024;

interface Address {
  readonly versions: readonly ZarrVersion[];
  readonly key: string;
  /** path of the store with its version, without a slash behind it */
  readonly root: string;
}

/** Key of a path below a store: the version folder is part of the address. */
function addressOf(parts: readonly string[]): Address {
  const [id, run, ...rest] = parts as [string, string, ...string[]];
  const store = `${ZARR_PATH}/${encodeURIComponent(id)}/${encodeURIComponent(run)}`;
  if (rest[0] === 'v2') return { versions: [2], key: rest.slice(1).join('/'), root: `${store}/v2` };
  if (rest[0] === 'v3') return { versions: [3], key: rest.slice(1).join('/'), root: `${store}/v3` };
  return { versions: [3, 2], key: rest.join('/'), root: store };
}

/** An absent key: no body, so that nothing takes it for data. */
function absent(res: Response): void {
  res.statusCode = 404;
  res.setHeader('Content-Length', 0);
  res.end();
}

/** Whether it pays to compress: not for readers on this machine, never for a part of the bytes. */
function mayCompress(req: Request, size: number): boolean {
  if (size < LEAST_COMPRESSED || req.headers.range !== undefined || req.method === 'HEAD') return false;
  const address = req.ip ?? '';
  const isLocal = address.startsWith('127.') || address.startsWith('::ffff:127.') || address === '::1';
  return !isLocal && req.acceptsEncodings('gzip') === 'gzip';
}

async function sendChunk(req: Request, res: Response, size: number, read: () => Promise<Uint8Array>): Promise<void> {
  res.setHeader('Content-Type', 'application/octet-stream');
  res.setHeader('Accept-Ranges', 'bytes');
  res.vary('Accept-Encoding');
  if (req.method === 'HEAD') {
    res.setHeader('Content-Length', size);
    res.end();
    return;
  }
  const range = chooseRange(req.headers.range, size);
  if (range.kind === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${size}`);
    throw new FeatureError('range_not_satisfiable', `The chunk has ${size} bytes; ask for a range within them.`);
  }
  let bytes = await read();
  if (range.kind === 'part') {
    const { start, length } = range;
    res.statusCode = 206;
    res.setHeader('Content-Range', `bytes ${start}-${start + length - 1}/${size}`);
    bytes = bytes.subarray(start, start + length);
  } else if (mayCompress(req, size)) {
    bytes = await compress(bytes, { level: 1 });
    res.setHeader('Content-Encoding', 'gzip');
  }
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}

async function sendText(req: Request, res: Response, text: string): Promise<void> {
  let bytes: Uint8Array = Buffer.from(text);
  res.setHeader('Content-Type', 'application/json');
  res.vary('Accept-Encoding');
  if (mayCompress(req, bytes.length)) {
    bytes = await compress(bytes, { level: 4 });
    res.setHeader('Content-Encoding', 'gzip');
  }
  res.setHeader('Content-Length', bytes.length);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

/** Answers a key of a store. */
async function sendKey(req: Request, res: Response, store: ZarrStore, address: Address, deps: ZarrDeps): Promise<void> {
  const { key, versions, root } = address;
  const tag = entityTag(store.cube.version, req.originalUrl);
  if (key === 'refs.json') {
    if (isUnchanged(req, res, tag)) return;
    const base = `${baseUrl(req, deps.config.http.publicUrl)}${root}`;
    return sendText(req, res, JSON.stringify(referencesOf(store, base)));
  }
  for (const version of versions) {
    const text = store.documents(version).get(key);
    if (text !== undefined) {
      if (isUnchanged(req, res, tag)) return;
      return sendText(req, res, text);
    }
    const ref = store.chunk(key, version);
    const size = ref === undefined ? undefined : store.sizeOf(ref);
    if (ref === undefined || size === undefined) continue;
    if (isUnchanged(req, res, tag)) return;
    const signal = leaving(res);
    return sendChunk(req, res, size, async () => {
      const bytes = await store.read(ref, deps.fields, signal);
      if (bytes === undefined) throw new FeatureError('not_found', `There is no record for ${key.slice(0, 80)}.`);
      return bytes;
    });
  }
  absent(res);
}

function describe(collections: readonly EdrCollection[], base: string): object {
  return {
    title: 'Virtual Zarr stores',
    stores: collections.flatMap(({ id, runs }) =>
      runs.map((run) => ({
        collection: id,
        run: run.id,
        complete: run.complete,
        href: `${base}${ZARR_PATH}/${encodeURIComponent(id)}/${run.id}/`,
      })),
    ),
  };
}

function handler(deps: ZarrDeps): RequestHandler {
  return async (req, res) => {
    const parts = req.path.split('/').slice(1).map(decodeURIComponent);
    while (parts.at(-1) === '') parts.pop();
    const base = baseUrl(req, deps.config.http.publicUrl);
    const allowed = mayUse(res, deps);
    if (parts.length === 0) return sendJson(res, 200, describe(await edrCollections(deps.catalogue, allowed), base));
    const collection = await findEdrCollection(deps.catalogue, parts[0]!, allowed);
    if (collection === undefined) {
      throw new FeatureError(
        'not_found',
        `There is no collection "${parts[0]!.slice(0, 80)}"; ${ZARR_PATH}/ lists the stores.`,
      );
    }
    if (parts.length === 1) return sendJson(res, 200, describe([collection], base));
    const store = await zarrStore(collection, parts[1]!);
    if (store === undefined) {
      throw new FeatureError(
        'not_found',
        `There is no run "${parts[1]!.slice(0, 80)}" of ${collection.id}; ${ZARR_PATH}/${collection.id}/ lists those there are.`,
      );
    }
    return sendKey(req, res, store, addressOf(parts), deps);
  };
}

/** A record that is there and cannot be read must not look like one that is not there. */
function chunkErrors(deps: ZarrDeps): ReturnType<typeof errorHandler> {
  const last = errorHandler('ogc', deps.logger);
  return (error: unknown, req, res, next) => {
    if (!(error instanceof FeatureError) || !('errno' in CODES[error.code]) || res.headersSent) {
      last(error, req, res, next);
      return;
    }
    deps.logger.warn({ err: error }, 'chunk cannot be decoded');
    res.removeHeader('Accept-Ranges');
    res.removeHeader('ETag');
    sendProblem(res, 'ogc', { ...toProblem(error), code: 'general_error', status: 500 });
  };
}

export function zarrSurface(deps: ZarrDeps): Surface {
  const router = Router({ caseSensitive: true, strict: true });
  const answer = handler(deps);
  router.use(openToAll);
  router.use((req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return answer(req, res, next);
    return methodNotAllowed('GET', 'HEAD')(req, res, next);
  });
  router.use(chunkErrors(deps));
  return { path: ZARR_PATH, router };
}
