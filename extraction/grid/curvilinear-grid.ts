/** Grids with two-dimensional latitudes and longitudes whose neighbours in the array are neighbours on the ground. */
import type { NearestPoints } from './closest.js';
import type { Grid, Places } from './grid-type.js';
import { KdTree } from './nearest.js';
import { nearestInTree, PlacesGrid } from './places.js';
import { angleBetween, EARTH_RADIUS_KM, unitVectors } from './sphere.js';
import { inUnitCell, inverseBilinear, TangentPlane } from './tangent.js';
import { type Weights, WeightsBuilder } from './weights.js';

const PROBES = 64;
const LONGEST_EDGE = 5;
const FEW_CELLS = 16;
const MOST_OVERLAP = 4;

/** Area in steradians of a cap that holds all points: a net cannot be much larger. */
function areaAround(places: Places): number {
  const vectors = unitVectors(places.lat, places.lon);
  const sum = [0, 0, 0];
  for (let k = 0; k < vectors.length; k++) sum[k % 3] = sum[k % 3]! + vectors[k]!;
  const length = Math.hypot(sum[0]!, sum[1]!, sum[2]!) || 1;
  let nearness = 1;
  for (let k = 0; k < vectors.length; k += 3) {
    const along = (vectors[k]! * sum[0]! + vectors[k + 1]! * sum[1]! + vectors[k + 2]! * sum[2]!) / length;
    if (along < nearness) nearness = along;
  }
  return 2 * Math.PI * (1 - nearness);
}

/**
 * True when sampled cells have edges of like length and would tile about the area that the points lie in, so that the array
 * is a net and not a list folded into rows.
 */
export function looksCurvilinear(ni: number, nj: number, places: Places): boolean {
  const edges: number[] = [];
  const cells = (ni - 1) * (nj - 1);
  const stride = Math.max(1, Math.floor(cells / PROBES));
  const edge = (a: number, b: number): number =>
    angleBetween(places.lat[a]!, places.lon[a]!, places.lat[b]!, places.lon[b]!);
  for (let cell = 0; cell < cells; cell += stride) {
    const k = Math.floor(cell / (ni - 1)) * ni + (cell % (ni - 1));
    edges.push(edge(k, k + 1), edge(k, k + ni), edge(k + 1, k + ni + 1), edge(k + ni, k + ni + 1));
  }
  const sorted = edges.filter((length) => length > 0).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  if (median === undefined || !edges.every((length) => length < LONGEST_EDGE * median)) return false;
  return cells < FEW_CELLS || median * median * cells < MOST_OVERLAP * areaAround(places);
}

export class CurvilinearGrid extends PlacesGrid implements Grid {
  readonly kind = 'curvilinear';
  #index: { readonly tree: KdTree; readonly vectors: Float64Array } | undefined;

  #indexed(): { readonly tree: KdTree; readonly vectors: Float64Array } {
    const { lat, lon } = this.places;
    this.#index ??= { tree: new KdTree(lat, lon), vectors: unitVectors(lat, lon) };
    return this.#index;
  }

  async locate(lat: Float64Array, lon: Float64Array): Promise<Float64Array> {
    return this.#locateFrom(lat, lon, nearestInTree(this.#indexed().tree, lat, lon));
  }

  #locateFrom(lat: Float64Array, lon: Float64Array, nearest: NearestPoints): Float64Array {
    const xy = new Float64Array(2 * lat.length);
    for (let n = 0; n < lat.length; n++) {
      const [x, y] = this.#place(lat[n]!, lon[n]!, nearest.point[n]!, nearest.distanceKm[n]! / EARTH_RADIUS_KM);
      xy[2 * n] = x;
      xy[2 * n + 1] = y;
    }
    return xy;
  }

  /** Fractional 1-based indices from the nearest point: in one of the cells around it, else in the skirt. */
  #place(lat: number, lon: number, point: number, angle: number): readonly [number, number] {
    const i = point % this.ni;
    const j = (point - i) / this.ni;
    const plane = new TangentPlane(lat, lon);
    for (const reach of [1, 2]) {
      for (let b = Math.max(0, j - reach); b < Math.min(this.nj - 1, j + reach); b++) {
        for (let a = Math.max(0, i - reach); a < Math.min(this.ni - 1, i + reach); a++) {
          const uv = this.#inCell(plane, a, b);
          if (uv && inUnitCell(uv)) return [a + 1 + uv[0], b + 1 + uv[1]];
        }
      }
    }
    return this.#inSkirt(plane, i, j, angle);
  }

  #inCell(plane: TangentPlane, i: number, j: number): readonly [number, number] | undefined {
    const { vectors } = this.#indexed();
    const k = j * this.ni + i;
    const [a, b] = [plane.project(vectors, 3 * k), plane.project(vectors, 3 * (k + 1))];
    const [c, d] = [plane.project(vectors, 3 * (k + this.ni)), plane.project(vectors, 3 * (k + this.ni + 1))];
    return a && b && c && d ? inverseBilinear(a, b, c, d) : undefined;
  }

  /** Around a point of the border the grid reaches half the diagonal of its cell further. */
  #inSkirt(plane: TangentPlane, i: number, j: number, angle: number): readonly [number, number] {
    const outside = [Number.NaN, Number.NaN] as const;
    const onBorder = i === 0 || j === 0 || i === this.ni - 1 || j === this.nj - 1;
    const a = Math.min(i, this.ni - 2);
    const b = Math.min(j, this.nj - 2);
    const k = b * this.ni + a;
    const { lat, lon } = this.places;
    const diagonal = angleBetween(lat[k]!, lon[k]!, lat[k + this.ni + 1]!, lon[k + this.ni + 1]!);
    if (!onBorder || !(angle <= diagonal / 2)) return outside;
    const uv = this.#inCell(plane, a, b) ?? [i - a, j - b];
    const clamp = (value: number): number => Math.min(Math.max(value, -0.5), 1.5);
    return [a + 1 + clamp(uv[0]), b + 1 + clamp(uv[1])];
  }

  async nearest(lat: Float64Array, lon: Float64Array): Promise<NearestPoints> {
    const out = nearestInTree(this.#indexed().tree, lat, lon);
    const xy = this.#locateFrom(lat, lon, out);
    out.inside.forEach((_, n) => {
      out.inside[n] = Number.isNaN(xy[2 * n]!) ? 0 : 1;
    });
    return out;
  }

  async bilinear(lat: Float64Array, lon: Float64Array): Promise<Weights> {
    const xy = await this.locate(lat, lon);
    const builder = new WeightsBuilder(lat.length);
    for (let n = 0; n < lat.length; n++) {
      const x = Math.min(Math.max(xy[2 * n]!, 1), this.ni);
      const y = Math.min(Math.max(xy[2 * n + 1]!, 1), this.nj);
      if (!Number.isNaN(x)) {
        const i = Math.min(Math.floor(x), this.ni - 1) - 1;
        const j = Math.min(Math.floor(y), this.nj - 1) - 1;
        builder.addCell(j * this.ni + i, this.ni, x - 1 - i, y - 1 - j);
      }
      builder.next(!Number.isNaN(x));
    }
    return builder.finish();
  }
}
