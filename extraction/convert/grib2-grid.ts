/** Grids of records as GRIB2 describes them. Rows stay in their order; columns that repeat the first ones are dropped. */
import type { GribGrid } from '../../formats/grib2/grids.js';
import { FeatureError } from '../../schemas/problem.js';
import { type TensorAxes, tensorAxes } from '../grid/axes.js';
import type { Grid } from '../grid/grid.js';
import { type UniformAxis, uniformAxis } from './uniform-axis.js';

const EARTH_RADIUS_M = 6371000;
const TRUE_LATITUDE = 60;

function refuse(grid: Grid, why: string): never {
  throw new FeatureError(
    'unsupported_grid',
    `a grid of type ${grid.def.grtyp} ${why}; regrid it, or convert to netcdf, which keeps it as it is.`,
  );
}

interface Uniform {
  readonly x: UniformAxis;
  readonly y: UniformAxis;
}

function uniform(grid: Grid, axes: TensorAxes): Uniform {
  const x = uniformAxis(axes.x, axes.columns);
  const y = uniformAxis(axes.y);
  if (x === undefined || y === undefined) return refuse(grid, 'with uneven axes has no GRIB2 grid that readers place');
  if (x.step < 0) return refuse(grid, 'with columns from east to west has no place in GRIB2');
  return { x, y };
}

type Flags = Pick<GribGrid, 'northward' | 'gridRelative'>;

function latLon(grid: Grid, axes: TensorAxes, flags: Flags): GribGrid {
  const ni = axes.columns;
  const nj = grid.nj;
  const northward = axes.y[nj - 1]! > axes.y[0]!;
  if (grid.def.grtyp === 'G') {
    const step = 360 / ni;
    const corners = { lat1: axes.y[0]!, lon1: axes.x[0]!, lat2: axes.y[nj - 1]!, lon2: axes.x[ni - 1]! };
    const rows = grid.def.ig[0] === 0 ? nj / 2 : nj;
    return { kind: 'gaussian', ni, nj, ...corners, di: step, rows, ...flags, northward };
  }
  const { x, y } = uniform(grid, axes);
  const turned = axes.rotation?.northPoleLon ?? 0;
  const shared = {
    kind: 'regular' as const,
    ni,
    nj,
    lat1: y.first,
    lon1: x.first - turned,
    lat2: y.first + (nj - 1) * y.step,
    lon2: x.first + (ni - 1) * x.step - turned,
    di: x.step,
    dj: Math.abs(y.step),
    ...flags,
    northward,
  };
  if (axes.rotation === undefined) return shared;
  const { poleLat, poleLon } = axes.rotation;
  return { ...shared, southPole: { lat: -poleLat, lon: poleLon + 180, angle: 0 } };
}

async function stereographic(grid: Grid, axes: TensorAxes, flags: Flags): Promise<GribGrid> {
  const { x, y } = uniform(grid, axes);
  if (y.step < 0) return refuse(grid, 'with rows from north to south has no place in GRIB2');
  const { south, dgrw, d60 } = axes.stereo!;
  const first = await grid.latlon(Uint32Array.of(0));
  return {
    kind: 'stereographic',
    ni: grid.ni,
    nj: grid.nj,
    south,
    lat1: first.lat[0]!,
    lon1: first.lon[0]!,
    trueLat: south ? -TRUE_LATITUDE : TRUE_LATITUDE,
    upright: south ? dgrw - 90 : -90 - dgrw,
    dx: d60 * x.step,
    dy: d60 * y.step,
    radius: EARTH_RADIUS_M,
    ...flags,
  };
}

/** Whether components along the axes are not components to the east and north. */
export const isTurned = (grid: Grid): boolean => {
  const axes = tensorAxes(grid.def);
  return axes === undefined || axes.frame !== 'latlon';
};

/** Throws FeatureError `unsupported_grid` for grids that have no template which readers can place. */
export async function gribGridOf(grid: Grid, gridRelative: boolean): Promise<GribGrid> {
  const axes = tensorAxes(grid.def);
  if (axes === undefined) return refuse(grid, 'has no GRIB2 grid definition');
  const flags = { northward: true, gridRelative };
  return axes.frame === 'stereographic' ? stereographic(grid, axes, flags) : latLon(grid, axes, flags);
}

/** Values without the columns that repeat the first ones. */
export function withoutRepeats(values: Float32Array, grid: Grid): Float32Array {
  const columns = grid.columns;
  if (columns === grid.ni) return values;
  const out = new Float32Array(columns * grid.nj);
  for (let j = 0; j < grid.nj; j++) out.set(values.subarray(j * grid.ni, j * grid.ni + columns), j * columns);
  return out;
}
