/** Liveness, readiness and metrics: what a supervisor and a scraper ask, without credentials and without detail. */
import { type RequestHandler, Router } from 'express';
import type { ApiDeps } from './context.js';
import { methodNotAllowed } from './errors.js';
import { sendJson } from './reply.js';

/** Routes `/health` (alive), `/ready` (can answer) and `/metrics`. */
export function health(deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const refuse: RequestHandler = methodNotAllowed('GET', 'HEAD');
  router.get('/health', (_req, res) => {
    const { kind, isReachable, warnings } = deps.queue.health();
    sendJson(res, 200, {
      status: 'alive',
      version: deps.version,
      durability: deps.config.durability,
      queue: { kind, isReachable, warnings },
    });
  });
  router.get('/ready', (_req, res) => {
    const reason = deps.stopping?.aborted === true ? 'the service is stopping' : notReady(deps);
    if (reason === undefined) sendJson(res, 200, { status: 'ready' });
    else {
      res.setHeader('Retry-After', '1');
      sendJson(res, 503, { status: 'not ready', reason });
    }
  });
  router.get('/metrics', async (_req, res) => {
    const text = await deps.metrics.registry.metrics();
    res.setHeader('Content-Type', deps.metrics.registry.contentType);
    res.end(text);
  });
  for (const path of ['/health', '/ready', '/metrics']) router.all(path, refuse);
  return router;
}

function notReady(deps: ApiDeps): string | undefined {
  if (!deps.queue.health().isReachable) return 'the queue does not answer';
  return deps.notReady();
}
