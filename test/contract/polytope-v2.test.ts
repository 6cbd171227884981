/** v2: blocking submits, self-redirects, list, status as JSON and as events, dry run, idempotency, revoke, problem documents. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { covjson, requestOf, startService, type TestService } from './api-service.js';
import { ask, pathOf, post, type Reply } from './http.js';

const SUBMIT = '/api/v2/demo/requests';
let service: TestService;
before(async () => {
  service = await startService({ config: { limits: { longPollMs: 400 } } });
});
after(() => service[Symbol.asyncDispose]());

function submit(param: string, headers: Record<string, string> = {}): Promise<Reply> {
  return post(service.url, SUBMIT, requestOf(param), headers);
}

describe('v2 submit', () => {
  it('answers 200 with the data when they are there within the wait', async () => {
    const reply = await submit('2t');
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.text, covjson('2t'));
    assert.match(reply.headers.etag ?? '', /^"[0-9a-f]{64}"$/);
    assert.equal(reply.headers['content-length'], String(reply.body.length));
    assert.equal(reply.headers['content-type'], 'application/prs.coverage+json');
    const again = await ask(service.url, reply.headers['content-location'] ?? '', {
      headers: { 'If-None-Match': reply.headers.etag ?? '' },
    });
    assert.equal(again.status, 304);
  });

  it('redirects to itself while it waits', async () => {
    let reply = await submit('slow');
    let hops = 0;
    while (reply.status === 303) {
      hops++;
      assert.match(reply.headers['x-bits-pending-status'] as string, /^(queued|processing)$/);
      const { id, location, status } = reply.json;
      assert.equal(location, `/api/v2/requests/${String(id)}`);
      assert.equal(reply.headers.location, location);
      assert.equal(status, reply.headers['x-bits-pending-status']);
      reply = await ask(service.url, String(location));
    }
    assert.ok(hops > 0);
    assert.equal(reply.text, covjson('slow'));
  });

  it('takes a wrapped request whose outer keys win', async () => {
    const body = { verb: 'retrieve', request: 'param: none\n', ...requestOf('2t') };
    assert.equal((await post(service.url, SUBMIT, body)).text, covjson('2t'));
    assert.equal((await post(service.url, SUBMIT, [1])).status, 400);
  });

  it('prices without running, for dry-run=1 and a bare dry-run', async () => {
    const price = { fields: 25, points: 1, values: 25, bytes_estimate: 600, coverages: 1 };
    const before = (await service.queue.list('local/anonymous')).length;
    assert.deepEqual((await post(service.url, `${SUBMIT}?dry-run=1`, requestOf('2t'))).json, price);
    assert.deepEqual((await post(service.url, `${SUBMIT}?dry-run`, requestOf('2t'))).json, price);
    assert.equal((await post(service.url, `${SUBMIT}?dry-run=1`, requestOf('none'))).status, 400);
    assert.equal((await service.queue.list('local/anonymous')).length, before);
  });

  it('answers 202 at once where asynchrony is preferred', async () => {
    const reply = await submit('slow', { Prefer: 'respond-async' });
    assert.equal(reply.status, 202);
    assert.equal(reply.headers['preference-applied'], 'respond-async');
    assert.match(reply.headers.location ?? '', /^\/api\/v2\/requests\/[0-9a-z]{26}$/);
  });

  it('gives one id to one Idempotency-Key, and refuses it for another request', async () => {
    const headers = { 'Idempotency-Key': 'key-1', Prefer: 'respond-async' };
    const [first, second] = [await submit('2t', headers), await submit('2t', headers)];
    assert.equal(first.headers.location, second.headers.location);
    const other = await submit('msl', headers);
    assert.equal(other.status, 400);
    assert.match(String(other.json['detail']), /Idempotency-Key/);
    assert.equal((await submit('2t', { 'Idempotency-Key': 'x'.repeat(300) })).status, 400);
  });
});

describe('v2 errors', () => {
  it('are problem documents with a number as status', async () => {
    const reply = await submit('none');
    assert.equal(reply.headers['content-type'], 'application/problem+json');
    const { type, title, status, detail, message, code } = reply.json;
    assert.deepEqual([status, code, message], [400, 'no_data', detail]);
    assert.ok(typeof type === 'string' && typeof title === 'string');
    assert.equal((await submit('fail')).status, 422);
    const bare = await post(service.url, '/api/v2/requests', requestOf('2t'));
    assert.deepEqual([bare.status, bare.json['status']], [404, 404]);
    assert.equal((await post(service.url, '/api/v2/nowhere/requests', requestOf('2t'))).status, 404);
    assert.equal((await post(service.url, '/api/v2/private/requests', requestOf('2t'))).status, 403);
  });
});

describe('v2 requests', () => {
  it('lists, tells the state without blocking, and revokes', async () => {
    const accepted = await submit('slower', { Prefer: 'respond-async' });
    const location = accepted.headers.location ?? '';
    const start = performance.now();
    const status = (await ask(service.url, `${location}/status`)).json;
    assert.ok(performance.now() - start < 350, 'the state was held');
    assert.match(String(status['state']), /^(queued|processing)$/);
    assert.equal(typeof status['progress'], 'number');
    const list = (await ask(service.url, '/api/v2/requests')).json['requests'] as Record<string, unknown>[];
    assert.ok(list.some((one) => location.endsWith(String(one['id']))));
    const revoked = await ask(service.url, location, { method: 'DELETE' });
    assert.deepEqual(revoked.json, { id: location.split('/').at(-1), status: 'cancelled' });
    assert.equal((await ask(service.url, location)).status, 410);
    assert.equal((await ask(service.url, `${location}/status`)).json['state'], 'cancelled');
  });

  it('sends events to the end', async () => {
    const accepted = await submit('slow', { Prefer: 'respond-async' });
    const reply = await ask(service.url, `${accepted.headers.location}/status`, {
      headers: { Accept: 'text/event-stream' },
    });
    assert.equal(reply.headers['content-type'], 'text/event-stream');
    const events = reply.text.split('\n\n').filter((event) => event.startsWith('event: status\ndata: '));
    const states = events.map((event) => (JSON.parse(event.slice(20)) as { state: string }).state);
    assert.equal(states.at(-1), 'processed');
    assert.ok(states.length > 1);
  });

  it('gives v1 and v2 the same requests', async () => {
    const reply = await submit('2t');
    const id = reply.headers['content-location']?.split('/').at(-1) ?? '';
    const ready = await ask(service.url, `/api/v1/requests/${id}`);
    assert.equal(ready.status, 303);
    assert.ok((await ask(service.url, pathOf(ready.headers.location))).body.equals(reply.body));
  });

  it('has health and collections', async () => {
    const alive = await ask(service.url, '/api/v2/health');
    assert.deepEqual([alive.text, alive.headers['content-type']], ['Polytope server is alive', 'text/plain']);
    assert.deepEqual((await ask(service.url, '/api/v2/collections')).json, { collections: ['demo'] });
  });
});
