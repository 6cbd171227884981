/** v1 as its Python client needs it: statuses, headers and bodies of every outcome, on the embedded queue. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { covjson, requestOf, startService, type TestService } from './api-service.js';
import { ask, pathOf, pollV1, post, type Reply } from './http.js';

let service: TestService;
before(async () => {
  service = await startService();
});
after(() => service[Symbol.asyncDispose]());

function submit(param: string): Promise<Reply> {
  return post(service.url, '/api/v1/requests/demo', { verb: 'retrieve', request: requestOf(param) });
}

async function finished(param: string): Promise<{ id: string; reply: Reply; data: string }> {
  const accepted = await submit(param);
  const location = pathOf(accepted.headers.location);
  const reply = await pollV1(service.url, location);
  const id = location.split('/').at(-1) ?? '';
  return { id, reply, data: reply.status === 303 ? pathOf(reply.headers.location) : '' };
}

describe('v1 submit and poll', () => {
  it('accepts with 202, an absolute Location and Retry-After, then redirects to the data', async () => {
    const accepted = await submit('2t');
    assert.equal(accepted.status, 202);
    assert.match(accepted.headers.location ?? '', /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/requests\/[0-9a-z]{26}$/);
    assert.equal(accepted.headers['retry-after'], '5');
    assert.deepEqual(accepted.json, { message: 'Request queued', status: 'queued' });
    const ready = await pollV1(service.url, pathOf(accepted.headers.location));
    assert.equal(ready.status, 303);
    const { contentLength, contentType, location } = ready.json;
    assert.equal(contentLength, Buffer.byteLength(covjson('2t')));
    assert.equal(contentType, 'application/prs.coverage+json');
    assert.equal(location, ready.headers.location);
    const data = await ask(service.url, pathOf(ready.headers.location), { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(data.text, covjson('2t'));
    assert.equal(data.headers['content-type'], 'application/prs.coverage+json');
    assert.equal(data.headers['content-length'], String(data.body.length));
    assert.equal(data.headers['content-encoding'], undefined);
    assert.equal(data.headers['transfer-encoding'], undefined);
    assert.match(data.headers['content-disposition'] ?? '', /^attachment; filename="[0-9a-z]{26}\.covjson"$/);
  });

  it('takes YAML text whose scalars are texts', async () => {
    const text =
      'class: od\ndate: 20261121\ntime: 0000\nexpver: 0001\nlevtype: sfc\nparam: 2t\nstep: 0/to/24\nfeature:\n  type: timeseries\n  points:\n  - - 45.5\n    - -73.6\n';
    const accepted = await post(service.url, '/api/v1/requests/demo', { verb: 'retrieve', request: text });
    assert.equal(accepted.status, 202, accepted.text);
    const id = accepted.headers.location?.split('/').at(-1);
    const list = (await ask(service.url, '/api/v1/requests')).json['message'] as Record<string, unknown>[];
    const request = list.find((record) => record['id'] === id)?.['coerced_request'] as Record<string, unknown>;
    assert.equal(String(request['time']), '0000');
    assert.equal(String(request['expver']), '0001');
  });

  it('says processing while a job runs, and answers a held poll as soon as it ends', async () => {
    const accepted = await submit('slow');
    const seen = new Set<string>();
    let reply: Reply;
    do {
      reply = await ask(service.url, pathOf(accepted.headers.location));
      if (reply.status === 202) seen.add(String(reply.json['status']));
    } while (reply.status === 202);
    assert.equal(reply.status, 303);
    for (const state of seen) assert.ok(state === 'queued' || state === 'processing', state);
  });

  it('tells failures and bad requests as 400 with a code, in one text', async () => {
    const { reply } = await finished('fail');
    assert.equal(reply.status, 400);
    assert.deepEqual(reply.json, { message: 'run.fst record 3 cannot be decoded.' });
    assert.equal(reply.headers['x-error-code'], 'decode_failed');
    const refused = await submit('none');
    assert.equal(refused.status, 400);
    assert.match(String(refused.json['message']), /param.*none.*2t/);
    assert.equal(refused.headers['x-error-code'], 'no_data');
    const verb = await post(service.url, '/api/v1/requests/demo', { verb: 'archive', request: {} });
    assert.match(String(verb.json['message']), /^Transfer type "archive" not supported/);
  });
});

describe('v1 data', () => {
  it('sends only types that the client knows', async () => {
    for (const [param, type] of [
      ['grib', 'application/x-grib'],
      ['bin', 'application/octet-stream'],
    ] as const) {
      const { reply, data } = await finished(param);
      assert.equal(reply.json['contentType'], type);
      const head = await ask(service.url, data, { method: 'HEAD' });
      assert.deepEqual(
        [head.status, head.headers['content-type'], head.headers['content-length']],
        [200, type, '5000'],
      );
      assert.equal(head.body.length, 0);
    }
  });

  it('serves ranges, and answers conditional requests by the hash of the content', async () => {
    const { data } = await finished('bin');
    const whole = await ask(service.url, data);
    const etag = whole.headers.etag ?? '';
    assert.equal(etag, `"${createHash('sha256').update(whole.body).digest('hex')}"`);
    const part = await ask(service.url, data, { headers: { Range: 'bytes=100-199' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers['content-range'], 'bytes 100-199/5000');
    assert.ok(part.body.equals(whole.body.subarray(100, 200)));
    const tail = await ask(service.url, data, { headers: { Range: 'bytes=-10', 'If-Range': etag } });
    assert.ok(tail.body.equals(whole.body.subarray(4990)));
    const other = await ask(service.url, data, { headers: { Range: 'bytes=0-9', 'If-Range': '"other"' } });
    assert.deepEqual([other.status, other.body.length], [200, 5000]);
    const beyond = await ask(service.url, data, { headers: { Range: 'bytes=5000-' } });
    assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */5000']);
    const same = await ask(service.url, data, { headers: { 'If-None-Match': etag } });
    assert.deepEqual([same.status, same.body.length], [304, 0]);
    const many = Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(',');
    assert.equal((await ask(service.url, data, { headers: { Range: `bytes=${many}` } })).status, 200);
  });

  it('refuses an address in which any character was changed, taken away or added', async () => {
    const { data } = await finished('2t');
    assert.equal((await ask(service.url, data)).status, 200);
    for (let at = 1; at < data.length; at++) {
      const changed = data[at] === 'a' ? 'b' : 'a';
      const variants = [
        data.slice(0, at) + changed + data.slice(at + 1),
        data.slice(0, at) + data.slice(at + 1),
        `${data.slice(0, at)}a${data.slice(at)}`,
        `${data.slice(0, at)}%${data.charCodeAt(at).toString(16)}${data.slice(at + 1)}`,
      ];
      for (const variant of variants) {
        const { status } = await ask(service.url, variant);
        assert.ok(status === 403 || status === 404, `${status} for ${variant}`);
      }
    }
    assert.equal((await ask(service.url, `${data}a`)).status, 404);
    assert.equal((await ask(service.url, data, { method: 'POST' })).status, 405);
  });
});

describe('v1 list and revoke', () => {
  it('lists finished requests with what the client reads, filtered by collection', async () => {
    const { id } = await finished('2t');
    const list = (await ask(service.url, '/api/v1/requests/demo')).json['message'] as Record<string, unknown>[];
    const record = list.find((one) => one['id'] === id);
    assert.equal(record?.['status'], 'processed');
    assert.equal(record?.['verb'], 'retrieve');
    assert.equal(record?.['collection'], 'demo');
    assert.equal(record?.['content_type'], 'application/prs.coverage+json');
    assert.deepEqual((await ask(service.url, '/api/v1/requests/private')).json, { message: [] });
  });

  it('revokes one, then answers 410 to polls and 404 to its download', async () => {
    const { id, data } = await finished('2t');
    const revoked = await ask(service.url, `/api/v1/requests/${id}`, { method: 'DELETE' });
    assert.deepEqual(revoked.json, { message: 'Successfully revoked 1 requests' });
    assert.equal((await ask(service.url, `/api/v1/requests/${id}`)).status, 410);
    assert.equal((await ask(service.url, data)).status, 404);
    const again = await ask(service.url, `/api/v1/requests/${id}`, { method: 'DELETE' });
    assert.deepEqual(again.json, { message: 'Successfully revoked 0 requests' });
  });

  it('revokes all, in any case of the word', async () => {
    const { headers } = await submit('slower');
    const revoked = await ask(service.url, '/api/v1/requests/ALL', { method: 'DELETE' });
    assert.match(String(revoked.json['message']), /^Successfully revoked [1-9]\d* requests$/);
    assert.equal((await ask(service.url, pathOf(headers.location))).status, 410);
    assert.deepEqual((await ask(service.url, '/api/v1/requests')).json, { message: [] });
  });

  it('has user, collections and the closed upload routes', async () => {
    const user = (await ask(service.url, '/api/v1/user')).json;
    for (const value of Object.values(user)) assert.equal(typeof value, 'string');
    assert.match(String(user['live requests']), /^\d+$/);
    assert.deepEqual((await ask(service.url, '/api/v1/collections')).json, { message: ['demo'] });
    const upload = await ask(service.url, '/api/v1/uploads/x', { method: 'POST' });
    assert.deepEqual([upload.status, upload.headers['deprecation']], [410, 'true']);
  });
});

describe('v1 bodies', () => {
  it('refuses what is too large, too deep, not text or of another type', async () => {
    const path = '/api/v1/requests/demo';
    const large = await post(service.url, path, 'x', { 'Content-Length': '999999999', Connection: 'close' });
    assert.equal(large.status, 413);
    assert.equal((await post(service.url, path, 'x'.repeat(300_000))).status, 413);
    assert.equal((await post(service.url, path, '['.repeat(50_000))).status, 400);
    assert.equal((await post(service.url, path, '')).status, 400);
    assert.equal((await post(service.url, path, '[]')).status, 400);
    const latin = { method: 'POST', body: Buffer.from([0x7b, 0xff, 0x7d]), headers: { 'Content-Type': 'text/yaml' } };
    assert.equal((await ask(service.url, path, latin)).status, 400);
    assert.equal((await post(service.url, path, '{}', { 'Content-Type': 'image/png' })).status, 415);
    const long = { verb: 'retrieve', request: { ...requestOf('2t'), class: 'x'.repeat(5000) } };
    assert.equal((await post(service.url, path, long)).status, 400);
    const gzip = await post(service.url, path, 'no gzip', { 'Content-Encoding': 'gzip' });
    assert.equal(gzip.status, 400);
  });
});
