/**
 * What a region is to the search: a closed set in the plane of longitude and latitude (degrees, straight edges in plate
 * carrée), known by its cut along any parallel and by the curves that bound it. Longitudes of a shape are unwrapped and
 * may leave [-180, 360); a grid point belongs to the shape when some lon + 360k does.
 */
import { covers, type Intervals } from './intervals.js';
import type { Rotation } from './rotation.js';

/** Slack of every comparison in degrees: rounding noise on vertices that lie on grid points must not drop them. */
export const TOLERANCE = 1e-9;

export interface Shape {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
  /** closed intervals of unwrapped longitude at a latitude, tolerance included; sorted and disjoint */
  at(lat: number): Intervals;
  /** curves that contain the whole boundary; more curves than the boundary do no harm but cost */
  outline(): readonly Curve[];
}

/** A piece of boundary by a parameter. Longitude is unwrapped along the curve. */
export interface Curve {
  readonly from: number;
  readonly to: number;
  /** latitude in out[0], longitude in out[1] (degrees, in the frame when there is one) */
  at(parameter: number, out: Float64Array): void;
  /** how far coordinates may stray between samples: 1 for straight lines, 2 for arcs without a turning back */
  readonly bulge: 1 | 2;
  /** frame whose rotated latitude and longitude `at` gives; absent: geographic */
  readonly frame?: Rotation;
}

/** Straight line in the plane of longitude and latitude. */
export function line(lat0: number, lon0: number, lat1: number, lon1: number, frame?: Rotation): Curve {
  return {
    from: 0,
    to: 1,
    bulge: 1,
    at(t, out) {
      out[0] = lat0 + t * (lat1 - lat0);
      out[1] = lon0 + t * (lon1 - lon0);
    },
    ...(frame === undefined ? {} : { frame }),
  };
}

/** Exact closed test of one point; lon any representative. */
export function contains(shape: Shape, lat: number, lon: number): boolean {
  if (lat < shape.south - TOLERANCE || lat > shape.north + TOLERANCE) return false;
  const first = lon + 360 * Math.ceil((shape.west - TOLERANCE - lon) / 360);
  if (first > shape.east + TOLERANCE) return false;
  const intervals = shape.at(lat);
  for (let value = first; value <= shape.east + TOLERANCE; value += 360) {
    if (covers(intervals, value)) return true;
  }
  return false;
}
