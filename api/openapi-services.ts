/** OpenAPI operations of the surfaces beside Polytope and EDR: maps, Zarr, forecast, what operators ask, and the pages. */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import * as bodies from './openapi-schemas.js';

type Responses = RouteConfig['responses'];

const SECURED = [{ key: [] }];
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: bodies.problem } },
});
const of = (description: string, ...types: readonly string[]) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: z.string() }])),
});
const json = (schema: z.ZodType, description: string) => ({ description, content: { 'application/json': { schema } } });

const FAILURES: Responses = {
  400: problem('The request is not valid.'),
  401: problem('Credentials are missing or not accepted.'),
  404: problem('There is no such thing.'),
};
const PICTURE: Responses = { ...FAILURES, 200: of('The picture.', 'image/png'), 304: { description: 'Unchanged.' } };

const text = (description: string) => z.string().optional().describe(description);

const wmsQuery = z.object({
  service: text('WMS.'),
  request: text('GetCapabilities (the default), GetMap, GetFeatureInfo or GetLegendGraphic.'),
  version: text('1.3.0 or 1.1.1.'),
  layers: text('Layers, separated by commas, as the capabilities name them.'),
  styles: text('A style for each layer; empty: its own.'),
  crs: text('Reference system of the box (1.1.1: srs).'),
  bbox: text('Four numbers in the order of the reference system.'),
  width: text('Columns of the picture.'),
  height: text('Rows of the picture.'),
  format: text('image/png.'),
  time: text('Valid time.'),
  elevation: text('Level.'),
  dim_reference_time: text('Start of the run.'),
  query_layers: text('GetFeatureInfo: layers that are asked.'),
  info_format: text('GetFeatureInfo: text/plain, text/html, application/json and others of the capabilities.'),
  i: text('GetFeatureInfo: column of the point (1.1.1: x).'),
  j: text('GetFeatureInfo: row of the point (1.1.1: y).'),
});

const mapQuery = z.object({
  bbox: text('west,south,east,north in degrees, or in the system of bbox-crs.'),
  'bbox-crs': text('Reference system of the box.'),
  crs: text('Reference system of the picture.'),
  width: text('Columns of the picture.'),
  height: text('Rows of the picture.'),
  datetime: text('Valid time.'),
  z: text('Level.'),
  'parameter-name': text('The field to show.'),
  number: text('Member of an ensemble.'),
  f: text('Format of the answer.'),
});

const COLLECTION = z.object({ collectionId: z.string() });
const INSTANCE = COLLECTION.extend({ instanceId: z.string() });
const style = { styleId: z.string() };

const map = (path: string, summary: string, params: z.ZodObject): RouteConfig => ({
  method: 'get',
  path,
  tags: ['Maps'],
  security: SECURED,
  summary,
  request: { params, query: mapQuery },
  responses: PICTURE,
});

function mapRoutes(): RouteConfig[] {
  const collection = '/edr/collections/{collectionId}';
  const instance = `${collection}/instances/{instanceId}`;
  return [
    {
      method: 'get',
      path: '/wms',
      tags: ['Maps'],
      security: SECURED,
      summary: 'Web Map Service 1.3.0 and 1.1.1',
      description: 'Names of keys in any case. Errors are service exception reports, except those of credentials.',
      request: { query: wmsQuery },
      responses: {
        200: of(
          'What was asked for, or an exception report.',
          'image/png',
          'text/xml',
          'application/json',
          'text/plain',
        ),
        304: { description: 'Unchanged.' },
      },
    },
    map(`${collection}/map`, 'Map of a collection', COLLECTION),
    map(`${collection}/styles/{styleId}/map`, 'Map of a collection in a style', COLLECTION.extend(style)),
    map(`${instance}/map`, 'Map of a run', INSTANCE),
    map(`${instance}/styles/{styleId}/map`, 'Map of a run in a style', INSTANCE.extend(style)),
    {
      method: 'get',
      path: `${collection}/styles`,
      tags: ['Maps'],
      security: SECURED,
      summary: 'Styles of a collection',
      request: { params: COLLECTION },
      responses: { ...FAILURES, 200: json(z.object({ styles: z.array(z.looseObject({})) }), 'Styles.') },
    },
    map(`${collection}/styles/{styleId}/legend`, 'Legend of a style', COLLECTION.extend(style)),
  ];
}

function zarrRoutes(): RouteConfig[] {
  const stores = z.object({
    title: z.string(),
    stores: z.array(
      z.object({ collection: z.string(), run: z.string(), complete: z.boolean().optional(), href: z.string() }),
    ),
  });
  const listed: Responses = { ...FAILURES, 200: json(stores, 'Stores and where they are.') };
  const tags = ['Zarr'];
  return [
    { method: 'get', path: '/zarr', tags, security: SECURED, summary: 'Virtual Zarr stores', responses: listed },
    {
      method: 'get',
      path: '/zarr/{collectionId}',
      tags,
      security: SECURED,
      summary: 'Stores of a collection, one a run',
      request: { params: COLLECTION },
      responses: listed,
    },
    {
      method: 'get',
      path: '/zarr/{collectionId}/{run}/{key}',
      tags,
      security: SECURED,
      summary: 'A key of a store: metadata or a chunk (keys hold slashes)',
      request: { params: COLLECTION.extend({ run: z.string(), key: z.string() }) },
      responses: {
        ...FAILURES,
        200: of('The bytes of the key; ranges are served.', 'application/octet-stream', 'application/json'),
        206: of('A range of them.', 'application/octet-stream'),
        304: { description: 'Unchanged.' },
        404: { description: 'There is no such key: a chunk without a record, which reads as missing.' },
      },
    },
  ];
}

function forecastRoute(): RouteConfig {
  return {
    method: 'get',
    path: '/v1/forecast',
    tags: ['Forecast'],
    security: SECURED,
    summary: 'Values at places, hour by hour, as clients of Open-Meteo ask for them',
    request: {
      query: z.object({
        latitude: z.string().describe('Degrees north; several separated by commas.'),
        longitude: z.string().describe('Degrees east; as many as latitudes.'),
        hourly: text('Variables, separated by commas.'),
        models: text('Collection; absent: the first.'),
        forecast_hours: text('Hours from now.'),
        past_hours: text('Hours before now.'),
        start_hour: text('First time.'),
        end_hour: text('Last time.'),
        timeformat: text('iso8601 or unixtime.'),
        timezone: text('A name such as America/Toronto; absent or auto: GMT.'),
        temperature_unit: text('celsius or fahrenheit.'),
        wind_speed_unit: text('kmh, ms, mph or kn.'),
        precipitation_unit: text('mm or inch.'),
      }),
    },
    responses: {
      200: json(z.looseObject({ latitude: z.number(), longitude: z.number() }), 'An object, or a list of them.'),
      400: json(z.object({ error: z.literal(true), reason: z.string() }), 'What is wrong.'),
      401: json(z.object({ error: z.literal(true), reason: z.string() }), 'Credentials are missing or not accepted.'),
    },
  };
}

const page = (path: string, summary: string, type = 'text/html'): RouteConfig => ({
  method: 'get',
  path,
  tags: ['Pages'],
  summary,
  responses: { 200: of(summary, type) },
});

function operationRoutes(): RouteConfig[] {
  const tags = ['Operations'];
  const alive = z.object({
    status: z.literal('alive'),
    version: z.string(),
    durability: z.enum(['power', 'process']),
    queue: z.object({ kind: z.string(), isReachable: z.boolean(), warnings: z.array(z.string()) }),
  });
  const ready = z.object({ status: z.enum(['ready', 'not ready']), reason: z.string().optional() });
  return [
    {
      method: 'get',
      path: '/health',
      tags,
      security: SECURED,
      summary: 'Is the process alive, and what does it stand on?',
      responses: { 200: json(alive, 'Alive.'), 401: problem('Credentials are missing or not accepted.') },
    },
    {
      method: 'get',
      path: '/ready',
      tags,
      security: SECURED,
      summary: 'Can it take requests now?',
      responses: {
        200: json(ready, 'Yes.'),
        401: problem('Credentials are missing or not accepted.'),
        503: json(ready, 'No; the reason says why.'),
      },
    },
    {
      method: 'get',
      path: '/metrics',
      tags,
      summary: 'Metrics in the text format of Prometheus',
      responses: { 200: of('Metrics.', 'text/plain') },
    },
    {
      method: 'get',
      path: '/admin/queues',
      tags,
      security: SECURED,
      summary: 'Dashboard of the queue, for the admin role',
      responses: {
        200: of('The dashboard.', 'text/html'),
        401: problem('Credentials are missing or not accepted.'),
        403: problem('The caller has not the role.'),
      },
    },
  ];
}

/** Every operation that is not of the Polytope or EDR documents. */
export function serviceRoutes(): RouteConfig[] {
  const type = 'application/vnd.oai.openapi+json';
  return [
    ...mapRoutes(),
    ...zarrRoutes(),
    forecastRoute(),
    ...operationRoutes(),
    page('/', 'The page to look at the data'),
    page('/favicon.svg', 'Its icon', 'image/svg+xml'),
    { ...page('/assets/{file}', 'Its scripts and styles', 'text/javascript'), request: { params: FILE } },
    page('/docs', 'The readable form of these documents'),
    page('/docs/start.js', 'Its script', 'text/javascript'),
    page('/openapi.json', 'This document in OpenAPI 3.0', type),
    page('/openapi-3.1.json', 'This document in OpenAPI 3.1', type),
  ];
}

const FILE = z.object({ file: z.string() });
