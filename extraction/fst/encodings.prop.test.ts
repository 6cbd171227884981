import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { fc } from '../../test/fast-check.js';
import { decodeIp, encodeIp } from './ip.js';
import { addHours, msToStamp, stampToMs } from './time.js';
import { parseVertical } from './vertical.js';

test('a value survives its ip to the precision of the mantissa', () => {
  const kinds = fc.constantFrom(
    [0, -19_000, 99_000],
    [1, 0, 1],
    [2, 0.01, 1099],
    [4, -1000, 90_000],
    [5, 0, 1],
    [6, 2, 190_000],
    [10, 0, 1e8],
    [21, 0, 9e5],
  );
  fc.assert(
    fc.property(kinds, fc.double({ min: 0, max: 1, noNaN: true }), ([kind, low, high], share) => {
      const value = Math.fround(low! + share * (high! - low!));
      const back = decodeIp(encodeIp(value, kind!))!;
      assert.equal(back.kind, kind);
      // negative mantissas have fewer digits; the smallest values have an absolute step
      const step = value < 0 ? 2.2e-4 : 1e-5;
      const least = kind === 21 ? 2e-4 : 1e-10;
      assert.ok(Math.abs(back.value - value) <= step * Math.abs(value) + least, `${value} became ${back.value}`);
    }),
    { numRuns: 2000 },
  );
});

test('any ip decodes to something that encodes, or to nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 2 ** 29 }), (ip) => {
      const level = decodeIp(ip);
      if (level === null) return;
      const again = decodeIp(encodeIp(level.value, level.kind))!;
      assert.equal(again.kind, level.kind);
      assert.ok(Math.abs(again.value - level.value) <= 2.2e-4 * Math.abs(level.value) + 2e-4);
    }),
    { numRuns: 3000 },
  );
});

test('instants survive their stamps, truncated to what the form resolves', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      const ms = seconds * 1000;
      const back = stampToMs(msToStamp(ms));
      const unit = ms >= Date.UTC(1980, 0, 1) && ms < Date.UTC(2236, 0, 1) ? 5000 : 3_600_000;
      assert.equal(back, Math.floor(ms / unit) * unit, new Date(ms).toISOString());
    }),
    { numRuns: 3000 },
  );
});

test('any stamp is a date that encodes to itself or an alias, or none', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (stamp) => {
      const ms = stampToMs(stamp);
      if (!Number.isNaN(ms)) assert.equal(stampToMs(msToStamp(ms)), ms);
    }),
    { numRuns: 5000 },
  );
});

test('hours can be added and taken away again', () => {
  const stamp = fc.integer({ min: 0, max: 126_000_000 }).map((n) => msToStamp(Date.UTC(2001, 0, 1) + n * 5000));
  fc.assert(
    fc.property(stamp, fc.integer({ min: 0, max: 72_000 }), (from, tenths) => {
      assert.equal(addHours(addHours(from, tenths / 10), -tenths / 10), from);
    }),
  );
});

test('no table of coefficients does harm', () => {
  const value = fc.oneof(fc.double(), fc.integer({ min: -3, max: 30 }), fc.constantFrom(5, 21, 3));
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 40 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: -1, max: 12 }),
      (values, ni, nj) => {
        try {
          parseVertical(Float64Array.from(values), ni, nj);
        } catch (error) {
          assert.ok(error instanceof FeatureError, String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});
