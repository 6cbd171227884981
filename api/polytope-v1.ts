/**
 * Polytope API v1, as ECMWF's Python client uses it: submit (202), poll (202, then 303 to a signed address), list, revoke.
 * What that client cannot bear shapes the answers: bodies of strings, exact types and lengths, no 5xx but 529.
 */
import { type NextFunction, type Request, type Response, Router } from 'express';
import { isJobId, type JobRecord, userId } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import { acceptRequest, requireCollection, visibleCollections } from './accept.js';
import type { Admission } from './admission.js';
import type { Authenticator } from './auth.js';
import { withAcceptedFormat } from './binary-accept.js';
import { type ApiDeps, callerOf } from './context.js';
import { deliver, v1ContentType } from './deliver.js';
import { downloadEnd } from './download-end.js';
import { errorHandler, methodNotAllowed, notFoundHandler, RETRY_SECONDS } from './errors.js';
import type { KnownBodies } from './fast-answers.js';
import { keepResult } from './kept-answers.js';
import { leaving } from './leaving.js';
import { endError, findOwn, requireOwn, restOfPath, unknownRequest } from './own-request.js';
import { parseV1Body } from './polytope-body.js';
import { baseUrl, sendJson } from './reply.js';
import { bodyBytes, requestBody } from './request-body.js';
import { messageOf, requestRecord } from './request-record.js';
import { judgePath, signedPath } from './signing.js';
import type { Waiting } from './waiting.js';

export interface PolytopeParts {
  readonly auth: Authenticator;
  readonly admission: Admission;
  readonly waiting: Waiting;
  /** bodies of submits whose answers are kept */
  readonly known?: KnownBodies;
}

const READ = ['GET', 'HEAD'] as const;
const REVOKED_AT_ONCE = 32;

export function polytopeV1(deps: ApiDeps, parts: PolytopeParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const authenticate = parts.auth.handler();
  const routes = new V1(deps, parts);
  router.get('/test', (_req, res) => sendJson(res, 200, { message: 'Polytope server is alive' }));
  router.all('/test', methodNotAllowed(...READ));
  router.use('/downloads', (req, res, next) => routes.download(req, res, next));
  router.use(authenticate);
  router.get('/collections', (_req, res) => routes.collections(res));
  router.all('/collections', methodNotAllowed(...READ));
  router.get('/user', (_req, res) => routes.user(res));
  router.all('/user', methodNotAllowed(...READ));
  router.get('/requests', (req, res) => routes.list(req, res, undefined));
  router.all('/requests', methodNotAllowed(...READ));
  router.use('/requests', routes.requests());
  router.use('/uploads', (_req, res) => {
    res.setHeader('Deprecation', 'true');
    throw new FeatureError('gone', 'Archiving is not offered; this service only reads.');
  });
  router.use(notFoundHandler());
  router.use(errorHandler('v1', deps.logger));
  return router;
}

class V1 {
  readonly #deps: ApiDeps;
  readonly #parts: PolytopeParts;

  constructor(deps: ApiDeps, parts: PolytopeParts) {
    this.#deps = deps;
    this.#parts = parts;
  }

  collections(res: Response): void {
    sendJson(res, 200, { message: visibleCollections(this.#deps, callerOf(res)) });
  }

  user(res: Response): void {
    const user = callerOf(res);
    const live = this.#deps.queue.unfinished(userId(user));
    sendJson(res, 200, { username: user.name, realm: user.realm, 'live requests': String(live) });
  }

  /** Requests of the caller that are not revoked; of one collection where it is named. */
  async list(req: Request, res: Response, collection: string | undefined): Promise<void> {
    const base = baseUrl(req, this.#deps.config.http.publicUrl);
    const all = await this.#deps.queue.list(userId(callerOf(res)));
    const records = all
      .filter(({ job, state }) => state !== 'cancelled' && (collection === undefined || job.collection === collection))
      .map((record) => requestRecord(record, `${base}/api/v1/requests/${record.job.id}`));
    sendJson(res, 200, { message: records });
  }

  /** Everything below `/requests/`: the segment is a collection or an id, and is decoded here so that any text is one. */
  requests(): Router {
    const router = Router({ caseSensitive: true, strict: true });
    const body = requestBody(this.#deps.config.limits.bodyBytes);
    const refuse = methodNotAllowed('GET', 'HEAD', 'POST', 'DELETE');
    router.use((req, res, next) => {
      const name = restOfPath(req);
      if (req.method === 'POST') {
        // Judged before the body is read: a wrong collection costs nothing.
        requireCollection(this.#deps, callerOf(res), name);
        next();
      } else if (req.method === 'GET' || req.method === 'HEAD') return this.#getOne(req, res, name);
      else if (req.method === 'DELETE') return this.#revoke(res, name);
      else return refuse(req, res, next);
    });
    router.use(...body, (req: Request, res: Response) => this.#submit(req, res, restOfPath(req) ?? ''));
    return router;
  }

  async #submit(req: Request, res: Response, collection: string): Promise<void> {
    const { config } = this.#deps;
    const body = withAcceptedFormat(parseV1Body(bodyBytes(req.body), config.limits), req.get('Accept'));
    const submission = { user: callerOf(res), collection, body, idempotencyKey: req.get('Idempotency-Key') };
    const record = await acceptRequest(this.#deps, this.#parts.admission, submission, leaving(res));
    // Always 202, whatever the state is already: the client takes anything else for the data itself.
    this.#pending(req, res, record, { message: 'Request queued', status: 'queued' });
  }

  async #getOne(req: Request, res: Response, name: string | undefined): Promise<void> {
    if (name === '') return this.list(req, res, undefined);
    const isCollection = this.#deps.planner.collections().some((collection) => collection.name === name);
    if (isCollection) return this.list(req, res, name);
    const first = await requireOwn(this.#deps, callerOf(res), name);
    const record = await this.#parts.waiting.until('any', first, res);
    if (record === undefined) throw unknownRequest();
    if (res.closed) return;
    if (record.state === 'queued' || record.state === 'processing') {
      this.#pending(req, res, record, { message: messageOf(record), status: record.state });
    } else this.#finished(req, res, record);
  }

  #pending(req: Request, res: Response, record: JobRecord, body: { message: string; status: string }): void {
    const base = baseUrl(req, this.#deps.config.http.publicUrl);
    res.setHeader('Location', `${base}/api/v1/requests/${record.job.id}`);
    res.setHeader('Retry-After', String(RETRY_SECONDS));
    sendJson(res, 202, body);
  }

  #finished(req: Request, res: Response, record: JobRecord): void {
    const ref = record.result?.ok === true ? record.result.ref : undefined;
    if (record.state !== 'processed' || ref === undefined) {
      const error = endError(record);
      // A request that failed is told as 400, whatever its code would be elsewhere.
      if (record.state !== 'failed') throw error;
      res.setHeader('X-Error-Code', error.code);
      sendJson(res, 400, { message: error.message });
      return;
    }
    const { config, signingKeys, now } = this.#deps;
    const expiresAt = downloadEnd(record, config.limits, now());
    const download = { id: record.job.id, attempt: ref.attempt, user: record.job.user };
    const location = baseUrl(req, config.http.publicUrl) + signedPath(download, expiresAt, signingKeys);
    res.setHeader('Location', location);
    sendJson(res, 303, { contentLength: ref.bytes, contentType: v1ContentType(ref), location });
  }

  /** DELETE of one id, or of `all`. An id that is not the caller's revokes nothing, like an unknown one. */
  async #revoke(res: Response, name: string | undefined): Promise<void> {
    const { queue } = this.#deps;
    const user = callerOf(res);
    let count = 0;
    if (name?.toLowerCase() === 'all') {
      const own = (await queue.list(userId(user))).filter(({ state }) => state !== 'cancelled');
      // Some at a time: they share the waits for the disk.
      for (let from = 0; from < own.length; from += REVOKED_AT_ONCE) {
        const some = own.slice(from, from + REVOKED_AT_ONCE);
        const done = await Promise.all(some.map(({ job }) => queue.cancel(job.id)));
        count += done.filter(Boolean).length;
      }
    } else {
      const record = await findOwn(this.#deps, user, name);
      if (record !== undefined && (await queue.cancel(record.job.id))) count = 1;
    }
    sendJson(res, 200, { message: `Successfully revoked ${count} requests` });
  }

  /** The data, for whoever has the signed address. */
  async download(req: Request, res: Response, next: NextFunction): Promise<void> {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      await methodNotAllowed(...READ)(req, res, next);
      return;
    }
    const { queue, now, signingKeys, store } = this.#deps;
    const id = req.path.slice(1);
    const record = isJobId(id) ? await queue.get(id) : undefined;
    const unknown = new FeatureError('not_found', 'There is no such download; poll the request for its address.');
    if (record === undefined) throw unknown;
    const ref = record.result?.ok === true ? record.result.ref : undefined;
    if (record.state !== 'processed' || ref === undefined) throw unknown;
    const download = { id, attempt: ref.attempt, user: record.job.user };
    const verdict = judgePath(req.originalUrl, download, now(), signingKeys);
    if (verdict === 'bad') throw unknown;
    if (verdict === 'late')
      throw new FeatureError('gone', 'The address is no longer good; poll the request for a new one.');
    const bytes = await deliver(req, res, { id, ref, contentType: v1ContentType(ref) }, store);
    await keepResult(this.#deps, record, bytes);
  }
}
