/** Text of numbers: every float32 comes back, with as few digits as can be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../test/fast-check.js';
import { isoTime, shortestFloat32, TextBuffer, wrapLongitude } from './float-text.js';

const buffer = new TextBuffer();
function write(value: number): string {
  buffer.float32(value);
  return Buffer.from(buffer.take()).toString();
}
const significant = (text: string): number =>
  text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;

const float32 = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ min: -1000, max: 1000, noNaN: true }),
  fc.double({ min: -100000, max: 100000, noNaN: true }).map(Math.fround),
  fc.integer({ min: -9999999, max: 9999999 }).map((n) => Math.fround(n / 100)),
);

test('a float32 is restored by its text, which is JSON and as short as any', () => {
  fc.assert(
    fc.property(float32, (value) => {
      const text = write(value);
      assert.ok(Object.is(Math.fround(JSON.parse(text) as number), value), `${value} as ${text}`);
      let digits = 1;
      while (Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
      assert.ok(significant(text) <= digits, `${value} as ${text}: ${digits} digits are enough`);
    }),
    { numRuns: 20000 },
  );
});

test('special values', () => {
  assert.equal(write(Number.NaN), 'null');
  assert.equal(write(Infinity), 'null');
  assert.equal(write(0), '0.0');
  assert.equal(write(-0), '-0.0');
  assert.equal(write(Math.fround(289.225)), '289.225');
  assert.equal(write(101326), '101326.0');
  assert.equal(write(Math.fround(1e-7)), '1e-7');
  assert.equal(shortestFloat32(Math.fround(3.4e38)), '3.4e+38');
});

test('coordinates have nine decimals at most, longitudes lie in [-180, 180)', () => {
  const degrees = (value: number): string => {
    buffer.degrees(value);
    return Buffer.from(buffer.take()).toString();
  };
  assert.equal(degrees(45), '45.0');
  assert.equal(degrees(-73.5), '-73.5');
  assert.equal(degrees(40.1 + 0.2), '40.3');
  assert.equal(degrees(-0.0000000001), '0.0');
  assert.equal(degrees(285.03272123456), '285.032721235');
  fc.assert(
    fc.property(fc.double({ min: -800, max: 800, noNaN: true }), (lon) => {
      const wrapped = wrapLongitude(lon);
      assert.ok(wrapped >= -180 && wrapped < 180);
      const turns = (lon - wrapped) / 360;
      assert.ok(Math.abs(turns - Math.round(turns)) < 1e-9);
      assert.ok(Math.abs(Number(degrees(wrapped)) - wrapped) < 1e-9);
    }),
  );
  assert.equal(wrapLongitude(180), -180);
  assert.equal(wrapLongitude(179.99999999999), -180);
});

test('times have no milliseconds', () => {
  assert.equal(isoTime(Date.UTC(2025, 0, 1)), '2025-01-01T00:00:00Z');
});
