/** Whichever library deflates a chunk, zlib gives its bytes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';
import { deflatedByZlib, shuffle } from '../../formats/deflate-chunk.js';
import { hasDeflate } from '../../native/index.js';
import { deflate } from './deflate.js';

const noise = (count: number): Uint8Array => {
  let seed = 5;
  return Uint8Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed >>> 24;
  });
};

const even = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, k) => k >> 8);

test('chunks come back, of every width, level and size, even or noise', async () => {
  for (const make of [deflate, deflatedByZlib]) {
    for (const bytes of [noise(0), noise(8), even(24), noise(80000), even(400000), noise(1 << 20)]) {
      for (const [width, level] of [
        [1, 1],
        [2, 6],
        [4, 4],
        [8, 9],
      ] as const) {
        const label = `${make.name} ${bytes.length} ${width} ${level}`;
        const wanted = Buffer.from(shuffle(bytes, width));
        assert.ok(wanted.equals(inflateSync(await make(bytes, width, level, 'zlib'))), `${label} zlib`);
        assert.ok(wanted.equals(gunzipSync(await make(bytes, width, level, 'gzip'))), `${label} gzip`);
      }
    }
  }
});

test('shuffled bytes stand by their place in the element', () => {
  assert.deepEqual([...shuffle(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 4)], [1, 5, 2, 6, 3, 7, 4, 8]);
});

test('a chunk of broken elements or a level that is none is refused', {
  skip: !hasDeflate() && 'no libdeflate',
}, async () => {
  await assert.rejects(deflate(noise(7), 4, 4, 'zlib'), /not whole/);
  await assert.rejects(deflate(noise(8), 4, 77, 'zlib'), /level/);
});
