/** Memory that is given back: arrays are empty afterwards, later results are right, and resident memory does not grow. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RecordBatch } from '../schemas/vocabulary.js';
import { append, decode, decodeNative, encode, recycle, scan } from './index.js';

const NI = 1000;
const NJ = 600;
const KEYS = { typvar: 'P', etiket: 'RECYCLE', grtyp: 'X', ip1: 0, ip2: 0, ip3: 0, nk: 1, deet: 0, npas: 0 };
const GRID = { ig1: 0, ig2: 0, ig3: 0, ig4: 0, dateo: 0 };

let folder = '';
let path = '';
let batch: RecordBatch;

/** Small whole numbers: exact in every packing. */
const valueAt = (field: number, point: number): number => ((point * 7 + field * 13) % 4000) + 1;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyfst-recycle-'));
  path = join(folder, 'fields.fst');
  for (let field = 0; field < 2; field++) {
    const values = Float32Array.from({ length: NI * NJ }, (_, point) => valueAt(field, point));
    const packing = { datyp: 5, nbits: 32 };
    const record = { nomvar: `F${field}`, ...KEYS, ...GRID, ni: NI, nj: NJ, ...packing, values };
    await append(path, 'xdf', [await encode('xdf', record)]);
  }
  const table = await scan({ path });
  const { container, payloadOffset, payloadBytes, ni, nj, nk, datyp, nbits, dasiz } = table;
  batch = { container, payloadOffset, payloadBytes, ni, nj, nk, datyp, nbits, dasiz };
});

after(() => rm(folder, { recursive: true, force: true }));

function checkValues(values: Float32Array): void {
  assert.equal(values.length, 2 * NI * NJ);
  for (const point of [0, 1, 599_999]) {
    assert.equal(values[point], valueAt(0, point));
    assert.equal(values[NI * NJ + point], valueAt(1, point));
  }
}

test('an array that was given back is empty, and later results are right', async () => {
  for (let round = 0; round < 5; round++) {
    const { values } = await decode({ path }, batch);
    const view = values.subarray(10, 20);
    checkValues(values);
    recycle(values);
    assert.equal(values.length, 0);
    assert.equal(view.length, 0);
    recycle(values); // again: nothing happens
    const { bytes } = await decodeNative({ path }, batch);
    checkValues(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
    recycle(bytes);
    assert.equal(bytes.length, 0);
  }
});

test('results that are kept are not overwritten by later ones', async () => {
  const { values: kept } = await decode({ path }, batch);
  for (let round = 0; round < 5; round++) recycle((await decode({ path }, batch)).values);
  checkValues(kept);
});

test('resident memory stays at some results, however many are read', async () => {
  const read = async (times: number): Promise<number> => {
    for (let n = 0; n < times; n++) {
      const { values } = await decode({ path }, batch);
      recycle(values);
    }
    return process.memoryUsage.rss();
  };
  const before = await read(10);
  const grown = (await read(200)) - before;
  // 200 results are 960 MB
  assert.ok(grown < 64 * 2 ** 20, `${grown} bytes more`);
});

test('only typed arrays can be given back', () => {
  assert.throws(() => recycle([] as unknown as Float32Array), TypeError);
});
