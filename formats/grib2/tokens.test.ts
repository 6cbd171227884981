import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { fc } from '../../test/fast-check.js';
import { readBits, writeBits } from './bits.js';
import { packValues, SAME_UNIT, unpackValues } from './tokens.js';

/** Values on a lattice of `step` above `least`, as a common exponent leaves them. */
const lattice = (least: number, step: number, tokens: readonly number[]): Float32Array =>
  Float32Array.from(tokens, (token) => least + token * step);

test('values with a common exponent come back bit for bit, in as many bits as they had', () => {
  const values = lattice(100, 2 ** -8, [0, 1, 4095, 17, 2048, 3]);
  const packed = packValues(values, SAME_UNIT, { bits: 12 });
  assert.deepEqual([packed.bits, packed.error, packed.binary], [12, 0, -8]);
  assert.deepEqual(unpackValues(packed, values.length), values);
});

test('powers of ten cancel on the way back', () => {
  const change = { kind: 'decimal', digits: -2 } as const;
  const values = lattice(0.25, 2 ** -14, [0, 900, 12, 4000, 77]);
  const packed = packValues(values, change, { bits: 12 });
  assert.equal(packed.decimal, -2);
  assert.deepEqual(unpackValues(packed, values.length, change), values);
  const percent = unpackValues(packed, values.length);
  assert.deepEqual(
    percent,
    values.map((value) => value * 100),
  );
});

test('missing points are in the bitmap and nowhere else', () => {
  const values = Float32Array.of(Number.NaN, 1, 2, Number.NaN, 4);
  const packed = packValues(values, SAME_UNIT, { bits: 8 });
  assert.deepEqual([...packed.present!], [0, 1, 1, 0, 1]);
  assert.equal(packed.tokens.length, 3);
  assert.deepEqual(unpackValues(packed, 5), values);
});

test('constant, empty and infinite fields', () => {
  const constant = packValues(new Float32Array(4).fill(7.5), { kind: 'decimal', digits: -1 }, { bits: 16 });
  assert.deepEqual([constant.bits, constant.reference, constant.decimal], [0, 75, 0]);
  const none = packValues(new Float32Array(3).fill(Number.NaN), SAME_UNIT, { bits: 16 });
  assert.deepEqual(unpackValues(none, 3), new Float32Array(3).fill(Number.NaN));
  assert.throws(
    () => packValues(Float32Array.of(1, Infinity), SAME_UNIT, { bits: 16 }),
    (error) => error instanceof FeatureError && error.code === 'type_mismatch',
  );
});

const reals = fc.float32Array({
  minLength: 2,
  maxLength: 60,
  noDefaultInfinity: true,
  noNaN: true,
  min: Math.fround(-1e20),
  max: Math.fround(1e20),
});

test('packed anew, a value is within the error that is told', () => {
  fc.assert(
    fc.property(reals, fc.integer({ min: 4, max: 24 }), (values, bits) => {
      const packed = packValues(values, SAME_UNIT, { bits });
      const back = unpackValues(packed, values.length);
      for (let k = 0; k < values.length; k++) {
        const most = packed.error * 1.0001 + Math.abs(values[k]!) * 2 ** -23;
        assert.ok(Math.abs(back[k]! - values[k]!) <= most, `${values[k]} became ${back[k]}, error ${packed.error}`);
      }
    }),
  );
});

test('a step of knots can be told from its neighbours after metres a second', () => {
  const tokens = fc.array(fc.integer({ min: 0, max: 4095 }), { minLength: 3, maxLength: 60 });
  fc.assert(
    fc.property(tokens, fc.integer({ min: -100, max: 60 }), (list, least) => {
      const step = 2 ** -5;
      const values = lattice(least, step, [0, 4095, ...list]);
      const change = { kind: 'factor', by: 0.514444 } as const;
      const back = unpackValues(packValues(values, change, { bits: 12 }), values.length, change);
      for (let k = 0; k < values.length; k++) {
        assert.ok(Math.abs(back[k]! - values[k]!) < step / 2, `${values[k]} became ${back[k]}`);
      }
    }),
  );
});

test('tokens of any width come back from their octets', () => {
  const width = fc.integer({ min: 0, max: 32 });
  fc.assert(
    fc.property(width, fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 40 }), (bits, raw) => {
      const tokens = Uint32Array.from(raw, (value) => (bits === 0 ? 0 : value % 2 ** bits));
      const octets = writeBits(tokens, bits);
      assert.equal(octets.length, Math.ceil((raw.length * bits) / 8));
      assert.deepEqual(readBits(octets, bits, raw.length), tokens);
    }),
  );
});
