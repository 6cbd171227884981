/** Grids of GRIB2 messages as grids of records. */
import type { GaussianGrid, GribGrid, RegularGrid, StereographicGrid } from '../../formats/grib2/grids.js';
import { FeatureError } from '../../schemas/problem.js';
import { gaussianLatitudes } from '../grid/gaussian.js';
import { type FstGrid, latLonGrid, polarGrid, rotatedGrid } from './fst-grids.js';

const RAD = Math.PI / 180;
const kept = new Map<string, FstGrid>();
const MOST_KEPT = 16;

const evenly = (first: number, last: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => (count === 1 ? first : first + (k * (last - first)) / (count - 1)));

/** Micro-degrees that stand for a fraction of a degree: a whole number of cells fits the circle. */
function longitudes({ ni, lon1, lon2 }: RegularGrid | GaussianGrid): Float64Array {
  const span = ((((lon2 - lon1) % 360) + 360) % 360) + (lon2 === lon1 && ni > 1 ? 360 : 0);
  const step = span / Math.max(1, ni - 1);
  const whole = 360 / ni;
  const snapped = Math.abs(step - whole) * (ni - 1) < 2e-5 ? whole : step;
  return Float64Array.from({ length: ni }, (_, k) => lon1 + k * snapped);
}

function gaussian(grid: GaussianGrid, northward: boolean): FstGrid {
  const all = Float64Array.from(gaussianLatitudes(2 * grid.rows));
  if (!northward) all.reverse();
  let start = 0;
  for (let k = 1; k < all.length; k++) if (Math.abs(all[k]! - grid.lat1) < Math.abs(all[start]! - grid.lat1)) start = k;
  const lat = all.slice(start, start + grid.nj);
  if (lat.length === grid.nj) return latLonGrid(lat, longitudes(grid));
  throw new FeatureError('damaged_file', `A Gaussian grid of ${grid.nj} rows leaves the sphere; fetch the file again.`);
}

function stereographic(grid: StereographicGrid, northward: boolean): FstGrid {
  const scale = (1 + Math.sin(Math.abs(grid.trueLat) * RAD)) / 2;
  const lat = grid.south ? -grid.lat1 : grid.lat1;
  const rho = 2 * grid.radius * scale * Math.tan((45 - lat / 2) * RAD);
  const turn = (grid.lon1 - grid.upright) * RAD;
  const x = rho * Math.sin(turn);
  const y = (grid.south ? 1 : -1) * rho * Math.cos(turn);
  const plane = { south: grid.south, upright: grid.upright, scale, radius: grid.radius };
  const step = grid.dy * (northward ? 1 : -1);
  return polarGrid(
    Float64Array.from({ length: grid.ni }, (_, k) => x + k * grid.dx),
    Float64Array.from({ length: grid.nj }, (_, k) => y + k * step),
    plane,
  );
}

function regular(grid: RegularGrid): FstGrid {
  const lat = evenly(grid.lat1, grid.lat2, grid.nj);
  const lon = longitudes(grid);
  const { southPole } = grid;
  if (southPole === undefined) return latLonGrid(lat, lon);
  if (southPole.angle !== 0) {
    throw new FeatureError('unsupported_grid', `An angle of rotation of ${southPole.angle} degrees is not read; 0 is.`);
  }
  return rotatedGrid(lat, lon, { poleLat: -southPole.lat, poleLon: southPole.lon - 180, northPoleLon: 0 });
}

function made(grid: GribGrid): FstGrid {
  if (grid.kind === 'gaussian') return gaussian(grid, grid.northward);
  return grid.kind === 'stereographic' ? stereographic(grid, grid.northward) : regular(grid);
}

/** Neighbouring messages mostly share their grid, whose search takes a moment. */
export function fstGridOfGrib(grid: GribGrid): FstGrid {
  const key = JSON.stringify({ ...grid, gridRelative: false });
  let found = kept.get(key);
  if (found === undefined) {
    found = made(grid);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, found);
  }
  return found;
}
