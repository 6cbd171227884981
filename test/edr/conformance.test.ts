/**
 * The abstract tests of the conformance classes that the service declares (EDR 1.1, and 1.0 as its suite asks), on the demo
 * run: documents with every member, and definitions of every query. Answers to queries are in conformance-queries.test.ts.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONFORMANCE } from '../../api/ogc/landing.js';
import { demoService } from '../demo-service.js';
import { edr } from './client.js';

type Json = Record<string, unknown>;

interface Link {
  readonly rel: string;
  readonly type: string;
  readonly href: string;
}

const service = demoService();

const json = async (path: string): Promise<Json> => {
  const reply = await edr(service.url, path);
  assert.equal(reply.status, 200, `${path}: ${reply.text.slice(0, 300)}`);
  return reply.json;
};

const linksOf = (document: Json): readonly Link[] => document['links'] as Link[];
const collections = async (): Promise<Json[]> => (await json('/collections'))['collections'] as Json[];

/** Path below `/edr` of an absolute link. */
const below = (href: string): string => href.slice(`${service.url}/edr`.length);

const POINT = 'POINT(-73.5 45.5)';
const TIME = 'datetime=2025-01-15T06:00:00Z';

describe('core', () => {
  it('the landing page has its links, with and without a slash', async () => {
    for (const path of ['', '/', '?f=json', '/?f=json']) {
      const links = linksOf(await json(path));
      for (const rel of ['self', 'alternate', 'service-desc', 'service-doc', 'conformance', 'data']) {
        assert.ok(
          links.some((link) => link.rel === rel),
          `${path}: ${rel}`,
        );
      }
      const definition = links.find(({ rel }) => rel === 'service-desc')!;
      assert.equal(definition.type, 'application/vnd.oai.openapi+json;version=3.0');
    }
  });

  it('every link of the documents leads somewhere', async () => {
    const documents = [
      await json(''),
      await json('/collections'),
      (await collections())[0]!,
      await json('/collections/demo-pl/instances'),
    ];
    const seen = new Set(
      documents
        .flatMap(linksOf)
        .filter(({ rel }) => !rel.includes('map'))
        .map(({ href }) => href),
    );
    for (const href of seen) {
      if (!href.startsWith(`${service.url}/edr`)) continue;
      const { status } = await edr(service.url, below(href));
      // data without parameters is a refusal, never a page that is not there
      assert.ok(status === 200 || status === 400 || status === 413, `${href}: ${status}`);
    }
  });

  it('conformance declares what is required and nothing twice', async () => {
    for (const path of ['/conformance', '/conformance/', '/conformance/?f=json']) {
      const classes = (await json(path))['conformsTo'] as string[];
      assert.deepEqual(classes, CONFORMANCE);
      assert.equal(new Set(classes).size, classes.length);
    }
    for (const name of [
      'ogcapi-common-1/1.0/conf/core',
      'ogcapi-common-2/1.0/conf/collections',
      'ogcapi-edr-1/1.1/conf/core',
      'ogcapi-edr-1/1.0/conf/core',
    ]) {
      assert.ok(CONFORMANCE.includes(`http://www.opengis.net/spec/${name}`), name);
    }
  });

  it('answers HEAD and refuses other methods in its own words', async () => {
    const head = await fetch(`${service.url}/edr/collections`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    for (const path of ['', '/collections', '/collections/demo-sfc/position']) {
      const reply = await fetch(`${service.url}/edr${path}`, { method: 'DELETE' });
      assert.equal(reply.status, 405);
      assert.equal(reply.headers.get('content-type'), 'application/problem+json');
    }
  });

  it('may be read by pages of any origin, and tells unchanged answers by their tag', async () => {
    const first = await edr(service.url, '/collections');
    assert.equal(first.headers['access-control-allow-origin'], '*');
    assert.match(String(first.headers['access-control-expose-headers']), /ETag/);
    const query = `/collections/demo-sfc/position?coords=${POINT}&parameter-name=2t&${TIME}`;
    for (const path of ['/collections', query]) {
      const { headers } = await edr(service.url, path);
      const again = await edr(service.url, path, { 'If-None-Match': headers.etag! });
      assert.equal(again.status, 304, path);
    }
  });
});

describe('collections', () => {
  it('documents have the members of the schema, alike in list and alone', async () => {
    for (const collection of await collections()) {
      const id = String(collection['id']);
      const alone = await json(`/collections/${id}`);
      for (const member of ['id', 'links', 'extent', 'data_queries', 'crs', 'output_formats', 'parameter_names']) {
        assert.ok(collection[member] !== undefined, `${id}: ${member}`);
      }
      for (const member of ['id', 'title', 'description', 'extent'])
        assert.deepEqual(alone[member], collection[member]);
      assert.ok(linksOf(collection).some(({ rel }) => rel.includes('data')));
      assert.deepEqual(collection['crs'], ['CRS84']);
      const { spatial, temporal } = collection['extent'] as {
        spatial: { bbox: number[][] };
        temporal: { interval: string[][] };
      };
      assert.equal(spatial.bbox[0]!.length, 4);
      assert.ok(spatial.bbox[0]!.every(Number.isFinite));
      for (const time of temporal.interval[0]!) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      for (const [key, parameter] of Object.entries(collection['parameter_names'] as Record<string, Json>)) {
        assert.equal(parameter['type'], 'Parameter');
        assert.equal(parameter['id'], key);
        const { unit, observedProperty } = parameter as {
          unit: { symbol: { value: string } };
          observedProperty: { label: string };
        };
        assert.equal(typeof unit.symbol.value, 'string');
        assert.equal(typeof observedProperty.label, 'string');
      }
    }
  });

  it('names collections, members, levels and parameters as fixed', async () => {
    const all = await collections();
    assert.deepEqual(
      all.map(({ id }) => id),
      ['demo-sfc', 'demo-pl', 'demo-ml'],
    );
    const [surface, pressure] = all as [Json, Json];
    assert.deepEqual(Object.keys(surface['parameter_names'] as Json).sort(), [
      '10u',
      '10v',
      '2t',
      'msl',
      'sp',
      'tcc',
      'tp',
    ]);
    const temperature = (surface['parameter_names'] as Record<string, Json>)['2t'] as {
      unit: { symbol: { value: string } };
      polyfst: Json;
    };
    assert.equal(temperature.unit.symbol.value, 'K');
    assert.equal(temperature.polyfst['nomvar'], 'TT');
    assert.equal(temperature.polyfst['shortName'], '2t');
    const extent = pressure['extent'] as {
      vertical: { values: string[] };
      custom: { id: string; interval: string[][] }[];
    };
    assert.deepEqual(extent.vertical.values, ['1000', '925', '850', '700', '500', '250']);
    assert.deepEqual(extent.custom[0]!.id, 'number');
    assert.deepEqual(extent.custom[0]!.interval, [['0', '4']]);
    const { polytope, wmsPrefix } = surface['polyfst'] as {
      polytope: { collection: string; keys: Json };
      wmsPrefix: string;
    };
    assert.equal(polytope.collection, 'demo');
    assert.deepEqual(polytope.keys, { class: 'rd', expver: '0001', domain: 'g', levtype: 'sfc' });
    assert.equal(wmsPrefix, 'demo-sfc');
  });

  it('data queries say where they are and what they give', async () => {
    for (const collection of await collections()) {
      const queries = collection['data_queries'] as Record<
        string,
        { link: { href: string; rel: string; variables: Json } }
      >;
      assert.deepEqual(Object.keys(queries).sort(), [
        'area',
        'corridor',
        'cube',
        'instances',
        'locations',
        'position',
        'radius',
        'trajectory',
      ]);
      for (const [name, { link }] of Object.entries(queries)) {
        assert.equal(link.href, `${service.url}/edr/collections/${String(collection['id'])}/${name}`);
        assert.equal(link.variables['query_type'], name);
      }
      assert.ok(Array.isArray(queries['radius']!.link.variables['within_units']));
      assert.ok(Array.isArray(queries['corridor']!.link.variables['width_units']));
    }
  });

  it('lists filter by box and time', async () => {
    const none = await json('/collections?bbox=0,0,10,10');
    assert.deepEqual(none['collections'], []);
    const some = (await json('/collections?bbox=-75,45,-74,46&datetime=2025-01-15T00:00:00Z/..'))[
      'collections'
    ] as Json[];
    assert.equal(some.length, 3);
    assert.deepEqual((await json('/collections?datetime=2030-01-01T00:00:00Z/..'))['collections'], []);
  });

  it('instances are the runs, newest first, with queries and extents of their own', async () => {
    const runs = (await json('/collections/demo-sfc/instances'))['instances'] as Json[];
    assert.deepEqual(
      runs.map(({ id }) => id),
      ['20250116T120000Z', '20250116T000000Z', '20250115T120000Z', '20250115T000000Z'],
    );
    const alone = await json('/collections/demo-sfc/instances/20250115T000000Z');
    assert.deepEqual(alone['extent'], runs[3]!['extent']);
    const queries = alone['data_queries'] as Record<string, { link: { href: string } }>;
    assert.ok(queries['position']!.link.href.endsWith('/instances/20250115T000000Z/position'));
    assert.equal((alone['polyfst'] as Json)['complete'], true);
  });
});

describe('html', () => {
  it('documents have a page each; f decides before Accept', async () => {
    for (const path of [
      '',
      '/conformance',
      '/collections',
      '/collections/demo-sfc',
      '/collections/demo-sfc/instances',
      '/collections/demo-sfc/locations',
      '/api',
    ]) {
      const page = await edr(service.url, path, { Accept: 'text/html, image/gif, */*;q=0.2' });
      assert.match(String(page.headers['content-type']), /^text\/html/, path);
      assert.match(page.text, /<title>[^<]+<\/title>/);
      const text = await edr(service.url, `${path}?f=json`, { Accept: 'text/html' });
      assert.match(String(text.headers['content-type']), /json/, path);
      assert.equal(
        (await edr(service.url, path, { Accept: '*/*' })).headers['content-type'],
        text.headers['content-type'],
      );
    }
  });
});

describe('OpenAPI 3.0', () => {
  const REQUIRED: Readonly<Record<string, readonly string[]>> = {
    position: ['coords'],
    radius: ['coords', 'within', 'within-units'],
    area: ['coords'],
    cube: ['bbox'],
    trajectory: ['coords'],
    corridor: ['coords', 'corridor-width', 'width-units', 'corridor-height', 'height-units'],
  };

  it('defines every query with its parameters', async () => {
    const reply = await edr(service.url, '/api');
    assert.equal(reply.headers['content-type'], 'application/vnd.oai.openapi+json;version=3.0');
    const { openapi, paths } = reply.json as {
      openapi: string;
      paths: Record<string, { get: { parameters: Json[]; operationId: string } }>;
    };
    assert.match(openapi, /^3\.0\.\d$/);
    for (const [kind, required] of Object.entries(REQUIRED)) {
      for (const parent of ['/collections/{collectionId}', '/collections/{collectionId}/instances/{instanceId}']) {
        const query = paths[`${parent}/${kind}`]!.get.parameters.filter((one) => one['in'] === 'query');
        const names = query.map((one) => one['name']);
        for (const name of [...required, 'z', 'datetime', 'parameter-name', 'crs', 'f'])
          assert.ok(names.includes(name), `${kind}: ${name}`);
        for (const one of query) {
          assert.equal(one['style'], 'form');
          assert.equal(one['explode'], false);
          assert.equal(one['required'], required.includes(String(one['name'])), `${kind}: ${String(one['name'])}`);
        }
      }
    }
    const ids = Object.values(paths).map(({ get }) => get.operationId);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('every address of the document is served', async () => {
    const { paths } = (await json('/api')) as unknown as { paths: Record<string, unknown> };
    const fill: Readonly<Record<string, string>> = {
      collectionId: 'demo-sfc',
      instanceId: '20250115T000000Z',
      locationId: 'centre',
      styleId: 'fill',
    };
    for (const path of Object.keys(paths)) {
      const { status } = await edr(
        service.url,
        path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name]!),
      );
      assert.notEqual(status, 404, path);
    }
  });
});
