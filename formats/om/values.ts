/** Chunks of one array as typed values: picks the coding by type and compression. */
import {
  quantise,
  quantiseWide,
  readIntegers,
  readWideIntegers,
  restore,
  restoreWide,
  writeIntegers,
  writeWideIntegers,
} from './chunk.js';
import type { OmArray, OmType } from './records.js';
import { readXor32, readXor64, writeXor32, writeXor64 } from './xor.js';

export type OmValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

const INTEGERS = {
  int8: { make: Int8Array, coding: { lane: 8, signed: true } },
  uint8: { make: Uint8Array, coding: { lane: 8, signed: false } },
  int16: { make: Int16Array, coding: { lane: 16, signed: true } },
  uint16: { make: Uint16Array, coding: { lane: 16, signed: false } },
  int32: { make: Int32Array, coding: { lane: 32, signed: true } },
  uint32: { make: Uint32Array, coding: { lane: 32, signed: false } },
} as const;

const isInteger = (type: OmType): type is keyof typeof INTEGERS => type in INTEGERS;

/** An array of the type, all zero. */
export function makeValues(type: OmType, count: number): OmValues {
  if (isInteger(type)) return new INTEGERS[type].make(count);
  if (type === 'int64') return new BigInt64Array(count);
  if (type === 'uint64') return new BigUint64Array(count);
  if (type === 'float32') return new Float32Array(count);
  if (type === 'float64') return new Float64Array(count);
  throw new RangeError(`OM arrays of ${type} have no values that can be read`);
}

function quantiserOf({ compression, scaleFactor, addOffset }: OmArray) {
  const lane = compression.includes('int16') ? (16 as const) : (32 as const);
  return { lane, logarithmic: compression.endsWith('logarithmic'), scaleFactor, addOffset };
}

/** Values of a chunk of `count` values whose last dimension is `row` long. */
export function decodeChunk(type: OmType, array: OmArray, bytes: Uint8Array, count: number, row: number): OmValues {
  const isXor = array.compression === 'fpx_xor_2d';
  if (type === 'float32') {
    if (isXor) return readXor32(bytes, count, row);
    const by = quantiserOf(array);
    return restore(readIntegers(bytes, count, row, { lane: by.lane, signed: true }), by);
  }
  if (type === 'float64') {
    if (isXor) return readXor64(bytes, count, row);
    return restoreWide(readWideIntegers(bytes, count, row, true), array.scaleFactor, array.addOffset);
  }
  if (type === 'int64') return readWideIntegers(bytes, count, row, true);
  if (type === 'uint64') return new BigUint64Array(readWideIntegers(bytes, count, row, false).buffer);
  if (isInteger(type)) return INTEGERS[type].make.from(readIntegers(bytes, count, row, INTEGERS[type].coding));
  throw new RangeError(`OM arrays of ${type} have no values that can be read`);
}

/** The inverse of `decodeChunk`. */
export function encodeChunk(type: OmType, array: OmArray, values: OmValues, row: number): Uint8Array {
  const isXor = array.compression === 'fpx_xor_2d';
  if (values instanceof Float32Array) {
    if (isXor) return writeXor32(values, row);
    const by = quantiserOf(array);
    return writeIntegers(quantise(values, by), row, { lane: by.lane, signed: true });
  }
  if (values instanceof Float64Array) {
    if (isXor) return writeXor64(values, row);
    return writeWideIntegers(quantiseWide(values, array.scaleFactor, array.addOffset), row, true);
  }
  if (values instanceof BigInt64Array) return writeWideIntegers(values, row, true);
  if (values instanceof BigUint64Array) return writeWideIntegers(new BigInt64Array(values.slice().buffer), row, false);
  if (!isInteger(type)) throw new RangeError(`OM arrays of ${type} cannot be written`);
  return writeIntegers(Int32Array.from(values), row, INTEGERS[type].coding);
}
