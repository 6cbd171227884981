/**
 * Blocks of packed integers (docs/formats/om.md#blocks): 128 values and a shorter tail, each block with the cheapest of
 * four forms: all equal, plain, patched with a bitmap, patched with byte positions.
 */
import {
  type ByteReader,
  type ByteWriter,
  bitLength,
  packHorizontal,
  packVertical,
  readBytewise,
  unpackHorizontal,
  unpackVertical,
  writeBytewise,
} from './bits.js';

/** Width of the type: full blocks of 16 and 32 bits are packed in lanes, of 8 bits as one stream. */
export type Lane = 8 | 16 | 32;

const BLOCK = 128;
const CONSTANT = 0xc0;
const BITMAP = 0x80;
const BYTEWISE = 0x40;

interface Choice {
  readonly form: 'plain' | 'bitmap' | 'bytewise';
  readonly bits: number;
}

/** Extra bytes of one exception that has `over` bits above the packed ones. */
function bytewiseCost(over: number): number {
  if (over < 8) return 1;
  if (over < 16) return 2;
  if (over < 20) return 3;
  return over < 25 ? 4 : 5;
}

/**
 * Cheapest form of a block whose widest value has `widest` bits; ties keep the wider packing, bitmap before byte-wise. Readers of
 * bytes know the bitmap only.
 */
function choose(histogram: Uint32Array, count: number, widest: number, lane: Lane): Choice {
  let best: Choice = { form: 'plain', bits: widest };
  let cost = Math.ceil((count * widest) / 8) + 1;
  let exceptions = 0;
  for (let bits = widest - 1; bits >= 0; bits--) {
    exceptions += histogram[bits + 1]!;
    const packed = Math.ceil((count * bits) / 8);
    const bitmap = packed + 2 + Math.ceil(count / 8) + Math.ceil((exceptions * (widest - bits)) / 8);
    if (bitmap < cost) {
      cost = bitmap;
      best = { form: 'bitmap', bits };
    }
    if (lane === 8) continue;
    let bytewise = packed + 2 + exceptions;
    for (let wide = bits + 1; wide <= widest; wide++) bytewise += histogram[wide]! * bytewiseCost(wide - bits);
    if (bytewise < cost) {
      cost = bytewise;
      best = { form: 'bytewise', bits };
    }
  }
  return best;
}

function pack(out: ByteWriter, values: Uint32Array, count: number, bits: number, lane: Lane): void {
  if (count === BLOCK && lane !== 8) packVertical(out, values, 0, bits, lane);
  else packHorizontal(out, values, 0, count, bits);
}

function unpack(input: ByteReader, values: Uint32Array, from: number, count: number, bits: number, lane: Lane): void {
  if (count === BLOCK && lane !== 8) unpackVertical(input, values, from, bits, lane);
  else unpackHorizontal(input, values, from, count, bits);
}

const low = (value: number, bits: number): number => (bits === 32 ? value : (value & ((1 << bits) - 1)) >>> 0);
const high = (value: number, bits: number): number => (bits === 32 ? 0 : value >>> bits);

function writePatched(
  out: ByteWriter,
  block: Uint32Array,
  count: number,
  widest: number,
  { form, bits }: Choice,
  lane: Lane,
): void {
  const positions: number[] = [];
  for (let i = 0; i < count; i++) if (bitLength(block[i]!) > bits) positions.push(i);
  const parts = positions.map((i) => high(block[i]!, bits));
  const lows = block.map((value) => low(value, bits));
  if (form === 'bitmap') {
    out.put(BITMAP + bits);
    out.put(widest - bits);
    const map = new Uint8Array(Math.ceil(count / 8));
    for (const i of positions) map[i >> 3]! |= 1 << (i & 7);
    out.append(map);
    packHorizontal(out, Uint32Array.from(parts), 0, parts.length, widest - bits);
    pack(out, lows, count, bits, lane);
    return;
  }
  out.put(BYTEWISE + bits);
  out.put(positions.length);
  pack(out, lows, count, bits, lane);
  writeBytewise(out, parts);
  for (const i of positions) out.put(i);
}

function writeBlock(out: ByteWriter, block: Uint32Array, count: number, lane: Lane): void {
  const histogram = new Uint32Array(34);
  let widest = 0;
  let same = true;
  for (let i = 0; i < count; i++) {
    const bits = bitLength(block[i]!);
    histogram[bits]!++;
    if (bits > widest) widest = bits;
    if (block[i] !== block[0]) same = false;
  }
  if (same && widest > 0 && lane !== 8) {
    out.put(CONSTANT + widest);
    for (let i = 0; i < Math.ceil(widest / 8); i++) out.put((block[0]! >>> (8 * i)) & 0xff);
    return;
  }
  const choice = choose(histogram, count, widest, lane);
  if (choice.form === 'plain') {
    out.put(widest);
    pack(out, block, count, widest, lane);
  } else writePatched(out, block, count, widest, choice, lane);
}

/** Appends values in blocks. */
export function writeBlocks(out: ByteWriter, values: Uint32Array, lane: Lane): void {
  for (let from = 0; from < values.length; from += BLOCK) {
    const count = Math.min(BLOCK, values.length - from);
    writeBlock(out, values.slice(from, from + count), count, lane);
  }
}

function readBlock(input: ByteReader, values: Uint32Array, from: number, count: number, lane: Lane): void {
  const head = input.next();
  const bits = head & 0x3f;
  if (bits > 32) throw new RangeError(`OM block with ${bits} bits a value`);
  if (head >= CONSTANT) {
    let value = 0;
    for (let i = 0; i < Math.ceil(bits / 8); i++) value |= input.next() << (8 * i);
    values.fill(value >>> 0, from, from + count);
  } else if (head >= BITMAP) {
    const wide = input.next();
    if (wide + bits > 32) throw new RangeError(`OM block with exceptions of ${wide + bits} bits`);
    const mapSize = Math.ceil(count / 8);
    input.need(mapSize);
    const map = input.bytes.subarray(input.at, input.at + mapSize);
    input.at += mapSize;
    const positions: number[] = [];
    for (let i = 0; i < count; i++) if ((map[i >> 3]! >> (i & 7)) & 1) positions.push(i);
    const parts = new Uint32Array(positions.length);
    unpackHorizontal(input, parts, 0, parts.length, wide);
    unpack(input, values, from, count, bits, lane);
    for (const [n, i] of positions.entries()) values[from + i]! |= bits === 32 ? 0 : parts[n]! << bits;
  } else if (head >= BYTEWISE) {
    const exceptions = input.next();
    unpack(input, values, from, count, bits, lane);
    const parts = readBytewise(input, exceptions);
    for (let n = 0; n < exceptions; n++) {
      const i = input.next();
      if (i >= count) throw new RangeError(`OM block with an exception at ${i} of ${count} values`);
      values[from + i]! |= bits === 32 ? 0 : parts[n]! << bits;
    }
  } else {
    unpack(input, values, from, count, bits, lane);
  }
}

/** Reads `count` values. */
export function readBlocks(input: ByteReader, count: number, lane: Lane): Uint32Array {
  const values = new Uint32Array(count);
  for (let from = 0; from < count; from += BLOCK) readBlock(input, values, from, Math.min(BLOCK, count - from), lane);
  return values;
}
