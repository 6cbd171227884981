/** Places of point features on a grid: the nearest point, or the points and weights that interpolate; refuses places outside. */
import { FeatureError } from '../../schemas/problem.js';
import type { Interpolation, LatLon } from '../../schemas/vocabulary.js';
import type { NearestPoints } from '../grid/closest.js';
import type { Grid } from '../grid/grid-type.js';
import type { FeatureContext } from './context.js';

export interface Target {
  readonly requested: LatLon;
  /** coordinates of the answer: the grid point's, or the requested ones when interpolated or outside */
  readonly lat: number;
  readonly lon: number;
  readonly distanceKm: number | undefined;
  /** point slots of the group and their weights; none outside the grid */
  readonly slots: readonly number[];
  readonly weights: readonly number[];
}

export interface Targets {
  /** distinct storage offsets, ascending */
  readonly points: Uint32Array;
  readonly list: readonly Target[];
}

/** A number in messages: at most 3 decimals. */
const short = (value: number): string => String(Math.round(value * 1000) / 1000);

/** The error for a place outside the grid: how far, and whether the coordinates look swapped. */
export async function outsideError(grid: Grid, [lat, lon]: LatLon, distanceKm: number): Promise<FeatureError> {
  let hint = 'move it inside';
  if (Math.abs(lon) <= 90 && Math.abs(lat) <= 90) {
    const swapped = await grid.nearest(Float64Array.of(lon), Float64Array.of(lat));
    if (swapped.inside[0] === 1) hint = `points are [latitude, longitude]: did you mean [${lon}, ${lat}]?`;
  }
  const end = hint.endsWith('?') ? '' : '.';
  return new FeatureError(
    'outside_domain',
    `point [${lat}, ${lon}] is outside the grid, ${short(distanceKm)} km from its nearest point; ${hint}${end}`,
    { data: { point: [lat, lon], distanceKm } },
  );
}

const NONE: readonly number[] = [];
const WHOLE: readonly number[] = [1];

function distinct(targets: readonly { readonly points: readonly number[] }[]): Set<number> {
  const out = new Set<number>();
  for (const { points } of targets) for (const point of points) out.add(point);
  return out;
}

/** Nearest points of places, by the rules of the collection for places outside. */
async function nearestOf(
  { grid, cube, limits }: FeatureContext,
  lat: Float64Array,
  lon: Float64Array,
): Promise<NearestPoints> {
  if (lat.length > limits.points) {
    throw new FeatureError(
      'too_many_points',
      `feature "points": ${lat.length} points are over the limit of ${limits.points}; split the request.`,
    );
  }
  const nearest = await grid.nearest(lat, lon);
  if (cube.collection.outsidePolicy === 'error') {
    const outside = nearest.inside.indexOf(0);
    if (outside >= 0) throw await outsideError(grid, [lat[outside]!, lon[outside]!], nearest.distanceKm[outside]!);
  }
  return nearest;
}

/** Columns of latitudes and longitudes. */
function columnsOf(places: readonly LatLon[]): { lat: Float64Array; lon: Float64Array } {
  const out = { lat: new Float64Array(places.length), lon: new Float64Array(places.length) };
  for (let n = 0; n < places.length; n++) {
    out.lat[n] = places[n]![0];
    out.lon[n] = places[n]![1];
  }
  return out;
}

/** Storage offset of the nearest point of each place, -1 outside the grid. */
export async function pointsAt(
  context: FeatureContext,
  places: readonly { readonly lat: number; readonly lon: number }[],
): Promise<Float64Array> {
  const [lat, lon] = [new Float64Array(places.length), new Float64Array(places.length)];
  for (let n = 0; n < places.length; n++) {
    lat[n] = places[n]!.lat;
    lon[n] = places[n]!.lon;
  }
  const { point, inside } = await nearestOf(context, lat, lon);
  const out = new Float64Array(point.length);
  for (let n = 0; n < out.length; n++) out[n] = inside[n] === 0 ? -1 : point[n]!;
  return out;
}

/** Where each requested place is on the grid, in request order. */
export async function targetsOf(
  context: FeatureContext,
  places: readonly LatLon[],
  interpolation: Interpolation,
): Promise<Targets> {
  const { lat, lon } = columnsOf(places);
  const nearest = await nearestOf(context, lat, lon);
  const weights = interpolation === 'bilinear' ? await context.grid.bilinear(lat, lon) : undefined;
  const raw = places.map((requested, n) => {
    const own = { requested, lat: lat[n]!, lon: lon[n]!, distanceKm: undefined, points: NONE, weights: NONE };
    if (nearest.inside[n] === 0) return own;
    const [from, to] = weights ? [weights.starts[n]!, weights.starts[n + 1]!] : [0, 0];
    if (weights && to > from) {
      const points = Array.from(weights.points.subarray(from, to));
      const shares = Array.from(weights.weights.subarray(from, to));
      return { ...own, distanceKm: 0, points, weights: shares };
    }
    return {
      requested,
      lat: nearest.lat[n]!,
      lon: nearest.lon[n]!,
      distanceKm: nearest.distanceKm[n]!,
      points: [nearest.point[n]!],
      weights: WHOLE,
    };
  });
  const points = Uint32Array.from(distinct(raw)).sort();
  const slotOf = new Map<number, number>();
  for (const [slot, point] of points.entries()) slotOf.set(point, slot);
  const list = raw.map(
    (target): Target => ({
      requested: target.requested,
      lat: target.lat,
      lon: target.lon,
      distanceKm: target.distanceKm,
      slots: target.points.length === 1 ? [slotOf.get(target.points[0]!)!] : target.points.map((p) => slotOf.get(p)!),
      weights: target.weights,
    }),
  );
  return { points, list };
}
