/** What is kept, for how long, and how often things are made. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteCache } from './byte-cache.js';

const make = (maxBytes: number, isShort?: () => boolean): ByteCache<string> =>
  new ByteCache({ maxBytes, bytesOf: (text) => text.length, ...(isShort === undefined ? {} : { isShort }) });

describe('byte cache', () => {
  it('makes a thing once for all who ask meanwhile, and keeps it', async () => {
    const cache = make(100);
    let made = 0;
    const slow = async (): Promise<string> => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return 'value';
    };
    assert.deepEqual(await Promise.all([cache.get('a', slow), cache.get('a', slow)]), ['value', 'value']);
    assert.equal(await cache.get('a', slow), 'value');
    assert.equal(made, 1);
  });

  it('lets go of what was not used for longest', async () => {
    const cache = make(10);
    cache.add('a', 'aaaa');
    cache.add('b', 'bbbb');
    assert.equal(cache.peek('a'), 'aaaa');
    cache.add('c', 'cccc');
    assert.equal(cache.peek('b'), undefined);
    assert.equal(cache.peek('a'), 'aaaa');
    assert.equal(cache.bytes, 8);
    cache.add('a', 'aa');
    assert.equal(cache.bytes, 6);
    cache.add('d', 'd'.repeat(11));
    assert.equal(cache.peek('d'), undefined);
  });

  it('does not keep failures', async () => {
    const cache = make(10);
    await assert.rejects(
      cache.get('a', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await cache.get('a', () => Promise.resolve('yes')), 'yes');
  });

  it('gives most back when memory is short', () => {
    let short = false;
    const cache = make(100, () => short);
    for (let n = 0; n < 10; n++) cache.add(String(n), 'x'.repeat(10));
    assert.equal(cache.bytes, 100);
    short = true;
    cache.add('new', 'y'.repeat(10));
    assert.ok(cache.bytes <= 25);
    assert.equal(cache.peek('new')?.length, 10);
  });
});
