/** FST → the metadata table as Parquet, Arrow or CSV: a row a record, descriptors among them unless records were chosen. */
import { open } from 'node:fs/promises';
import { arrowBatches } from '../../formats/arrow-table.js';
import { parquetFile } from '../../formats/parquet.js';
import type { TableColumn } from '../../formats/table-column.js';
import { csvHeader, csvRows } from '../../formats/table-csv.js';
import { metadataColumns } from '../fst/table.js';
import { FLAG } from '../run-index.js';
import type { Converter, ConvertProgress, ConvertReport } from './formats.js';
import type { SelectedRecords } from './records.js';

const ROW_GROUP = 100_000;

/** Rows of the table: all records, or the chosen ones. */
function rowsOf({ columns, count, rows }: SelectedRecords): Uint32Array | undefined {
  let fields = 0;
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) === 0) fields++;
  }
  return fields === rows.length ? undefined : rows;
}

type Values = TableColumn['values'];

function picked<V extends Values>(values: V, rows: Uint32Array): V {
  if (Array.isArray(values)) return Array.from(rows, (row) => (values as readonly Uint8Array[])[row]!) as unknown as V;
  const from = values as Float64Array;
  const out = from.slice(0, rows.length);
  for (const [at, row] of rows.entries()) out[at] = from[row]!;
  return out as unknown as V;
}

/** Some rows of a column. */
export function pickRows(column: TableColumn, rows: Uint32Array): TableColumn {
  const valid = column.valid === undefined ? {} : { valid: picked(column.valid, rows) };
  return { ...column, values: picked(column.values, rows), ...valid } as TableColumn;
}

function* slices(columns: readonly TableColumn[], rows: Uint32Array | undefined): Generator<readonly TableColumn[]> {
  const count = rows?.length ?? columns[0]!.values.length;
  for (let from = 0; from < count; from += ROW_GROUP) {
    const to = Math.min(count, from + ROW_GROUP);
    const own = rows?.subarray(from, to) ?? Uint32Array.from({ length: to - from }, (_, k) => from + k);
    yield columns.map((column) => pickRows(column, own));
  }
}

type Encode = (tables: Iterable<readonly TableColumn[]>) => AsyncIterable<Uint8Array>;

async function* csv(tables: Iterable<readonly TableColumn[]>): AsyncGenerator<Uint8Array> {
  let first = true;
  for (const table of tables) {
    if (first) yield csvHeader(table);
    first = false;
    yield csvRows(table);
  }
}

function writer(encode: Encode): NonNullable<Converter['write']> {
  return async (selection, out, _options, signal, progress?: ConvertProgress): Promise<ConvertReport> => {
    const columns = await metadataColumns(selection.files, signal);
    const rows = rowsOf(selection);
    const records = rows?.length ?? selection.count;
    const file = await open(out, 'wx');
    let bytes = 0;
    try {
      for await (const piece of encode(slices(columns, rows))) {
        signal.throwIfAborted();
        await file.write(piece);
        bytes += piece.length;
      }
    } finally {
      await file.close();
    }
    progress?.(records, records);
    return { records, skipped: [], lost: [], bytes };
  };
}

export const parquet: Converter = { options: [], write: writer((tables) => parquetFile(tables)) };
export const arrow: Converter = { options: [], write: writer((tables) => arrowBatches(tables, 'file')) };
export const csvTable: Converter = { options: [], write: writer(csv) };
