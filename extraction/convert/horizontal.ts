/**
 * Grids as CF describes them: dimensions, coordinates, grid mapping, and the keys from which the same descriptors can be made
 * again (docs/conversions.md#grids). Rows and columns stay in storage order; a repeated last column of a B grid is dropped.
 */
import type { CfAttributes, CfDimension, CfVariable, PlaneWindow } from '../../formats/cf.js';
import { type TensorAxes, tensorAxes } from '../grid/axes.js';
import type { Grid } from '../grid/grid.js';
import { wrap180 } from '../grid/sphere.js';
import { axisBounds, rowBounds } from './bounds.js';
import { int, latLon, numbers, scalar } from './variables.js';

export interface Horizontal {
  /** empty, or the name of a group of its own below that of the fields (`yin`, `yang`) */
  readonly group: string;
  readonly dims: readonly CfDimension[];
  readonly variables: readonly CfVariable[];
  /** names of coordinate variables that a field has to name */
  readonly coordinates: readonly string[];
  readonly mapping?: string;
  /** attributes of the fields */
  readonly fieldAttributes: CfAttributes;
  readonly groupAttributes: CfAttributes;
  readonly window: PlaneWindow;
}

/** Keys of the data and their descriptors, for the way back; empty: nothing is written. */
export type GridKeys = CfAttributes;

const RADIUS = { earth_radius: 6371000 };
const MAPPING_SCALE = 0.9330125;

interface Axis {
  readonly name: string;
  readonly values: Float64Array;
  readonly attributes: CfAttributes;
  readonly bounds?: Float64Array;
}

const LAT = { standard_name: 'latitude', long_name: 'latitude', units: 'degrees_north' };
const LON = { standard_name: 'longitude', long_name: 'longitude', units: 'degrees_east' };

function axisVariables({ name, values, attributes, bounds }: Axis, withBounds: boolean): CfVariable[] {
  if (!withBounds || bounds === undefined || values.length < 2)
    return [numbers(name, [name], [values.length], values, attributes)];
  return [
    numbers(name, [name], [values.length], values, { ...attributes, bounds: `${name}_bnds` }),
    numbers(`${name}_bnds`, [name, 'nv'], [values.length, 2], bounds),
  ];
}

function tensor(
  x: Axis,
  y: Axis,
  rest: Omit<Horizontal, 'dims' | 'variables' | 'group' | 'groupAttributes' | 'fieldAttributes'> & {
    readonly more: readonly CfVariable[];
  },
  withBounds: boolean,
): Horizontal {
  const { more, ...kept } = rest;
  const bounded = withBounds && x.bounds !== undefined && x.values.length > 1 && y.values.length > 1;
  const dims: CfDimension[] = [
    { name: y.name, size: y.values.length },
    { name: x.name, size: x.values.length },
    ...(bounded ? [{ name: 'nv', size: 2 }] : []),
  ];
  const variables = [...axisVariables(y, bounded), ...axisVariables(x, bounded), ...more];
  return { group: '', groupAttributes: {}, fieldAttributes: {}, dims, variables, ...kept };
}

/** Longitudes moved by whole turns so that the first ones are written as people do: -140 rather than 220. */
function turned(lon: Float64Array): Float64Array {
  const west = Math.min(lon[0]!, lon[lon.length - 1]!);
  const turns = west >= 180 ? -Math.floor((west + 180) / 360) : west < -180 ? Math.ceil((-180 - west) / 360) : 0;
  return turns === 0 ? lon : lon.map((value) => value + 360 * turns);
}

function latLonGrid(grid: Grid, keys: GridKeys, withBounds: boolean): Horizontal {
  const { lat, lon } = grid.axes!;
  // only B keeps a column twice by definition; elsewhere it is what the file says
  const columns = grid.def.grtyp === 'B' ? grid.columns : grid.ni;
  const x = turned(lon.slice(0, columns));
  const repeated: CfAttributes = columns < grid.ni ? { fst_repeated_column: int(1) } : {};
  return tensor(
    { name: 'lon', values: x, attributes: { ...LON, axis: 'X' }, bounds: axisBounds(x) },
    {
      name: 'lat',
      values: lat,
      attributes: { ...LAT, axis: 'Y' },
      bounds: rowBounds(lat, grid.periodic || grid.wrap === 'repeated'),
    },
    {
      coordinates: [],
      mapping: 'crs',
      window: { start: 0, stride: grid.ni, columns, rows: grid.nj },
      more: [
        scalar('crs', Int32Array.of(0), { grid_mapping_name: 'latitude_longitude', ...RADIUS, ...keys, ...repeated }),
      ],
    },
    withBounds,
  );
}

function rotatedGrid(grid: Grid, axes: TensorAxes, keys: GridKeys, withBounds: boolean): Horizontal {
  const { poleLat, poleLon, northPoleLon } = axes.rotation!;
  // the mapping of CF without a north_pole_grid_longitude, which many readers overlook
  const middle = (axes.x[0]! + axes.x[axes.x.length - 1]!) / 2 - northPoleLon;
  const shift = northPoleLon + (middle - wrap180(middle));
  const x = axes.x.map((value) => value - shift);
  const mapping: CfAttributes = {
    grid_mapping_name: 'rotated_latitude_longitude',
    grid_north_pole_latitude: poleLat,
    grid_north_pole_longitude: poleLon,
    ...RADIUS,
    ...keys,
    fst_rlon_offset: shift,
  };
  const frame = (name: string, standard: string, axis: string): CfAttributes => ({
    standard_name: standard,
    long_name: name,
    units: 'degrees',
    axis,
  });
  return tensor(
    {
      name: 'rlon',
      values: x,
      attributes: frame('longitude in the rotated frame', 'grid_longitude', 'X'),
      bounds: axisBounds(x),
    },
    {
      name: 'rlat',
      values: axes.y,
      attributes: frame('latitude in the rotated frame', 'grid_latitude', 'Y'),
      bounds: axisBounds(axes.y, 90),
    },
    {
      coordinates: ['lat', 'lon'],
      mapping: 'rotated_pole',
      window: { start: 0, stride: grid.ni, columns: grid.ni, rows: grid.nj },
      more: [
        ...latLon(grid, ['rlat', 'rlon'], [grid.nj, grid.ni], LAT, LON),
        scalar('rotated_pole', Int32Array.of(0), mapping),
      ],
    },
    withBounds,
  );
}

function stereoGrid(grid: Grid, axes: TensorAxes, keys: GridKeys, withBounds: boolean): Horizontal {
  const { south, poleI, poleJ, d60, dgrw } = axes.stereo!;
  const x = axes.x.map((value) => d60 * (value - poleI));
  const y = axes.y.map((value) => d60 * (value - poleJ));
  const mapping: CfAttributes = {
    grid_mapping_name: 'polar_stereographic',
    straight_vertical_longitude_from_pole: wrap180(south ? dgrw - 90 : -90 - dgrw),
    latitude_of_projection_origin: south ? -90 : 90,
    scale_factor_at_projection_origin: MAPPING_SCALE,
    false_easting: 0,
    false_northing: 0,
    ...RADIUS,
    ...keys,
  };
  const plane = (letter: string): CfAttributes => ({
    standard_name: `projection_${letter}_coordinate`,
    long_name: `${letter} coordinate of the projection`,
    units: 'm',
    axis: letter.toUpperCase(),
  });
  return tensor(
    { name: 'x', values: x, attributes: plane('x'), bounds: axisBounds(x) },
    { name: 'y', values: y, attributes: plane('y'), bounds: axisBounds(y) },
    {
      coordinates: ['lat', 'lon'],
      mapping: 'polar_stereographic',
      window: { start: 0, stride: grid.ni, columns: grid.ni, rows: grid.nj },
      more: [
        ...latLon(grid, ['y', 'x'], [grid.nj, grid.ni], LAT, LON),
        scalar('polar_stereographic', Int32Array.of(0), mapping),
      ],
    },
    withBounds,
  );
}

/** Two-dimensional coordinates without a projection. Dimensions have no variables: readers take those for coordinates of the plane. */
function curvilinearGrid(grid: Grid, keys: GridKeys): Horizontal {
  return {
    group: '',
    groupAttributes: {},
    fieldAttributes: { ...keys },
    dims: [
      { name: 'y', size: grid.nj },
      { name: 'x', size: grid.ni },
    ],
    variables: latLon(grid, ['y', 'x'], [grid.nj, grid.ni], LAT, LON),
    coordinates: ['lat', 'lon'],
    window: { start: 0, stride: grid.ni, columns: grid.ni, rows: grid.nj },
  };
}

function stationGrid(grid: Grid, keys: GridKeys): Horizontal {
  const size = grid.ni * grid.nj;
  const ids = Int32Array.from({ length: size }, (_, k) => k + 1);
  return {
    group: '',
    groupAttributes: { featureType: 'timeSeries' },
    fieldAttributes: { ...keys },
    dims: [{ name: 'station', size }],
    variables: [
      numbers('station', ['station'], [size], ids, { long_name: 'number of the point', cf_role: 'timeseries_id' }),
      ...latLon(grid, ['station'], [size], LAT, LON),
    ],
    coordinates: ['lat', 'lon'],
    window: { start: 0, stride: size, columns: size, rows: 1 },
  };
}

function meshGrid(grid: Grid, keys: GridKeys): Horizontal {
  const size = grid.ni * grid.nj;
  const { triangles = new Uint32Array(0) } = grid.def;
  const faces = triangles.length / 3;
  return {
    group: '',
    groupAttributes: {},
    fieldAttributes: { ...keys, mesh: 'mesh', location: 'node' },
    dims: [
      { name: 'node', size },
      { name: 'face', size: faces },
      { name: 'three', size: 3 },
    ],
    variables: [
      scalar('mesh', Int32Array.of(0), {
        cf_role: 'mesh_topology',
        topology_dimension: int(2),
        node_coordinates: 'lon lat',
        face_node_connectivity: 'mesh_face_nodes',
      }),
      numbers('mesh_face_nodes', ['face', 'three'], [faces, 3], Int32Array.from(triangles), {
        cf_role: 'face_node_connectivity',
        start_index: int(0),
      }),
      ...latLon(grid, ['node'], [size], LAT, LON),
    ],
    coordinates: ['lat', 'lon'],
    window: { start: 0, stride: size, columns: size, rows: 1 },
  };
}

/** The two panels of a U grid, each a rotated grid in a group of its own, with the points that each of them owns. */
function panelGrids(grid: Grid, keys: GridKeys, withBounds: boolean): Horizontal[] {
  const { yin, yang } = grid.panels!;
  return [yin, yang].map((panel, at) => {
    const from = at * yin.size;
    const own = Object.keys(keys).length === 0 ? {} : { ...keys, fst_panel: at === 0 ? 'yin' : 'yang' };
    const [part] = horizontalsOf(panel, own, withBounds);
    const { dims, variables, window } = part!;
    const names = dims.slice(0, 2).map(({ name }) => name);
    const owned: CfVariable = {
      name: 'owned',
      dtype: 'int8',
      dims: names,
      shape: [panel.nj, panel.ni],
      attributes: {
        long_name: 'points of the panel that belong to it and not to the other one',
        flag_values: Int8Array.of(0, 1),
        flag_meanings: 'of_the_other_panel own',
      },
      data: {
        kind: 'lazy',
        load: async () => {
          const points = Uint32Array.from({ length: panel.size }, (_, k) => from + k);
          return Int8Array.from(await grid.owned(points));
        },
      },
    };
    return {
      ...part!,
      group: at === 0 ? 'yin' : 'yang',
      variables: [...variables, owned],
      fieldAttributes: { ...part!.fieldAttributes, ancillary_variables: 'owned' },
      window: { ...window, start: from },
    };
  });
}

/** A grid of two panels as two groups, one of its panels alone, or rows of one panel above those of the other. */
export type PanelChoice = 'groups' | 'yin' | 'yang' | 'stack';

/** How a grid is written: one description, or two for a grid of two panels. */
export function horizontalsOf(
  grid: Grid,
  keys: GridKeys,
  withBounds: boolean,
  yinyang: PanelChoice = 'groups',
): Horizontal[] {
  if (grid.panels !== undefined) {
    if (yinyang === 'stack') return [curvilinearGrid(grid, keys)];
    // one panel alone is no longer the grid that its keys tell of
    const panels = panelGrids(grid, yinyang === 'groups' ? keys : {}, withBounds);
    return yinyang === 'groups' ? panels : [{ ...panels[yinyang === 'yin' ? 0 : 1]!, group: '' }];
  }
  const axes = tensorAxes(grid.def);
  if (grid.axes !== undefined) return [latLonGrid(grid, keys, withBounds)];
  if (axes?.rotation !== undefined) return [rotatedGrid(grid, axes, keys, withBounds)];
  if (axes?.stereo !== undefined) return [stereoGrid(grid, axes, keys, withBounds)];
  if (grid.def.triangles !== undefined || grid.def.grtyp === 'M') return [meshGrid(grid, keys)];
  return [grid.kind === 'scattered' || grid.nj === 1 ? stationGrid(grid, keys) : curvilinearGrid(grid, keys)];
}

/** Records without geometry: rows and columns by number. */
export function bareHorizontal(ni: number, nj: number, keys: GridKeys, suffix = ''): Horizontal {
  return {
    group: '',
    groupAttributes: {},
    fieldAttributes: { ...keys },
    dims: [
      { name: `y${suffix}`, size: nj },
      { name: `x${suffix}`, size: ni },
    ],
    variables: [],
    coordinates: [],
    window: { start: 0, stride: ni, columns: ni, rows: nj },
  };
}
