/** The documents describe every route of the Polytope surfaces, with references that resolve. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiDocument } from './openapi.js';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: object; parameters?: object[] }>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const OPERATIONS = [
  'get /api/v1/test',
  'get /api/v1/collections',
  'get /api/v1/user',
  'get /api/v1/requests',
  'post /api/v1/requests/{collection}',
  'get /api/v1/requests/{id}',
  'delete /api/v1/requests/{id}',
  'get /api/v1/downloads/{id}',
  'get /api/v2/health',
  'get /api/v2/collections',
  'post /api/v2/{collection}/requests',
  'get /api/v2/requests',
  'get /api/v2/requests/{id}',
  'delete /api/v2/requests/{id}',
  'get /api/v2/requests/{id}/status',
];

for (const version of ['3.0', '3.1'] as const) {
  test(`OpenAPI ${version}`, () => {
    const document = openApiDocument(version, '1.2.3', 'http://127.0.0.1') as Document;
    assert.ok(document.openapi.startsWith(version));
    for (const operation of OPERATIONS) {
      const [method = '', path = ''] = operation.split(' ');
      const found = document.paths[path]?.[method];
      assert.ok(found !== undefined, operation);
      assert.ok(Object.keys(found.responses).length > 0, operation);
      const named = (found.parameters ?? []).map((parameter) => (parameter as { name: string }).name);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) assert.ok(named.includes(name ?? ''), `${operation} ${name}`);
    }
    const text = JSON.stringify(document);
    for (const [, section, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      assert.ok(document.components[section ?? '']?.[name ?? ''] !== undefined, `${section}/${name}`);
    }
    assert.ok(text.includes('timeseries'), 'features are described');
  });
}
