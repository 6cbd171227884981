/** Row numbers on the command line, and the batches that they become. */
import type { RecordBatch, RecordTable } from '../schemas/vocabulary.js';
import { UsageError } from './output.js';

/** `--row 3 --row 7,9` → [3, 7, 9]; every value a 0-based row below `count`. */
export function parseRows(values: readonly string[], count: number, file: string): number[] {
  const rows: number[] = [];
  for (const part of values.flatMap((value) => value.split(','))) {
    const row = Number(part);
    if (part.trim() === '' || !Number.isInteger(row) || row < 0) {
      throw new UsageError(`--row ${part}: not a row number; rows count from 0, see polyfst ls ${file}`);
    }
    if (row >= count) {
      throw new UsageError(`--row ${row}: ${file} has ${count} records; give a row from 0 to ${count - 1}`);
    }
    rows.push(row);
  }
  return rows;
}

/** The decoding columns of some rows of a table. */
export function batchOf(table: RecordTable, rows: readonly number[]): RecordBatch {
  const index = Uint32Array.from(rows);
  const f64 = (column: Float64Array) => Float64Array.from(index, (row) => column[row]!);
  const u32 = (column: Uint32Array) => index.map((row) => column[row]!);
  const u8 = (column: Uint8Array) => Uint8Array.from(index, (row) => column[row]!);
  return {
    container: table.container,
    payloadOffset: f64(table.payloadOffset),
    payloadBytes: f64(table.payloadBytes),
    ni: u32(table.ni),
    nj: u32(table.nj),
    nk: u32(table.nk),
    datyp: u8(table.datyp),
    nbits: u8(table.nbits),
    dasiz: u8(table.dasiz),
  };
}

/** Cuts rows into batches of at most 64 records and 64 MiB of delivered values (8 bytes a value at most). */
export function* batches(table: RecordTable, rows: readonly number[]): Generator<readonly number[]> {
  const limit = 64 * 1024 * 1024;
  let batch: number[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = table.ni[row]! * table.nj[row]! * table.nk[row]! * 8;
    if (batch.length > 0 && (batch.length === 64 || bytes + size > limit)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
