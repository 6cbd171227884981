/**
 * One chunk of an OM array (docs/formats/om.md#chunks): values are quantised, differenced along rows and columns, zig-zagged and
 * packed in blocks. NaN is the largest integer of the quantised type.
 */
import { ByteReader, ByteWriter, readFirst, writeFirst } from './bits.js';
import { type Lane, readBlocks, writeBlocks } from './pfor.js';

/** How a float array is quantised: q = round((v + addOffset) * scaleFactor); logarithmic: of log10(1 + v). */
export interface Quantiser {
  readonly lane: Lane;
  readonly logarithmic: boolean;
  readonly scaleFactor: number;
  readonly addOffset: number;
}

const largest = (lane: Lane): number => (lane === 16 ? 32767 : 2147483647);

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

/** Wraps to the lane's signed range. */
const wrap = (value: number, lane: Lane): number => (lane === 16 ? (value << 16) >> 16 : value | 0);
const zigzag = (d: number, lane: Lane): number =>
  lane === 16 ? ((d << 1) ^ (d >> 15)) & 0xffff : ((d << 1) ^ (d >> 31)) >>> 0;
const unzigzag = (z: number): number => (z >>> 1) ^ -(z & 1);

/** Bytes of a chunk of integers; `row` is the length of its last dimension. */
export function writeIntegers(integers: Int32Array, row: number, lane: Lane): Uint8Array {
  const v = integers.slice();
  for (let i = v.length - 1; i >= row; i--) v[i] = wrap(v[i]! - v[i - row]!, lane);
  const out = new ByteWriter();
  writeFirst(out, lane === 16 ? v[0]! & 0xffff : v[0]!);
  const differences = new Uint32Array(v.length - 1);
  for (let i = 1; i < v.length; i++) differences[i - 1] = zigzag(wrap(v[i]! - v[i - 1]!, lane), lane);
  writeBlocks(out, differences, lane);
  return out.take();
}

/** The inverse of `writeIntegers`. */
export function readIntegers(bytes: Uint8Array, count: number, row: number, lane: Lane): Int32Array {
  const input = new ByteReader(bytes);
  const v = new Int32Array(count);
  v[0] = wrap(readFirst(input), lane);
  const differences = readBlocks(input, count - 1, lane);
  for (let i = 1; i < count; i++) v[i] = wrap(v[i - 1]! + unzigzag(differences[i - 1]!), lane);
  for (let i = row; i < count; i++) v[i] = wrap(v[i]! + v[i - row]!, lane);
  return v;
}
