/**
 * Parameters to ig1..ig4. The arithmetic before each rounding is float32, step by step: that is how the programs that write
 * these files do it, and values half way between two codes come out the same only so.
 */
import type { Igs, LatLonParams, StereoParams } from './params.js';
import { equatorRadius } from './params.js';
import { DEGREE } from './sphere.js';

const f = Math.fround;
/** Half away from zero. */
const nearestInteger = (value: number): number => Math.sign(value) * Math.floor(f(Math.abs(value) + 0.5));
/** Remainder in [0, 360). */
const turn = (lon: number): number => f(lon - 360 * Math.floor(lon / 360));

export function encodeL(params: LatLonParams): Igs {
  const lon = nearestInteger(f(f(params.lon0) * 100));
  return [
    nearestInteger(f(f(params.dlat) * 100)),
    nearestInteger(f(f(params.dlon) * 100)),
    nearestInteger(f(f(f(params.lat0) + 90) * 100)),
    lon < 0 ? lon + 36000 * Math.ceil(-lon / 36000) : lon,
  ];
}

/** Rotation through two points of the rotated equator; resolution 1/40 degree. */
export function encodeE(lat1: number, lon1: number, lat2: number, lon2: number): Igs {
  const g1 = nearestInteger(f(f(f(lat1) + 90) * 40));
  let g2 = nearestInteger(f(f(lat2) * 40));
  let g3 = nearestInteger(f(f(turn(lon1) + 90) * 40));
  const g4 = nearestInteger(f(turn(lon2) * 40));
  if (g2 < 0) g2 += 7201;
  if (g3 >= 16384) g3 -= 16384;
  return [g1 >> 2, g2 >> 2, (g3 << 2) | (g1 & 3), (g4 << 2) | (g2 & 3)];
}

/** Polar stereographic plane: the old coding where its ranges suffice, else the new one (position of point (1,1), 0.011 degree). */
export function encodeStereo(params: StereoParams): Igs {
  const old: Igs = [
    nearestInteger(f(f(params.poleJ) * 10)),
    nearestInteger(f(f(params.poleI) * 10)),
    nearestInteger(f(f(params.dgrw < 0 ? params.dgrw + 360 : params.dgrw) * 100)),
    nearestInteger(f(f(params.d60) * f(0.01))),
  ];
  if (old[0] >= 0 && old[0] <= 2047 && old[1] >= 0 && old[1] <= 2047 && old[3] <= 32000) return old;
  const x = 1 - params.poleI;
  const y = 1 - params.poleJ;
  const psi = 90 - (2 * Math.atan(Math.hypot(x, y) / equatorRadius(params.d60))) / DEGREE;
  const theta = Math.atan2(y, x) / DEGREE;
  const lat = params.south ? -psi : psi;
  const lon = params.south ? params.dgrw - theta : theta - params.dgrw;
  const kilometres = params.d60 > 204700;
  const dgrw = params.dgrw - 360 * Math.round(params.dgrw / 360);
  return [
    nearestInteger(f(params.d60 / (kilometres ? 1000 : 100))),
    nearestInteger(f(Math.abs(dgrw) * 10)),
    nearestInteger(f((turn(lon) * 32767) / 360)) + (kilometres ? 32768 : 0),
    32768 + nearestInteger(f(((90 - lat) * 16383) / 180)) + (dgrw < 0 ? 16384 : 0),
  ];
}

/** A single point; resolution 1e-5 degree. */
export function encodePoint(lat: number, lon: number): Igs {
  const east = lon - 360 * Math.floor(lon / 360);
  const ig3 = Math.round((lat + 100) * 100);
  const ig4 = Math.round(east * 100);
  const correction = (value: number, packed: number): number => Math.round((value - packed) * 1e5) + 1000;
  return [correction(lat, ig3 / 100 - 100), correction(east, ig4 / 100), ig3, ig4];
}
