/**
 * One line an exchange, with its id, which goes out as `X-Request-Id`. Queries and headers are never logged: addresses carry
 * tokens, headers carry keys. The same moment counts the metrics.
 */
import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { type User, userId } from '../schemas/job.js';
import type { ApiDeps } from './context.js';

/** First words of paths that have a label of their own in the metrics. */
const SURFACES = new Set(['edr', 'wms', 'zarr', 'docs', 'metrics', 'health', 'ready']);

/** Label of the surface that a path belongs to. */
export function surfaceOf(path: string): string {
  const [, first = '', second = ''] = path.split('/', 3);
  if (first === 'api') return second === 'v1' || second === 'v2' ? second : 'other';
  if (first === 'v1') return 'forecast';
  return SURFACES.has(first) ? first : first === '' ? 'page' : 'other';
}

export function accessLog(deps: Pick<ApiDeps, 'logger' | 'metrics'>): RequestHandler {
  const { logger, metrics } = deps;
  return (req, res, next) => {
    const id = randomBytes(12).toString('hex');
    const start = performance.now();
    const { path, method } = req;
    res.locals['exchangeId'] = id;
    res.setHeader('X-Request-Id', id);
    res.once('close', () => {
      const seconds = (performance.now() - start) / 1000;
      const surface = surfaceOf(path);
      const code = res.getHeader('X-Error-Code');
      metrics.requests.inc({ surface, method: labelOf(method), status: String(res.statusCode) });
      metrics.seconds.observe({ surface }, seconds);
      if (typeof code === 'string') metrics.errors.inc({ code });
      if (method !== 'HEAD') metrics.deliveredBytes.inc(Number(res.getHeader('Content-Length') ?? 0));
      const line = {
        requestId: id,
        method,
        path: path.slice(0, 200),
        status: res.statusCode,
        ms: Math.round(seconds * 1e4) / 10,
      };
      const level = res.statusCode >= 500 && res.statusCode !== 529 ? 'warn' : method === 'GET' ? 'debug' : 'info';
      logger[level]({ ...line, ...callerLabel(res), ...(code === undefined ? {} : { code }) }, 'answered');
    });
    next();
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Methods are client text too: anything unusual is one label. */
function labelOf(method: string): string {
  return METHODS.has(method) ? method : 'other';
}

function callerLabel(res: Response): { user?: string } {
  const user = res.locals['user'] as User | undefined;
  return user === undefined ? {} : { user: userId(user) };
}
