/**
 * Puts the surfaces together: one express application and the listener to give to a server. No listening, no environment.
 * The listener sees a request first: it strips the prefix of the public address and offers it to the raw handlers, for
 * which express would be most of the cost.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { FeatureError } from '../schemas/problem.js';
import { accessLog, surfaceOf } from './access-log.js';
import { Admission } from './admission.js';
import { Authenticator } from './auth.js';
import type { ApiDeps } from './context.js';
import { DASHBOARD_PATH, dashboard } from './dashboard.js';
import { docs } from './docs-page.js';
import { type Dialect, errorHandler, notFoundHandler } from './errors.js';
import { fastAnswers, KnownBodies } from './fast-answers.js';
import { health } from './health.js';
import { addGauges, endOf, observeEnd } from './metrics.js';
import { polytopeV1 } from './polytope-v1.js';
import { polytopeV2 } from './polytope-v2.js';
import { prefixOf } from './reply.js';
import { securityHeaders } from './security.js';
import { Waiting } from './waiting.js';

/** Answers a request without express, or leaves it alone (false). It then does its own authentication. */
export type RawHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface BuiltServer {
  readonly app: Express;
  readonly listener: RequestListener;
}

export function buildServer(deps: ApiDeps, raw: readonly RawHandler[] = []): BuiltServer {
  const { config, queue, metrics } = deps;
  const auth = new Authenticator(config.auth, deps.now);
  const waiting = new Waiting(queue, config.limits, deps.stopping);
  const admission = new Admission(config.limits, queue, metrics);
  const known = new KnownBodies(deps.now);
  queue.onEnd((record) => {
    observeEnd(metrics, record);
    deps.logger.info(endOf(record), 'ended');
  });
  addGauges(metrics, {
    unfinished: () => queue.unfinished(),
    depth: () => queue.depth(),
    cacheBytes: () => deps.answers?.bytes ?? 0,
    heldPolls: () => waiting.held,
    limits: { ...config.limits, maxConnections: config.http.maxConnections, maxOpenFiles: config.files.maxOpen },
  });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.http.trustProxy.length === 0 ? false : [...config.http.trustProxy]);
  const headers = securityHeaders(config.http);
  app.use(accessLog(deps), ...headers, refuseOversized(config.limits));
  app.use('/api/v1', polytopeV1(deps, { auth, admission, waiting }));
  app.use('/api/v2', polytopeV2(deps, { auth, admission, waiting, known }));
  app.use(docs(deps));
  for (const { path, router, isPublic, onError } of deps.surfaces ?? []) {
    if (isPublic === true) app.use(path, router);
    else app.use(path, auth.handler(), router);
    if (onError !== undefined) app.use(path, onError);
  }
  app.use(DASHBOARD_PATH, auth.handler(), dashboard(deps));
  const operations = health(deps);
  app.get('/metrics', operations);
  app.use(auth.handler(), operations);
  app.use(notFoundHandler());
  app.use(lastHandler(deps));
  const fast = fastAnswers(deps, { auth, known, headers }, app);
  return { app, listener: listenerOf(app, prefixOf(config.http.publicUrl), [...raw, fast]) };
}

/** Requests over the limits of address and headers, before any router. */
function refuseOversized(limits: ApiDeps['config']['limits']): RequestHandler {
  return (req, _res, next) => {
    if (req.originalUrl.length > limits.urlBytes) {
      throw new FeatureError('bad_request', `The address is longer than ${limits.urlBytes} bytes; shorten it.`);
    }
    if (req.httpVersionMinor > 0 && (req.headers.host ?? '') === '') {
      throw new FeatureError('bad_request', 'The request has no Host header; send one.');
    }
    if (req.rawHeaders.length > 2 * limits.headers) {
      throw new FeatureError('bad_request', `The request has more than ${limits.headers} headers; send fewer.`);
    }
    next();
  };
}

/** What no router has answered, in the dialect of the path. */
function lastHandler(deps: ApiDeps): ErrorRequestHandler {
  const handlers: Readonly<Record<Dialect, ErrorRequestHandler>> = {
    v1: errorHandler('v1', deps.logger),
    v2: errorHandler('v2', deps.logger),
    ogc: errorHandler('ogc', deps.logger),
  };
  return (error, req, res, next) => {
    const surface = surfaceOf(req.path);
    handlers[surface === 'v1' || surface === 'v2' ? surface : 'ogc'](error, req, res, next);
  };
}

function listenerOf(app: Express, prefix: string, raw: readonly RawHandler[]): RequestListener {
  return (req, res) => {
    const { url = '/' } = req;
    // A proxy may hand the prefix of the public address on or take it off; both arrive at the same routes.
    if (prefix !== '' && url.startsWith(`${prefix}/`)) req.url = url.slice(prefix.length);
    for (const handler of raw) if (handler(req, res)) return;
    app(req, res);
  };
}
