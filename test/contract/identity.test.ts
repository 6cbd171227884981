/** Who is let in, and what one user learns of another's requests: nothing, byte for byte. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newJobId } from '../../schemas/job.js';
import { KEYED, KEYS, requestOf, startService, type TestService } from './api-service.js';
import { ask, bearer, pathOf, pollV1, post, type Reply } from './http.js';

let service: TestService;
before(async () => {
  service = await startService({ config: KEYED });
});
after(() => service[Symbol.asyncDispose]());

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function status(authorization: string | undefined, path = '/api/v1/user'): Promise<number> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return (await ask(service.url, path, { headers })).status;
}

describe('credentials', () => {
  it('are accepted in every form that the client sends', async () => {
    for (const good of [
      `Bearer ${KEYS.alice}`,
      `bearer ${KEYS.alice}`,
      `EmailKey a@b.c:${KEYS.alice}`,
      `EmailKey anyone@b.c:${KEYS.bob}`,
      basic('alice', KEYS.alice),
      basic('a@b.c', KEYS.alice),
      `Bearer wrong, ${basic('bob', KEYS.bob)}`,
      `EmailKey a@b.c:${KEYS.alice}, Basic dTpw`,
    ]) {
      assert.equal(await status(good), 200, good);
    }
  });

  it('are refused with a 401 that the client can show', async () => {
    const bad = [
      undefined,
      '',
      'Bearer',
      'Bearer wrong',
      `Token ${KEYS.alice}`,
      `Bearer ${KEYS.old}`,
      `EmailKey x@b.c:${KEYS.alice}`,
      `EmailKey ${KEYS.alice}`,
      basic('bob', KEYS.alice),
      `Bearer ${KEYS.alice} `.toUpperCase(),
      'Basic ????',
      `Bearer ${'x'.repeat(8000)}`,
    ];
    for (const credentials of bad) {
      const headers = credentials === undefined ? {} : { Authorization: credentials };
      const reply = await ask(service.url, '/api/v1/requests', { headers });
      assert.equal(reply.status, 401, credentials);
      assert.equal(reply.headers['www-authenticate'], 'Bearer');
      assert.deepEqual(Object.keys(reply.json), ['message']);
      assert.doesNotMatch(reply.text, /expired/);
    }
  });

  it('guard every route but the public ones', async () => {
    for (const path of ['/api/v1/test', '/api/v2/health', '/docs', '/openapi.json', '/metrics']) {
      assert.equal(await status(undefined, path), 200, path);
    }
    for (const path of [
      '/api/v1/collections',
      '/api/v1/requests',
      '/api/v1/requests/demo',
      `/api/v1/requests/${newJobId()}`,
      '/api/v1/uploads/x',
      '/api/v2/collections',
      '/api/v2/requests',
      `/api/v2/requests/${newJobId()}/status`,
      '/health',
      '/ready',
      '/anything',
    ]) {
      assert.equal(await status(undefined, path), 401, path);
    }
  });

  it('stay out of the log, like tokens', () => {
    const lines = service.log.join('');
    for (const key of Object.values(KEYS)) assert.ok(!lines.includes(key));
    assert.ok(!lines.includes('token='));
  });

  it('without keys, everybody on loopback is one user, whatever is sent; off, nobody is', async () => {
    await using open = await startService();
    for (const headers of [{}, bearer('x'), { Authorization: 'nonsense' }]) {
      const reply = await ask(open.url, '/api/v1/user', { headers });
      assert.equal(reply.json['username'], 'anonymous');
    }
    await using closed = await startService({ config: { auth: { anonymous: false } } });
    assert.equal((await ask(closed.url, '/api/v1/user')).status, 401);
  });
});

/** Everything of an answer that a caller could compare, but the id of the exchange and the clock. */
function face(reply: Reply): unknown {
  const headers = Object.fromEntries(
    Object.entries(reply.headers).filter(([name]) => name !== 'x-request-id' && name !== 'date'),
  );
  return { status: reply.status, names: reply.headerNames, headers, body: reply.text };
}

describe('ids of others', () => {
  it('look like unknown and malformed ones, on every route and method', async () => {
    const alice = bearer(KEYS.alice);
    const request = { verb: 'retrieve', request: requestOf('2t') };
    const accepted = await post(service.url, '/api/v1/requests/private', request, alice);
    assert.equal(accepted.status, 202);
    const location = pathOf(accepted.headers.location);
    const ready = await pollV1(service.url, location, alice);
    assert.equal(ready.status, 303);
    const foreign = location.split('/').at(-1) ?? '';
    const asked = [foreign, newJobId(), 'x', 'a%2fb', 'a/b', '..%2f..%2fetc', '%00', '%ZZ', 'A'.repeat(500), 'é'];
    const routes = (id: string): string[] => [
      `/api/v1/requests/${id}`,
      `/api/v1/downloads/${id}`,
      `/api/v1/downloads/${id}?token=x`,
      `/api/v2/requests/${id}`,
      `/api/v2/requests/${id}/status`,
    ];
    const count = routes('').length;
    for (const method of ['GET', 'HEAD', 'DELETE', 'POST', 'PUT', 'PATCH', 'OPTIONS']) {
      for (let route = 0; route < count; route++) {
        const faces: unknown[] = [];
        for (const id of asked) {
          const path = encodeURI(routes(id)[route] ?? '').replaceAll('%25', '%');
          faces.push(face(await ask(service.url, path, { method, headers: bearer(KEYS.bob) })));
        }
        for (const other of faces) assert.deepEqual(other, faces[0], `${method} ${routes('ID')[route]}`);
      }
    }
    assert.equal((await ask(service.url, location, { headers: alice })).status, 303, 'still there');
    const list = await ask(service.url, '/api/v1/requests', { headers: bearer(KEYS.bob) });
    assert.deepEqual(list.json, { message: [] });
    const all = await ask(service.url, '/api/v1/requests/all', { method: 'DELETE', headers: bearer(KEYS.bob) });
    assert.deepEqual(all.json, { message: 'Successfully revoked 0 requests' });
    assert.equal((await ask(service.url, location, { headers: alice })).status, 303, 'not revoked by another');
  });

  it('do not keep a signed address from working without credentials', async () => {
    const request = { verb: 'retrieve', request: requestOf('2t') };
    const accepted = await post(service.url, '/api/v1/requests/demo', request, bearer(KEYS.alice));
    const ready = await pollV1(service.url, pathOf(accepted.headers.location), bearer(KEYS.alice));
    for (let time = 0; time < 2; time++) {
      assert.equal((await ask(service.url, pathOf(ready.headers.location))).status, 200);
    }
  });

  it('collections need their roles', async () => {
    const request = { verb: 'retrieve', request: requestOf('2t') };
    const refused = await post(service.url, '/api/v1/requests/private', request, bearer(KEYS.bob));
    assert.equal(refused.status, 403);
    const names = await ask(service.url, '/api/v1/collections', { headers: bearer(KEYS.alice) });
    assert.deepEqual(names.json, { message: ['demo', 'private'] });
  });
});
