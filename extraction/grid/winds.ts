/**
 * Winds along grid axes turned to true east and north (docs/formats/grids.md#winds): the angle is a pair (c, s) with
 * east = c*u - s*v, north = s*u + c*v. Pairs at grid points come from `Grid.rotation`, at any place from `turnsAt`.
 */
import type { TensorAxes } from './axes.js';
import { DEGREE } from './sphere.js';

/** (c, s) pairs at places, in the frame of a tensor-product grid. At a pole east is that of the longitude given. */
export function turnsAt(axes: TensorAxes, lat: Float64Array, lon: Float64Array): Float64Array {
  const out = new Float64Array(2 * lat.length);
  for (let n = 0; n < lat.length; n++) {
    let turn: readonly [number, number] = [1, 0];
    if (axes.rotation) turn = rotatedTurn(axes.rotation.matrix, lat[n]!, lon[n]!);
    else if (axes.stereo) {
      const { south, dgrw } = axes.stereo;
      const theta = (south ? dgrw - lon[n]! : lon[n]! + dgrw) * DEGREE;
      turn = south ? [Math.sin(theta), Math.cos(theta)] : [-Math.sin(theta), -Math.cos(theta)];
    }
    out[2 * n] = turn[0];
    out[2 * n + 1] = turn[1];
  }
  return out;
}

// The rotated east at a place, in geographic axes, is the rotated pole crossed with the place.
function rotatedTurn(matrix: readonly number[], lat: number, lon: number): readonly [number, number] {
  const [sp, cp] = [Math.sin(lat * DEGREE), Math.cos(lat * DEGREE)];
  const [sl, cl] = [Math.sin(lon * DEGREE), Math.cos(lon * DEGREE)];
  const [px, py, pz] = [matrix[6]!, matrix[7]!, matrix[8]!];
  const east = [py * sp - pz * cp * sl, pz * cp * cl - px * sp, px * cp * sl - py * cp * cl] as const;
  const length = Math.hypot(...east);
  // at the pole of the frame every direction is east; keep the geographic one
  if (length === 0) return [1, 0];
  const c = (-sl * east[0] + cl * east[1]) / length;
  const s = (-sp * cl * east[0] - sp * sl * east[1] + cp * east[2]) / length;
  return [c, s];
}

/** Components towards east and north from components along the axes; `turns` holds a (c, s) pair for each. */
export function toEarth(
  u: ArrayLike<number>,
  v: ArrayLike<number>,
  turns: Float64Array,
): { readonly east: Float64Array; readonly north: Float64Array } {
  const east = new Float64Array(u.length);
  const north = new Float64Array(u.length);
  for (let n = 0; n < u.length; n++) {
    const [c, s] = [turns[2 * n]!, turns[2 * n + 1]!];
    east[n] = c * u[n]! - s * v[n]!;
    north[n] = s * u[n]! + c * v[n]!;
  }
  return { east, north };
}

export const speedOf = (east: number, north: number): number => Math.hypot(east, north);

/** Direction that the wind blows from, degrees clockwise from north in [0, 360); 0 in calm. */
export function directionOf(east: number, north: number): number {
  if (east === 0 && north === 0) return 0;
  const direction = 270 - Math.atan2(north, east) / DEGREE;
  return direction >= 360 ? direction - 360 : direction;
}

/** Pairs of components along the grid axes: the partner of each, and which of the two it is. */
export const WIND_PAIRS: Readonly<Record<string, { readonly partner: string; readonly component: 'u' | 'v' }>> = {
  UU: { partner: 'VV', component: 'u' },
  VV: { partner: 'UU', component: 'v' },
  UT1: { partner: 'VT1', component: 'u' },
  VT1: { partner: 'UT1', component: 'v' },
  UD: { partner: 'VD', component: 'u' },
  VD: { partner: 'UD', component: 'v' },
};
