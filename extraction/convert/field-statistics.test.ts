/** Statistics in one pass are those of two passes over everything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npyHeader } from '../../formats/npy.js';
import { FieldStatistics } from './field-statistics.js';

test('planes merge into the mean and spread of the whole, missing points left out', () => {
  const statistics = new FieldStatistics();
  const all: number[] = [];
  for (let plane = 0; plane < 50; plane++) {
    const values = Float64Array.from({ length: 40 }, (_, k) => 1e8 + plane + Math.sin(k));
    values[plane % 40] = Number.NaN;
    statistics.add(values);
    all.push(...values.filter((value) => !Number.isNaN(value)));
  }
  const mean = all.reduce((sum, value) => sum + (value - 1e8), 0) / all.length + 1e8;
  const std = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  const found = statistics.summary();
  assert.deepEqual([found.count, found.missing], [all.length, 50]);
  assert.ok(Math.abs(found.mean! - mean) < 1e-7 && Math.abs(found.std! - std) < 1e-7, JSON.stringify(found));
  assert.deepEqual([found.min, found.max], [Math.min(...all), Math.max(...all)]);
});

test('flags of integers are missing; nothing has no mean', () => {
  const statistics = new FieldStatistics();
  statistics.add(Uint8Array.of(255, 255), 255);
  assert.deepEqual(statistics.summary(), { count: 0, missing: 2, mean: null, std: null, min: null, max: null });
  statistics.add(Uint8Array.of(3, 255, 5), 255);
  assert.deepEqual(statistics.summary(), { count: 2, missing: 3, mean: 4, std: 1, min: 3, max: 5 });
});

test('headers of NumPy files end at a multiple of 64 and name shape and type', () => {
  for (const [shape, text] of [
    [[], '()'],
    [[7], '(7,)'],
    [[2, 3], '(2, 3)'],
  ] as const) {
    const header = Buffer.from(npyHeader('float32', shape));
    assert.equal(header.length % 64, 0);
    assert.equal(header.readUInt16LE(8) + 10, header.length);
    assert.ok(header.toString('latin1').includes(`'<f4', 'fortran_order': False, 'shape': ${text}`));
  }
});
