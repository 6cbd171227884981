/**
 * Errors of every surface in its own dialect, route by route: the routes are those of the OpenAPI document, which lists all that
 * are registered. Each is asked with every method, with names that exist, names that do not, and broken ones, and with keys
 * that make no sense. What comes back as an error must be in the words of its surface.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { demoService } from '../demo-service.js';
import { ask, type Reply } from './http.js';

const service = demoService();
let paths: readonly string[];
const text = (value: unknown, what: string): void =>
  assert.ok(typeof value === 'string' && value !== '', `${what}: ${String(value)}`);

function isProblem(reply: Reply, what: string): void {
  assert.equal(reply.headers['content-type'], 'application/problem+json', what);
  const { type, title, status, detail, code } = reply.json;
  for (const member of [type, title, detail, code]) text(member, what);
  assert.equal(status, reply.status, what);
}

/** Dialects by the start of their addresses, the longest first. */
const DIALECTS: readonly (readonly [prefix: string, check: (reply: Reply, what: string) => void])[] = [
  [
    '/v1/forecast',
    (reply, what) => {
      assert.equal(reply.headers['content-type'], 'application/json', what);
      assert.deepEqual(Object.keys(reply.json), ['error', 'reason'], what);
      assert.equal(reply.json['error'], true, what);
      text(reply.json['reason'], what);
    },
  ],
  [
    '/api/v1',
    (reply, what) => {
      assert.equal(reply.headers['content-type'], 'application/json', what);
      assert.deepEqual(Object.keys(reply.json), ['message'], what);
      text(reply.json['message'], what);
      text(reply.headers['x-error-code'], what);
    },
  ],
  [
    '/api/v2',
    (reply, what) => {
      isProblem(reply, what);
      text(reply.json['message'], what);
    },
  ],
  [
    '/zarr',
    (reply, what) => {
      // an absent key is nothing at all, so that no reader takes a text for data
      if (reply.status === 404 && reply.body.length === 0) return;
      isProblem(reply, what);
      text(reply.json['description'], what);
    },
  ],
  [
    '/wms',
    (reply, what) => {
      assert.match(String(reply.headers['content-type']), /^(text\/xml|application\/vnd\.ogc\.se_xml)/, what);
      assert.match(reply.text, /<ServiceExceptionReport /, what);
      assert.match(reply.text, /<ServiceException( code="\w+")?>[^<]+</, what);
    },
  ],
  [
    '',
    (reply, what) => {
      isProblem(reply, what);
      text(reply.json['description'], what);
    },
  ],
];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

const EXISTING: Readonly<Record<string, string>> = {
  collectionId: 'demo-sfc',
  instanceId: '20250115T000000Z',
  locationId: 'centre',
  styleId: 'fill',
  collection: 'demo',
  run: '20250115T000000Z',
};

/** Ways to fill the names of an address. */
const FILLS: Readonly<Record<string, (name: string) => string>> = {
  existing: (name) => EXISTING[name] ?? 'something',
  absent: () => 'nowhere',
  broken: () => '%ZZ',
  hostile: () => encodeURIComponent("../'<script>\u0000"),
};

const filled = (path: string, fill: (name: string) => string): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => fill(name));

async function check(path: string, method: string): Promise<boolean> {
  const reply = await ask(service.url, path, { method });
  const what = `${method} ${path}: ${reply.status} ${reply.text.slice(0, 200)}`;
  // a page that was not built says so to the person who opens it
  if (/^\/(\?|$)/.test(path) && reply.status === 503) return false;
  assert.ok(reply.status < 500 || reply.status === 501, what);
  assert.doesNotMatch(reply.text, /<pre>|Cannot (GET|POST)/, what);
  const isException = /ServiceExceptionReport/.test(reply.text);
  if ((reply.status < 400 && !isException) || method === 'HEAD') return false;
  const [, dialect] = DIALECTS.find(([prefix]) => path.startsWith(prefix))!;
  dialect(reply, what);
  if (reply.status === 405) text(reply.headers.allow, what);
  return true;
}

describe('errors of every surface', () => {
  before(async () => {
    const document = await ask(service.url, '/openapi.json');
    paths = Object.keys(document.json['paths'] as object);
  });

  it('the document names every surface', () => {
    for (const [prefix] of DIALECTS)
      assert.ok(
        paths.some((path) => path.startsWith(prefix)),
        prefix,
      );
  });

  for (const [kind, fill] of Object.entries(FILLS)) {
    it(`names that are ${kind}: every route, every method`, async () => {
      const asked = new Set(paths.map((path) => filled(path, fill)));
      let refused = 0;
      for (const path of asked) {
        for (const method of METHODS) if (await check(path, method)) refused++;
      }
      assert.ok(refused > asked.size, `${refused} refusals of ${asked.size} routes`);
    });
  }

  it('keys that make no sense, and addresses below those that there are', async () => {
    const keys = 'f=docx&coords=%00&bbox=x&request=Nothing&service=WMS&latitude=far&subset=((&crs=1&limit=-1&coords=2';
    for (const path of new Set(paths.map((one) => filled(one, FILLS['existing']!)))) {
      await check(`${path}?${keys}`, 'GET');
      await check(`${path.replace(/\/$/, '')}/not/there`, 'GET');
      await check(`${path}?${'a'.repeat(6000)}=1`, 'GET');
    }
  });
});
