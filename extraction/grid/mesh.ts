/** Triangular meshes: which triangle a place lies in, searched outwards from its nearest node. */
import type { Places } from './grid-type.js';
import { unitVectors } from './sphere.js';
import { barycentric, TangentPlane } from './tangent.js';
import { type Weights, WeightsBuilder } from './weights.js';

/** Rings of triangles around the nearest node that are searched; long thin triangles need more than one. */
const RINGS = 3;

export class Mesh {
  readonly #vectors: Float64Array;
  /** triangles of node n: around[starts[n] .. starts[n+1]) */
  readonly #starts: Uint32Array;
  readonly #around: Uint32Array;

  constructor(
    places: Places,
    readonly triangles: Uint32Array,
  ) {
    this.#vectors = unitVectors(places.lat, places.lon);
    const nodes = places.lat.length;
    this.#starts = new Uint32Array(nodes + 1);
    for (const node of triangles) this.#starts[node + 1] = this.#starts[node + 1]! + 1;
    for (let n = 0; n < nodes; n++) this.#starts[n + 1] = this.#starts[n + 1]! + this.#starts[n]!;
    const next = this.#starts.slice();
    this.#around = new Uint32Array(triangles.length);
    triangles.forEach((node, k) => {
      this.#around[next[node]!] = Math.floor(k / 3);
      next[node] = next[node]! + 1;
    });
  }

  /** Barycentric weights; no entries for places in no triangle. `nearest` is the nearest node of each place. */
  weights(lat: Float64Array, lon: Float64Array, nearest: Uint32Array): Weights {
    const builder = new WeightsBuilder(lat.length);
    for (let n = 0; n < lat.length; n++) {
      this.#place(new TangentPlane(lat[n]!, lon[n]!), nearest[n]!, builder);
      builder.next(true);
    }
    return builder.finish();
  }

  #place(plane: TangentPlane, node: number, builder: WeightsBuilder): void {
    const tried = new Set<number>();
    let nodes = new Set([node]);
    for (let ring = 0; ring < RINGS; ring++) {
      const reached = new Set<number>();
      for (const from of nodes) {
        for (let k = this.#starts[from]!; k < this.#starts[from + 1]!; k++) {
          const triangle = this.#around[k]!;
          if (tried.has(triangle)) continue;
          tried.add(triangle);
          if (this.#inTriangle(plane, triangle, builder)) return;
          for (let c = 0; c < 3; c++) reached.add(this.triangles[3 * triangle + c]!);
        }
      }
      nodes = reached;
    }
  }

  #inTriangle(plane: TangentPlane, triangle: number, builder: WeightsBuilder): boolean {
    const corners = this.triangles.subarray(3 * triangle, 3 * triangle + 3);
    const [a, b, c] = Array.from(corners, (node) => plane.project(this.#vectors, 3 * node));
    const weights = a && b && c && barycentric(a, b, c);
    if (!weights) return false;
    for (let n = 0; n < 3; n++) builder.add(corners[n]!, weights[n]!);
    return true;
  }
}
