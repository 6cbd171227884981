/** OpenAPI documents (3.0 and 3.1) of every route, made from the zod schemas and the rows of EDR: one description, never written twice. */
import {
  OpenAPIRegistry,
  OpenApiGeneratorV3,
  OpenApiGeneratorV31,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { FILE_FORMATS, GEOTIFF, TEXT_FORMATS } from './ogc/data-formats.js';
import { edrOpenApi } from './ogc/openapi-edr.js';
import * as bodies from './openapi-schemas.js';
import { serviceRoutes } from './openapi-services.js';

type Responses = RouteConfig['responses'];

const json = (schema: z.ZodType, description: string, type = 'application/json') => ({
  description,
  content: { [type]: { schema } },
});
const refused = (description: string) => json(bodies.message, description);
const problem = (description: string) => json(bodies.problem, description, 'application/problem+json');
const binary = z.string().describe('The data, as bytes.');

const V1_ERRORS: Responses = {
  400: refused('The request is not valid, or failed.'),
  401: refused('Credentials are missing or not accepted.'),
  404: refused('There is no such collection, request or address.'),
};
const V2_ERRORS: Responses = {
  400: problem('The request is not valid.'),
  401: problem('Credentials are missing or not accepted.'),
  404: problem('There is no such collection, request or address.'),
  429: problem('Over a limit of the user; Retry-After says when to come back.'),
  529: problem('The service is at its capacity; Retry-After says when to come back.'),
};

const data = {
  description: 'The data, with Content-Length and a strong ETag; ranges are served.',
  content: {
    'application/prs.coverage+json': { schema: binary },
    'application/x-grib': { schema: binary },
    'application/octet-stream': { schema: binary },
  },
};

const id = z.object({ id: z.string().describe('Id of a request, as its Location ends.') });
const collection = z.object({ collection: z.string() });

function v1Routes(): RouteConfig[] {
  const tags = ['Polytope v1'];
  const security = [{ key: [] }];
  const submit = { params: collection, body: { content: { 'application/json': { schema: bodies.v1Body } } } };
  return [
    {
      method: 'get',
      path: '/api/v1/test',
      tags,
      summary: 'Is the service alive?',
      responses: { 200: json(bodies.message, 'It is.') },
    },
    {
      method: 'get',
      path: '/api/v1/collections',
      tags,
      security,
      summary: 'Names of the collections',
      responses: { ...V1_ERRORS, 200: json(bodies.names, 'Names.') },
    },
    {
      method: 'get',
      path: '/api/v1/user',
      tags,
      security,
      summary: 'Who the caller is',
      responses: { ...V1_ERRORS, 200: json(z.record(z.string(), z.string()), 'Texts by name.') },
    },
    {
      method: 'get',
      path: '/api/v1/requests',
      tags,
      security,
      summary: 'Requests of the caller',
      responses: { ...V1_ERRORS, 200: json(bodies.records, 'Records.') },
    },
    {
      method: 'post',
      path: '/api/v1/requests/{collection}',
      tags,
      security,
      summary: 'Submit a request',
      request: submit,
      responses: {
        ...V1_ERRORS,
        202: json(bodies.pending, 'Accepted; poll the Location.'),
        413: refused('Too large.'),
        529: refused('At capacity.'),
      },
    },
    {
      method: 'get',
      path: '/api/v1/requests/{id}',
      tags,
      security,
      summary: 'Poll a request (or list those of a collection)',
      request: { params: id },
      responses: {
        ...V1_ERRORS,
        202: json(bodies.pending, 'Not finished.'),
        303: json(bodies.redirect, 'Finished; the data are at Location.'),
        410: refused('Revoked, or no longer kept.'),
      },
    },
    {
      method: 'delete',
      path: '/api/v1/requests/{id}',
      tags,
      security,
      summary: 'Revoke a request, or `all`',
      request: { params: id },
      responses: { ...V1_ERRORS, 200: json(bodies.message, 'How many were revoked.') },
    },
    {
      method: 'get',
      path: '/api/v1/downloads/{id}',
      tags,
      summary: 'The data, by signed address',
      request: { params: id, query: z.object({ token: z.string() }) },
      responses: {
        200: data,
        206: data,
        304: { description: 'Unchanged.' },
        404: refused('Not such an address.'),
        416: refused('No such range.'),
      },
    },
  ];
}

function v2Routes(): RouteConfig[] {
  const tags = ['Polytope v2'];
  const security = [{ key: [] }];
  const outcome: Responses = {
    ...V2_ERRORS,
    200: data,
    303: json(bodies.self, 'Still waiting: Location is this request.'),
    410: problem('Revoked, or no longer kept.'),
  };
  return [
    {
      method: 'get',
      path: '/api/v2/health',
      tags,
      summary: 'Is the service alive?',
      responses: { 200: { description: 'It is.', content: { 'text/plain': { schema: z.string() } } } },
    },
    {
      method: 'get',
      path: '/api/v2/collections',
      tags,
      security,
      summary: 'Names of the collections',
      responses: { ...V2_ERRORS, 200: json(bodies.collections, 'Names.') },
    },
    {
      method: 'post',
      path: '/api/v2/{collection}/requests',
      tags,
      security,
      summary: 'Submit a request and wait for its data',
      request: {
        params: collection,
        query: z.object({ 'dry-run': z.string().optional().describe('Validate and price only.') }),
        headers: z.object({
          Prefer: z.string().optional().describe('`respond-async`: 202 at once.'),
          'Idempotency-Key': z.string().optional(),
        }),
        body: { content: { 'application/json': { schema: bodies.request } } },
      },
      responses: {
        ...outcome,
        202: json(bodies.self, 'Accepted (Prefer: respond-async).'),
        413: problem('Too large.'),
      },
    },
    {
      method: 'get',
      path: '/api/v2/requests',
      tags,
      security,
      summary: 'Requests of the caller',
      responses: { ...V2_ERRORS, 200: json(bodies.statuses, 'States.') },
    },
    {
      method: 'get',
      path: '/api/v2/requests/{id}',
      tags,
      security,
      summary: 'Wait for a request',
      request: { params: id },
      responses: outcome,
    },
    {
      method: 'delete',
      path: '/api/v2/requests/{id}',
      tags,
      security,
      summary: 'Revoke a request',
      request: { params: id },
      responses: { ...V2_ERRORS, 200: json(bodies.cancelled, 'Revoked.') },
    },
    {
      method: 'get',
      path: '/api/v2/requests/{id}/status',
      tags,
      security,
      summary: 'State, place in the queue, progress; never blocks',
      request: { params: id },
      responses: {
        ...V2_ERRORS,
        200: {
          description: 'The state; with Accept: text/event-stream an event for each change.',
          content: { 'application/json': { schema: bodies.status }, 'text/event-stream': { schema: z.string() } },
        },
      },
    },
  ];
}

/** The document of the given OpenAPI version. `server` is the base of the addresses. */
export function openApiDocument(version: '3.0' | '3.1', release: string, server: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'API key or token.',
  });
  for (const route of [...v1Routes(), ...v2Routes(), ...serviceRoutes()]) registry.registerPath(route);
  const info = {
    title: 'Polyfst',
    version: release,
    description:
      'Feature extraction from RPN standard files: Polytope, OGC API EDR and Coverages, maps, Zarr, forecasts at places.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  };
  const servers = [{ url: server }];
  const document =
    version === '3.0'
      ? new OpenApiGeneratorV3(registry.definitions).generateDocument({ openapi: '3.0.3', info, servers })
      : new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info, servers });
  return withEdr(document);
}

interface Described {
  readonly paths?: object;
  readonly components?: { readonly schemas?: object };
}

/** The document with the EDR resources, which have one of their own too: theirs at /edr, with our security. */
function withEdr(document: Described): object {
  const formats = [...TEXT_FORMATS, ...FILE_FORMATS];
  const edr = edrOpenApi('', { formats, coverageFormats: [...formats, GEOTIFF] }) as {
    readonly paths: Readonly<Record<string, { readonly get: object }>>;
    readonly components: { readonly schemas: object };
  };
  const security = [{ key: [] }];
  const paths = Object.entries(edr.paths).map(([path, { get }]) => [
    path === '/' ? '/edr' : `/edr${path}`,
    { get: { ...get, security } },
  ]);
  return {
    ...document,
    paths: { ...document.paths, ...Object.fromEntries(paths) },
    components: { ...document.components, schemas: { ...document.components?.schemas, ...edr.components.schemas } },
  };
}
