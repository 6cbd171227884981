/** The other component of a wind among the records of a conversion. */
import { codeOfName, nomvarCode, textAt } from '../catalogue/fixed-text.js';
import { WIND_PAIRS } from '../grid/winds.js';
import type { SelectedRecords } from './records.js';

type Records = Pick<SelectedRecords, 'columns' | 'count'>;

const indexes = new WeakMap<Records, ReadonlyMap<string, number>>();

function keyOf({ columns }: Records, row: number, code: number): string {
  const names = `${textAt(columns.typvar, 2, row)} ${textAt(columns.etiket, 12, row)}`;
  const ips = `${columns.ip1[row]} ${columns.ip2[row]} ${columns.ip3[row]}`;
  return `${code} ${names} ${ips} ${columns.dateo[row]} ${columns.datev[row]} ${columns.grid[row]}`;
}

function indexOf(selection: Records): ReadonlyMap<string, number> {
  const known = indexes.get(selection);
  if (known !== undefined) return known;
  const rows = new Map<string, number>();
  for (let row = 0; row < selection.count; row++) {
    const name = textAt(selection.columns.nomvar, 4, row);
    if (WIND_PAIRS[name] === undefined) continue;
    rows.set(keyOf(selection, row, nomvarCode(selection.columns.nomvar, row)), row);
  }
  indexes.set(selection, rows);
  return rows;
}

/** Row of the partner of a wind component: all else equal. It need not be chosen itself. */
export function partnerOf(selection: Records, row: number): number | undefined {
  const pair = WIND_PAIRS[textAt(selection.columns.nomvar, 4, row)];
  return pair === undefined ? undefined : indexOf(selection).get(keyOf(selection, row, codeOfName(pair.partner)));
}
