/**
 * The same request sent again and again, over both dialects, at once and later, kept answers or not, whole or in parts: each
 * has an id of its own, each ends, and all give the same bytes. On the service as `serve` starts it, with its job processes.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDemo } from '../../cli/demo.js';
import { startTestService, type TestService } from '../service.js';

const REQUEST = {
  ...{ class: 'rd', expver: '0001', domain: 'g', stream: 'oper', type: 'fc', levtype: 'sfc', param: '2t' },
  ...{ date: '20250115/20250116', time: '0000/1200', step: '0/6' },
  feature: {
    type: 'boundingbox',
    points: [
      [46, -75],
      [44, -72],
    ],
  },
};
const JSON_TYPE = { 'Content-Type': 'application/json' };

async function settled(url: string): Promise<Response> {
  for (let left = 600; left > 0; left--) {
    const answer = await fetch(url, { redirect: 'manual' });
    const isPending = answer.status === 202 || answer.headers.has('x-bits-pending-status');
    if (!isPending) return answer;
    await answer.arrayBuffer();
    await sleep(50);
  }
  throw new Error('the request did not end');
}

async function overV1(service: TestService): Promise<{ id: string; text: string }> {
  const body = JSON.stringify({ verb: 'retrieve', request: REQUEST });
  const accepted = await fetch(`${service.url}/api/v1/requests/demo`, { method: 'POST', headers: JSON_TYPE, body });
  assert.equal(accepted.status, 202, await accepted.text());
  const location = String(accepted.headers.get('location'));
  assert.match(location, /^http:\/\/.*\/[0-9a-z]{26}$/);
  const ready = await settled(location);
  assert.equal(ready.status, 303);
  const data = await fetch(String(ready.headers.get('location')));
  return { id: location.split('/').at(-1)!, text: await data.text() };
}

async function overV2(service: TestService): Promise<{ id: string; text: string }> {
  const accepted = await fetch(`${service.url}/api/v2/demo/requests`, {
    ...{ method: 'POST', body: JSON.stringify(REQUEST) },
    headers: { ...JSON_TYPE, Prefer: 'respond-async' },
  });
  assert.equal(accepted.status, 202, await accepted.text());
  const location = new URL(String(accepted.headers.get('location')), service.url).href;
  const data = await settled(location);
  assert.equal(data.status, 200);
  return { id: location.split('/').at(-1)!, text: await data.text() };
}

describe('equal requests', () => {
  let folder: string;
  /** the answer of every service here */
  let answer: string | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-equal-'));
    await ensureDemo(join(folder, 'data'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, limits] of [
    ['answered with kept answers', {}],
    ['each worked on in parts', { splitValues: 50, cacheBytes: 0, inlineValues: 0 }],
  ] as const) {
    it(`all end right, ${name}`, async () => {
      await using service = await startTestService([join(folder, 'data')], { limits });
      const direct = await fetch(`${service.url}/api/v2/demo/requests`, {
        ...{ method: 'POST', headers: JSON_TYPE, body: JSON.stringify(REQUEST) },
      });
      assert.equal(direct.status, 200);
      const expected = await direct.text();
      answer ??= expected;
      assert.ok(expected === answer, 'in parts the answer is another one');
      assert.equal((JSON.parse(expected) as { coverages: unknown[] }).coverages.length, 8);
      const atOnce = await Promise.all([overV1(service), overV1(service), overV2(service), overV2(service)]);
      const later = [await overV1(service), await overV2(service)];
      const all = [...atOnce, ...later];
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      for (const { text } of all) assert.ok(text === expected);
    });
  }

  it('of plain submits at once one is worked on', async () => {
    await using service = await startTestService([join(folder, 'data')], {});
    const ask = async (): Promise<string> => {
      const reply = await fetch(`${service.url}/api/v2/demo/requests`, {
        ...{ method: 'POST', headers: JSON_TYPE, body: JSON.stringify(REQUEST) },
      });
      assert.equal(reply.status, 200);
      return reply.text();
    };
    const all = await Promise.all(Array.from({ length: 8 }, ask));
    assert.equal(new Set(all).size, 1);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    assert.match(metrics, /^polyfst_cache_hits_total 7$/m);
  });
});
