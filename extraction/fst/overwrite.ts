/** Which records a new one takes the place of: those with the keys that the format's own library searches before it rewrites. */
import type { RecordTable } from '../../schemas/vocabulary.js';
import { textAt } from '../catalogue/fixed-text.js';

function keyOf(table: RecordTable, row: number): string {
  const texts = [textAt(table.nomvar, 4, row), textAt(table.typvar, 2, row), textAt(table.etiket, 12, row)];
  return [...texts, table.ip1[row], table.ip2[row], table.ip3[row], table.datev[row]].join('\n');
}

/** Rows below `first` that have the keys (nomvar, typvar, etiket, ip1, ip2, ip3, datev) of a row from `first` on. */
export function replacedRows(table: RecordTable, first: number): number[] {
  const keys = new Set<string>();
  for (let row = first; row < table.count; row++) keys.add(keyOf(table, row));
  const replaced: number[] = [];
  for (let row = 0; row < first; row++) if (keys.has(keyOf(table, row))) replaced.push(row);
  return replaced;
}
