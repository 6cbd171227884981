/**
 * Errors in the dialect of each surface. Every router ends in its own not-found and error handler, so that express's HTML
 * pages never appear. v1 bodies hold strings only: the Python client cannot print anything else.
 */
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { CODES, type ErrorCode, FeatureError, type Problem, toProblem } from '../schemas/problem.js';
import { exchangeId } from './context.js';
import { sendJson } from './reply.js';

export type Dialect = 'v1' | 'v2' | 'ogc';

/** Seconds that a client should wait before it tries again. */
export const RETRY_SECONDS = 5;

/** Statuses that the v1 client shows with their text; all others make it sleep, or say nothing. */
const V1_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 416]);

/** Failures that pass by themselves. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'overloaded',
  'rate_limited',
  'storage_full',
  'storage_unavailable',
  'handle_error',
]);

/** Status of a problem in v1: nothing that the client retries for minutes, and 529 for what passes. */
export function v1Status(code: ErrorCode): number {
  if (PASSING.has(code)) return 529;
  const { status } = CODES[code];
  return V1_STATUSES.has(status) && !('errno' in CODES[code]) ? status : 400;
}

/** Status of a problem in v2. Trouble with a data file is not "no such request". */
function v2Status(code: ErrorCode): number {
  const { status } = CODES[code];
  return 'errno' in CODES[code] && (status === 403 || status === 404) ? 500 : status;
}

/** Sends a problem in the dialect. */
export function sendProblem(res: Response, dialect: Dialect, problem: Problem): void {
  const { code, detail } = problem;
  const status = dialect === 'v1' ? v1Status(code) : v2Status(code);
  res.setHeader('X-Error-Code', code);
  if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
  if (PASSING.has(code)) res.setHeader('Retry-After', String(RETRY_SECONDS));
  if (!res.req.complete && !res.req.readableEnded && hasBody(res)) res.setHeader('Connection', 'close');
  if (dialect === 'v1') {
    const text = code === 'internal' ? `${detail} Request id: ${exchangeId(res)}` : detail;
    sendJson(res, status, { message: text });
    return;
  }
  const body = { type: `urn:polyfst:problem:${code}`, title: problem.title, status, detail, message: detail, code };
  const extra = dialect === 'ogc' ? { description: detail } : {};
  const retry = PASSING.has(code) ? { retryable: true } : {};
  sendJson(res, status, { ...body, ...extra, ...retry }, 'application/problem+json');
}

/** Whether the client may still be sending: such a connection is not worth keeping for an answer that ignores the body. */
function hasBody(res: Response): boolean {
  const { headers } = res.req;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 65_536;
}

/** What express, its body parser and node throw, in words of our table. */
export function toFeatureError(error: unknown): unknown {
  if (error instanceof FeatureError) return error;
  if (error instanceof URIError) return new FeatureError('not_found', 'There is nothing at this address.');
  const { type, status } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (type === 'entity.too.large') {
    return new FeatureError('too_large', 'The body is larger than the limit; shorten the request or split it.');
  }
  if (type === 'encoding.unsupported') {
    return new FeatureError(
      'unsupported_media',
      'This Content-Encoding is not accepted; send the body plain or as gzip.',
    );
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new FeatureError('bad_request', 'The request could not be read; check its headers and body.', {
      cause: error,
    });
  }
  return error;
}

/** Ends a router: whatever was thrown, in its dialect. Faults of our own are logged with their cause. */
export function errorHandler(dialect: Dialect, logger: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const known = toFeatureError(error);
    const problem = toProblem(known);
    if (problem.code === 'internal') logger.error({ err: error, requestId: exchangeId(res) }, 'request failed');
    else if (known instanceof Error && known.cause !== undefined) {
      logger.debug({ err: known, requestId: exchangeId(res) }, 'request refused');
    }
    if (res.headersSent) res.destroy();
    else sendProblem(res, dialect, problem);
  };
}

/** Ends a router: no route matched. */
export function notFoundHandler(
  detail = 'There is nothing at this address; see /docs for the routes.',
): RequestHandler {
  return () => {
    throw new FeatureError('not_found', detail);
  };
}

/** Refuses the methods that a route does not have; OPTIONS is told which it has. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  const allow = [...allowed, 'OPTIONS'].join(', ');
  return (req, res) => {
    res.setHeader('Allow', allow);
    if (req.method === 'OPTIONS') {
      res.statusCode = 204;
      res.end();
      return;
    }
    throw new FeatureError('method_not_allowed', `This address does not take this method; use ${allow}.`);
  };
}
