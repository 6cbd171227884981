/** Decoded values as typed arrays of the type that a record holds. */
import type { Dtype } from '../../native/index.js';
import type { NumberArray } from '../../schemas/number-array.js';
import type { FstRecord } from './record.js';

/** Arrays that fields come in; complex values are (real, imaginary) pairs of floats. */
export type FstArray = NumberArray;

/** A decoded field: ni*nj*nk values, i fastest. */
export interface FieldValues<A extends FstArray = FstArray> {
  readonly record: FstRecord;
  /** type of the elements as the record holds them */
  readonly dtype: Dtype;
  readonly values: A;
  /** missing points of a record with +64: NaN in floats, the type's missing flag in integers */
  readonly missing: number;
}

type ArrayMaker = {
  new (buffer: ArrayBuffer, offset: number, length: number): FstArray;
  readonly BYTES_PER_ELEMENT: number;
};

const MAKERS: Readonly<Record<Dtype, ArrayMaker>> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

/** A view of little-endian bytes where they are aligned for the type, a copy where they are not. */
export function typedView(bytes: Uint8Array, dtype: Dtype): FstArray {
  const maker = MAKERS[dtype];
  const aligned = bytes.byteOffset % maker.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new maker(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.byteLength / maker.BYTES_PER_ELEMENT);
}

/** Text of a character field (datyp 3 and 7), without trailing blanks and NULs. */
export function textOfValues(values: FstArray): string {
  const letters = Uint8Array.from(values as Uint8Array, Number);
  return new TextDecoder('latin1').decode(letters).replace(/[\0 ]+$/, '');
}
