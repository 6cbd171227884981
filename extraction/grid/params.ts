/**
 * ig1..ig4 to parameters, as the native core does it (docs/formats/grids.md#parameters), for exporters, projection strings
 * and the axes of grids.
 */
import { FeatureError } from '../../schemas/problem.js';
import { DEGREE, putUnitVector, wrap180 } from './sphere.js';

export type Igs = readonly [number, number, number, number];

const EARTH_RADIUS_M = 6371000;
/** 1 + sin 60 degrees as the programs that write these files have it. */
const ONE_PLUS_SIN60 = 1.866025;

/** First point and steps of a regular grid, degrees. */
export interface LatLonParams {
  readonly lat0: number;
  readonly lon0: number;
  readonly dlat: number;
  readonly dlon: number;
}

/** Polar stereographic plane: pole in (1-based) index coordinates, grid length at 60 degrees in m, angle from +x to Greenwich in degrees. */
export interface StereoParams {
  readonly south: boolean;
  readonly poleI: number;
  readonly poleJ: number;
  readonly d60: number;
  readonly dgrw: number;
}

/** Rows of the matrix that turns geographic unit vectors into rotated ones. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];

/** A rotated frame: its two defining points, its matrix, and the angles by which other formats describe it, degrees. */
export interface RotatedParams {
  readonly lat1: number;
  readonly lon1: number;
  readonly lat2: number;
  readonly lon2: number;
  readonly matrix: Rotation;
  /** geographic place of the rotated north pole */
  readonly poleLat: number;
  readonly poleLon: number;
  /** rotated longitude of the true north pole */
  readonly northPoleLon: number;
}

export function decodeL(ig: Igs): LatLonParams {
  return { lat0: ig[2] / 100 - 90, lon0: ig[3] / 100, dlat: ig[0] / 100, dlon: ig[1] / 100 };
}

export function decodeC(ig: Igs): LatLonParams {
  return { lat0: ig[2] / 100 - 90, lon0: ig[3] / 100, dlat: 180 / ig[0], dlon: 360 / ig[1] };
}

/** Latitude and longitude of a `+` grid, degrees. */
export function decodePoint(ig: Igs): { readonly lat: number; readonly lon: number } {
  const correction = (packed: number): number => (packed === 0 ? 0 : (packed - 1000) * 1e-5);
  return { lat: ig[2] / 100 - 100 + correction(ig[0]), lon: ig[3] / 100 + correction(ig[1]) };
}

/** Radius of the equator in grid lengths. */
export const equatorRadius = (d60: number): number => (ONE_PLUS_SIN60 * EARTH_RADIUS_M) / d60;

/** Parameters of an N or S grid, old and new coding. */
export function decodeStereo(letter: string, ig: Igs): StereoParams {
  const south = letter === 'S';
  if (ig[3] < 32768) return { south, poleI: ig[1] / 10, poleJ: ig[0] / 10, d60: 100 * ig[3], dgrw: ig[2] / 100 };
  const kilometres = ig[2] > 32767;
  const d60 = 100 * ig[0] * (kilometres ? 10 : 1);
  const j3 = kilometres ? ig[2] - 32768 : ig[2];
  const westward = ig[3] - 32768 > 16383;
  const j4 = ig[3] - 32768 - (westward ? 16384 : 0);
  const dgrw = westward ? 360 - ig[1] / 10 : ig[1] / 10;
  const lat = 90 - (j4 * 180) / 16383;
  const lon = (j3 * 360) / 32767;
  const r = equatorRadius(d60) * Math.tan((45 - (south ? -lat : lat) / 2) * DEGREE);
  const theta = (south ? dgrw - lon : lon + dgrw) * DEGREE;
  return { south, poleI: 1 - r * Math.cos(theta), poleJ: 1 - r * Math.sin(theta), d60, dgrw };
}

/** Parameters of an E grid or reference. Throws `grid_error` when the points fix no rotation. */
export function decodeE(ig: Igs): RotatedParams {
  const g1 = (ig[0] << 2) | (ig[2] & 3);
  let g2 = (ig[1] << 2) | (ig[3] & 3);
  let g3 = ig[2] >> 2;
  const g4 = ig[3] >> 2;
  if (g2 > 3600) g2 -= 7201;
  if (g3 < 3559) g3 += 16384;
  return rotationThrough((g1 - 3600) / 40, (g3 - 3600) / 40, g2 / 40, g4 / 40);
}

/** Frame whose equator passes through two points; the first is rotated longitude 180. Throws `grid_error` when they are equal or opposite. */
export function rotationThrough(lat1: number, lon1: number, lat2: number, lon2: number): RotatedParams {
  const p = new Float64Array(6);
  putUnitVector(lat1, lon1, p, 0);
  putUnitVector(lat2, lon2, p, 3);
  const [ax, ay, az, bx, by, bz] = p as unknown as [number, number, number, number, number, number];
  const along = ax * bx + ay * by + az * bz;
  const normal = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx] as const;
  const b = Math.hypot(...normal);
  if (!(b >= 1e-6)) {
    throw new FeatureError(
      'grid_error',
      `The points (${lat1}, ${lon1}) and (${lat2}, ${lon2}) of a rotated grid are equal or opposite and fix no rotation.`,
    );
  }
  const second = [along * ax - bx, along * ay - by, along * az - bz] as const;
  const n = Math.hypot(...second);
  const e2 = [second[0] / n, second[1] / n, second[2] / n] as const;
  const e3 = [normal[0] / b, normal[1] / b, normal[2] / b] as const;
  return {
    lat1,
    lon1,
    lat2,
    lon2,
    matrix: [-ax, -ay, -az, ...e2, ...e3],
    poleLat: Math.atan2(e3[2], Math.hypot(e3[0], e3[1])) / DEGREE,
    poleLon: wrap180(Math.atan2(e3[1], e3[0]) / DEGREE),
    northPoleLon: wrap180(Math.atan2(e2[2], -az) / DEGREE),
  };
}

/** True when the frame differs from the geographic one by longitudes only (or by its poles changing places). */
export const isUpright = (params: RotatedParams): boolean => Math.abs(params.poleLat) > 90 - 1e-6;
