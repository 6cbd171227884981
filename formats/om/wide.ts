/**
 * The same codings for 64-bit integers: look-up tables, int64, uint64 and quantised float64 (docs/formats/om.md#wide). Blocks are always
 * horizontal here, and a width of 63 is stored as 64.
 */
import type { ByteReader, ByteWriter } from './bits.js';

const BLOCK = 128;
const MASK = (1n << 64n) - 1n;

/** Number of bits of an unsigned 64-bit value. */
export function wideLength(value: bigint): number {
  const upper = Number(value >> 32n);
  return upper > 0 ? 64 - Math.clz32(upper) : 32 - Math.clz32(Number(value & 0xffffffffn));
}

const stored = (bits: number): number => (bits === 63 ? 64 : bits);

function little(out: ByteWriter, value: bigint, bytes: number): void {
  out.reserve(bytes);
  for (let i = 0; i < bytes; i++) out.put(Number((value >> BigInt(8 * i)) & 0xffn));
}

function readLittle(input: ByteReader, bytes: number): bigint {
  let value = 0n;
  for (let i = 0; i < bytes; i++) value |= BigInt(input.next()) << BigInt(8 * i);
  return value;
}

/** First value: as 32-bit ones up to 2^28; from there one or two head bytes carry the bits above 32, the low 32 follow. */
export function writeWideFirst(out: ByteWriter, value: bigint): void {
  const low = value & 0xffffffffn;
  const upper = Number(value >> 32n);
  if (value < 1n << 7n) out.put(Number(value));
  else if (value < 1n << 14n) {
    out.put(0x80 | Number(value >> 8n));
    out.put(Number(value & 0xffn));
  } else if (value < 1n << 21n) {
    out.put(0xc0 | Number(value >> 16n));
    little(out, value & 0xffffn, 2);
  } else if (value < 1n << 28n) {
    for (const shift of [24n, 16n, 8n, 0n]) out.put(Number((value >> shift) & 0xffn) | (shift === 24n ? 0xe0 : 0));
  } else if (upper < 1 << 3) {
    out.put(0xf0 | upper);
    little(out, low, 4);
  } else if (upper < 1 << 10) {
    out.put(0xf8 | (upper >> 8));
    out.put(upper & 0xff);
    little(out, low, 4);
  } else if (upper < 1 << 17) {
    out.put(0xfc | (upper >> 16));
    little(out, BigInt(upper & 0xffff), 2);
    little(out, low, 4);
  } else if (upper < 1 << 24) {
    out.put(0xfe);
    for (const shift of [16, 8, 0]) out.put((upper >> shift) & 0xff);
    little(out, low, 4);
  } else {
    out.put(0xff);
    little(out, value, 8);
  }
}

/** Reads what `writeWideFirst` wrote. */
export function readWideFirst(input: ByteReader): bigint {
  const head = input.next();
  if (head < 0x80) return BigInt(head);
  if (head < 0xc0) return BigInt(((head & 0x3f) << 8) | input.next());
  if (head < 0xe0) return (BigInt(head & 0x1f) << 16n) | readLittle(input, 2);
  if (head < 0xf0)
    return BigInt((((head & 0x0f) << 24) | (input.next() << 16) | (input.next() << 8) | input.next()) >>> 0);
  let upper: bigint;
  if (head < 0xf8) upper = BigInt(head & 7);
  else if (head < 0xfc) upper = BigInt(((head & 3) << 8) | input.next());
  else if (head < 0xfe) upper = (BigInt(head & 1) << 16n) | readLittle(input, 2);
  else if (head === 0xfe) upper = BigInt((input.next() << 16) | (input.next() << 8) | input.next());
  else return readLittle(input, 8);
  return (upper << 32n) | readLittle(input, 4);
}

function packWide(out: ByteWriter, values: BigUint64Array, bits: number): void {
  let held = 0n;
  let count = 0;
  for (const value of values) {
    held |= (value & ((1n << BigInt(bits)) - 1n)) << BigInt(count);
    count += bits;
    while (count >= 8) {
      out.put(Number(held & 0xffn));
      held >>= 8n;
      count -= 8;
    }
  }
  if (count > 0) out.put(Number(held));
}

function unpackWide(input: ByteReader, count: number, bits: number): BigUint64Array {
  const values = new BigUint64Array(count);
  const mask = (1n << BigInt(bits)) - 1n;
  let held = 0n;
  let have = 0;
  for (let i = 0; i < count; i++) {
    while (have < bits) {
      held |= BigInt(input.next()) << BigInt(have);
      have += 8;
    }
    values[i] = held & mask;
    held >>= BigInt(bits);
    have -= bits;
  }
  return values;
}

/** Appends values in blocks, plain or constant (any reader accepts these forms). */
export function writeWideBlocks(out: ByteWriter, values: BigUint64Array): void {
  for (let from = 0; from < values.length; from += BLOCK) {
    const block = values.subarray(from, Math.min(from + BLOCK, values.length));
    const widest = block.reduce((most, value) => Math.max(most, wideLength(value)), 0);
    const bits = stored(widest);
    // a header byte has six bits for the width: 64 is written as 63
    const header = bits === 64 ? 63 : bits;
    if (widest > 0 && block.every((value) => value === block[0])) {
      out.put(0xc0 + header);
      little(out, block[0]!, Math.ceil(bits / 8));
      continue;
    }
    out.put(header);
    packWide(out, block, bits);
  }
}

function readWideBytewise(input: ByteReader, count: number): bigint[] {
  if (count > 0 && input.bytes[input.at] === 255) {
    input.at++;
    return Array.from({ length: count }, () => readLittle(input, 8));
  }
  return Array.from({ length: count }, () => {
    const head = input.next();
    if (head < 177) return BigInt(head);
    if (head < 241) return BigInt(177 + ((head - 177) << 8) + input.next());
    if (head < 249) return 16561n + (BigInt(head - 241) << 16n) + readLittle(input, 2);
    return readLittle(input, head - 249 + 3);
  });
}

/** Reads `count` values. */
export function readWideBlocks(input: ByteReader, count: number): BigUint64Array {
  const values = new BigUint64Array(count);
  for (let from = 0; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    values.set(readWideBlock(input, size), from);
  }
  return values;
}

function readWideBlock(input: ByteReader, count: number): BigUint64Array {
  const head = input.next();
  const bits = stored(head & 0x3f);
  if (head >= 0xc0) return new BigUint64Array(count).fill(readLittle(input, Math.ceil(bits / 8)));
  if (head >= 0x80) {
    const wide = stored(input.next());
    const map = Uint8Array.from({ length: Math.ceil(count / 8) }, () => input.next());
    const positions: number[] = [];
    for (let i = 0; i < count; i++) if ((map[i >> 3]! >> (i & 7)) & 1) positions.push(i);
    const parts = unpackWide(input, positions.length, wide);
    const values = unpackWide(input, count, bits);
    for (const [n, i] of positions.entries()) values[i]! |= (parts[n]! << BigInt(bits)) & MASK;
    return values;
  }
  if (head >= 0x40) {
    const exceptions = input.next();
    const values = unpackWide(input, count, bits);
    const parts = readWideBytewise(input, exceptions);
    for (const part of parts) {
      const i = input.next();
      if (i >= count) throw new RangeError(`OM block with an exception at ${i} of ${count} values`);
      values[i]! |= (part << BigInt(bits)) & MASK;
    }
    return values;
  }
  return unpackWide(input, count, bits);
}
