/**
 * Coefficients of model levels: formula terms where CF has the formula, the same under names of our own where it has none, and
 * the whole `!!` table for the way back (docs/conversions.md#levels).
 */
import type { CfAttribute, CfDimension, CfVariable } from '../../formats/cf.js';
import { textAt } from '../catalogue/fixed-text.js';
import { levelIndex, parseVertical, type VerticalTable } from '../fst/vertical.js';
import { FLAG, type RunColumns } from '../run-index.js';
import type { ViewTable } from './dataset.js';
import type { LevelAxis } from './level-axes.js';
import { pressureOf } from './level-pressure.js';
import type { Series } from './series.js';
import { descriptorKeys } from './ticket.js';
import { numbers, scalar } from './variables.js';

export interface VerticalParts {
  readonly dims: readonly CfDimension[];
  readonly variables: readonly CfVariable[];
  readonly notes: readonly string[];
  /** pressure fields of the axes, from the surface fields among some variables by name */
  pressures(fields: ReadonlyMap<string, CfVariable>): CfVariable[];
}

const NO_PRESSURES = (): CfVariable[] => [];

/** Surface fields that levels follow. */
const SURFACES = new Set(['P0', 'P0LS', 'ME', 'MELS']);

/** Rows with the surface fields that model levels among them need: same grid keys, base times and steps. */
export function addSurface(columns: RunColumns, count: number, rows: Uint32Array): Uint32Array {
  const wanted = new Set<string>();
  const keyOf = (row: number): string => `${columns.grid[row]} ${columns.dateo[row]} ${columns.step[row]}`;
  const have = new Set(rows);
  for (const row of rows) if (columns.levtype[row] === MODEL) wanted.add(keyOf(row));
  if (wanted.size === 0) return rows;
  const more: number[] = [];
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0 || have.has(row)) continue;
    if (SURFACES.has(textAt(columns.nomvar, 4, row)) && wanted.has(keyOf(row))) more.push(row);
  }
  return more.length === 0 ? rows : Uint32Array.from([...rows, ...more]).sort();
}

/** Number of `ml` in LEVTYPES. */
const MODEL = 3;

/** The `!!` record where no tag leads to one: the only one that there is. */
function onlyDescriptor({ columns, descriptors }: ViewTable): number | undefined {
  const all = [...descriptors].filter((at) => textAt(columns.nomvar, 4, at) === '!!');
  return new Set(all.map((at) => `${columns.ip1[at]} ${columns.ip2[at]}`)).size === 1 ? all[0] : undefined;
}

/** Name of the variable that holds a surface field of the group. */
function surfaceName(series: readonly Series[], nomvar: string | undefined): string | undefined {
  return series.find((one) => one.nomvar === nomvar && one.levels === 'none')?.name;
}

interface Terms {
  readonly attributes: Record<string, CfAttribute>;
  readonly variables: readonly CfVariable[];
}

const COMPUTED = { pressure: 'air_pressure', height: 'altitude' };

function column(
  axis: LevelAxis,
  at: readonly number[],
  values: Float64Array,
  suffix: string,
  attributes: Record<string, string>,
  factor = 1,
): CfVariable {
  const own = Float64Array.from(at, (index) => (index < 0 ? Number.NaN : values[index]! * factor));
  const name = `${axis.name}_${suffix}`;
  return axis.isDimension ? numbers(name, [axis.name], [own.length], own, attributes) : scalar(name, own, attributes);
}

/** Hybrid pressure, sigma and eta: CF has the formulas. `ap` is in hPa, the unit of P0. */
function linearTerms(axis: LevelAxis, table: VerticalTable, at: readonly number[], ps: string): Terms {
  const { name } = axis;
  if (table.vcode === 1001 || table.vcode === 1002) {
    const ptop = Number.isNaN(table.ptop) ? 0 : table.ptop;
    return {
      attributes: {
        standard_name: 'atmosphere_sigma_coordinate',
        formula_terms: `sigma: ${name} ps: ${ps} ptop: ${name}_ptop`,
        computed_standard_name: COMPUTED.pressure,
      },
      variables: [
        scalar(`${name}_ptop`, Float64Array.of(ptop / 100), {
          long_name: 'pressure at the top of the model',
          units: 'hPa',
        }),
      ],
    };
  }
  return {
    attributes: {
      standard_name: 'atmosphere_hybrid_sigma_pressure_coordinate',
      formula_terms: `ap: ${name}_ap b: ${name}_b ps: ${ps}`,
      computed_standard_name: COMPUTED.pressure,
    },
    variables: [
      column(axis, at, table.a, 'ap', { long_name: 'pressure part of the hybrid coordinate', units: 'hPa' }, 0.01),
      column(axis, at, table.b, 'b', { long_name: 'sigma part of the hybrid coordinate', units: '1' }),
    ],
  };
}

/** Hybrids of the logarithm of pressure: CF has no formula for them, so the terms stand under our own names. */
function logarithmicTerms(
  axis: LevelAxis,
  table: VerticalTable,
  at: readonly number[],
  ps: string,
  large: string | undefined,
): Terms {
  const { name } = axis;
  const third = table.referenceLarge === undefined || large === undefined ? '' : ` c: ${name}_c psls: ${large}`;
  const formula = third === '' ? 'p = exp(a + b*ln(ps/pref))' : 'p = exp(a + b*ln(ps/pref) + c*ln(psls/pref))';
  return {
    attributes: {
      formula,
      fst_formula_terms: `a: ${name}_a b: ${name}_b ps: ${ps} pref: ${name}_pref${third}`,
    },
    variables: [
      column(axis, at, table.a, 'a', { long_name: 'term a of the level: logarithm of a pressure in Pa' }),
      column(axis, at, table.b, 'b', { long_name: 'term b of the level', units: '1' }),
      ...(third === '' ? [] : [column(axis, at, table.c, 'c', { long_name: 'term c of the level', units: '1' })]),
      scalar(`${name}_pref`, Float64Array.of(table.pref), {
        long_name: 'reference pressure of the level formula',
        units: 'Pa',
      }),
    ],
  };
}

function heightTerms(
  axis: LevelAxis,
  table: VerticalTable,
  at: readonly number[],
  orog: string,
  large: string | undefined,
): Terms {
  const { name } = axis;
  if (table.referenceLarge === undefined || large === undefined) {
    return {
      attributes: {
        standard_name: 'atmosphere_hybrid_height_coordinate',
        formula_terms: `a: ${name}_a b: ${name}_b orog: ${orog}`,
        computed_standard_name: COMPUTED.height,
      },
      variables: [
        column(axis, at, table.a, 'a', { long_name: 'height part of the level', units: 'm' }),
        column(axis, at, table.b, 'b', { long_name: 'share of the orography in the level', units: '1' }),
      ],
    };
  }
  const top = table.a.reduce((most, value) => Math.max(most, value), 0);
  return {
    attributes: {
      standard_name: 'atmosphere_sleve_coordinate',
      formula_terms: `a: ${name}_a b1: ${name}_b1 b2: ${name}_b2 ztop: ${name}_ztop zsurf1: ${large} zsurf2: ${orog}`,
      computed_standard_name: COMPUTED.height,
    },
    variables: [
      column(axis, at, table.a, 'a', { long_name: 'height of the level over that of the top', units: '1' }, 1 / top),
      column(axis, at, table.c, 'b1', { long_name: 'share of the large-scale orography', units: '1' }),
      column(axis, at, table.b, 'b2', { long_name: 'share of the orography', units: '1' }),
      scalar(`${name}_ztop`, Float64Array.of(top), { long_name: 'height of the top', units: 'm' }),
    ],
  };
}

function termsOf(axis: LevelAxis, table: VerticalTable, series: readonly Series[]): Terms | string {
  if (table.formula === 'constant') return { attributes: {}, variables: [] };
  const at = axis.ip1.map((ip1) => levelIndex(table, ip1));
  const surface = surfaceName(series, table.reference ?? (table.formula === 'height' ? 'ME' : 'P0'));
  const large = surfaceName(series, table.referenceLarge);
  if (surface === undefined) {
    return `${axis.name}: the surface field ${table.reference ?? 'P0'} is not among the records, so its formula has no terms.`;
  }
  if (table.formula === 'linear') return linearTerms(axis, table, at, surface);
  if (table.formula === 'logarithmic') return logarithmicTerms(axis, table, at, surface, large);
  return heightTerms(axis, table, at, surface, large);
}

function withAttributes(variable: CfVariable, attributes: Record<string, CfAttribute>): CfVariable {
  return { ...variable, attributes: { ...variable.attributes, ...attributes } };
}

/** A `!!` record as it is, for the way back. */
function wholeTable(
  table: ViewTable,
  row: number,
  name: string,
  values: Float64Array,
): { dims: CfDimension[]; variable: CfVariable } {
  const [ni, nj] = [table.columns.ni[row]!, table.columns.nj[row]!];
  const variable = numbers(name, [`${name}_row`, `${name}_col`], [nj, ni], values.slice(0, ni * nj), {
    long_name: 'descriptor record !! of the vertical coordinate',
    fst_record: JSON.stringify(descriptorKeys(table.columns, row)),
  });
  return {
    dims: [
      { name: `${name}_row`, size: nj },
      { name: `${name}_col`, size: ni },
    ],
    variable,
  };
}

/** The pressure of each axis that follows a surface field which is there: `air_pressure`, then with the name of the axis. */
function pressuresOf(
  axes: ReadonlySet<LevelAxis>,
  table: VerticalTable,
  series: readonly Series[],
  fields: ReadonlyMap<string, CfVariable>,
): CfVariable[] {
  const surface = fields.get(surfaceName(series, table.reference ?? 'P0') ?? '');
  const companion = fields.get(surfaceName(series, table.referenceLarge) ?? '');
  if (surface === undefined) return [];
  const rows = companion?.data.kind === 'planes' ? companion.data.rows : undefined;
  const made: CfVariable[] = [];
  for (const axis of axes) {
    const name = made.length === 0 ? 'air_pressure' : `air_pressure_${axis.name}`;
    const variable = pressureOf(name, axis, table, surface, rows && ((cell) => rows[cell] ?? -1));
    if (variable !== undefined) made.push(variable);
  }
  return made;
}

/** Terms of every axis of model levels, and the table that they come from. */
export async function verticalParts(
  table: ViewTable,
  linked: number | undefined,
  series: readonly Series[],
  levels: ReadonlyMap<Series, LevelAxis>,
  full: boolean,
  pressure = false,
): Promise<VerticalParts> {
  const axes = new Set([...levels.values()].filter((axis) => axis.levels === 'ml'));
  const row = linked ?? (axes.size > 0 ? onlyDescriptor(table) : undefined);
  if (row === undefined || (axes.size === 0 && !full))
    return { dims: [], variables: [], notes: [], pressures: NO_PRESSURES };
  const { columns } = table;
  const values = await table.valuesOf(row);
  const variables: CfVariable[] = [];
  const notes: string[] = [];
  let pressures: VerticalParts['pressures'] = NO_PRESSURES;
  if (axes.size > 0) {
    const parsed = parseVertical(values, columns.ni[row]!, columns.nj[row]!);
    if (pressure) pressures = (fields) => pressuresOf(axes, parsed, series, fields);
    const vcode: Record<string, CfAttribute> = { fst_vcode: Int32Array.of(parsed.vcode) };
    for (const axis of axes) {
      const terms = termsOf(axis, parsed, series);
      if (typeof terms === 'string') notes.push(terms);
      else variables.push(...terms.variables);
      const own = typeof terms === 'string' ? vcode : { ...terms.attributes, ...vcode };
      variables.push(withAttributes(axis.variables[0]!, own));
    }
  }
  if (!full) return { dims: [], variables, notes, pressures };
  const { dims, variable } = wholeTable(table, row, `vgrid_${columns.ig1[row]}`, values);
  return { dims, variables: [...variables, variable], notes, pressures };
}
