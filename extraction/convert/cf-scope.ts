/** A group of a dataset that is read, with all that it may name: what the variables of a field's axes are, and their values. */
import {
  type CfDataset,
  type CfGroup,
  type CfNumbers,
  type CfValues,
  type CfVariable,
  groupsOf,
  loadValues,
} from '../../formats/cf.js';

/** What a dimension stands for. */
export type Role = 'x' | 'y' | 'point' | 'time' | 'reftime' | 'leadtime' | 'level' | 'member' | 'depth' | 'other';

const ROLE_OF_STANDARD_NAME: Readonly<Record<string, Role>> = {
  latitude: 'y',
  grid_latitude: 'y',
  projection_y_coordinate: 'y',
  longitude: 'x',
  grid_longitude: 'x',
  projection_x_coordinate: 'x',
  time: 'time',
  forecast_reference_time: 'reftime',
  forecast_period: 'leadtime',
  realization: 'member',
  air_pressure: 'level',
  height: 'level',
  altitude: 'level',
  depth: 'level',
  air_potential_temperature: 'level',
  model_level_number: 'level',
};

const ROLE_OF_AXIS: Readonly<Record<string, Role>> = { X: 'x', Y: 'y', Z: 'level', T: 'time', E: 'member' };

const ROLE_OF_NAME: Readonly<Record<string, Role>> = {
  lat: 'y',
  latitude: 'y',
  rlat: 'y',
  y: 'y',
  lon: 'x',
  longitude: 'x',
  rlon: 'x',
  x: 'x',
  station: 'point',
  node: 'point',
  cell: 'point',
  number: 'member',
  realization: 'member',
  ensemble: 'member',
};

/** Text of an attribute; undefined for one that is not there or no text. */
export function textOf(variable: CfVariable, name: string): string | undefined {
  const value = variable.attributes[name];
  return typeof value === 'string' ? value : undefined;
}

/** Number of an attribute. */
export function numberOf(attributes: CfVariable['attributes'], name: string): number | undefined {
  const value = attributes[name];
  if (typeof value === 'number') return value;
  if (value === undefined || typeof value === 'string' || value.length !== 1) return undefined;
  return Number(value[0]);
}

export function roleOf(name: string, coordinate: CfVariable | undefined): Role {
  if (/^k[0-9]*$/.test(name) && coordinate === undefined) return 'depth';
  if (coordinate === undefined) return ROLE_OF_NAME[name.toLowerCase()] ?? 'other';
  const standard = textOf(coordinate, 'standard_name') ?? '';
  const byStandard = ROLE_OF_STANDARD_NAME[standard];
  if (byStandard !== undefined) return byStandard;
  if (standard.startsWith('atmosphere_') || standard.startsWith('ocean_')) return 'level';
  const byAxis = ROLE_OF_AXIS[textOf(coordinate, 'axis') ?? ''];
  if (byAxis !== undefined) return byAxis;
  const units = textOf(coordinate, 'units') ?? '';
  if (/ since /.test(units)) return 'time';
  if (/^degrees?_?n/i.test(units)) return 'y';
  if (/^degrees?_?e/i.test(units)) return 'x';
  if (textOf(coordinate, 'positive') !== undefined || /^(hPa|Pa|mbar|millibars?)$/.test(units)) return 'level';
  if (textOf(coordinate, 'cf_role') === 'timeseries_id') return 'point';
  return ROLE_OF_NAME[name.toLowerCase()] ?? 'other';
}

const loaded = new WeakMap<CfVariable, Promise<CfValues>>();

/** Values of a coordinate, kept. */
export function valuesOf(variable: CfVariable): Promise<CfValues> {
  const known = loaded.get(variable) ?? loadValues(variable);
  loaded.set(variable, known);
  return known;
}

export async function numbersOf(variable: CfVariable): Promise<Float64Array> {
  const values = await valuesOf(variable);
  return Float64Array.from(values as CfNumbers as ArrayLike<number>, Number);
}

export class Scope {
  constructor(
    readonly path: string,
    readonly group: CfGroup,
    readonly above: readonly CfGroup[],
  ) {}

  /** A variable of the group, else of the nearest group above. */
  find(name: string): CfVariable | undefined {
    for (const group of [this.group, ...[...this.above].reverse()]) {
      const found = group.variables.find((one) => one.name === name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The coordinate of a dimension. */
  coordinate(dim: string): CfVariable | undefined {
    const found = this.find(dim);
    return found?.dims.length === 1 && found.dims[0] === dim ? found : undefined;
  }

  role(dim: string): Role {
    const coordinate = this.coordinate(dim);
    const role = roleOf(dim, coordinate);
    if (
      role === 'time' &&
      coordinate !== undefined &&
      textOf(coordinate, 'standard_name') === 'forecast_reference_time'
    )
      return 'reftime';
    return role;
  }

  /** Variables that stand beside a field: along some of its dimensions or scalar, with a role; those that it names first. */
  beside(field: CfVariable, wanted: Role): CfVariable[] {
    const coordinates = textOf(field, 'coordinates');
    const named = (coordinates ?? '').split(' ').map((name) => this.find(name));
    // a single level is that of the fields that name it, where fields name their coordinates at all
    const isForeign = (one: CfVariable): boolean =>
      wanted === 'level' && one.dims.length === 0 && coordinates !== undefined && !named.includes(one);
    const all = [this.group, ...[...this.above].reverse()].flatMap(({ variables }) => variables);
    const fits = (one: CfVariable | undefined): one is CfVariable =>
      one !== undefined &&
      one !== field &&
      !isForeign(one) &&
      one.dims.every((dim) => field.dims.includes(dim)) &&
      one.attributes['fst_nomvar'] === undefined &&
      roleOf(one.name, one) === wanted;
    return [...new Set([...named, ...field.dims.map((dim) => this.coordinate(dim)), ...all].filter(fits))];
  }
}

export function scopesOf(dataset: CfDataset): Scope[] {
  return [...groupsOf(dataset)].map(({ path, group, above }) => new Scope(path, group, above));
}

/** Value of a variable beside a field at the field's leading indices. */
export async function valueAt(variable: CfVariable, field: CfVariable, leading: readonly number[]): Promise<number> {
  const values = await valuesOf(variable);
  let at = 0;
  for (const [n, dim] of variable.dims.entries())
    at = at * variable.shape[n]! + (leading[field.dims.indexOf(dim)] ?? 0);
  return Number(values[at] ?? Number.NaN);
}
