import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCache, keptAnswer } from './answer-cache.js';
import { KnownBodies } from './fast-answers.js';

const FORMAT = { contentType: 'application/prs.coverage+json', extension: 'covjson' };
const answerOf = (text: string) => keptAnswer(Buffer.from(text), FORMAT);

test('keys tell collection, version of the data and request apart', () => {
  const job = { collection: 'one', indexVersion: 'a', request: { param: ['2t'] } };
  const keys = [
    job,
    { ...job, collection: 'two' },
    { ...job, indexVersion: 'b' },
    { ...job, request: { param: ['tp'] } },
  ];
  assert.equal(new Set(keys.map((key) => AnswerCache.keyOf(key))).size, 4);
  assert.equal(AnswerCache.keyOf(job), AnswerCache.keyOf({ ...job }));
  assert.equal(AnswerCache.keyOf({ collection: 'one', request: {} }), undefined);
});

test('the least recently used answers go when the bytes are used up', () => {
  const cache = new AnswerCache(8 * 2000);
  for (let n = 0; n < 20; n++) {
    cache.keep(`k${n}`, answerOf('x'.repeat(1500)));
    cache.find('k0');
  }
  assert.ok(cache.bytes <= 8 * 2000);
  assert.ok(cache.find('k0'));
  assert.equal(cache.find('k1'), undefined);
  assert.ok(cache.find('k19'));
});

test('an answer that would push out most others is not kept', () => {
  const cache = new AnswerCache(8000);
  cache.keep('large', answerOf('x'.repeat(1001)));
  assert.equal(cache.find('large'), undefined);
});

test('of equal requests at once one is the first, and the others wait for it', async () => {
  const cache = new AnswerCache(1e6);
  let made = 0;
  const ask = async (): Promise<string | undefined> => {
    if (!(await cache.followed('key'))) {
      made++;
      await new Promise((done) => setTimeout(done, 5));
      cache.keep('key', answerOf('same'));
      cache.done('key');
      cache.done('key');
    }
    return cache.find('key')?.bytes.toString();
  };
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, ask)), new Array(10).fill('same'));
  assert.equal(made, 1);
  assert.equal(await cache.followed('key'), false, 'the next one is a first again');
  cache.done('key');
});

test('a known body holds for one version of the data and one day', () => {
  let now = Date.parse('2025-01-15T23:59:59Z');
  const known = new KnownBodies(() => now);
  const body = Buffer.from('{"date":-1}');
  known.keep('one', body, 'key', 'a');
  assert.equal(known.find('one', body, 'a'), 'key');
  assert.equal(known.find('two', body, 'a'), undefined);
  assert.equal(known.find('one', body, 'b'), undefined);
  now += 2000;
  assert.equal(known.find('one', body, 'a'), undefined);
});
