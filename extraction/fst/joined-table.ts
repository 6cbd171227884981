/** Columns of several files as one set of columns; of one file they are the scanned columns themselves. */
import { emptyColumns, textWidth } from '../../formats/arrow.js';
import { RAW_SHAPE, type RawColumns } from '../run-index.js';
import type { ScannedFile } from './scanned-file.js';

export interface JoinedTable {
  readonly count: number;
  readonly columns: RawColumns;
}

/** Rows of the files one after the other. `file` is the number of the file, `row` the record's number in it. */
export function joinTables(files: readonly ScannedFile[]): JoinedTable {
  const count = files.reduce((sum, { table }) => sum + table.count, 0);
  const file = new Uint32Array(count);
  const row = new Uint32Array(count);
  let start = 0;
  for (const [number, { table }] of files.entries()) {
    file.fill(number, start, start + table.count);
    for (let at = 0; at < table.count; at++) row[start + at] = at;
    start += table.count;
  }
  const first = files[0];
  if (files.length === 1 && first !== undefined) return { count, columns: { ...first.table, file, row } };
  const columns = { ...emptyColumns(RAW_SHAPE, count), file, row };
  start = 0;
  for (const { table } of files) {
    for (const [name, type] of Object.entries(RAW_SHAPE)) {
      if (name === 'file' || name === 'row') continue;
      const key = name as Exclude<keyof RawColumns, 'file' | 'row'>;
      columns[key].set(table[key], start * Math.max(1, textWidth(type)));
    }
    start += table.count;
  }
  return { count, columns };
}
