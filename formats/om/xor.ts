/**
 * Lossless coding of floats in OM files (docs/formats/om.md#xor): each value's bits are xored with those of the value before, rows first with
 * the row before; in blocks of 128 the leading zeros that all share are dropped and the rest is packed, least significant bit last.
 */
import { ByteReader, ByteWriter } from './bits.js';
import { readBlocks, writeBlocks } from './pfor.js';
import { readWideBlocks, wideLength, writeWideBlocks } from './wide.js';

const BLOCK = 128;

/** The 32 bits of a value in opposite order. */
function reverse(value: number): number {
  let v = value;
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return ((v >>> 16) | (v << 16)) >>> 0;
}

const reverseWide = (value: bigint): bigint =>
  (BigInt(reverse(Number(value & 0xffffffffn))) << 32n) | BigInt(reverse(Number(value >> 32n)));

/** Bytes of a chunk of float32; `row` is the length of its last dimension. */
export function writeXor32(values: Float32Array, row: number): Uint8Array {
  const bits = new Uint32Array(values.slice().buffer);
  for (let i = bits.length - 1; i >= row; i--) bits[i]! ^= bits[i - row]!;
  const out = new ByteWriter();
  let before = 0;
  for (let from = 0; from < bits.length; from += BLOCK) {
    const block = new Uint32Array(Math.min(BLOCK, bits.length - from));
    let all = 0;
    for (let i = 0; i < block.length; i++) {
      block[i] = bits[from + i]! ^ before;
      before = bits[from + i]!;
      all |= block[i]!;
    }
    const zeros = Math.clz32(all);
    out.put(zeros);
    writeBlocks(out, zeros === 32 ? block : block.map((x) => reverse(x) >>> zeros), 32);
  }
  return out.take();
}

/** The inverse of `writeXor32`. */
export function readXor32(bytes: Uint8Array, count: number, row: number): Float32Array {
  const input = new ByteReader(bytes);
  const bits = new Uint32Array(count);
  let before = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    const zeros = input.next();
    if (zeros > 32) throw new RangeError(`OM block that drops ${zeros} of 32 bits`);
    const block = readBlocks(input, size, 32);
    for (let i = 0; i < size; i++) {
      before = (before ^ (zeros === 32 ? 0 : reverse((block[i]! << zeros) >>> 0))) >>> 0;
      bits[from + i] = before;
    }
  }
  for (let i = row; i < count; i++) bits[i]! ^= bits[i - row]!;
  return new Float32Array(bits.buffer);
}

/**
 * The same for float64. As files of the field have it, the step between rows works on 32-bit words, and on as many of them
 * as there are values: the second half of the chunk is left alone.
 */
export function writeXor64(values: Float64Array, row: number): Uint8Array {
  const buffer = values.slice().buffer;
  const words = new Uint32Array(buffer);
  for (let i = values.length - 1; i >= row; i--) words[i]! ^= words[i - row]!;
  const bits = new BigUint64Array(buffer);
  const out = new ByteWriter();
  let before = 0n;
  for (let from = 0; from < bits.length; from += BLOCK) {
    const block = new BigUint64Array(Math.min(BLOCK, bits.length - from));
    let all = 0n;
    for (let i = 0; i < block.length; i++) {
      block[i] = bits[from + i]! ^ before;
      before = bits[from + i]!;
      all |= block[i]!;
    }
    const zeros = 64 - wideLength(all);
    out.put(zeros);
    writeWideBlocks(
      out,
      block.map((x) => reverseWide(x) >> BigInt(zeros)),
    );
  }
  return out.take();
}

/** The inverse of `writeXor64`. */
export function readXor64(bytes: Uint8Array, count: number, row: number): Float64Array {
  const input = new ByteReader(bytes);
  const bits = new BigUint64Array(count);
  let before = 0n;
  for (let from = 0; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    const zeros = input.next();
    if (zeros > 64) throw new RangeError(`OM block that drops ${zeros} of 64 bits`);
    const block = readWideBlocks(input, size);
    for (let i = 0; i < size; i++) {
      before ^= reverseWide((block[i]! << BigInt(zeros)) & 0xffffffffffffffffn);
      bits[from + i] = before;
    }
  }
  const words = new Uint32Array(bits.buffer);
  for (let i = row; i < count; i++) words[i]! ^= words[i - row]!;
  return new Float64Array(bits.buffer);
}
