/**
 * One line an exchange, with its id, which goes out as `X-Request-Id`, and one span. Queries and headers are never logged:
 * addresses carry tokens, headers carry keys. The same moment counts the metrics.
 */
import { randomBytes } from 'node:crypto';
import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { contextOf, tracer } from '../extraction/trace.js';
import { isJobId, type User, userId } from '../schemas/job.js';
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
    const span = spanOf(req, id);
    res.once('close', () => {
      const seconds = (performance.now() - start) / 1000;
      const surface = surfaceOf(path);
      const code = res.getHeader('X-Error-Code');
      metrics.requests.inc({ surface, method: labelOf(method), status: String(res.statusCode) });
      metrics.seconds.observe({ surface }, seconds);
      if (typeof code === 'string') metrics.errors.inc({ code });
      if (method !== 'HEAD') metrics.deliveredBytes.inc(Number(res.getHeader('Content-Length') ?? 0));
      endSpan(span, res.statusCode, code);
      const line = {
        requestId: id,
        method,
        path: path.slice(0, 200),
        status: res.statusCode,
        ms: Math.round(seconds * 1e4) / 10,
      };
      const level = res.statusCode >= 500 && res.statusCode !== 529 ? 'warn' : method === 'GET' ? 'debug' : 'info';
      const more = { ...callerLabel(res), ...jobLabel(res), ...(code === undefined ? {} : { code }) };
      logger[level]({ ...line, ...more }, 'answered');
    });
    context.with(trace.setSpan(context.active(), span), next);
  };
}

/** The exchange as a span; a caller that traces is its parent. */
function spanOf(req: Request, id: string): Span {
  const attributes = {
    'http.request.method': labelOf(req.method),
    'url.path': req.path.slice(0, 200),
    'polyfst.request_id': id,
  };
  return tracer().startSpan(
    'polyfst.request',
    { kind: SpanKind.SERVER, attributes },
    contextOf(req.get('traceparent')),
  );
}

function endSpan(span: Span, status: number, code: unknown): void {
  span.setAttribute('http.response.status_code', status);
  if (typeof code === 'string') span.setAttribute('error.type', code);
  if (status >= 500 && status !== 529) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Id of the job that an answer points at, so that its lines and this one are found together. */
function jobLabel(res: Response): { job?: string } {
  const [, id = ''] = /\/requests\/([^/?]+)$/.exec(String(res.getHeader('Location') ?? '')) ?? [];
  return isJobId(id) ? { job: id } : {};
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
