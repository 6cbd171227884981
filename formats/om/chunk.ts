/**
 * One chunk of an OM array (docs/formats/om.md#chunks): values are quantised, differenced along rows and columns, zig-zagged and
 * packed in blocks. NaN is the largest integer of the quantised type.
 */
import { ByteReader, ByteWriter, readFirst, writeFirst } from './bits.js';
import { type Lane, readBlocks, writeBlocks } from './pfor.js';
import { readWideBlocks, readWideFirst, writeWideBlocks, writeWideFirst } from './wide.js';

/** How a float array is quantised: q = round((v + addOffset) * scaleFactor); logarithmic: of log10(1 + v). */
export interface Quantiser {
  readonly lane: 16 | 32;
  readonly logarithmic: boolean;
  readonly scaleFactor: number;
  readonly addOffset: number;
}

const largest = (lane: 16 | 32): number => (lane === 16 ? 32767 : 2147483647);

/** Rounds half away from zero, as C's round does. */
const round = (v: number): number => (v < 0 ? -Math.round(-v) : Math.round(v));

/** Quantised integers; NaN becomes the type's largest, anything beyond the rest of the range is clamped. */
export function quantise(values: Float32Array | Float64Array, by: Quantiser): Int32Array {
  const nan = largest(by.lane);
  const { scaleFactor, addOffset, logarithmic } = by;
  const out = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isNaN(v)) {
      out[i] = nan;
      continue;
    }
    const scaled = logarithmic
      ? Math.fround(Math.log10(1 + v)) * scaleFactor
      : Math.fround(Math.fround(v + addOffset) * scaleFactor);
    out[i] = Math.max(-nan - 1, Math.min(nan - 1, round(scaled)));
  }
  return out;
}

/** The inverse of `quantise`. */
export function restore(quantised: Int32Array, by: Quantiser): Float32Array {
  const nan = largest(by.lane);
  const { scaleFactor, addOffset, logarithmic } = by;
  return Float32Array.from(quantised, (q) => {
    if (q === nan) return Number.NaN;
    const v = Math.fround(q / scaleFactor);
    return logarithmic ? Math.fround(10 ** v) - 1 : v - addOffset;
  });
}

/** Integers of a chunk: width of the type, and whether differences are zig-zagged (signed) or plain (unsigned). */
export interface IntegerCoding {
  readonly lane: Lane;
  readonly signed: boolean;
}

const shiftOf = (lane: Lane): number => 32 - lane;

/** Wraps to the lane's signed range. */
const wrap = (value: number, lane: Lane): number => (value << shiftOf(lane)) >> shiftOf(lane);
/** The lane's bits of a value, unsigned. */
const bitsOf = (value: number, lane: Lane): number => (value << shiftOf(lane)) >>> shiftOf(lane);
const zigzag = (d: number, lane: Lane): number => bitsOf((d << 1) ^ (d >> 31), lane);
const unzigzag = (z: number): number => (z >>> 1) ^ -(z & 1);

/** Bytes of a chunk of integers; `row` is the length of its last dimension. */
export function writeIntegers(integers: Int32Array, row: number, { lane, signed }: IntegerCoding): Uint8Array {
  const v = integers.slice();
  for (let i = v.length - 1; i >= row; i--) v[i] = wrap(v[i]! - v[i - row]!, lane);
  const out = new ByteWriter();
  if (lane === 8) out.put(bitsOf(v[0]!, lane));
  else writeFirst(out, bitsOf(v[0]!, lane));
  const differences = new Uint32Array(v.length - 1);
  for (let i = 1; i < v.length; i++) {
    const d = wrap(v[i]! - v[i - 1]!, lane);
    differences[i - 1] = signed ? zigzag(d, lane) : bitsOf(d, lane);
  }
  writeBlocks(out, differences, lane);
  return out.take();
}

/** The inverse of `writeIntegers`; unsigned values come as their bits. */
export function readIntegers(
  bytes: Uint8Array,
  count: number,
  row: number,
  { lane, signed }: IntegerCoding,
): Int32Array {
  const input = new ByteReader(bytes);
  const v = new Int32Array(count);
  v[0] = wrap(lane === 8 ? input.next() : readFirst(input), lane);
  const differences = readBlocks(input, count - 1, lane);
  for (let i = 1; i < count; i++) {
    const coded = differences[i - 1]!;
    v[i] = wrap(v[i - 1]! + (signed ? unzigzag(coded) : coded), lane);
  }
  for (let i = row; i < count; i++) v[i] = wrap(v[i]! + v[i - row]!, lane);
  return v;
}

/** The same for 64-bit integers. */
export function writeWideIntegers(integers: BigInt64Array, row: number, signed: boolean): Uint8Array {
  const v = integers.slice();
  for (let i = v.length - 1; i >= row; i--) v[i] = BigInt.asIntN(64, v[i]! - v[i - row]!);
  const out = new ByteWriter();
  writeWideFirst(out, BigInt.asUintN(64, v[0]!));
  const differences = new BigUint64Array(v.length - 1);
  for (let i = 1; i < v.length; i++) {
    const d = BigInt.asIntN(64, v[i]! - v[i - 1]!);
    differences[i - 1] = BigInt.asUintN(64, signed ? (d << 1n) ^ (d >> 63n) : d);
  }
  writeWideBlocks(out, differences);
  return out.take();
}

/** The inverse of `writeWideIntegers`. */
export function readWideIntegers(bytes: Uint8Array, count: number, row: number, signed: boolean): BigInt64Array {
  const input = new ByteReader(bytes);
  const v = new BigInt64Array(count);
  v[0] = BigInt.asIntN(64, readWideFirst(input));
  const differences = readWideBlocks(input, count - 1);
  for (let i = 1; i < count; i++) {
    const coded = differences[i - 1]!;
    v[i] = BigInt.asIntN(64, v[i - 1]! + (signed ? (coded >> 1n) ^ -(coded & 1n) : coded));
  }
  for (let i = row; i < count; i++) v[i] = BigInt.asIntN(64, v[i]! + v[i - row]!);
  return v;
}

const WIDE_NAN = (1n << 63n) - 1n;

/** float64 as quantised int64; NaN is the largest. */
export function quantiseWide(values: Float64Array, scaleFactor: number, addOffset: number): BigInt64Array {
  return BigInt64Array.from(values, (v) => {
    if (Number.isNaN(v)) return WIDE_NAN;
    const scaled = round((v + addOffset) * scaleFactor);
    if (scaled >= 2 ** 63) return WIDE_NAN - 1n;
    return scaled <= -(2 ** 63) ? -WIDE_NAN - 1n : BigInt(scaled);
  });
}

/** The inverse of `quantiseWide`. */
export function restoreWide(quantised: BigInt64Array, scaleFactor: number, addOffset: number): Float64Array {
  return Float64Array.from(quantised, (q) => (q === WIDE_NAN ? Number.NaN : Number(q) / scaleFactor - addOffset));
}
