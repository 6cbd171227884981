/** Blocks are fetched once, neighbours together, and never by more than is there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileIdentity } from '../catalogue/data-file.js';
import { blocksOf, RangeCache, runsOf } from './range-cache.js';
import type { ByteRange } from './remote-files.js';

const BLOCK = 65_536;
const SIZE = 10 * BLOCK + 100;
const file: FileIdentity = { path: 's3://bucket/file', dev: 0, ino: 1, size: SIZE, mtimeMs: 0 };

/** A cache over a file whose bytes are their own offsets, with the ranges that were fetched. */
function cacheOf(maxBytes: number, onFetch: () => Promise<void> = async () => undefined) {
  const fetched: ByteRange[] = [];
  const cache = new RangeCache({
    maxBytes,
    async fetch(_file, range) {
      fetched.push(range);
      await onFetch();
      return Uint8Array.from({ length: range.bytes }, (_, n) => (range.offset + n) % 251);
    },
  });
  return { cache, fetched };
}

describe('blocks of remote files', () => {
  it('hold the ranges and nothing beyond the end', () => {
    assert.deepEqual(blocksOf([{ offset: BLOCK - 1, bytes: 2 }], SIZE), [0, 1]);
    assert.deepEqual(blocksOf([{ offset: SIZE - 1, bytes: 1e9 }], SIZE), [10]);
    assert.deepEqual(
      blocksOf(
        [
          { offset: SIZE, bytes: 10 },
          { offset: 5, bytes: 0 },
        ],
        SIZE,
      ),
      [],
    );
    assert.deepEqual(
      runsOf([0, 1, 3, 4, 5]).map(({ first, count }) => [first, count]),
      [
        [0, 2],
        [3, 3],
      ],
    );
    assert.deepEqual(
      runsOf(Array.from({ length: 300 }, (_, n) => n)).map(({ count }) => count),
      [128, 128, 44],
    );
  });

  it('come in the order of the file, whoever had some before', async () => {
    const { cache, fetched } = cacheOf(1e7);
    await cache.read(file, [{ offset: 4 * BLOCK, bytes: 1 }]);
    const segments = await cache.read(file, [{ offset: 3 * BLOCK + 7, bytes: 3 * BLOCK }]);
    assert.deepEqual(
      segments.map(({ offset }) => offset / BLOCK),
      [3, 4, 5, 6],
    );
    for (const { offset, bytes } of segments) assert.equal(bytes[9], (offset + 9) % 251);
    assert.deepEqual(
      fetched.map(({ offset, bytes }) => [offset / BLOCK, bytes / BLOCK]),
      [
        [4, 1],
        [3, 1],
        [5, 2],
      ],
    );
    const [last] = await cache.read(file, [{ offset: SIZE - 1, bytes: 1 }]);
    assert.equal(last!.bytes.length, 100);
  });

  it('are fetched once for all who wait, and again after a failure', async () => {
    let fails = true;
    const { cache, fetched } = cacheOf(1e7, async () => {
      await sleep(5);
      if (fails) throw new Error('cut');
    });
    const range = [{ offset: 0, bytes: 10 }];
    const both = await Promise.allSettled([cache.read(file, range), cache.read(file, range)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(fetched.length, 1);
    fails = false;
    await Promise.all([cache.read(file, range), cache.read(file, range)]);
    await cache.read(file, range);
    assert.equal(fetched.length, 2);
  });

  it('are not kept without room, and not shared by versions of a file', async () => {
    const { cache, fetched } = cacheOf(0);
    const range = [{ offset: 0, bytes: 10 }];
    await cache.read(file, range);
    await cache.read(file, range);
    assert.equal(fetched.length, 2);
    const kept = cacheOf(1e7);
    await kept.cache.read(file, range);
    await kept.cache.read({ ...file, ino: 2 }, range);
    assert.equal(kept.fetched.length, 2);
  });

  it('are left to others by a reader who gives up', async () => {
    const { cache, fetched } = cacheOf(1e7, () => sleep(20));
    const abort = new AbortController();
    const range = [{ offset: 0, bytes: 10 }];
    const leaving = cache.read(file, range, abort.signal);
    const staying = cache.read(file, range);
    abort.abort(new Error('gone'));
    await assert.rejects(leaving, /gone/);
    assert.equal((await staying).length, 1);
    assert.equal(fetched.length, 1);
  });
});
