/** Mask records: a field whose typvar ends in `@` has a companion `@@` that is 1 where its values are valid. */
import { type Datacube, runOf } from '../datacube.js';
import { FLAG, type RunIndex } from '../run-index.js';
import { textAt } from './fixed-text.js';

const masks = new WeakMap<RunIndex, ReadonlyMap<string, number>>();

function keyOf({ columns }: RunIndex, row: number): string {
  const names = `${textAt(columns.nomvar, 4, row)} ${textAt(columns.etiket, 12, row)}`;
  return `${names} ${columns.datev[row]} ${columns.ip1[row]} ${columns.ip2[row]} ${columns.ip3[row]} ${columns.grid[row]}`;
}

function masksOf(run: RunIndex): ReadonlyMap<string, number> {
  const known = masks.get(run);
  if (known !== undefined) return known;
  const rows = new Map<string, number>();
  for (let row = 0; row < run.count; row++) {
    if ((run.columns.flags[row]! & FLAG.mask) !== 0) rows.set(keyOf(run, row), row);
  }
  masks.set(run, rows);
  return rows;
}

/**
 * Row of the mask of a field: equal nomvar, etiket, datev, ip1, ip2, ip3 and grid; the newest of several. undefined when the
 * field is not masked or its mask is missing.
 */
export function findMask(cube: Datacube, row: number): number | undefined {
  const { index, firstRow } = runOf(cube, row);
  const local = row - firstRow;
  if ((index.columns.flags[local]! & FLAG.masked) === 0) return undefined;
  const mask = masksOf(index).get(keyOf(index, local));
  return mask === undefined ? undefined : firstRow + mask;
}
