/** WMS 1.3.0 and 1.1.1 at one address: reads REQUEST, answers, and turns every failure into a service exception. */
import { createHash } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { toProblem } from '../../schemas/problem.js';
import { canUse } from '../auth.js';
import { callerOf, exchangeId } from '../context.js';
import { toFeatureError } from '../errors.js';
import { openToAll } from '../ogc/answer.js';
import { baseUrl } from '../reply.js';
import { sendCapabilities } from './capabilities.js';
import type { MapDeps } from './deps.js';
import { drawMap } from './draw.js';
import { emptyPicture } from './exception-picture.js';
import { exceptionReport, exceptionType, WmsException, type WmsVersion } from './exceptions.js';
import { getFeatureInfo } from './feature-info.js';
import { fingerprint } from './field-choice.js';
import { getLegendGraphic } from './legend.js';
import { readMapRequest } from './map-request.js';
import { WmsQuery } from './query.js';

/** Version negotiation: the newest served that is not newer than the one asked for, else the oldest; 1.3.0 without one. */
function versionOf(query: WmsQuery): WmsVersion {
  const match = /^(\d+)(?:\.(\d+))?/.exec(query.get('VERSION') ?? query.get('WMTVER') ?? '1.3.0');
  const [major, minor] = match === null ? [1, 3] : [Number(match[1]), Number(match[2] ?? 0)];
  return major < 1 || (major === 1 && minor < 3) ? '1.1.1' : '1.3.0';
}

export function mayUseOf(deps: MapDeps, res: Response): (name: string) => boolean {
  const user = callerOf(res);
  const roles = new Map(deps.catalogue.collections().map((one) => [one.name, one.roles]));
  return (name) => canUse(user, { name, roles: roles.get(name) ?? [] });
}

const PNG = /^image\/png(; ?mode=(8|24|32)bit)?$|^png$/i;

function checkFormat(query: WmsQuery): void {
  const format = query.get('FORMAT') ?? 'image/png';
  if (!PNG.test(format)) {
    throw new WmsException('InvalidFormat', `FORMAT ${format.slice(0, 40)} is not offered; use image/png.`);
  }
}

/** Sends a picture with an entity tag, or 304. */
export function sendPicture(req: Request, res: Response, bytes: Uint8Array, etag: string): void {
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', 'private, max-age=60');
  if (req.get('If-None-Match') === etag) {
    res.statusCode = 304;
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'image/png');
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}

/** Aborts when the client goes away. */
export function goneSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort(new Error('the client went away'));
  });
  return controller.signal;
}

async function getMap(deps: MapDeps, query: WmsQuery, version: WmsVersion, req: Request, res: Response): Promise<void> {
  checkFormat(query);
  const request = await readMapRequest(deps, query, version, mayUseOf(deps, res));
  const prints = request.layers.map(({ chosen }) => fingerprint(chosen)).join('|');
  const key = `${version} ${prints} ${query.canonical()}`;
  const etag = `"${createHash('sha256').update(key).digest('base64url').slice(0, 22)}"`;
  const signal = goneSignal(res);
  const bytes = await deps.pictures.get(etag, () => drawMap(deps, request, query));
  if (!signal.aborted) sendPicture(req, res, bytes, etag);
}

async function answer(deps: MapDeps, query: WmsQuery, version: WmsVersion, req: Request, res: Response): Promise<void> {
  const service = query.get('SERVICE');
  if (service !== undefined && service.toUpperCase() !== 'WMS') {
    throw new WmsException('InvalidParameterValue', `SERVICE ${service.slice(0, 20)} is not served here; use WMS.`);
  }
  const request = query.get('REQUEST') ?? 'GetCapabilities';
  switch (request.toLowerCase()) {
    case 'getcapabilities':
    case 'capabilities':
      return sendCapabilities(
        deps,
        query,
        version,
        `${baseUrl(req, deps.config.http.publicUrl)}/wms?`,
        res,
        mayUseOf(deps, res),
      );
    case 'getmap':
    case 'map':
      return getMap(deps, query, version, req, res);
    case 'getfeatureinfo':
    case 'feature_info':
      return getFeatureInfo(deps, query, version, mayUseOf(deps, res), res);
    case 'getlegendgraphic':
      return getLegendGraphic(deps, query, mayUseOf(deps, res), res);
    default:
      throw new WmsException(
        'OperationNotSupported',
        `REQUEST ${request.slice(0, 40)} is not served; use GetCapabilities, GetMap, GetFeatureInfo or GetLegendGraphic.`,
      );
  }
}

/** A failure, as EXCEPTIONS asks: XML, or a picture for pages that can show nothing else. */
async function refuse(
  deps: MapDeps,
  query: WmsQuery,
  version: WmsVersion,
  error: unknown,
  res: Response,
): Promise<void> {
  const known = toFeatureError(error);
  const problem = toProblem(known);
  if (problem.code === 'internal') deps.logger.error({ err: error, requestId: exchangeId(res) }, 'wms request failed');
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  res.setHeader('X-Error-Code', problem.code);
  const asked = (query.get('EXCEPTIONS') ?? 'XML').toLowerCase();
  const isMap = /^(get)?map$/i.test(query.get('REQUEST') ?? '');
  if (isMap && /inimage|blank/.test(asked)) {
    const bytes = await emptyPicture(query, asked.includes('inimage') ? problem.detail : undefined);
    res.setHeader('Content-Type', 'image/png');
    res.setHeader('Content-Length', bytes.length);
    res.end(bytes);
    return;
  }
  const bytes = Buffer.from(exceptionReport(known, problem, version));
  res.statusCode = problem.code === 'internal' ? 500 : 200;
  res.setHeader('Content-Type', exceptionType(version));
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}

/** The WMS: one address, GET and HEAD. */
export function wmsRouter(deps: MapDeps): Router {
  const router = Router({ strict: false });
  const handler: RequestHandler = async (req, res) => {
    const at = req.originalUrl.indexOf('?');
    const query = new WmsQuery(new URLSearchParams(at < 0 ? '' : req.originalUrl.slice(at + 1)));
    const version = versionOf(query);
    try {
      if (req.method === 'OPTIONS') {
        res.setHeader('Allow', 'GET, HEAD, OPTIONS');
        res.status(204).end();
        return;
      }
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        throw new WmsException('OperationNotSupported', `The method ${req.method} is not served; use GET.`);
      }
      await answer(deps, query, version, req, res);
    } catch (error) {
      await refuse(deps, query, version, error, res);
    }
  };
  router.use(openToAll, handler);
  return router;
}
