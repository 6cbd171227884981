/**
 * Inverse interpolation on the plane that touches the sphere at the place asked for (gnomonic projection): where in a
 * four-cornered or three-cornered cell the place lies.
 */
import { DEGREE } from './sphere.js';

/** Slack at the sides of a cell, as a share of it. */
const SIDE = 1e-9;
const ITERATIONS = 12;

/** The tangent plane at a place; the place is its origin. */
export class TangentPlane {
  readonly #east: readonly [number, number, number];
  readonly #north: readonly [number, number, number];
  readonly #up: readonly [number, number, number];

  constructor(lat: number, lon: number) {
    const [cp, sp] = [Math.cos(lat * DEGREE), Math.sin(lat * DEGREE)];
    const [cl, sl] = [Math.cos(lon * DEGREE), Math.sin(lon * DEGREE)];
    this.#east = [-sl, cl, 0];
    this.#north = [-sp * cl, -sp * sl, cp];
    this.#up = [cp * cl, cp * sl, sp];
  }

  /** Plane coordinates of the unit vector at vectors[at .. at+2]; undefined on the far half of the sphere. */
  project(vectors: Float64Array, at: number): readonly [number, number] | undefined {
    const [x, y, z] = [vectors[at]!, vectors[at + 1]!, vectors[at + 2]!];
    const height = this.#up[0] * x + this.#up[1] * y + this.#up[2] * z;
    if (!(height > 0.05)) return undefined;
    return [
      (this.#east[0] * x + this.#east[1] * y) / height,
      (this.#north[0] * x + this.#north[1] * y + this.#north[2] * z) / height,
    ];
  }
}

type Point = readonly [number, number];

/** (u, v) of the origin in a cell with corners at (0,0), (1,0), (0,1), (1,1), by Newton's method; undefined when it does not converge. */
export function inverseBilinear(p00: Point, p10: Point, p01: Point, p11: Point): Point | undefined {
  let u = 0.5;
  let v = 0.5;
  const scale = Math.max(...[p10, p01, p11].map((p) => Math.hypot(p[0] - p00[0], p[1] - p00[1])));
  for (let n = 0; n < ITERATIONS; n++) {
    const cross = [p00[0] - p10[0] - p01[0] + p11[0], p00[1] - p10[1] - p01[1] + p11[1]] as const;
    const du = [p10[0] - p00[0] + cross[0] * v, p10[1] - p00[1] + cross[1] * v] as const;
    const dv = [p01[0] - p00[0] + cross[0] * u, p01[1] - p00[1] + cross[1] * u] as const;
    const fx = p00[0] + (p10[0] - p00[0]) * u + dv[0] * v;
    const fy = p00[1] + (p10[1] - p00[1]) * u + dv[1] * v;
    const determinant = du[0] * dv[1] - dv[0] * du[1];
    if (Math.abs(determinant) < 1e-12 * scale * scale) return undefined;
    const stepU = (fx * dv[1] - dv[0] * fy) / determinant;
    const stepV = (du[0] * fy - fx * du[1]) / determinant;
    u -= stepU;
    v -= stepV;
    if (Math.abs(stepU) + Math.abs(stepV) < 1e-12) return [u, v];
    if (Math.abs(u) > 50 || Math.abs(v) > 50) return undefined;
  }
  return undefined;
}

/** True when both coordinates lie in [0, 1], noise aside. */
export const inUnitCell = ([u, v]: Point): boolean => u >= -SIDE && u <= 1 + SIDE && v >= -SIDE && v <= 1 + SIDE;

/** Barycentric weights of the origin in a triangle; undefined outside it or when it has no area. */
export function barycentric(a: Point, b: Point, c: Point): readonly [number, number, number] | undefined {
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
  if (area === 0) return undefined;
  const wa = (b[0] * c[1] - c[0] * b[1]) / area;
  const wb = (c[0] * a[1] - a[0] * c[1]) / area;
  const wc = 1 - wa - wb;
  if (wa < -SIDE || wb < -SIDE || wc < -SIDE) return undefined;
  return [wa, wb, wc];
}
