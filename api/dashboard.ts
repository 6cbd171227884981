/**
 * The dashboard of the queue at /admin/queues: bull-board, for callers with the admin role. It only shows; the journal is
 * the truth about requests, and a job that was moved or removed behind its back would come again.
 */
import { type RequestHandler, Router } from 'express';
import { FeatureError } from '../schemas/problem.js';
import { type ApiDeps, callerOf } from './context.js';
import { errorHandler, methodNotAllowed, notFoundHandler } from './errors.js';
import { prefixOf } from './reply.js';
import { PAGE_POLICY } from './security.js';

export const DASHBOARD_PATH = '/admin/queues';

/** Denied to everyone without the role, whatever is asked for. */
function adminsOnly(role: string): RequestHandler {
  return (_req, res, next) => {
    if (!callerOf(res).roles.includes(role)) {
      throw new FeatureError('forbidden', `The dashboard needs the role ${role}; ask the operator for it.`);
    }
    next();
  };
}

/** The board's router, loaded when somebody looks at it for the first time. `show` gives it the queue to show. */
async function loadBoard(basePath: string) {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]);
  const adapter = new ExpressAdapter();
  adapter.setBasePath(basePath);
  // Its own types disagree on an optional member.
  const serverAdapter = adapter as unknown as Parameters<typeof createBullBoard>[0]['serverAdapter'];
  const board = createBullBoard({ queues: [], serverAdapter, options: { uiConfig: { boardTitle: 'Polyfst' } } });
  let shown: unknown;
  return {
    router: adapter.getRouter() as Router,
    show(queue: unknown): void {
      if (queue !== shown) board.setQueues([new BullMQAdapter(queue as never, { readOnlyMode: true })]);
      shown = queue;
    },
  };
}

/** To be mounted at DASHBOARD_PATH behind authentication. */
export function dashboard(deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true, strict: false });
  let loading: ReturnType<typeof loadBoard> | undefined;
  router.use(adminsOnly(deps.config.auth.adminRole));
  router.use(async (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return methodNotAllowed('GET', 'HEAD')(req, res, next);
    loading ??= loadBoard(prefixOf(deps.config.http.publicUrl) + DASHBOARD_PATH);
    const board = await loading;
    // A backend that was out of reach comes back with another queue object.
    board.show(deps.queue.scheduler());
    res.setHeader('Content-Security-Policy', PAGE_POLICY);
    board.router(req, res, next);
  });
  router.use(notFoundHandler());
  router.use(errorHandler('ogc', deps.logger));
  return router;
}
