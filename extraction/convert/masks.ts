/** Mask records `@@` of masked fields, found by the keys that both have in common. */
import { textAt } from '../catalogue/fixed-text.js';
import { FLAG, type RunColumns } from '../run-index.js';
import type { Series } from './series.js';

const keyOf = (columns: RunColumns, row: number): string =>
  [
    textAt(columns.nomvar, 4, row),
    textAt(columns.etiket, 12, row),
    columns.datev[row],
    columns.ip1[row],
    columns.ip2[row],
    columns.ip3[row],
    columns.grid[row],
  ].join(' ');

/** Row of the mask of each masked row; the newest of several. */
export function maskRows(columns: RunColumns, count: number, series: readonly Series[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (series.every(({ places }) => places.every(({ row }) => (columns.flags[row]! & FLAG.masked) === 0))) return found;
  const masks = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & FLAG.mask) !== 0) masks.set(keyOf(columns, row), row);
  }
  for (const { places } of series) {
    for (const { row } of places) {
      const mask = (columns.flags[row]! & FLAG.masked) === 0 ? undefined : masks.get(keyOf(columns, row));
      if (mask !== undefined) found.set(row, mask);
    }
  }
  return found;
}
