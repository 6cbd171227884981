/**
 * Where a grid lies: box, bounding cap, poles and finest spacing, for catalogues and maps. From the rim alone where the grid
 * has one (a region's extremes lie on its rim or at a pole inside it), from all points where it has none.
 */
import type { Box } from '../../schemas/vocabulary.js';
import type { Grid, Places } from './grid-type.js';
import { rimOffsets } from './rim.js';
import { angleOfChord, DEGREE, unitVectors, wrap180 } from './sphere.js';

export interface Extent {
  /** degrees; east may exceed 180 where the box crosses that meridian */
  readonly box: Box;
  /** every point lies within `radius` degrees of the centre */
  readonly cap: { readonly lat: number; readonly lon: number; readonly radius: number };
  /** least distance of neighbours that was met, degrees; 0 on points without order */
  readonly spacing: number;
  readonly northPole: boolean;
  readonly southPole: boolean;
}

const GLOBE = { west: -180, east: 180 };

/** West and east ends that leave out the widest gap. */
function lonRange(lon: Float64Array): { readonly west: number; readonly east: number } {
  const sorted = Float64Array.from(lon).sort();
  const n = sorted.length;
  let widest = 360 - (sorted[n - 1]! - sorted[0]!);
  let first = 0;
  for (let k = 1; k < n; k++) {
    const gap = sorted[k]! - sorted[k - 1]!;
    if (gap > widest) {
      widest = gap;
      first = k;
    }
  }
  const west = sorted[first]!;
  return { west, east: west + 360 - widest };
}

/** Cap around places that has `middle` on its inner side. */
function capAround(places: Places, middle: Places): Extent['cap'] {
  const v = unitVectors(places.lat, places.lon);
  const m = unitVectors(middle.lat, middle.lon);
  const sum = [0, 0, 0];
  for (let k = 0; k < v.length; k++) sum[k % 3] = sum[k % 3]! + v[k]!;
  const length = Math.hypot(sum[0]!, sum[1]!, sum[2]!);
  if (!(length > 1e-6 * places.lat.length)) return { lat: middle.lat[0]!, lon: middle.lon[0]!, radius: 180 };
  const side = sum[0]! * m[0]! + sum[1]! * m[1]! + sum[2]! * m[2]! < 0 ? -1 : 1;
  const [x, y, z] = sum.map((part) => (side * part) / length) as [number, number, number];
  let chord = 0;
  for (let k = 0; k < v.length; k += 3) {
    chord = Math.max(chord, (v[k]! - x) ** 2 + (v[k + 1]! - y) ** 2 + (v[k + 2]! - z) ** 2);
  }
  const radius = Math.min(180, angleOfChord(chord) / DEGREE + 1e-9);
  return { lat: Math.atan2(z, Math.hypot(x, y)) / DEGREE, lon: wrap180(Math.atan2(y, x) / DEGREE), radius };
}

/** Least distance from the given points to their neighbours in row and column, degrees. */
async function finestSpacing(grid: Grid, points: Uint32Array): Promise<number> {
  const pairs: number[] = [];
  for (const k of points) {
    if (k % grid.ni < grid.columns - 1) pairs.push(k, k + 1);
    if (k + grid.ni < grid.size) pairs.push(k, k + grid.ni);
  }
  const { lat, lon } = await grid.latlon(Uint32Array.from(pairs));
  const v = unitVectors(lat, lon);
  let least = Infinity;
  for (let k = 0; k < v.length; k += 6) {
    const chord = (v[k]! - v[k + 3]!) ** 2 + (v[k + 1]! - v[k + 4]!) ** 2 + (v[k + 2]! - v[k + 5]!) ** 2;
    // rows at a pole have one place for all their points
    if (chord > 1e-20) least = Math.min(least, chord);
  }
  return least === Infinity ? 0 : angleOfChord(least) / DEGREE;
}

/** Extent of a grid. Cost: its rim; all points for lists. */
export async function extentOf(grid: Grid): Promise<Extent> {
  const ordered = grid.kind !== 'scattered';
  const rim = rimOffsets(grid.ni, grid.nj, grid.columns);
  const spacing = ordered ? await finestSpacing(grid, rim) : 0;
  if (grid.kind === 'panels') {
    const box = { ...GLOBE, south: -90, north: 90 };
    return { box, cap: { lat: 90, lon: 0, radius: 180 }, spacing, northPole: true, southPole: true };
  }
  const places = await grid.latlon(grid.kind === 'separable' || grid.kind === 'projected' ? rim : undefined);
  const xy = await grid.locate(Float64Array.of(90, -90), Float64Array.of(0, 0));
  const [northPole, southPole] = [!Number.isNaN(xy[0]!), !Number.isNaN(xy[2]!)];
  const middle = await grid.latlon(Uint32Array.of((grid.nj >> 1) * grid.ni + (grid.columns >> 1)));
  const valid = (value: number): boolean => Number.isFinite(value);
  const lat = places.lat.filter(valid);
  const south = southPole ? -90 : lat.reduce((least, value) => Math.min(least, value), 90);
  const north = northPole ? 90 : lat.reduce((most, value) => Math.max(most, value), -90);
  const round = northPole || southPole || grid.periodic;
  const box = { south, north, ...(round ? GLOBE : lonRange(places.lon.filter(valid))) };
  const everywhere = northPole && southPole;
  const cap = everywhere ? { lat: 90, lon: 0, radius: 180 } : capAround(places, middle);
  return { box, cap, spacing, northPole, southPole };
}
