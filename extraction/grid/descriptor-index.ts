/** The descriptor records of a table of records (`>>`, `^^`, `^>`, `##` …), found by name and tags: built once for each table. */
import { codeOfName, nomvarCode } from '../catalogue/fixed-text.js';
import type { Igs } from './params.js';

/** The columns that matching looks at: a RecordTable, or the columns of a run index with its count. */
export interface GridColumns {
  readonly count: number;
  readonly nomvar: Uint8Array;
  readonly grtyp: Uint8Array;
  readonly ip1: Int32Array;
  readonly ip2: Int32Array;
  readonly ip3: Int32Array;
  readonly ni: Uint32Array;
  readonly nj: Uint32Array;
  readonly ig1: Int32Array;
  readonly ig2: Int32Array;
  readonly ig3: Int32Array;
  readonly ig4: Int32Array;
  /** file of each row, where a table holds several files */
  readonly file?: ArrayLike<number>;
}

const NAMES = ['>>', '^^', '^>', '##', 'LA', 'LO', 'PROJ', 'MTRX'] as const;
export type DescriptorName = (typeof NAMES)[number];

const codes = new Map(NAMES.map((name) => [codeOfName(name), name]));
const indexes = new WeakMap<Uint8Array, ReadonlyMap<string, readonly number[]>>();

function indexOf(table: GridColumns): ReadonlyMap<string, readonly number[]> {
  const known = indexes.get(table.nomvar);
  if (known) return known;
  const rows = new Map<string, number[]>();
  for (let row = 0; row < table.count; row++) {
    const name = codes.get(nomvarCode(table.nomvar, row));
    if (name === undefined) continue;
    const key = `${name} ${table.ip1[row]} ${table.ip2[row]}`;
    const list = rows.get(key);
    if (list) list.push(row);
    else rows.set(key, [row]);
  }
  indexes.set(table.nomvar, rows);
  return rows;
}

/** Rows of descriptors with these tags, in directory order; `ip3` undefined matches any. */
export function descriptorRows(
  table: GridColumns,
  name: DescriptorName,
  ip1: number,
  ip2: number,
  ip3: number | undefined,
): readonly number[] {
  const rows = indexOf(table).get(`${name} ${ip1} ${ip2}`) ?? [];
  return ip3 === undefined ? rows : rows.filter((row) => table.ip3[row] === ip3);
}

export const igsOf = (table: GridColumns, row: number): Igs => [
  table.ig1[row]!,
  table.ig2[row]!,
  table.ig3[row]!,
  table.ig4[row]!,
];

export const letterOf = (table: GridColumns, row: number): string => String.fromCharCode(table.grtyp[row]!);

export const fileOf = (table: GridColumns, row: number): number => table.file?.[row] ?? 0;
