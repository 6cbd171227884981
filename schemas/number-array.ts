/** Arrays that decoded values come in, and what stands for a missing point in those of integers. */

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export type NumberType =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64';

/** The missing flag of each integer type: its least value, or its greatest where it has no sign. Floats use NaN. */
export const MISSING_FLAGS: Readonly<Record<string, number | bigint>> = {
  int8: -128,
  int16: -32768,
  int32: -(2 ** 31),
  int64: -(2n ** 63n),
  uint8: 255,
  uint16: 65535,
  uint32: 2 ** 32 - 1,
  uint64: 2n ** 64n - 1n,
};
