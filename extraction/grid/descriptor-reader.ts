/** Decoding of descriptor records: their exact values, promoted to float64. */
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Container, RecordBatch, Source } from '../../schemas/vocabulary.js';
import type { GridColumns } from './descriptor-index.js';

/** What decoding needs beside the columns that matching needs. */
export interface DescriptorColumns extends GridColumns {
  readonly nk: Uint32Array;
  readonly payloadOffset: Float64Array;
  readonly payloadBytes: Float64Array;
  readonly datyp: Uint8Array;
  readonly nbits: Uint8Array;
  readonly dasiz: Uint8Array;
}

/** Columns that decoding needs, for some rows of a table. */
export function batchOf(table: DescriptorColumns, container: Container, rows: readonly number[]): RecordBatch {
  return {
    container,
    payloadOffset: Float64Array.from(rows, (row) => table.payloadOffset[row]!),
    payloadBytes: Float64Array.from(rows, (row) => table.payloadBytes[row]!),
    ni: Uint32Array.from(rows, (row) => table.ni[row]!),
    nj: Uint32Array.from(rows, (row) => table.nj[row]!),
    nk: Uint32Array.from(rows, (row) => table.nk[row]!),
    datyp: Uint8Array.from(rows, (row) => table.datyp[row]!),
    nbits: Uint8Array.from(rows, (row) => table.nbits[row]!),
    dasiz: Uint8Array.from(rows, (row) => table.dasiz[row]!),
  };
}

const VIEWS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const;

function promoted(bytes: Uint8Array, dtype: native.Dtype): Float64Array {
  const copy = bytes.slice().buffer;
  if (dtype === 'int64' || dtype === 'uint64') {
    return Float64Array.from(dtype === 'int64' ? new BigInt64Array(copy) : new BigUint64Array(copy), Number);
  }
  if (dtype === 'complex64' || dtype === 'complex128') {
    throw new FeatureError('grid_error', 'A grid descriptor holds complex numbers; it is no list of coordinates.');
  }
  return Float64Array.from(new VIEWS[dtype](copy));
}

/** Values of descriptor rows of one file. Throws `grid_error` for records that cannot be decoded. */
export async function readDescriptors(
  source: Source,
  container: Container,
  table: DescriptorColumns,
  rows: readonly number[],
): Promise<Float64Array[]> {
  const decoded = await native.decodeNative(source, batchOf(table, container, rows));
  return rows.map((row, n) => {
    if (decoded.status[n] !== 0) {
      throw new FeatureError(
        'grid_error',
        `The grid descriptor in row ${row} cannot be decoded (code ${decoded.status[n]}).`,
      );
    }
    return promoted(decoded.bytes.subarray(decoded.start[n]!, decoded.start[n + 1]!), decoded.dtype[n]!);
  });
}
