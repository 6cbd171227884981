/** The abstract tests of EDR on answers to queries, on the demo run: every kind in every format, sizes, refusals. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoService } from '../demo-service.js';
import { edr } from './client.js';

type Json = Record<string, unknown>;

const service = demoService();

const json = async (path: string): Promise<Json> => {
  const reply = await edr(service.url, path);
  assert.equal(reply.status, 200, `${path}: ${reply.text.slice(0, 300)}`);
  return reply.json;
};

const POINT = 'POINT(-73.5 45.5)';
const POLYGON = 'POLYGON((-75 45,-74 45,-74 46,-75 46,-75 45))';
const LINE = 'LINESTRING(-75 45,-74 46)';
const TIME = 'datetime=2025-01-15T06:00:00Z';

describe('queries', () => {
  const QUERIES: Readonly<Record<string, string>> = {
    position: `coords=${POINT}`,
    radius: `coords=${POINT}&within=60&within-units=km`,
    area: `coords=${POLYGON}`,
    cube: 'bbox=-75,45,-74,46',
    trajectory: `coords=${LINE}`,
    corridor: `coords=${LINE}&corridor-width=100&width-units=km&corridor-height=100&height-units=hPa`,
    'locations/centre': '',
  };

  it('each kind answers in each format, of a collection and of a run', async () => {
    for (const parent of ['/collections/demo-sfc', '/collections/demo-pl/instances/20250115T000000Z']) {
      const name = parent.includes('-pl') ? 't' : '2t';
      for (const [kind, own] of Object.entries(QUERIES)) {
        const base = `${parent}/${kind}?${own}&parameter-name=${name}&${TIME}`;
        const covjson = await edr(service.url, base);
        assert.equal(covjson.status, 200, `${base}: ${covjson.text.slice(0, 300)}`);
        assert.equal(covjson.headers['content-type'], 'application/vnd.cov+json');
        assert.match(String(covjson.json['type']), /^Coverage(Collection)?$/);
        const geojson = await edr(service.url, `${base}&f=GeoJSON`);
        assert.equal(geojson.headers['content-type'], 'application/geo+json', base);
        assert.equal(geojson.json['type'], 'FeatureCollection');
        const csv = await edr(service.url, `${base}&f=csv`);
        assert.match(String(csv.headers['content-type']), /^text\/csv/);
        assert.match(csv.text, new RegExp(`^x,y,(z,)?t,${name} \\[K\\]\\n`));
      }
    }
  });

  it('a query without its parameters is refused, a list of places is not', async () => {
    for (const kind of ['position', 'radius', 'area', 'cube', 'trajectory', 'corridor']) {
      const reply = await edr(service.url, `/collections/demo-sfc/${kind}`);
      assert.equal(reply.status, 400, kind);
      for (const member of ['code', 'description']) assert.equal(typeof reply.json[member], 'string');
    }
    const places = await json('/collections/demo-sfc/locations');
    assert.equal(places['type'], 'FeatureCollection');
    assert.ok((places['features'] as Json[]).length > 0);
  });

  it('refuses coordinates, times, parameters, systems and formats that are wrong', async () => {
    const wrong: readonly string[] = [
      'position?coords=',
      'position?coords=POINT()',
      'position?coords=POINT(-73.5)',
      'position?coords=POINT(-73.5 x)',
      'position?coords=POINT(-73.5 95)',
      `position?coords=${POLYGON}`,
      `position?coords=${POINT}&datetime=yesterday`,
      `position?coords=${POINT}&datetime=2025-01-16T00:00:00Z/2025-01-15T00:00:00Z`,
      `position?coords=${POINT}&parameter-name=nothing`,
      `position?coords=${POINT}&crs=EPSG:2154`,
      `position?coords=${POINT}&f=docx`,
      'position?coords=POINT(0 0)',
      `area?coords=${POINT}`,
      'area?coords=POLYGON((-75 45,-74 45))',
      `radius?coords=${POINT}&within=60`,
      `radius?coords=${POINT}&within-units=km`,
      `radius?coords=${POINT}&within=-1&within-units=km`,
      `radius?coords=${POINT}&within=1&within-units=parsec`,
      'cube?bbox=1,2,3',
      'cube?bbox=-75,46,-74,45',
      `trajectory?coords=LINESTRING(-75 45)`,
      `trajectory?coords=LINESTRINGM(-75 45 1736920800,-74 46 1736924400)&${TIME}`,
      `corridor?coords=${LINE}&width-units=km`,
    ];
    for (const query of wrong) {
      const reply = await edr(service.url, `/collections/demo-sfc/${query}`);
      assert.equal(reply.status, 400, `${query}: ${reply.status} ${reply.text.slice(0, 200)}`);
      assert.equal(reply.headers['content-type'], 'application/problem+json', query);
      assert.equal(typeof reply.json['code'], 'string');
      assert.match(String(reply.json['description']), /\w+ .*\.$/);
    }
    const pressure = await edr(
      service.url,
      `/collections/demo-pl/corridor?coords=${LINE}&corridor-width=9&width-units=km`,
    );
    assert.equal(pressure.status, 400);
    const flat = await edr(
      service.url,
      `/collections/demo-sfc/corridor?coords=${LINE}&corridor-width=9000&width-units=m&${TIME}`,
    );
    assert.equal(flat.status, 200);
  });

  it('what is not there is 404, nothing chosen is 204', async () => {
    const absent = [
      '/collections/nowhere',
      '/collections/demo-sfc/instances/20240101T000000Z',
      '/collections/demo-sfc/locations/nowhere',
      '/collections/demo-sfc/guess',
      '/nothing',
      '/collections/demo-sfc/instances/20240101T000000Z/position?coords=POINT(0 0)',
    ];
    for (const path of absent) {
      const reply = await edr(service.url, path);
      assert.equal(reply.status, 404, path);
      assert.equal(reply.json['code'], 'not_found');
    }
    const empty = await edr(
      service.url,
      `/collections/demo-sfc/position?coords=${POINT}&datetime=2025-01-15T06:07:00Z`,
    );
    assert.equal(empty.status, 204);
    assert.equal(empty.body.length, 0);
  });

  it('a query that is too large names limit, size and the job API', async () => {
    const reply = await edr(service.url, '/collections/demo-pl/cube?bbox=-80,40,-60,50');
    assert.equal(reply.status, 413);
    const text = String(reply.json['detail']);
    assert.match(text, /200000/);
    assert.match(text, /\d{6,} values/);
    assert.ok(text.includes(`${service.url}/api/v2/demo/requests`), text);
  });

  it('CRS84 may be spelled in every way that clients do', async () => {
    for (const crs of [
      'CRS84',
      'CRS:84',
      'OGC:CRS84',
      'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
      'https://www.opengis.net/def/crs/OGC/1.3/CRS84',
      'EPSG:4326',
    ]) {
      const reply = await edr(
        service.url,
        `/collections/demo-sfc/position?coords=${POINT}&parameter-name=2t&${TIME}&crs=${crs}`,
      );
      assert.equal(reply.status, 200, crs);
    }
  });

  it('EDR-GeoJSON has parameters as a list and its properties on every feature', async () => {
    const path = `/collections/demo-sfc/position?coords=${POINT}&parameter-name=2t,tp&f=GeoJSON`;
    const document = await json(path);
    const parameters = document['parameters'] as Json[];
    assert.ok(Array.isArray(parameters));
    for (const parameter of parameters) {
      assert.equal(parameter['type'], 'Parameter');
      const { unit, observedProperty } = parameter as { unit: Json; observedProperty: Json };
      assert.equal(typeof unit['label'], 'string');
      assert.equal(typeof observedProperty['label'], 'string');
    }
    for (const feature of document['features'] as { id: string; properties: Json; geometry: Json }[]) {
      assert.ok(URL.canParse(feature.id));
      for (const name of ['datetime', 'label', 'parameter-name', 'edrqueryendpoint'])
        assert.ok(feature.properties[name] !== undefined, name);
    }
  });
});
