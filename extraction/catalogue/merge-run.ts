/**
 * Rows of several files → the index of one run. Rows come from fresh scans and, for files that did not change, from the
 * run's former index; files stand in order of age, so that of equal records the one with the higher row is the newer.
 */
import { emptyColumns, textWidth } from '../../formats/arrow.js';
import type { RecordTable } from '../../schemas/vocabulary.js';
import { stampToMs } from '../fst/time.js';
import { DESCRIPTORS, deriveKeys, type KeyRules } from '../keys.js';
import { type DataFile, RAW_SHAPE, type RawColumns, type RunIndex, runId } from '../run-index.js';
import { intern } from './fixed-text.js';

/** Some rows of one file. `row` numbers records in the file; absent when the table's rows are the file's records. */
export interface FilePart {
  readonly file: DataFile;
  readonly table: Omit<RawColumns, 'file' | 'row'>;
  readonly recordNumber?: Uint32Array;
  readonly rows: Uint32Array;
}

/** Rows of a scanned file by the base time of the run that they belong to (NaN: undated). */
export function splitByBase(table: RecordTable): Map<number, Uint32Array> {
  const names = intern(table.nomvar, 4, table.count);
  const isDescriptor = names.texts.map((text) => DESCRIPTORS.has(text));
  const rowsOf = new Map<number, number[]>();
  const descriptors: number[] = [];
  for (let row = 0; row < table.count; row++) {
    if (isDescriptor[names.ids[row]!]!) {
      descriptors.push(row);
      continue;
    }
    // NaN equals NaN as a key of a Map.
    const base = stampToMs(table.dateo[row]!);
    const rows = rowsOf.get(base);
    if (rows === undefined) rowsOf.set(base, [row]);
    else rows.push(row);
  }
  if (rowsOf.size === 0 && descriptors.length > 0) rowsOf.set(Number.NaN, []);
  const split = new Map<number, Uint32Array>();
  // Every run of the file gets the file's descriptors: their own dates mean nothing.
  for (const [base, rows] of rowsOf) split.set(base, Uint32Array.from([...descriptors, ...rows]).sort());
  return split;
}

/** First row of a run's index whose file number is at least `file`: rows stand in order of their files. */
function firstRowOf(run: RunIndex, file: number): number {
  let low = 0;
  let high = run.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.columns.file[middle]! < file) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows of one file in a run's index. */
export function partOf(run: RunIndex, file: number): FilePart {
  const first = firstRowOf(run, file);
  const rows = Uint32Array.from({ length: firstRowOf(run, file + 1) - first }, (_, at) => first + at);
  return { file: run.files[file]!, table: run.columns, recordNumber: run.columns.row, rows };
}

function byAge(one: FilePart, other: FilePart): number {
  return one.file.mtimeMs - other.file.mtimeMs || (one.file.path < other.file.path ? -1 : 1);
}

/** Index of the run of `base`; undefined when no part has a row. */
export function mergeRun(base: number, parts: readonly FilePart[], rules: KeyRules): RunIndex | undefined {
  const used = parts.filter((part) => part.rows.length > 0).sort(byAge);
  const count = used.reduce((sum, part) => sum + part.rows.length, 0);
  if (count === 0) return undefined;
  const raw = emptyColumns(RAW_SHAPE, count);
  let start = 0;
  for (const [number, part] of used.entries()) {
    raw.file.fill(number, start, start + part.rows.length);
    for (const [at, row] of part.rows.entries()) raw.row[start + at] = part.recordNumber?.[row] ?? row;
    copyColumns(raw, start, part);
    start += part.rows.length;
  }
  const { columns, grids, labels } = deriveKeys(raw, count, rules);
  const files = used.map((part) => part.file);
  return { id: runId(base), base, count, columns: { ...raw, ...columns }, files, grids, labels };
}

function copyColumns(target: RawColumns, start: number, part: FilePart): void {
  const { rows, table } = part;
  for (const [name, type] of Object.entries(RAW_SHAPE)) {
    if (name === 'file' || name === 'row') continue;
    const key = name as keyof typeof table;
    const from = table[key];
    const to = target[key];
    const width = Math.max(1, textWidth(type));
    const isText = textWidth(type) > 0;
    for (let at = 0; at < rows.length; at++) {
      for (let letter = 0; letter < width; letter++) {
        const value = from[rows[at]! * width + letter]!;
        // Text of a damaged file may be anything; the index holds ASCII.
        to[(start + at) * width + letter] = isText && (value < 0x20 || value > 0x7e) ? 0x20 : value;
      }
    }
  }
}
