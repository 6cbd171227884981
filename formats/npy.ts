/** NumPy's array files (.npy, version 1.0): a header of fixed size and the values in C order, so that parts can be written anywhere. */
import type { NumberType } from '../schemas/number-array.js';

/** Types as NumPy and Zarr 2 write them. */
export const NUMPY_TYPES: Readonly<Record<NumberType, string>> = {
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
};

/** Values begin at a multiple of this. */
const ALIGNMENT = 64;

/** The bytes before the values of an array of this type and shape. */
export function npyHeader(type: NumberType, shape: readonly number[]): Uint8Array {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${NUMPY_TYPES[type]}', 'fortran_order': False, 'shape': (${list}), }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(length, 0x20);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length - 10, 8);
  header.write(text, 10, 'latin1');
  header[length - 1] = 0x0a;
  return header;
}
