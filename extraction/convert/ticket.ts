/**
 * The return ticket: attributes `fst_*` from which the same records can be made again, and arrays of keys where no rule gives
 * them (docs/conversions.md#ticket).
 */
import type { CfAttributes, CfNumbers, CfVariable } from '../../formats/cf.js';
import { textAt } from '../catalogue/fixed-text.js';
import type { RunColumns } from '../run-index.js';
import type { Series } from './series.js';
import { int, numbers } from './variables.js';

export interface TicketParts {
  readonly attributes: CfAttributes;
  readonly variables: readonly CfVariable[];
}

interface KeyRule {
  readonly key: string;
  keyAt(row: number): number;
  /** text of the attribute that says how the key follows from the coordinates, where it does for every record */
  readonly rule?: { readonly name: string; holds(row: number): boolean };
}

function keyRules(columns: RunColumns, isGridOf: (row: number) => boolean): readonly KeyRule[] {
  const at = (key: 'deet' | 'npas' | 'ip2' | 'ip3' | 'ig1' | 'ig2' | 'ig3' | 'ig4') => (row: number) =>
    columns[key][row]!;
  return [
    { key: 'packing', keyAt: (row) => columns.datyp[row]! * 256 + columns.nbits[row]! },
    { key: 'deet', keyAt: at('deet') },
    {
      key: 'npas',
      keyAt: at('npas'),
      rule: {
        name: 'leadtime/deet',
        holds: (row) => columns.deet[row]! !== 0 && columns.step[row] === columns.deet[row]! * columns.npas[row]!,
      },
    },
    {
      key: 'ip2',
      keyAt: at('ip2'),
      rule: { name: 'hours', holds: (row) => columns.ip2[row] === Math.floor(columns.step[row]! / 3600) },
    },
    {
      key: 'ip3',
      keyAt: at('ip3'),
      rule: {
        name: 'realization',
        holds: (row) => columns.number[row]! > 0 && columns.ip3[row] === columns.number[row],
      },
    },
    ...(['ig1', 'ig2', 'ig3', 'ig4'] as const).map((key) => ({
      key,
      keyAt: at(key),
      rule: { name: 'grid', holds: isGridOf },
    })),
  ];
}

const same = (values: readonly number[]): boolean => values.every((value) => value === values[0]);

/** The most frequent of some numbers. */
function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

export interface Cells {
  /** row of each cell, -1 where there is none */
  readonly rows: Int32Array;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
}

function perCell(name: string, { rows, dims, shape }: Cells, keyAt: (row: number) => number): CfVariable {
  const values = Int32Array.from(rows, (row) => (row < 0 ? 0 : keyAt(row)));
  return numbers(name, dims, shape, values, { long_name: `key of the records of ${name.replace(/_fst_.*/, '')}` });
}

/** Ticket of one series. `gridRow` is the row whose ig's stand on the grid mapping. */
export function ticketOf(columns: RunColumns, series: Series, gridRow: number, cells: Cells): TicketParts {
  const attributes: Record<string, string | CfNumbers> = {
    fst_nomvar: series.nomvar,
    fst_typvar: series.typvar,
    fst_etiket: textAt(columns.etiket, 12, series.places[0]!.row),
    fst_records: int(series.places.length),
  };
  const variables: CfVariable[] = [];
  const rows = series.places.map(({ row }) => row);
  const onGrid = (row: number): boolean =>
    (['ig1', 'ig2', 'ig3', 'ig4'] as const).every((key) => columns[key][row] === columns[key][gridRow]);
  for (const { key, keyAt, rule } of keyRules(columns, onGrid)) {
    if (rule?.name === 'grid' && rows.every(rule.holds)) continue;
    const values = rows.map(keyAt);
    const constant = same(values);
    if (key === 'packing') {
      const packing = mode(values);
      attributes['fst_datyp'] = int(packing >> 8);
      attributes['fst_nbits'] = int(packing & 255);
      if (!constant) variables.push(perCell(`${series.name}_fst_packing`, cells, keyAt));
    } else if (rule !== undefined && rows.every(rule.holds)) attributes[`fst_${key}`] = rule.name;
    else if (constant) attributes[`fst_${key}`] = int(values[0]!);
    else variables.push(perCell(`${series.name}_fst_${key}`, cells, keyAt));
  }
  const ip1 = new Set(rows.map((row) => columns.ip1[row]!));
  if (ip1.size === 1) attributes['fst_ip1'] = int([...ip1][0]!);
  else if (ip1.size > new Set(series.places.map(({ level }) => level)).size) {
    variables.push(perCell(`${series.name}_fst_ip1`, cells, (row) => columns.ip1[row]!));
  }
  if (rows.some((row) => (columns.datyp[row]! & 64) !== 0)) attributes['fst_missing'] = 'flag64';
  if (series.typvar[1] === '@') attributes['fst_missing'] = 'mask';
  if (series.duplicates.length > 0) attributes['fst_duplicates'] = int(series.duplicates.length);
  return { attributes, variables };
}

/** Every key of a descriptor record, as an object of an attribute. */
export interface DescriptorKeys {
  readonly nomvar: string;
  readonly typvar: string;
  readonly etiket: string;
  readonly grtyp: string;
  readonly ip1: number;
  readonly ip2: number;
  readonly ip3: number;
  readonly ig1: number;
  readonly ig2: number;
  readonly ig3: number;
  readonly ig4: number;
  readonly ni: number;
  readonly nj: number;
  readonly dateo: number;
  readonly deet: number;
  readonly npas: number;
  readonly datyp: number;
  readonly nbits: number;
}

export function descriptorKeys(columns: RunColumns, row: number): DescriptorKeys {
  const whole = (
    key:
      | 'ip1'
      | 'ip2'
      | 'ip3'
      | 'ig1'
      | 'ig2'
      | 'ig3'
      | 'ig4'
      | 'ni'
      | 'nj'
      | 'dateo'
      | 'deet'
      | 'npas'
      | 'datyp'
      | 'nbits',
  ) => columns[key][row]!;
  return {
    nomvar: textAt(columns.nomvar, 4, row),
    typvar: textAt(columns.typvar, 2, row),
    etiket: textAt(columns.etiket, 12, row),
    grtyp: String.fromCharCode(columns.grtyp[row]!),
    ip1: whole('ip1'),
    ip2: whole('ip2'),
    ip3: whole('ip3'),
    ig1: whole('ig1'),
    ig2: whole('ig2'),
    ig3: whole('ig3'),
    ig4: whole('ig4'),
    ni: whole('ni'),
    nj: whole('nj'),
    dateo: whole('dateo'),
    deet: whole('deet'),
    npas: whole('npas'),
    datyp: whole('datyp'),
    nbits: whole('nbits'),
  };
}

/** Descriptors of the grid of a row: linked by its tags. */
export function gridDescriptors(columns: RunColumns, descriptors: Uint32Array, row: number): number[] {
  const grtyp = String.fromCharCode(columns.grtyp[row]!);
  if (!'Z#UYXOMTW'.includes(grtyp)) return [];
  const byName = new Map<string, number>();
  for (const at of descriptors) {
    const nomvar = textAt(columns.nomvar, 4, at);
    if (!['>>', '^^', '^>', '##'].includes(nomvar)) continue;
    if (columns.ip1[at] !== columns.ig1[row] || columns.ip2[at] !== columns.ig2[row]) continue;
    if (grtyp !== '#' && columns.ip3[at] !== columns.ig3[row]) continue;
    // those of the same file come first
    if (!byName.has(nomvar) || columns.file[at] === columns.file[row]) byName.set(nomvar, at);
  }
  return [...byName.values()];
}

/** Attributes of a grid mapping (or of fields without one). */
export function gridKeys(columns: RunColumns, row: number, descriptors: readonly number[]): CfAttributes {
  const reference = descriptors.find((at) => textAt(columns.nomvar, 4, at) === '>>') ?? descriptors[0];
  const keys: Record<string, string | CfNumbers> = {
    fst_grtyp: String.fromCharCode(columns.grtyp[row]!),
    fst_ni: int(columns.ni[row]!),
    fst_nj: int(columns.nj[row]!),
  };
  for (const key of ['ig1', 'ig2', 'ig3', 'ig4'] as const) keys[`fst_${key}`] = int(columns[key][row]!);
  if (reference === undefined) return keys;
  keys['fst_ref_grtyp'] = String.fromCharCode(columns.grtyp[reference]!);
  for (const key of ['ig1', 'ig2', 'ig3', 'ig4'] as const) keys[`fst_ref_${key}`] = int(columns[key][reference]!);
  for (const key of ['ip1', 'ip2', 'ip3'] as const) keys[`fst_${key}`] = int(columns[key][reference]!);
  keys['fst_etiket'] = textAt(columns.etiket, 12, reference);
  return keys;
}
