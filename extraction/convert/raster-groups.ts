/** Which records become which raster file, and what the files are called. */
import { textAt } from '../catalogue/fixed-text.js';
import { memberPattern } from '../catalogue/key-members.js';
import { shortestDecimal } from '../fst/decimal.js';
import { recordOf } from './field-stream.js';
import type { SelectedRecords } from './records.js';

export type BandAxis = 'level' | 'time' | 'number';

export interface RasterGroup {
  /** name of a file, without suffix; unique among the groups */
  readonly name: string;
  /** rows of the selection, in the order of the bands */
  readonly rows: readonly number[];
}

/** Everything that tells records apart but the axis that becomes bands. */
function keyOf(selection: SelectedRecords, row: number, axis: BandAxis): string {
  const { columns } = selection;
  const etiket = textAt(columns.etiket, 12, row);
  const parts = [textAt(columns.nomvar, 4, row), textAt(columns.typvar, 2, row), columns.grid[row]];
  if (axis !== 'level') parts.push(columns.ip1[row]);
  if (axis !== 'time') parts.push(columns.datev[row], columns.dateo[row], columns.ip2[row]);
  const member = columns.number[row]! >= 0;
  if (axis !== 'number') parts.push(columns.number[row], etiket);
  else parts.push(member ? memberPattern(etiket) : etiket);
  if (!member || axis !== 'number') parts.push(columns.ip3[row]);
  return parts.join('|');
}

function sortValue(selection: SelectedRecords, row: number, axis: BandAxis): number {
  const { columns } = selection;
  if (axis === 'time') return columns.step[row]! + (recordOf(selection, row).origin?.getTime() ?? 0) / 1000;
  return axis === 'level' ? columns.level[row]! : columns.number[row]!;
}

function nameOf(selection: SelectedRecords, row: number, axis: BandAxis | undefined): string {
  const record = recordOf(selection, row);
  const stamp = (date: Date | null): string => date?.toISOString().slice(0, 16).replace(/[-:]/g, '') ?? 'undated';
  const level =
    record.level === null ? String(record.ip1) : `${shortestDecimal(record.level.value)}${record.level.name}`;
  const number = selection.columns.number[row]!;
  const parts = [
    record.nomvar,
    ...(axis === 'level' ? [] : [record.ip1 === 0 ? 'sfc' : level]),
    ...(axis === 'time' ? [] : [stamp(record.validity)]),
    ...(number < 0 || axis === 'number' ? [] : [`m${String(number).padStart(3, '0')}`]),
  ];
  return parts.join('_').replace(/[^A-Za-z0-9._-]/g, '_');
}

/** Groups in the order of their first records; without an axis every record is a group. */
export function rasterGroups(selection: SelectedRecords, axis: BandAxis | undefined): RasterGroup[] {
  const groups = new Map<string, number[]>();
  for (const row of selection.rows) {
    const key = axis === undefined ? String(row) : keyOf(selection, row, axis);
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  const names = new Map<string, number>();
  return [...groups.values()].map((rows) => {
    if (axis !== undefined) rows.sort((a, b) => sortValue(selection, a, axis) - sortValue(selection, b, axis));
    const plain = nameOf(selection, rows[0]!, axis);
    const seen = names.get(plain) ?? 0;
    names.set(plain, seen + 1);
    return { name: seen === 0 ? plain : `${plain}_${seen + 1}`, rows };
  });
}
