/**
 * Polytope API v2: a submit blocks until the answer is there, by redirecting to itself (303) while it waits; on request it
 * answers 202 at once. Besides: list, status (JSON or events), dry run, idempotency key, revoke.
 */
import { type Request, type Response, Router } from 'express';
import type { JobRecord } from '../schemas/job.js';
import { userId } from '../schemas/job.js';
import { acceptRequest, priceRequest, requireCollection, type Submission, visibleCollections } from './accept.js';
import { AnswerCache } from './answer-cache.js';
import { binaryFormat, withAcceptedFormat } from './binary-accept.js';
import { type ApiDeps, callerOf, type PricedRequest } from './context.js';
import { deliver } from './deliver.js';
import { errorHandler, methodNotAllowed, notFoundHandler, RETRY_SECONDS } from './errors.js';
import { keepResult, sendKept } from './kept-answers.js';
import { leaving } from './leaving.js';
import { endError, requireOwn, restOfPath, unknownRequest } from './own-request.js';
import { parseV2Body } from './polytope-body.js';
import type { PolytopeParts } from './polytope-v1.js';
import { prefixOf, sendJson } from './reply.js';
import { bodyBytes, requestBody } from './request-body.js';
import { sendStatus, statusOf } from './request-status.js';

const READ = ['GET', 'HEAD'] as const;

export function polytopeV2(deps: ApiDeps, parts: PolytopeParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const routes = new V2(deps, parts);
  router.get('/health', (_req, res) => {
    res.setHeader('Content-Type', 'text/plain');
    res.end('Polytope server is alive');
  });
  router.all('/health', methodNotAllowed(...READ));
  router.use(parts.auth.handler());
  router.get('/collections', (_req, res) => {
    sendJson(res, 200, { collections: visibleCollections(deps, callerOf(res)) });
  });
  router.all('/collections', methodNotAllowed(...READ));
  router.get('/requests', (_req, res) => routes.list(res));
  router.post('/requests', notFoundHandler('Name a collection: POST /api/v2/{collection}/requests.'));
  router.all('/requests', methodNotAllowed(...READ));
  router.use('/requests', (req, res, next) => routes.one(req, res, next));
  router.post('/:collection/requests', (req, res, next) => {
    requireCollection(deps, callerOf(res), req.params.collection);
    next();
  });
  router.post('/:collection/requests', ...requestBody(deps.config.limits.bodyBytes), (req: Request, res: Response) =>
    routes.submit(req, res, String(req.params['collection'])),
  );
  router.all('/:collection/requests', methodNotAllowed('POST'));
  router.use(notFoundHandler());
  router.use(errorHandler('v2', deps.logger));
  return router;
}

/** `?dry-run`, `?dry-run=1`; 0, false and no mean what they say. */
function isDryRun(req: Request): boolean {
  const value: unknown = req.query['dry-run'];
  return value !== undefined && !/^(0|false|no)$/i.test(String(value));
}

/** Whether a preference is among those of RFC 7240. */
function prefers(req: Request, preference: string): boolean {
  const header = req.get('Prefer') ?? '';
  return header.split(/[,;]/, 20).some((one) => one.trim().toLowerCase() === preference);
}

class V2 {
  readonly #deps: ApiDeps;
  readonly #parts: PolytopeParts;
  readonly #refuse = methodNotAllowed('GET', 'HEAD', 'DELETE');
  readonly #refuseStatus = methodNotAllowed('GET', 'HEAD');

  constructor(deps: ApiDeps, parts: PolytopeParts) {
    this.#deps = deps;
    this.#parts = parts;
  }

  async list(res: Response): Promise<void> {
    const { queue, now } = this.#deps;
    const records = await queue.list(userId(callerOf(res)));
    const requests = records
      .filter(({ state }) => state !== 'cancelled')
      .map((record) => statusOf(record, queue.position(record.job.id), now(), this.#addressOf(record)));
    sendJson(res, 200, { requests });
  }

  async submit(req: Request, res: Response, collection: string): Promise<void> {
    const accept = req.get('Accept');
    const body = withAcceptedFormat(parseV2Body(bodyBytes(req.body), this.#deps.config.limits), accept);
    res.vary('Accept');
    const user = callerOf(res);
    if (isDryRun(req)) {
      const { summary } = await this.#deps.planner.price(collection, body, leaving(res));
      sendJson(res, 200, summary);
      return;
    }
    const idempotencyKey = req.get('Idempotency-Key');
    const isAsync = prefers(req, 'respond-async');
    const asked = { user, collection, body, idempotencyKey };
    const { admission } = this.#parts;
    const priced = await priceRequest(this.#deps, admission, asked, leaving(res));
    // A request that asks for a record, to repeat it or to come back for it, gets one; the others only their answer.
    if (idempotencyKey === undefined && !isAsync) {
      await this.#answerOnce(req, res, { ...asked, priced });
      return;
    }
    const record = await acceptRequest(this.#deps, admission, { ...asked, priced }, leaving(res));
    if (isAsync) {
      res.setHeader('Preference-Applied', 'respond-async');
      res.setHeader('Retry-After', String(RETRY_SECONDS));
      this.#pointTo(res, 202, record);
    } else await this.#answer(req, res, record);
  }

  /** A plain request: the kept answer of an equal one, also of one that is worked on right now, or a job. */
  async #answerOnce(
    req: Request,
    res: Response,
    asked: Submission & { readonly priced: PricedRequest },
  ): Promise<void> {
    const { answers } = this.#deps;
    const { collection, priced } = asked;
    if (this.#sendKept(req, res, collection, priced)) return;
    const key = answers?.maxBytes === 0 ? undefined : AnswerCache.keyOf({ ...priced, collection });
    const isFollower = answers !== undefined && key !== undefined && (await answers.followed(key));
    if (res.closed && isFollower) return;
    if (isFollower && this.#sendKept(req, res, collection, priced)) return;
    const through = isFollower || key === undefined ? undefined : () => answers?.done(key);
    try {
      const record = await acceptRequest(this.#deps, this.#parts.admission, asked, leaving(res));
      await this.#answer(req, res, record, through);
    } finally {
      through?.();
    }
  }

  /** The answer that an equal request had, without a job; false when there is none. */
  #sendKept(req: Request, res: Response, collection: string, priced: PricedRequest): boolean {
    const { answers } = this.#deps;
    const { request, indexVersion } = priced;
    if (answers === undefined || indexVersion === undefined) return false;
    const key = AnswerCache.keyOf({ collection, request, indexVersion });
    const answer = answers.find(key);
    if (key === undefined || answer === undefined) return false;
    // the same body with another `Accept` is another request
    if (binaryFormat(req.get('Accept')) === undefined) {
      this.#parts.known?.keep(collection, bodyBytes(req.body), key, indexVersion);
    }
    sendKept(res, answer);
    this.#deps.metrics.cacheHits.inc();
    return true;
  }

  /** Everything below `/requests/`: an id, or an id and `/status`. The segment is decoded here, so that any text is one. */
  async one(req: Request, res: Response, next: () => void): Promise<void> {
    const status = req.path.endsWith('/status');
    const reads = req.method === 'GET' || req.method === 'HEAD';
    if (!reads && (status || req.method !== 'DELETE')) {
      await (status ? this.#refuseStatus : this.#refuse)(req, res, next);
      return;
    }
    const record = await requireOwn(this.#deps, callerOf(res), restOfPath(req, status ? '/status' : ''));
    if (req.method === 'DELETE') {
      await this.#deps.queue.cancel(record.job.id);
      sendJson(res, 200, { id: record.job.id, status: 'cancelled' });
    } else if (status) await sendStatus(req, res, this.#deps, record, this.#addressOf(record));
    else await this.#answer(req, res, record);
  }

  /** The outcome of a request: data, error, or, after the wait, the redirect to itself. */
  /** `kept` is called as soon as the answer is kept, before it is delivered. */
  async #answer(req: Request, res: Response, first: JobRecord, kept?: () => void): Promise<void> {
    const record = await this.#parts.waiting.until('end', first, res);
    if (record === undefined) throw unknownRequest();
    if (res.closed) return;
    if (record.state === 'queued' || record.state === 'processing') {
      res.setHeader('X-Bits-Pending-Status', record.state);
      this.#pointTo(res, 303, record);
      return;
    }
    const ref = record.result?.ok === true ? record.result.ref : undefined;
    if (record.state !== 'processed' || ref === undefined) throw endError(record);
    res.setHeader('Content-Location', this.#addressOf(record));
    const keeping = keepResult(this.#deps, record).then(kept);
    await deliver(req, res, { id: record.job.id, ref, contentType: ref.contentType }, this.#deps.store);
    await keeping;
  }

  #pointTo(res: Response, status: 202 | 303, record: JobRecord): void {
    const location = this.#addressOf(record);
    res.setHeader('Location', location);
    sendJson(res, status, { id: record.job.id, location, status: record.state });
  }

  #addressOf(record: JobRecord): string {
    return `${prefixOf(this.#deps.config.http.publicUrl)}/api/v2/requests/${record.job.id}`;
  }
}
