/** The grids of a selection: by content, and by the vertical coordinate that their tags lead to. Records without geometry by their shape. */
import type { CfDimension, CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import { textAt } from '../catalogue/fixed-text.js';
import { groupRows } from '../catalogue/row-groups.js';
import type { Grid } from '../grid/grid.js';
import type { RunColumns } from '../run-index.js';
import type { ViewTable } from './dataset.js';
import type { Horizontal } from './horizontal.js';
import { descriptorKeys } from './ticket.js';
import { numbers } from './variables.js';

export interface GridPart {
  readonly id: string;
  readonly grid: Grid | undefined;
  /** a row on the grid */
  readonly row: number;
  /** row of the vertical descriptor that the tags of the grid name */
  readonly vertical: number | undefined;
}

export interface GridParts {
  numberOf(row: number): number;
  readonly parts: readonly GridPart[];
}

/** Row of the `!!` record with the tags of a row's grid, of the same file where there is one. */
export function linkedVertical({ columns, descriptors }: ViewTable, row: number): number | undefined {
  let elsewhere: number | undefined;
  for (const at of descriptors) {
    if (columns.ip1[at] !== columns.ig1[row] || columns.ip2[at] !== columns.ig2[row]) continue;
    if (textAt(columns.nomvar, 4, at) !== '!!') continue;
    if (columns.file[at] === columns.file[row]) return at;
    elsewhere ??= at;
  }
  return elsewhere;
}

const shapeOf = (columns: RunColumns, row: number): string =>
  [columns.ni, columns.nj, columns.ig1, columns.ig2, columns.ig3, columns.ig4].map((column) => column[row]).join('_');

export async function gridParts(table: ViewTable, rows: Uint32Array): Promise<GridParts> {
  const { columns } = table;
  const take = (column: ArrayLike<number>): Int32Array => Int32Array.from(rows, (row) => column[row]!);
  const { file, grtyp, ni, nj, ig1, ig2, ig3, ig4 } = columns;
  const { group, first } = groupRows([file, grtyp, ni, nj, ig1, ig2, ig3, ig4].map(take), rows.length);
  const parts: GridPart[] = [];
  const known = new Map<string, number>();
  const numbersOfGroups: number[] = [];
  for (const at of first) {
    const row = rows[at]!;
    let grid: Grid | undefined;
    try {
      grid = await table.gridOf(row);
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error;
    }
    const vertical = linkedVertical(table, row);
    const content = grid?.id ?? `none ${grtyp[row]} ${shapeOf(columns, row)}`;
    const id = vertical === undefined ? content : `${content} ${columns.ip1[vertical]} ${columns.ip2[vertical]}`;
    const number = known.get(id) ?? parts.push({ id, grid, row, vertical }) - 1;
    known.set(id, number);
    numbersOfGroups.push(number);
  }
  const numberOf = new Map<number, number>();
  for (const [at, row] of rows.entries()) numberOf.set(row, numbersOfGroups[group[at]!]!);
  return { numberOf: (row) => numberOf.get(row)!, parts };
}

/** Name of the group of a grid that is not at the root. */
export function groupName(columns: RunColumns, part: GridPart, all: readonly GridPart[]): string {
  const base = `grid_${part.grid === undefined ? shapeOf(columns, part.row) : part.grid.id.slice(0, 6)}`;
  const shared = part.grid !== undefined && all.some((other) => other !== part && other.grid?.id === part.grid!.id);
  if (!shared) return base;
  const twins = all.filter(
    (other) => other.grid?.id === part.grid!.id && vcodeOf(columns, other) === vcodeOf(columns, part),
  );
  const number = twins.indexOf(part);
  return `${base}_${vcodeOf(columns, part)}${number === 0 ? '' : `_${number + 1}`}`;
}

const vcodeOf = (columns: RunColumns, { vertical }: GridPart): number =>
  vertical === undefined ? 0 : columns.ig1[vertical]!;

const NAMES: Readonly<Record<string, string>> = {
  '>>': 'fst_ax',
  '^^': 'fst_ay',
  '^>': 'fst_panels',
  '##': 'fst_nodes',
};

/** Values of an axis record as they follow from a coordinate; undefined where the coordinate does not give them back. */
function recovered(variable: CfVariable | undefined, offset: number, values: Float64Array): boolean {
  if (variable?.data.kind !== 'values' || variable.shape[0] !== values.length) return false;
  const own = variable.data.values as Float64Array;
  return values.every((value, n) => Object.is(Math.fround(own[n]! + offset), value));
}

export interface DescriptorParts {
  readonly dims: readonly CfDimension[];
  readonly variables: readonly CfVariable[];
}

/**
 * Descriptor records of a grid on the way: the axes as an attribute of their coordinate where that gives the values back, all
 * others as they are. Variables of the same name replace the coordinates.
 */
export async function descriptorParts(
  table: ViewTable,
  rows: readonly number[],
  horizontal: Horizontal,
): Promise<DescriptorParts> {
  const dims: CfDimension[] = [];
  const variables: CfVariable[] = [];
  const mapping = horizontal.variables.find(({ name }) => name === horizontal.mapping);
  const offset = Number(mapping?.attributes['fst_rlon_offset'] ?? 0);
  for (const row of rows) {
    const keys = descriptorKeys(table.columns, row);
    const name = NAMES[keys.nomvar] ?? 'fst_descriptor';
    const values = await table.valuesOf(row);
    const single = [1, 5, 6].includes(keys.datyp & 63) && keys.nbits <= 32;
    const axis = { '>>': ['rlon', 'lon'], '^^': ['rlat', 'lat'] }[keys.nomvar] ?? [];
    const coordinate = horizontal.variables.find((one) => axis.includes(one.name) && one.dims[0] === one.name);
    const fst_record = JSON.stringify(keys);
    if (single && coordinate !== undefined && recovered(coordinate, keys.nomvar === '>>' ? offset : 0, values)) {
      variables.push({ ...coordinate, attributes: { ...coordinate.attributes, fst_record } });
      continue;
    }
    dims.push({ name: `${name}_size`, size: values.length });
    const stored = single ? Float32Array.from(values) : values;
    variables.push(
      numbers(name, [`${name}_size`], [values.length], stored, {
        long_name: `descriptor record ${keys.nomvar}`,
        fst_record,
      }),
    );
  }
  return { dims, variables };
}
