/**
 * The chosen fields one after the other as float32, masks applied (points that a `@@` record rules out are NaN), with little
 * memory. Records that cannot be decoded become skipped records.
 */
import { textAt } from '../catalogue/fixed-text.js';
import { sharedMemory } from '../fst/memory.js';
import { readMany, readOne } from '../fst/read-many.js';
import { FstRecord } from '../fst/record.js';
import { FLAG } from '../run-index.js';
import type { SkippedRecord } from './formats.js';
import { placeOf, type SelectedRecords } from './records.js';

export interface StreamedField {
  /** row in the columns of the selection */
  readonly row: number;
  readonly record: FstRecord;
  /** ni * nj * nk values, i fastest; a view that lives until the next field is asked for */
  readonly values: Float32Array;
}

/** The record of a row of the selection. */
export function recordOf(selection: SelectedRecords, row: number): FstRecord {
  const { columns, files } = selection;
  return new FstRecord(files[columns.file[row]!]!, columns.row[row]!, row);
}

/** What a record that cannot be delivered is listed as. */
export function skippedOf(
  selection: SelectedRecords,
  row: number,
  code: SkippedRecord['code'],
  why: string,
): SkippedRecord {
  const place = placeOf(selection, row);
  const nomvar = textAt(selection.columns.nomvar, 4, row);
  return { ...place, code, detail: `${place.file}: record ${place.row} (${nomvar}) is left out: ${why}` };
}

function maskKey({ columns }: SelectedRecords, row: number): string {
  const names = `${textAt(columns.nomvar, 4, row)} ${textAt(columns.etiket, 12, row)}`;
  return `${names} ${columns.datev[row]} ${columns.ip1[row]} ${columns.ip2[row]} ${columns.ip3[row]} ${columns.grid[row]}`;
}

/** Rows of the `@@` records that belong to masked fields. */
function maskRows(selection: SelectedRecords): (row: number) => number | undefined {
  const { flags } = selection.columns;
  const rows = new Map<string, number>();
  for (let row = 0; row < selection.count; row++) {
    if ((flags[row]! & FLAG.mask) !== 0) rows.set(maskKey(selection, row), row);
  }
  if (rows.size === 0) return () => undefined;
  return (row) => ((flags[row]! & FLAG.masked) === 0 ? undefined : rows.get(maskKey(selection, row)));
}

async function masked(
  selection: SelectedRecords,
  values: Float32Array,
  mask: number | undefined,
  signal: AbortSignal,
): Promise<Float32Array> {
  if (mask === undefined) return values;
  const flags = await readOne(recordOf(selection, mask), sharedMemory(), { as: 'float32', signal });
  return values.map((value, k) => (Number(flags.values[k]) === 0 ? Number.NaN : value));
}

/** Fields of rows in their order; `skipped` grows by what cannot be decoded. */
export async function* streamFields(
  selection: SelectedRecords,
  rows: ArrayLike<number>,
  skipped: SkippedRecord[],
  signal: AbortSignal,
): AsyncGenerator<StreamedField> {
  const records = Array.from(rows, (row) => recordOf(selection, row));
  const maskOf = maskRows(selection);
  const fields = readMany(records, sharedMemory(), {
    as: 'float32',
    signal,
    onBad: (error, record) => skipped.push(skippedOf(selection, record.row, error.code, error.message)),
  });
  for await (const { record, values } of fields) {
    const plain = values as Float32Array;
    yield { row: record.row, record, values: await masked(selection, plain, maskOf(record.row), signal) };
  }
}

/** One field, as `streamFields` yields it. */
export async function fieldValues(selection: SelectedRecords, row: number, signal: AbortSignal): Promise<Float32Array> {
  const { values } = await readOne(recordOf(selection, row), sharedMemory(), { as: 'float32', signal });
  return masked(selection, values as Float32Array, maskRows(selection)(row), signal);
}
