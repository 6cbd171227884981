/** Grids of CF variables as records: by the return ticket where it is whole, else from mapping and coordinates. */
import type { CfAttributes, CfNumbers, CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FstField } from '../fst/field.js';
import { numberOf, numbersOf, type Scope, textOf } from './cf-scope.js';
import { type FstGrid, latLonGrid, placesGrid, polarGrid, rotatedGrid } from './fst-grids.js';
import type { DescriptorKeys } from './ticket.js';

/** Keys of records on a grid, and how a plane is laid out for them. */
export interface ReadGrid {
  readonly keys: FstGrid['keys'];
  /** records that describe it, unless they travel as records of their own */
  readonly grid: FstGrid | undefined;
  arrange(values: CfNumbers): CfNumbers;
}

const same = (values: CfNumbers): CfNumbers => values;

function withRepeatedColumn(values: CfNumbers, columns: number): CfNumbers {
  const rows = values.length / columns;
  const out = new (values.constructor as new (length: number) => CfNumbers)(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    out.set(values.subarray(row * columns, (row + 1) * columns) as never, row * (columns + 1));
    out[row * (columns + 1) + columns] = values[row * columns]!;
  }
  return out;
}

const LINKED = 'Z#YXOMTWU';

/** The grid that a ticket speaks of, when field and descriptors are as they were written. */
function ticketGrid(
  attributes: CfAttributes,
  field: CfVariable,
  [nj, ni]: readonly [number, number],
  descriptors: readonly DescriptorKeys[],
  hasPlaces: boolean,
): ReadGrid | undefined {
  const letter = attributes['fst_grtyp'];
  const [ownNi, ownNj] = [numberOf(attributes, 'fst_ni'), numberOf(attributes, 'fst_nj')];
  if (typeof letter !== 'string' || ownNi === undefined || ownNj === undefined) return undefined;
  const repeated = numberOf(attributes, 'fst_repeated_column') === 1;
  const panels = attributes['fst_panel'] !== undefined;
  const points = ni * nj === ownNi * ownNj && (nj === 1 || (ni === ownNi && nj === ownNj));
  const whole = panels ? ni === ownNi && 2 * nj === ownNj : repeated ? ni + 1 === ownNi && nj === ownNj : points;
  if (!whole) return undefined;
  const ig = (n: number): number => numberOf(field.attributes, `fst_ig${n}`) ?? numberOf(attributes, `fst_ig${n}`) ?? 0;
  const linked = descriptors.some(({ ip1, ip2 }) => ip1 === ig(1) && ip2 === ig(2));
  // a field that has no places here had none before
  if (LINKED.includes(letter) && !linked && hasPlaces) return undefined;
  return {
    keys: { grtyp: letter, ni: ownNi, nj: ownNj, ig1: ig(1), ig2: ig(2), ig3: ig(3), ig4: ig(4) },
    grid: undefined,
    arrange: repeated ? (values) => withRepeatedColumn(values, ni) : same,
  };
}

function inferred(grid: FstGrid): ReadGrid {
  return {
    keys: grid.keys,
    grid,
    arrange: (values) => grid.arrange(Float32Array.from(values as Float32Array, Number)),
  };
}

const MOST_PLACES = 4e6;

async function byMapping(mapping: CfVariable, y: CfVariable, x: CfVariable): Promise<FstGrid | undefined> {
  const { attributes } = mapping;
  const number = (name: string): number | undefined => numberOf(attributes, name);
  const rows = await numbersOf(y);
  const columns = await numbersOf(x);
  switch (textOf(mapping, 'grid_mapping_name')) {
    case 'rotated_latitude_longitude':
      return rotatedGrid(rows, columns, {
        poleLat: number('grid_north_pole_latitude') ?? 90,
        poleLon: number('grid_north_pole_longitude') ?? 180,
        northPoleLon: number('north_pole_grid_longitude') ?? 0,
      });
    case 'polar_stereographic': {
      const south = (number('latitude_of_projection_origin') ?? 90) < 0;
      const parallel = number('standard_parallel');
      const scale =
        number('scale_factor_at_projection_origin') ?? (1 + Math.sin((Math.abs(parallel ?? 90) * Math.PI) / 180)) / 2;
      const factor = /^km|kilomet/.test(textOf(x, 'units') ?? 'm') ? 1000 : 1;
      const [east, north] = [number('false_easting') ?? 0, number('false_northing') ?? 0];
      return polarGrid(
        columns.map((value) => (value - east) * factor),
        rows.map((value) => (value - north) * factor),
        {
          south,
          upright: number('straight_vertical_longitude_from_pole') ?? number('longitude_of_projection_origin') ?? 0,
          scale,
          radius: number('earth_radius') ?? number('semi_major_axis') ?? 6371000,
        },
      );
    }
    default:
      return undefined;
  }
}

async function byPlaces(scope: Scope, field: CfVariable, ni: number, nj: number): Promise<FstGrid> {
  const beside = (role: 'x' | 'y', unit: RegExp): CfVariable | undefined =>
    scope
      .beside(field, role)
      .find(
        (one) =>
          one.shape.reduce((size, extent) => size * extent, 1) === ni * nj && unit.test(textOf(one, 'units') ?? ''),
      );
  const lat = beside('y', /^degrees?_?n/i);
  const lon = beside('x', /^degrees?_?e/i);
  if (lat === undefined || lon === undefined) {
    throw new FeatureError(
      'unsupported_grid',
      `variable ${field.name} has no coordinates of latitude and longitude; add them.`,
    );
  }
  if (ni * nj > MOST_PLACES) {
    throw new FeatureError(
      'unsupported_grid',
      `variable ${field.name} has ${ni * nj} places without a known projection; ${MOST_PLACES} can be listed.`,
    );
  }
  return placesGrid(await numbersOf(lat), await numbersOf(lon), ni, nj);
}

const inferences = new WeakMap<object, Map<string, Promise<ReadGrid>>>();

async function infer(
  scope: Scope,
  field: CfVariable,
  mapping: CfVariable | undefined,
  nj: number,
  ni: number,
): Promise<ReadGrid> {
  const [yName, xName] = field.dims.slice(-2);
  const [y, x] = [scope.coordinate(yName ?? ''), scope.coordinate(xName ?? '')];
  if (mapping !== undefined && y !== undefined && x !== undefined && nj > 1) {
    const found = await byMapping(mapping, y, x);
    if (found !== undefined) return inferred(found);
  }
  const geographic = (one: CfVariable | undefined): boolean =>
    one !== undefined &&
    ((one.attributes['units'] === undefined && /^(lat|lon)(itude|gitude)?$/i.test(one.name)) ||
      /^degrees?_?(n|e)/i.test(textOf(one, 'units') ?? '') ||
      /^(lat|lon)gitude$|^latitude$|^longitude$/.test(textOf(one, 'standard_name') ?? ''));
  if (nj > 1 && geographic(y) && geographic(x)) return inferred(latLonGrid(await numbersOf(y!), await numbersOf(x!)));
  return inferred(await byPlaces(scope, field, ni, nj));
}

/** Grid of a field whose last dimensions are rows and columns, or points (`nj` 1). Throws `unsupported_grid`, `grid_error`. */
export function gridOfField(
  scope: Scope,
  field: CfVariable,
  shape: readonly [nj: number, ni: number],
  descriptors: readonly DescriptorKeys[],
): Promise<ReadGrid> {
  const name = textOf(field, 'grid_mapping')?.split(/[ :]/)[0];
  const mapping = name === undefined ? undefined : scope.find(name);
  const hasPlaces = mapping !== undefined || scope.beside(field, 'y').length > 0;
  const ticket = ticketGrid(mapping?.attributes ?? field.attributes, field, shape, descriptors, hasPlaces);
  if (ticket !== undefined) return Promise.resolve(ticket);
  const known = inferences.get(scope.group) ?? new Map<string, Promise<ReadGrid>>();
  inferences.set(scope.group, known);
  const key = [name, ...field.dims.slice(-2), textOf(field, 'coordinates')].join(' ');
  const found = known.get(key) ?? infer(scope, field, mapping, ...shape);
  known.set(key, found);
  return found;
}

/** Grid of a field by its coordinates alone. Throws `unsupported_grid`, `grid_error`. */
export async function placedGrid(
  scope: Scope,
  field: CfVariable,
  [nj, ni]: readonly [nj: number, ni: number],
): Promise<FstGrid> {
  const name = textOf(field, 'grid_mapping')?.split(/[ :]/)[0];
  const { grid } = await infer(scope, field, name === undefined ? undefined : scope.find(name), nj, ni);
  return grid!;
}

/** Descriptor records that travel with a dataset: their keys and values, each once. */
export async function travellingDescriptors(
  scopes: readonly Scope[],
): Promise<{ keys: DescriptorKeys; field: FstField }[]> {
  const found = new Map<string, { keys: DescriptorKeys; field: FstField }>();
  for (const scope of scopes) {
    for (const variable of scope.group.variables) {
      const text = textOf(variable, 'fst_record');
      if (text === undefined || found.has(text)) continue;
      const keys = JSON.parse(text) as DescriptorKeys;
      const values = await descriptorValues(scope, variable, keys);
      if (values === undefined) continue;
      const { ni, nj, ...rest } = keys;
      found.set(text, { keys, field: { ...rest, ni, nj, values } });
    }
  }
  return [...found.values()];
}

/** Values of a descriptor; undefined when the coordinate that holds them was cut. */
async function descriptorValues(
  scope: Scope,
  variable: CfVariable,
  { ni, nj, nomvar, nbits }: DescriptorKeys,
): Promise<Float32Array | Float64Array | undefined> {
  const values = await numbersOf(variable);
  if (values.length !== ni * nj) return undefined;
  if (nbits > 32) return values;
  const mapping = scope.group.variables.find((one) => one.attributes['fst_rlon_offset'] !== undefined);
  const shift =
    nomvar === '>>' && variable.name === 'rlon' ? (numberOf(mapping?.attributes ?? {}, 'fst_rlon_offset') ?? 0) : 0;
  return Float32Array.from(values, (value) => value + shift);
}
