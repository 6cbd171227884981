/**
 * Rotations of the sphere: the frame of a rotated lat-lon reference, or a frame with its pole at a given
 * point, and the unit vectors that they act on. Angles in degrees.
 */

const RAD = Math.PI / 180;

/** Rows of the matrix that turns a geographic unit vector into the rotated frame. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];

/** Writes the unit vector of a point at out[at..at+2]. */
export function unitVector(lat: number, lon: number, out: Float64Array, at = 0): void {
  const c = Math.cos(lat * RAD);
  out[at] = c * Math.cos(lon * RAD);
  out[at + 1] = c * Math.sin(lon * RAD);
  out[at + 2] = Math.sin(lat * RAD);
}

/** Great-circle angle in degrees between two points given in degrees; exact for small angles. */
export function angleBetween(lat0: number, lon0: number, lat1: number, lon1: number): number {
  const v = new Float64Array(6);
  unitVector(lat0, lon0, v, 0);
  unitVector(lat1, lon1, v, 3);
  const chord = Math.hypot(v[0]! - v[3]!, v[1]! - v[4]!, v[2]! - v[5]!);
  return (2 * Math.asin(Math.min(1, chord / 2))) / RAD;
}

/** Rotated coordinates to geographic: out[0] latitude, out[1] longitude. */
export function toGeographic(frame: Rotation, lat: number, lon: number, out: Float64Array): void {
  const c = Math.cos(lat * RAD);
  const x = c * Math.cos(lon * RAD);
  const y = c * Math.sin(lon * RAD);
  const z = Math.sin(lat * RAD);
  const gx = frame[0] * x + frame[3] * y + frame[6] * z;
  const gy = frame[1] * x + frame[4] * y + frame[7] * z;
  const gz = frame[2] * x + frame[5] * y + frame[8] * z;
  out[0] = Math.atan2(gz, Math.hypot(gx, gy)) / RAD;
  out[1] = Math.atan2(gy, gx) / RAD;
}

/** Geographic coordinates to rotated: out[0] latitude, out[1] longitude in (-180, 180]. */
export function toRotated(frame: Rotation, lat: number, lon: number, out: Float64Array): void {
  const c = Math.cos(lat * RAD);
  const x = c * Math.cos(lon * RAD);
  const y = c * Math.sin(lon * RAD);
  const z = Math.sin(lat * RAD);
  const rx = frame[0] * x + frame[1] * y + frame[2] * z;
  const ry = frame[3] * x + frame[4] * y + frame[5] * z;
  const rz = frame[6] * x + frame[7] * y + frame[8] * z;
  out[0] = Math.atan2(rz, Math.hypot(rx, ry)) / RAD;
  out[1] = Math.atan2(ry, rx) / RAD;
}

/** Frame with its north pole at a point. */
export function poleFrame(lat: number, lon: number): Rotation {
  const [sp, cp] = [Math.sin(lat * RAD), Math.cos(lat * RAD)];
  const [sl, cl] = [Math.sin(lon * RAD), Math.cos(lon * RAD)];
  return [sp * cl, sp * sl, -cp, -sl, cl, 0, cp * cl, cp * sl, sp];
}
