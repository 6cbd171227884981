/** Every route in every dialect answers errors in its own words: JSON as the surface promises, never express's HTML. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Router } from 'express';
import { v1Status } from '../../api/errors.js';
import { newJobId } from '../../schemas/job.js';
import { CODES, type ErrorCode, FeatureError } from '../../schemas/problem.js';
import { startService, type TestService } from './api-service.js';
import { ask, type Reply } from './http.js';

let service: TestService;
before(async () => {
  const broken = Router();
  broken.get('/bug', () => {
    throw new Error('secret-canary at /home/somebody/file.ts:1:2');
  });
  broken.get('/refusal', () => {
    throw new FeatureError('no_data', '"step": 99 has no data; ask for 0 to 24.');
  });
  const surfaces = ['/broken', '/api/v1/broken', '/api/v2/broken'].map((path) => ({ path, router: broken }));
  service = await startService({ surfaces });
});
after(() => service[Symbol.asyncDispose]());

const id = newJobId();
const ROUTES = {
  v1: [
    '/api/v1',
    '/api/v1/',
    '/api/v1/test',
    '/api/v1/collections',
    '/api/v1/user',
    '/api/v1/requests',
    '/api/v1/requests/demo',
    '/api/v1/requests/nowhere',
    `/api/v1/requests/${id}`,
    `/api/v1/requests/${id}/more`,
    `/api/v1/downloads/${id}`,
    '/api/v1/downloads',
    `/api/v1/uploads/${id}`,
    '/api/v1/unknown',
    '/api/v1/%ZZ',
    '/api/v1/test/',
    '/api/v1/TEST',
  ],
  v2: [
    '/api/v2',
    '/api/v2/health',
    '/api/v2/collections',
    '/api/v2/requests',
    '/api/v2/demo/requests',
    '/api/v2/nowhere/requests',
    '/api/v2/%ZZ/requests',
    `/api/v2/requests/${id}`,
    `/api/v2/requests/${id}/status`,
    '/api/v2/unknown',
  ],
  ogc: ['/docs/nothing', '/unknown', '/health/more', '/%ZZ', '/api', '/api/v3', '/openapi.json', '/metrics', '/ready'],
} as const;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'];

function checkV1(reply: Reply, what: string): void {
  assert.equal(reply.headers['content-type'], 'application/json', what);
  assert.deepEqual(Object.keys(reply.json), ['message'], what);
  assert.equal(typeof reply.json['message'], 'string', what);
  assert.ok([400, 401, 403, 404, 405, 410, 413, 415, 529].includes(reply.status), `${what}: ${reply.status}`);
}

function checkProblem(reply: Reply, what: string): void {
  assert.equal(reply.headers['content-type'], 'application/problem+json', what);
  const { type, title, status, detail, message, code } = reply.json;
  assert.equal(status, reply.status, what);
  assert.equal(message, detail, what);
  for (const text of [type, title, detail, code]) assert.equal(typeof text, 'string', what);
}

describe('error dialects', () => {
  for (const dialect of ['v1', 'v2', 'ogc'] as const) {
    it(`${dialect}: every route and method`, async () => {
      for (const path of ROUTES[dialect]) {
        for (const method of METHODS) {
          const reply = await ask(service.url, path, { method });
          const what = `${method} ${path}`;
          assert.doesNotMatch(reply.text, /<html|<pre>|<!DOCTYPE/i, what);
          assert.match(reply.headers['x-request-id'] as string, /^[0-9a-f]{24}$/, what);
          assert.equal(reply.headers['x-content-type-options'], 'nosniff', what);
          assert.equal(reply.headers['x-frame-options'], 'DENY', what);
          assert.equal(reply.headers['x-powered-by'], undefined, what);
          if (reply.status < 400 || method === 'HEAD') continue;
          assert.ok(String(reply.headers['x-error-code']) in CODES, what);
          if (reply.status === 405) assert.ok(reply.headers.allow !== undefined, what);
          if (dialect === 'v1') checkV1(reply, what);
          else checkProblem(reply, what);
          if (dialect === 'ogc') assert.equal(typeof reply.json['description'], 'string', what);
        }
      }
    });
  }

  it('the page of the documentation knows its methods', async () => {
    for (const [method, status] of [
      ['POST', 405],
      ['DELETE', 405],
      ['OPTIONS', 204],
    ] as const) {
      const reply = await ask(service.url, '/docs', { method });
      assert.deepEqual([reply.status, reply.headers.allow], [status, 'GET, HEAD, OPTIONS'], method);
    }
  });

  it('a fault of our own leaks nothing and is logged with its cause', async () => {
    const reply = await ask(service.url, '/broken/bug');
    assert.equal(reply.status, 500);
    assert.doesNotMatch(reply.text, /canary|\.ts:/);
    assert.ok(service.log.some((line) => line.includes('secret-canary')));
    const refusal = await ask(service.url, '/broken/refusal');
    assert.deepEqual([refusal.status, refusal.json['code']], [400, 'no_data']);
  });

  it('v1 never says what its client sleeps on', () => {
    for (const code of Object.keys(CODES) as ErrorCode[]) {
      assert.ok([400, 401, 403, 404, 405, 410, 413, 415, 416, 529].includes(v1Status(code)), code);
    }
  });
});

/** What comes back for bytes that are no request. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      reply += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(reply));
  });
}

describe('bytes that are no request', () => {
  it('are refused in JSON', async () => {
    const cases: [string, RegExp][] = [
      ['nonsense\r\n\r\n', /^HTTP\/1\.1 400 /],
      ['GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
      [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
      ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', /^HTTP\/1\.1 400 /],
    ];
    for (const [text, expected] of cases) {
      const reply = await raw(text);
      assert.match(reply, expected);
      assert.doesNotMatch(reply, /<html/i);
    }
  });

  it('a body over the limit is refused before it is sent', async () => {
    const head = 'POST /api/v1/requests/demo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const reply = await raw(`${head}Content-Length: 99999999\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`);
    assert.match(reply, /^HTTP\/1\.1 413 /);
    assert.doesNotMatch(reply, /100 Continue/);
  });

  it('long addresses and too many headers are refused', async () => {
    assert.equal((await ask(service.url, `/api/v1/${'x'.repeat(9000)}`)).status, 400);
    const headers = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`X-H${at}`, 'v']));
    assert.equal((await ask(service.url, '/api/v1/test', { headers })).status, 400);
  });
});
