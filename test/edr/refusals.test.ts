/** Refusals of the OGC resources and of the forecast, route by route: the dialect, who may see what, and no page of express. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureDemo } from '../../cli/demo.js';
import { KEYED, KEYS } from '../contract/api-service.js';
import { ask, type Reply } from '../contract/http.js';
import { startTestService, type TestService } from '../service.js';

const folder = join(tmpdir(), `polyfst-edr-refusals-${process.pid}`);
let open: TestService;
let closed: TestService;
before(async () => {
  await ensureDemo(folder);
  open = await startTestService([folder]);
  const collections = { secret: { roots: [folder], class: 'rd', expver: '0001', domain: 'g', roles: ['staff'] } };
  closed = await startTestService([], { ...KEYED, collections });
});
after(async () => {
  await open[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'];
const HOME = '/edr/collections/demo-sfc';
const QUERIES = [
  'position',
  'radius',
  'area',
  'cube',
  'trajectory',
  'corridor',
  'locations',
  'locations/x',
  'coverage',
  'items',
];
const ROUTES = [
  '/edr',
  '/edr/',
  '/edr/conformance',
  '/edr/api',
  '/edr/collections',
  '/edr/collections/',
  '/edr/collections/nowhere',
  '/edr/collections/%ZZ',
  '/edr/Collections',
  HOME,
  `${HOME}/schema`,
  `${HOME}/instances`,
  `${HOME}/instances/20250115T000000Z`,
  `${HOME}/instances/nowhere`,
  '/edr/nothing',
  ...QUERIES.map((query) => `${HOME}/${query}`),
  ...QUERIES.map((query) => `${HOME}/instances/20250115T000000Z/${query}`),
  `${HOME}/position?coords=POINT(-73%2045)&coords=POINT(-73%2045)`,
  `${HOME}/position?coords=%00`,
  `${HOME}/position?coords=${'('.repeat(5000)}`,
];

function checkOgc(reply: Reply, what: string): void {
  assert.equal(reply.headers['content-type'], 'application/problem+json', what);
  const { code, description, detail, status, title } = reply.json;
  for (const text of [code, description, detail, title]) assert.equal(typeof text, 'string', what);
  assert.equal(status, reply.status, what);
}

describe('OGC resources', () => {
  it('answer every route and method in their own words', async () => {
    for (const path of ROUTES) {
      for (const method of METHODS) {
        const reply = await ask(open.url, path, { method });
        const what = `${method} ${path.slice(0, 120)}: ${reply.status}`;
        assert.ok(reply.status < 500, what);
        assert.doesNotMatch(reply.text, /<pre>|Cannot (GET|POST)/, what);
        if (reply.status < 400 || method === 'HEAD') continue;
        checkOgc(reply, what);
        if (reply.status === 405) assert.match(String(reply.headers.allow), /GET/, what);
      }
    }
  });

  it('hide collections from those who may not use them', async () => {
    const headers = { Authorization: `Bearer ${KEYS.bob}` };
    const list = await ask(closed.url, '/edr/collections', { headers });
    assert.deepEqual(list.json['collections'], []);
    for (const path of ['/edr/collections/secret-sfc', '/edr/collections/secret-sfc/position?coords=POINT(-73%2045)']) {
      const [hidden, absent] = [
        await ask(closed.url, path, { headers }),
        await ask(closed.url, path.replace('secret', 'nowhere'), { headers }),
      ];
      assert.deepEqual([hidden.status, absent.status], [404, 404]);
      assert.equal(hidden.text.replaceAll('secret', 'nowhere'), absent.text);
    }
    const allowed = await ask(closed.url, '/edr/collections', { headers: { Authorization: `Bearer ${KEYS.alice}` } });
    assert.ok((allowed.json['collections'] as object[]).length > 0);
  });

  it('ask for credentials where there are keys', async () => {
    for (const path of ['/edr', '/edr/collections', '/edr/collections/secret-sfc/position'])
      checkOgc(await refused(path), path);
  });
});

async function refused(path: string): Promise<Reply> {
  const reply = await ask(closed.url, path);
  assert.equal(reply.status, 401, path);
  assert.equal(reply.headers['www-authenticate'], 'Bearer');
  return reply;
}

describe('forecast', () => {
  it('answers every method and wrong address in its own words', async () => {
    for (const path of [
      '/v1/forecast',
      '/v1/forecast/',
      '/v1/forecast/more',
      '/v1/forecast?latitude=1&latitude=2&longitude=3',
      '/v1/forecast?latitude=%00&longitude=1',
    ]) {
      for (const method of METHODS) {
        const reply = await ask(open.url, path, { method });
        const what = `${method} ${path}: ${reply.status}`;
        if (reply.status === 204 && method === 'OPTIONS') continue;
        assert.ok(reply.status >= 400 && reply.status < 500, what);
        if (method === 'HEAD') continue;
        assert.equal(reply.headers['content-type'], 'application/json', what);
        assert.deepEqual(Object.keys(reply.json), ['error', 'reason'], what);
      }
    }
    const unknown = await refused('/v1/forecast?latitude=45&longitude=-73');
    assert.deepEqual(Object.keys(unknown.json), ['error', 'reason']);
  });
});
