/**
 * OGC API - Maps of the collections of EDR: the pictures of the WMS under addresses of the collection, its styles and its
 * instances. One parameter a picture, chosen by `properties` (or `parameter-name`), the first by default.
 */
import type { Request, RequestHandler, Response, Router } from 'express';
import { type EdrDeps, mayUse, requireCollection, requireRun, rootOf } from './edr/deps.js';
import { methodNotAllowed } from './errors.js';
import { mapQuery } from './map-query.js';
import { entityTag, isUnchanged, sendBytes, sendDocument } from './ogc/answer.js';
import { titleOf } from './ogc/collection-document.js';
import type { EdrCollection } from './ogc/edr-collections.js';
import { type Link, MEDIA, selfLinks } from './ogc/links.js';
import { readQueryValues } from './ogc/query.js';
import type { MapDeps } from './wms/deps.js';
import { drawMap } from './wms/draw.js';
import { fingerprint } from './wms/field-choice.js';
import { layerName } from './wms/layers.js';
import { getLegendGraphic } from './wms/legend.js';
import { readMapRequest } from './wms/map-request.js';
import { WmsQuery } from './wms/query.js';
import { STYLES, stylesOf } from './wms/style-names.js';

const REL = 'http://www.opengis.net/def/rel/ogc/1.0/';
const PNG = 'image/png';

/** Links that a collection gets; `base` is its address. */
export function mapLinks(_collection: EdrCollection, base: string): readonly Link[] {
  return [
    { rel: `${REL}map`, type: PNG, href: `${base}/map`, title: 'Map' },
    { rel: `${REL}styles`, type: MEDIA.json, href: `${base}/styles`, title: 'Styles of maps' },
  ];
}

function mapHandler(deps: EdrDeps, maps: MapDeps): RequestHandler {
  return async (req, res) => {
    const values = readQueryValues(req);
    const collection = await requireCollection(req, res, deps);
    const run = requireRun(req, collection);
    const style = req.params['styleId'];
    const asked = mapQuery(collection, run, values, style === undefined ? undefined : String(style));
    const query = new WmsQuery(asked.search);
    const request = await readMapRequest(maps, query, '1.3.0', mayUse(res, deps));
    const prints = request.layers.map(({ chosen }) => fingerprint(chosen));
    const tag = entityTag('map', ...prints, query.canonical());
    const bytes = await maps.pictures.get(tag, () => drawMap(maps, request, query));
    res.setHeader('Content-Crs', `<${asked.crsUri}>`);
    res.setHeader('Content-Bbox', asked.bbox);
    res.setHeader('Cache-Control', 'private, max-age=60');
    if (!isUnchanged(req, res, tag)) sendBytes(res, PNG, bytes);
  };
}

/** Every parameter in every style that it has, as `{parameter}.{style}`. */
function stylesDocument(collection: EdrCollection, base: string): object {
  const styles = collection.parameters.flatMap((parameter) =>
    stylesOf({ collection, parameter }).map((style) => {
      const id = `${parameter.key}.${style}`;
      const at = `${base}/styles/${encodeURIComponent(id)}`;
      return {
        id,
        title: `${parameter.ref.description || parameter.key}: ${STYLES[style].title}`,
        links: [
          { rel: `${REL}map`, type: PNG, href: `${at}/map`, title: 'Map' },
          { rel: `${REL}legend`, type: PNG, href: `${at}/legend`, title: 'Legend' },
        ],
      };
    }),
  );
  return {
    title: `Styles of ${titleOf(collection)}`,
    default: styles[0]?.id,
    styles,
    links: selfLinks(`${base}/styles`, 'Styles of maps'),
  };
}

function stylesHandler(deps: EdrDeps): RequestHandler {
  return async (req, res) => {
    const collection = await requireCollection(req, res, deps);
    const base = `${rootOf(req, deps)}/collections/${collection.id}`;
    const crumbs = [
      ['EDR', `${rootOf(req, deps)}?f=html`],
      [collection.id, `${base}?f=html`],
    ] as const;
    sendDocument(req, res, stylesDocument(collection, base), { values: readQueryValues(req), crumbs });
  };
}

function legendHandler(deps: EdrDeps, maps: MapDeps) {
  return async (req: Request, res: Response): Promise<void> => {
    const collection = await requireCollection(req, res, deps);
    const { parameter, style } = mapQuery(collection, undefined, readQueryValues(req), String(req.params['styleId']));
    const search = new URLSearchParams({ LAYER: layerName(collection, parameter), STYLE: style });
    await getLegendGraphic(maps, new WmsQuery(search), mayUse(res, deps), res);
  };
}

/** Routes of maps, to be added to the router of the collections. */
export function mapRoutes(deps: EdrDeps, maps: MapDeps): (router: Router) => void {
  return (router) => {
    const get = (path: string, handler: RequestHandler): void => {
      router.get(path, handler);
      router.all(path, methodNotAllowed('GET', 'HEAD'));
    };
    const parents = ['/collections/:collectionId', '/collections/:collectionId/instances/:instanceId'];
    for (const parent of parents) {
      get(`${parent}/map`, mapHandler(deps, maps));
      get(`${parent}/styles/:styleId/map`, mapHandler(deps, maps));
    }
    get('/collections/:collectionId/styles', stylesHandler(deps));
    get('/collections/:collectionId/styles/:styleId/legend', legendHandler(deps, maps));
  };
}
