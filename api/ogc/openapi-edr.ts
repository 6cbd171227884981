/** The OpenAPI 3.0 document of the EDR resources: every query of a collection and of an instance with its parameters. */
import type { EdrDeps } from '../edr/deps.js';
import { MOST_LOCATIONS } from '../edr/locations.js';
import { KM, QUERY_TYPES, type QueryType } from '../edr/query-features.js';
import { MEDIA } from './links.js';
import { mapPaths } from './openapi-maps.js';

type Json = { readonly [key: string]: unknown };

interface ParameterRow {
  readonly description: string;
  readonly schema: Json;
  readonly example?: string;
}

const text: Json = { type: 'string' };
const number: Json = { type: 'number', minimum: 0 };
const count: Json = { type: 'integer', minimum: 0 };

const ROWS: Readonly<Record<string, ParameterRow>> = {
  coords: {
    description: 'Well-known text, longitude first.',
    schema: text,
    example: 'POINT(-73.6 45.5)',
  },
  bbox: {
    description:
      'west,south,east,north in degrees, or six numbers with levels; west beyond east crosses the date line.',
    schema: {
      type: 'array',
      oneOf: [
        { minItems: 4, maxItems: 4 },
        { minItems: 6, maxItems: 6 },
      ],
      items: { type: 'number' },
    },
  },
  datetime: {
    description: 'Instant, list of instants, or interval closed at both ends with .. for an open one, ISO 8601 in UTC.',
    schema: text,
  },
  z: { description: 'Level, list of levels, interval such as 100/550, or R<n>/start/step.', schema: text },
  'parameter-name': {
    description: 'Keys of parameter_names, separated by commas; absent: all.',
    schema: { type: 'array', items: text },
  },
  number: { description: 'Members of the ensemble: number, list or interval.', schema: text },
  crs: { description: 'CRS84; EPSG:4326 is read longitude first as well.', schema: text },
  f: { description: 'Format of the answer; decides before Accept.', schema: text },
  within: { description: 'Radius around the point.', schema: number },
  'within-units': { description: 'Unit of the radius.', schema: { type: 'string', enum: Object.keys(KM) } },
  'corridor-width': { description: 'Whole width, centred on the line.', schema: number },
  'width-units': { description: 'Unit of the width.', schema: { type: 'string', enum: Object.keys(KM) } },
  'corridor-height': { description: 'Whole height, centred on the line, in the unit of the levels.', schema: number },
  'height-units': { description: 'Unit of the height, that of the levels.', schema: text },
  'resolution-x': {
    description: 'Number of columns, or of positions across a corridor; 0 or absent: those of the grid.',
    schema: count,
  },
  'resolution-y': { description: 'Number of rows; 0 or absent: those of the grid.', schema: count },
  'resolution-z': { description: 'Number of levels out of those of the data; 0 or absent: all.', schema: count },
  domain: {
    description: 'grid: rows and columns also where the grid is not straight; multipoint: a list of points.',
    schema: { type: 'string', enum: ['grid', 'multipoint'] },
  },
  limit: {
    description: 'Most places in the list.',
    schema: { type: 'integer', minimum: 1, maximum: MOST_LOCATIONS, default: MOST_LOCATIONS },
  },
  offset: { description: 'Places left out at the start of the list.', schema: { ...count, default: 0 } },
  meta: { description: 'true: lines about the answer before the header of a CSV.', schema: { type: 'boolean' } },
  properties: { description: 'Fields, separated by commas; absent: all.', schema: { type: 'array', items: text } },
  subset: {
    description: 'Parts of axes, such as Lat(40:50),Lon(-80:-70),pressure(850),time("2025-01-15T00:00:00Z").',
    schema: text,
  },
  'scale-factor': { description: 'Every axis is made shorter by this factor.', schema: number },
  'scale-axes': { description: 'Factors of axes, such as Lon(2),Lat(2).', schema: text },
  'scale-size': { description: 'Numbers of columns and rows, such as Lon(100),Lat(80).', schema: text },
};

function parameter(name: string, required: boolean): Json {
  const { description, schema, example } = ROWS[name]!;
  return {
    name,
    in: 'query',
    description,
    required,
    style: 'form',
    explode: false,
    schema,
    ...(example === undefined ? {} : { example }),
  };
}

const pathParameter = (name: string, description: string): Json => ({
  name,
  in: 'path',
  description,
  required: true,
  schema: text,
});

const COLLECTION = pathParameter('collectionId', 'Id of a collection.');
const INSTANCE = pathParameter('instanceId', 'Base time of a run, YYYYMMDDTHHMMSSZ.');
const LOCATION = pathParameter('locationId', 'Id of a place.');

const COMMON = ['datetime', 'parameter-name', 'crs', 'f'] as const;

/** Query parameters of each kind of query, and which of them must be there. */
const QUERIES: Readonly<
  Record<QueryType, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  position: { required: ['coords'], optional: ['z', ...COMMON, 'number', 'meta'] },
  radius: { required: ['coords', 'within', 'within-units'], optional: ['z', ...COMMON, 'number', 'meta'] },
  area: { required: ['coords'], optional: ['z', ...COMMON, 'number', 'meta'] },
  cube: {
    required: ['bbox'],
    optional: ['z', ...COMMON, 'number', 'resolution-x', 'resolution-y', 'resolution-z', 'domain', 'meta'],
  },
  trajectory: { required: ['coords'], optional: ['z', ...COMMON, 'number', 'meta'] },
  corridor: {
    required: ['coords', 'corridor-width', 'width-units', 'corridor-height', 'height-units'],
    optional: ['z', ...COMMON, 'number', 'resolution-x', 'resolution-z', 'meta'],
  },
  locations: { required: [], optional: [...COMMON, 'z', 'number', 'meta'] },
};

const problem: Json = {
  description: 'What is wrong, in a sentence, with a code.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/exception' } } },
};

/** Codes that every operation may answer with, beside those of its own. */
const ALWAYS = [400, 401, 404, 405, 429, 500, 503];

function failures(...codes: readonly number[]): Json {
  return Object.fromEntries([...ALWAYS, ...codes].sort().map((code) => [String(code), problem]));
}

const unchanged: Json = { description: 'The client has this answer already.' };

function documentPath(
  summary: string,
  operationId: string,
  parameters: readonly Json[] = [],
  type: string = MEDIA.json,
): Json {
  const content = { [type]: { schema: { type: 'object' } }, [MEDIA.html]: { schema: text } };
  const response = { description: summary, content };
  return {
    get: {
      tags: ['Documents'],
      summary,
      operationId,
      parameters: [...parameters, parameter('f', false)],
      responses: { 200: response, 304: unchanged, ...failures() },
    },
  };
}

function dataPath(type: QueryType, ids: readonly Json[], operationId: string, deps: Pick<EdrDeps, 'formats'>): Json {
  const { required, optional } = QUERIES[type];
  const content = Object.fromEntries(
    deps.formats.map(({ media }) => [
      media.split(';', 1)[0]!,
      { schema: /json/.test(media) ? { type: 'object' } : text },
    ]),
  );
  return {
    get: {
      tags: ['Queries'],
      summary: `${type} query`,
      operationId,
      parameters: [
        ...ids,
        ...required.map((name) => parameter(name, true)),
        ...optional.map((name) => parameter(name, false)),
      ],
      responses: {
        200: { description: 'Values.', content: { ...content, [MEDIA.html]: { schema: text } } },
        204: { description: 'Nothing that exists was chosen.' },
        304: unchanged,
        ...failures(413),
      },
    },
  };
}

function queryPaths(deps: Pick<EdrDeps, 'formats'>): Json {
  const paths: Record<string, Json> = {};
  const parents = [
    ['/collections/{collectionId}', [COLLECTION], 'Collection'],
    ['/collections/{collectionId}/instances/{instanceId}', [COLLECTION, INSTANCE], 'Instance'],
  ] as const;
  for (const [parent, ids, suffix] of parents) {
    for (const type of QUERY_TYPES) {
      if (type !== 'locations') paths[`${parent}/${type}`] = dataPath(type, ids, `${type}Of${suffix}`, deps);
    }
    const list = [...ids, ...['bbox', 'datetime', 'crs', 'limit', 'offset'].map((name) => parameter(name, false))];
    paths[`${parent}/locations`] = documentPath('Places', `placesOf${suffix}`, list, MEDIA.geojson);
    paths[`${parent}/locations/{locationId}`] = dataPath('locations', [...ids, LOCATION], `placeOf${suffix}`, deps);
  }
  return paths;
}

function coveragePath(ids: readonly Json[], operationId: string, deps: Pick<EdrDeps, 'coverageFormats'>): Json {
  const names = ['properties', 'bbox', 'datetime', 'subset', 'scale-factor', 'scale-axes', 'scale-size', 'number', 'f'];
  const content = Object.fromEntries(
    deps.coverageFormats.map(({ media }) => [media.split(';', 1)[0]!, { schema: {} }]),
  );
  return {
    get: {
      tags: ['Coverages'],
      summary: 'Part of a coverage',
      operationId,
      parameters: [...ids, ...names.map((name) => parameter(name, false))],
      responses: {
        200: { description: 'The coverage.', content: { ...content, [MEDIA.html]: { schema: text } } },
        204: { description: 'Nothing that exists was chosen.' },
        304: unchanged,
        ...failures(413),
      },
    },
  };
}

function coveragePaths(deps: Pick<EdrDeps, 'coverageFormats'>): Json {
  return {
    '/collections/{collectionId}/coverage': coveragePath([COLLECTION], 'coverageOfCollection', deps),
    '/collections/{collectionId}/instances/{instanceId}/coverage': coveragePath(
      [COLLECTION, INSTANCE],
      'coverageOfInstance',
      deps,
    ),
    '/collections/{collectionId}/schema': documentPath(
      'Schema of the fields',
      'schemaOfCollection',
      [COLLECTION],
      MEDIA.schema,
    ),
  };
}

const EXCEPTION: Json = {
  type: 'object',
  required: ['code', 'description'],
  properties: {
    code: text,
    description: text,
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
  },
};

/** The document, for the service at `root`. */
export function edrOpenApi(root: string, deps: Pick<EdrDeps, 'formats' | 'coverageFormats'>): object {
  const filters = [parameter('bbox', false), parameter('datetime', false)];
  return {
    openapi: '3.0.3',
    info: {
      title: 'Polyfst EDR',
      version: '1.1.0',
      description: 'OGC API - Environmental Data Retrieval 1.1, Coverages and Maps over RPN standard files.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: root }],
    tags: [{ name: 'Documents' }, { name: 'Queries' }, { name: 'Coverages' }, { name: 'Maps' }],
    paths: {
      '/': documentPath('Landing page', 'landingPage'),
      '/conformance': documentPath('Conformance classes', 'conformance'),
      '/api': documentPath('This document', 'api', [], MEDIA.openapi30),
      '/collections': documentPath('Collections', 'collections', filters),
      '/collections/{collectionId}': documentPath('A collection', 'collection', [COLLECTION]),
      '/collections/{collectionId}/instances': documentPath('Runs, newest first', 'instances', [
        COLLECTION,
        ...filters,
      ]),
      '/collections/{collectionId}/instances/{instanceId}': documentPath('A run', 'instance', [COLLECTION, INSTANCE]),
      ...queryPaths(deps),
      ...coveragePaths(deps),
      ...mapPaths({ collection: COLLECTION, instance: INSTANCE, failures, documentPath }),
    },
    components: { schemas: { exception: EXCEPTION } },
  };
}
