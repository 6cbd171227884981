/** Longitudes, unit vectors and great-circle distances: what every kind of grid needs to compare places on the sphere. */

export const DEGREE = Math.PI / 180;
/** Radius of the sphere of all RPN grids, km. */
export const EARTH_RADIUS_KM = 6371;

/** Longitude in [0, 360). Values already there come back unchanged. */
export function wrap360(lon: number): number {
  if (lon >= 0 && lon < 360) return lon;
  const wrapped = lon - 360 * Math.floor(lon / 360);
  return wrapped >= 360 ? 0 : wrapped;
}

/** Longitude in [-180, 180). Values already there come back unchanged. */
export function wrap180(lon: number): number {
  if (lon >= -180 && lon < 180) return lon;
  const wrapped = lon - 360 * Math.floor((lon + 180) / 360);
  return wrapped >= 180 ? wrapped - 360 : wrapped;
}

/** Size of the turn between two longitudes, degrees in [0, 180]. */
export function turnBetween(a: number, b: number): number {
  return Math.abs(wrap180(a - b));
}

/** Writes the unit vector of a place at out[at .. at+2]. */
export function putUnitVector(lat: number, lon: number, out: Float64Array, at: number): void {
  const c = Math.cos(lat * DEGREE);
  out[at] = c * Math.cos(lon * DEGREE);
  out[at + 1] = c * Math.sin(lon * DEGREE);
  out[at + 2] = Math.sin(lat * DEGREE);
}

/** Unit vectors of places, three numbers each. */
export function unitVectors(lat: ArrayLike<number>, lon: ArrayLike<number>): Float64Array {
  const out = new Float64Array(3 * lat.length);
  for (let n = 0; n < lat.length; n++) putUnitVector(lat[n]!, lon[n]!, out, 3 * n);
  return out;
}

/** Angle in radians of a chord between unit vectors, from its square: exact also for neighbours. */
export function angleOfChord(squared: number): number {
  return 2 * Math.asin(Math.min(1, Math.sqrt(squared) / 2));
}

/** Angle in radians between two places given in degrees. */
export function angleBetween(lat0: number, lon0: number, lat1: number, lon1: number): number {
  const v = new Float64Array(6);
  putUnitVector(lat0, lon0, v, 0);
  putUnitVector(lat1, lon1, v, 3);
  return angleOfChord((v[0]! - v[3]!) ** 2 + (v[1]! - v[4]!) ** 2 + (v[2]! - v[5]!) ** 2);
}
