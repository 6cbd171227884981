/**
 * Records as a CF dataset: the view that NetCDF and Zarr are written from, as files and over HTTP. Reads descriptors, no
 * fields. One grid a group, the one with most records at the root where that can be (docs/conversions.md#groups).
 */
import type { CfAttribute, CfAttributes, CfDataset, CfDimension, CfGroup, CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Grid } from '../grid/grid.js';
import type { RunColumns } from '../run-index.js';
import { turnedWind, UNTURNED } from './earth-winds.js';
import { type FieldPlace, fieldVariable } from './field-variable.js';
import type { LostKey } from './formats.js';
import { asFstd2nc } from './fstd2nc-profile.js';
import { descriptorParts, type GridPart, gridParts, groupName } from './grid-parts.js';
import { isAligned } from './group-alignment.js';
import { bareHorizontal, type Horizontal, horizontalsOf, type PanelChoice } from './horizontal.js';
import { type LevelAxis, levelAxes } from './level-axes.js';
import { maskRows } from './masks.js';
import { memberAxis } from './member-axis.js';
import { type Series, seriesOf } from './series.js';
import { splitLevels } from './series-levels.js';
import { gridDescriptors, gridKeys } from './ticket.js';
import { timeAxes } from './time-axes.js';
import { addSurface, verticalParts } from './vertical-parts.js';

/** The records of a dataset and how their descriptors are read. Rows are numbers in `columns`. */
export interface ViewTable {
  readonly columns: RunColumns;
  readonly count: number;
  readonly descriptors: Uint32Array;
  gridOf(row: number): Promise<Grid>;
  /** values of a descriptor, as float64 */
  valuesOf(row: number): Promise<Float64Array>;
  /** extended metadata of a record as JSON text, empty without any */
  metadataOf?(row: number): string;
}

export interface ViewOptions {
  readonly forecastAxis?: boolean;
  /** bounds of one-dimensional horizontal axes */
  readonly bounds?: boolean;
  /** everything that the way back needs, or a few attributes that tell where values come from */
  readonly ticket?: 'full' | 'attributes' | 'none';
  readonly units?: 'native' | 'si';
  readonly names?: 'nomvar' | 'cf' | 'short';
  /** a variable for each level, without vertical dimensions */
  readonly splitLevels?: boolean;
  /** add surface fields that hybrid levels need */
  readonly vertical?: boolean;
  readonly attributes?: CfAttributes;
  /** `earth`: components along the axes of a grid are turned to true east and north */
  readonly winds?: 'grid' | 'earth';
  /** the pressure of model levels as a field */
  readonly pressure?: boolean;
  /** the diagnostic level of a model as one of its levels, where it has a record at every time */
  readonly joinDiagnostic?: boolean;
  /** what becomes of grids of two panels */
  readonly yinyang?: PanelChoice;
  /** names, dimensions and missing values of another program */
  readonly profile?: 'fstd2nc';
  /** leave the root to groups when the dimensions of another grid would clash with those of the main one there */
  readonly sideBySide?: boolean;
}

export interface View {
  readonly dataset: CfDataset;
  readonly series: readonly Series[];
  /** rows that are no variable, with the reason */
  readonly skipped: readonly { readonly row: number; readonly error: FeatureError }[];
  /** what was asked for and could not be done */
  readonly lost: readonly LostKey[];
}

const isField = (columns: RunColumns, row: number): boolean => ![0, 3, 7, 8].includes(columns.datyp[row]! & 63);

function unsupported(columns: RunColumns, row: number): FeatureError {
  const kind = { 0: 'binary', 3: 'text', 7: 'text', 8: 'complex' }[columns.datyp[row]! & 63] ?? 'such';
  return new FeatureError(
    'unsupported_type',
    `Records of ${kind} values (datyp ${columns.datyp[row]}) have no place in a CF dataset.`,
  );
}

/** Variables of one group; those with the same name, dimensions and content are there once. */
class Parts {
  readonly dims = new Map<string, CfDimension>();
  readonly variables = new Map<string, CfVariable>();

  addDims(dims: readonly CfDimension[]): void {
    for (const dim of dims) this.dims.set(dim.name, dim);
  }

  add(variables: readonly CfVariable[]): void {
    for (const variable of variables) {
      this.variables.set(variable.name, variable);
      // bounds have a dimension that no axis brings along
      for (const [n, name] of variable.dims.entries()) {
        if (name === 'bnds') this.dims.set(name, { name, size: variable.shape[n]! });
      }
    }
  }
}

function merged(...lists: readonly CfAttributes[]): Record<string, CfAttribute> {
  return Object.assign({}, ...lists) as Record<string, CfAttribute>;
}

async function buildGroup(
  table: ViewTable,
  part: GridPart,
  series: readonly Series[],
  name: string,
  options: ViewOptions,
  lost: LostKey[],
): Promise<CfGroup> {
  const { columns } = table;
  const full = (options.ticket ?? 'full') === 'full';
  const descriptors = gridDescriptors(columns, table.descriptors, part.row);
  const keys = full ? gridKeys(columns, part.row, descriptors) : {};
  const horizontals =
    part.grid === undefined
      ? [bareHorizontal(columns.ni[part.row]!, columns.nj[part.row]!, keys)]
      : horizontalsOf(part.grid, keys, options.bounds ?? true, options.yinyang);
  const times = timeAxes(series, options.forecastAxis ?? false);
  const levels = levelAxes(series, options.profile === 'fstd2nc');
  const members = memberAxis(columns, series);
  const masks = maskRows(columns, table.count, series);
  const above = new Parts();
  const notes: string[] = [];
  for (const axis of new Set(levels.values())) {
    above.add(full ? axis.variables : axis.variables.filter(({ name: own }) => !own.endsWith('_ip1')));
    if (axis.isDimension) above.addDims([{ name: axis.name, size: axis.ip1.length }]);
  }
  for (const axis of new Set([...times.values()].filter((one) => one !== undefined))) {
    above.addDims(axis.dims);
    above.add(axis.variables);
  }
  if (members !== undefined) {
    above.addDims(members.dims);
    above.add(members.variables);
  }
  const vertical = await verticalParts(table, part.vertical, series, levels, full, options.pressure === true);
  above.addDims(vertical.dims);
  above.add(vertical.variables);
  notes.push(...vertical.notes);
  const groups: CfGroup[] = [];
  for (const horizontal of horizontals) {
    const target = horizontal.group === '' ? above : new Parts();
    target.addDims(horizontal.dims);
    target.add(horizontal.variables);
    if (full && horizontal === horizontals[0]) {
      const own = await descriptorParts(table, descriptors, horizontal);
      above.addDims(own.dims);
      above.add(own.variables);
    }
    const surfaces = new Map<string, CfVariable>();
    for (const one of series) {
      const place = { time: times.get(one), level: levels.get(one), members, masks, horizontal, gridRow: part.row };
      const { variable, more, dims } = fieldOf(table, one, place, part.grid, options, lost);
      target.addDims(dims);
      target.add([variable, ...(horizontal === horizontals[0] || horizontal.group !== '' ? more : [])]);
      surfaces.set(one.name, variable);
    }
    target.add(vertical.pressures(surfaces));
    if (horizontal.group !== '') groups.push(groupOf(horizontal.group, target, horizontal.groupAttributes, []));
  }
  const comment: CfAttributes = notes.length === 0 ? {} : { comment: notes.join(' ') };
  return groupOf(
    name,
    above,
    merged(horizontals[0]!.group === '' ? horizontals[0]!.groupAttributes : {}, comment),
    groups,
  );
}

/** A series as a variable, turned to true directions where that was asked for and can be. */
function fieldOf(
  table: ViewTable,
  series: Series,
  place: FieldPlace,
  grid: Grid | undefined,
  options: ViewOptions,
  lost: LostKey[],
): ReturnType<typeof fieldVariable> {
  const made = fieldVariable(table, series, place, options);
  if (options.winds !== 'earth') return made;
  const turned = turnedWind(table, made.variable, series.nomvar, grid);
  if (turned === undefined) lost.push({ key: series.name, detail: UNTURNED });
  return turned === undefined || turned === made.variable ? made : { ...made, variable: turned, more: [] };
}

function groupOf(name: string, parts: Parts, attributes: CfAttributes, groups: readonly CfGroup[]): CfGroup {
  const variables = [...parts.variables.values()];
  const used = new Set(variables.flatMap(({ dims }) => dims));
  for (const child of groups) for (const variable of child.variables) for (const dim of variable.dims) used.add(dim);
  return { name, dims: [...parts.dims.values()].filter((dim) => used.has(dim.name)), variables, attributes, groups };
}

const IDENTITY: CfAttributes = {
  Conventions: 'CF-1.11',
  institution: 'not stated by the records',
  source: 'numerical model or analysis; RPN standard file records',
  references: 'names and units as RPN standard files imply them',
  polyfst_view: Int32Array.of(1),
};

const EMPTY: CfGroup = { name: '', dims: [], variables: [], attributes: {}, groups: [] };

/** The dataset of some rows, which are fields. Names are those that the variables have in the whole table. */
export async function buildView(table: ViewTable, rows: Uint32Array, options: ViewOptions = {}): Promise<View> {
  const { columns } = table;
  const skipped: { row: number; error: FeatureError }[] = [];
  for (const row of rows) if (!isField(columns, row)) skipped.push({ row, error: unsupported(columns, row) });
  const fields = rows.filter((row) => isField(columns, row));
  const chosen = options.vertical === false ? fields : addSurface(columns, table.count, fields);
  const { numberOf, parts } = await gridParts(table, chosen);
  const isProfile = options.profile === 'fstd2nc';
  const join = options.joinDiagnostic === true;
  const whole = seriesOf(columns, chosen, numberOf, { byLabel: isProfile, joinDiagnostic: join });
  const lost: LostKey[] = [];
  const series = options.splitLevels === true ? splitLevels(whole) : whole;
  const byGrid = new Map<number, Series[]>();
  for (const one of series) byGrid.set(one.grid, [...(byGrid.get(one.grid) ?? []), one]);
  const records = (list: readonly Series[]): number => list.reduce((sum, { places }) => sum + places.length, 0);
  const order = [...byGrid].sort(([, one], [, other]) => records(other) - records(one));
  const groups: CfGroup[] = [];
  for (const [number, list] of order) {
    const part = parts[number]!;
    groups.push(await buildGroup(table, part, list, groupName(columns, part, parts), options, lost));
  }
  const [main = EMPTY, ...rest] = groups;
  const atRoot = options.sideBySide !== true || rest.every((group) => isAligned(main, group));
  const [root, others] = atRoot ? [main, rest] : [EMPTY, groups];
  const dataset = {
    ...root,
    name: '',
    attributes: merged(IDENTITY, root.attributes, options.attributes ?? {}),
    groups: [...root.groups, ...others],
  };
  return { dataset: isProfile ? asFstd2nc(dataset) : dataset, series, skipped, lost };
}

export type { Horizontal, LevelAxis };
