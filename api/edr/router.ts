/** EDR over HTTP: documents, lists and queries below `/edr`, with and without a slash at the end. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { FeatureError } from '../../schemas/problem.js';
import type { Surface } from '../context.js';
import { errorHandler, methodNotAllowed, notFoundHandler } from '../errors.js';
import { leaving } from '../leaving.js';
import { entityTag, isUnchanged, openToAll, sendDocument } from '../ogc/answer.js';
import { readBbox, readDatetime } from '../ogc/choices.js';
import { collectionDocument, collectionsDocument, instancesDocument, titleOf } from '../ogc/collection-document.js';
import { readCrs } from '../ogc/crs.js';
import { chooseFormat, sendAnswer } from '../ogc/data-formats.js';
import { type EdrCollection, type EdrRun, edrCollections } from '../ogc/edr-collections.js';
import { bboxOf, runsFor, validTimes } from '../ogc/extents.js';
import { conformanceDocument, landingDocument } from '../ogc/landing.js';
import { MEDIA } from '../ogc/links.js';
import { edrOpenApi } from '../ogc/openapi-edr.js';
import { type QueryValues, readQueryValues } from '../ogc/query.js';
import { baseUrl } from '../reply.js';
import { answerQuery, readAsk } from './data-query.js';
import { documentContext, EDR_PATH, type EdrDeps, mayUse, requireCollection, requireRun, rootOf } from './deps.js';
import { locationsDocument, readPaging, requireLocation } from './locations.js';
import { QUERY_TYPES, type QueryType } from './query-features.js';

type Crumbs = readonly (readonly [title: string, href: string])[];

function crumbsOf(root: string, ...names: readonly string[]): Crumbs {
  const paths = names.map((_, n) => `/${names.slice(0, n + 1).join('/')}`);
  return [['EDR', `${root}?f=html`], ...names.map((name, n) => [name, `${root}${paths[n]}?f=html`] as const)];
}

/** Whether an extent meets `bbox` and `datetime`; `run` undefined for the collection itself. */
function filterOf(values: QueryValues): (collection: EdrCollection, run: EdrRun | undefined) => boolean {
  const text = values.get('bbox');
  const box = text === undefined ? undefined : readBbox(text);
  const time = readDatetime(values.get('datetime'));
  return (collection, run) => {
    if (time !== undefined && !validTimes(runsFor(collection, run)).some(time)) return false;
    if (box === undefined) return true;
    const [west, south, east, north] = bboxOf(collection);
    const width = (west > east ? east + 360 : east) - west;
    const shift = 360 * Math.ceil((box.west - (west + width)) / 360 - 1e-12);
    return south <= box.north && north >= box.south && west + shift <= box.east;
  };
}

/** Handlers of one kind of query: for a collection and for an instance. */
function dataHandler(type: QueryType, deps: EdrDeps): RequestHandler {
  return async (req, res) => {
    const values = readQueryValues(req);
    const collection = await requireCollection(req, res, deps);
    const run = requireRun(req, collection);
    const base = baseUrl(req, deps.config.http.publicUrl);
    if (type === 'locations' && req.params['locationId'] === undefined)
      return sendLocations(req, res, collection, values, deps);
    const location =
      type === 'locations' ? await requireLocation(collection, String(req.params['locationId'])) : undefined;
    const format = chooseFormat(req, values, deps.formats);
    res.vary('Accept');
    const ask = readAsk(collection, run, values, deps);
    const tag = entityTag(collection.cube.version, req.originalUrl, format.name);
    const answer = await jobHint(base, collection, () =>
      answerQuery(type, { ask, values, deps, signal: leaving(res), ...(location === undefined ? {} : { location }) }),
    );
    if (isUnchanged(req, res, tag)) return;
    if (answer.coverages.length === 0) {
      res.status(204).end();
      return;
    }
    const query = `${base}${req.originalUrl}`;
    res.setHeader('Link', `<${query}>; rel="self"; type="${format.media}"`);
    const meta = values.get('meta')?.toLowerCase() === 'true';
    await sendAnswer(res, format, answer, { query, title: titleOf(collection), meta });
  };
}

/** Points a query that is too large to the job API. */
export async function jobHint<T>(base: string, { polytope }: EdrCollection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FeatureError) || error.code !== 'too_large') throw error;
    const hint = `Larger requests are taken as jobs: POST ${base}/api/v2/${encodeURIComponent(polytope)}/requests.`;
    throw new FeatureError('too_large', `${error.message} ${hint}`, { data: error.data, cause: error.cause });
  }
}

async function sendLocations(
  req: Request,
  res: Response,
  collection: EdrCollection,
  values: QueryValues,
  deps: EdrDeps,
): Promise<void> {
  const root = rootOf(req, deps);
  const path = req.path.replace(/\/+$/, '');
  readCrs(values.get('crs'));
  const text = values.get('bbox');
  const box = text === undefined ? undefined : readBbox(text);
  const wanted = readDatetime(values.get('datetime'));
  const times = validTimes(runsFor(collection, requireRun(req, collection)));
  const iso = (ms: number | undefined): string => new Date(ms ?? 0).toISOString().replace('.000', '');
  const paging = readPaging(values);
  // every place has the times of the collection: all of them meet a choice of times, or none does
  const meets = wanted === undefined || times.some(wanted);
  const filter = { ...paging, none: !meets, ...(box === undefined ? {} : { box }) };
  const kept = new URLSearchParams([...values].filter(([key]) => key !== 'limit' && key !== 'offset'));
  const span = `${iso(times[0])}/${iso(times.at(-1))}`;
  const document = await locationsDocument(collection, `${root}${path}`, span, filter, kept);
  const crumbs = crumbsOf(root, ...path.slice(1).split('/'));
  sendDocument(req, res, document, { values, crumbs, type: MEDIA.geojson });
}

function addDocuments(router: Router, deps: EdrDeps): void {
  const title = 'Polyfst';
  const get = (path: string, handler: RequestHandler): void => {
    router.get(path, handler);
    router.all(path, methodNotAllowed('GET', 'HEAD'));
  };
  get('/', (req, res) => {
    const root = rootOf(req, deps);
    sendDocument(req, res, landingDocument(root, title), { values: readQueryValues(req), crumbs: crumbsOf(root) });
  });
  get('/conformance', (req, res) => {
    const root = rootOf(req, deps);
    sendDocument(req, res, conformanceDocument(root), {
      values: readQueryValues(req),
      crumbs: crumbsOf(root, 'conformance'),
    });
  });
  get('/api', (req, res) => {
    const root = rootOf(req, deps);
    const document = edrOpenApi(root, deps);
    sendDocument(req, res, document, {
      values: readQueryValues(req),
      crumbs: crumbsOf(root, 'api'),
      type: MEDIA.openapi30,
    });
  });
  get('/collections', async (req, res) => {
    const values = readQueryValues(req);
    const isShown = filterOf(values);
    const all = await edrCollections(deps.catalogue, mayUse(res, deps));
    const collections = all.filter((collection) => isShown(collection, undefined));
    const context = documentContext(req, deps);
    sendDocument(req, res, collectionsDocument(context, collections), {
      values,
      crumbs: crumbsOf(context.root, 'collections'),
    });
  });
  get('/collections/:collectionId', async (req, res) => {
    const collection = await requireCollection(req, res, deps);
    const context = documentContext(req, deps);
    const crumbs = crumbsOf(context.root, 'collections', collection.id);
    sendDocument(req, res, collectionDocument(context, collection), { values: readQueryValues(req), crumbs });
  });
  get('/collections/:collectionId/instances', async (req, res) => {
    const collection = await requireCollection(req, res, deps);
    const context = documentContext(req, deps);
    const crumbs = crumbsOf(context.root, 'collections', collection.id, 'instances');
    const values = readQueryValues(req);
    const isShown = filterOf(values);
    const runs = collection.runs.filter((run) => isShown(collection, run));
    sendDocument(req, res, instancesDocument(context, collection, runs), { values, crumbs });
  });
  get('/collections/:collectionId/instances/:instanceId', async (req, res) => {
    const collection = await requireCollection(req, res, deps);
    const run = requireRun(req, collection)!;
    const context = documentContext(req, deps);
    const crumbs = crumbsOf(context.root, 'collections', collection.id, 'instances', run.id);
    sendDocument(req, res, collectionDocument(context, collection, run), { values: readQueryValues(req), crumbs });
  });
}

function addQueries(router: Router, deps: EdrDeps): void {
  for (const parent of ['/collections/:collectionId', '/collections/:collectionId/instances/:instanceId']) {
    for (const type of QUERY_TYPES) {
      const paths =
        type === 'locations' ? [`${parent}/locations`, `${parent}/locations/:locationId`] : [`${parent}/${type}`];
      for (const path of paths) {
        router.get(path, dataHandler(type, deps));
        router.all(path, methodNotAllowed('GET', 'HEAD'));
      }
    }
  }
}

/** The surface below `/edr`; `more` adds routes of the same dialect. */
export function edrSurface(deps: EdrDeps, ...more: readonly ((router: Router) => void)[]): Surface {
  const router = Router({ caseSensitive: true, strict: false });
  router.use(openToAll);
  addDocuments(router, deps);
  addQueries(router, deps);
  for (const add of more) add(router);
  router.use(notFoundHandler(`There is nothing at this address; ${EDR_PATH}/collections lists what there is.`));
  router.use(errorHandler('ogc', deps.logger));
  return { path: EDR_PATH, router };
}
