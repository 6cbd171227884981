/**
 * One ring in the plane of longitude and latitude: its cut along a parallel by the even-odd rule, closed. Edges are
 * filed in latitude slabs, so a cut looks only at edges near its parallel (docs/regions.md).
 */
import type { LatLon } from '../../schemas/vocabulary.js';
import { type Intervals, normalise, withoutOpen } from './intervals.js';
import { type Curve, line, TOLERANCE } from './shape.js';

const MAX_SLABS = 4096;

function inOrder(pair: number[]): number[] {
  return pair.length === 2 && pair[0]! > pair[1]! ? pair.reverse() : pair;
}

export class Ring {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
  readonly #lat: Float64Array;
  readonly #lon: Float64Array;
  readonly #slabStart: Uint32Array;
  readonly #slabEdges: Uint32Array;

  /** Vertices unwrapped and open: the last is joined to the first. */
  constructor(vertices: readonly LatLon[]) {
    const n = vertices.length;
    this.#lat = new Float64Array(n + 1);
    this.#lon = new Float64Array(n + 1);
    for (let v = 0; v <= n; v++) {
      this.#lat[v] = vertices[v % n]![0];
      this.#lon[v] = vertices[v % n]![1];
    }
    this.south = this.#lat.reduce((a, b) => Math.min(a, b), Infinity);
    this.north = this.#lat.reduce((a, b) => Math.max(a, b), -Infinity);
    this.west = this.#lon.reduce((a, b) => Math.min(a, b), Infinity);
    this.east = this.#lon.reduce((a, b) => Math.max(a, b), -Infinity);
    const slabs = Math.min(MAX_SLABS, 2 * n);
    this.#slabStart = new Uint32Array(slabs + 1);
    this.#slabEdges = this.#file(n, slabs);
  }

  #slabOf(lat: number): number {
    const slabs = this.#slabStart.length - 1;
    const height = this.north - this.south || 1;
    const slab = Math.floor(((lat - this.south) / height) * slabs);
    return Math.max(0, Math.min(slabs - 1, slab));
  }

  /** Counting sort of edges into every slab that they reach, tolerance included. */
  #file(edges: number, slabs: number): Uint32Array {
    const span = (e: number): [number, number] => {
      const a = this.#lat[e]!;
      const b = this.#lat[e + 1]!;
      return [this.#slabOf(Math.min(a, b) - 2 * TOLERANCE), this.#slabOf(Math.max(a, b) + 2 * TOLERANCE)];
    };
    const start = this.#slabStart;
    for (let e = 0; e < edges; e++) {
      const [first, last] = span(e);
      for (let s = first; s <= last; s++) start[s + 1] = start[s + 1]! + 1;
    }
    for (let s = 0; s < slabs; s++) start[s + 1] = start[s + 1]! + start[s]!;
    const filed = new Uint32Array(start[slabs]!);
    const next = start.slice(0, slabs);
    for (let e = 0; e < edges; e++) {
      const [first, last] = span(e);
      for (let s = first; s <= last; s++) {
        filed[next[s]!] = e;
        next[s] = next[s]! + 1;
      }
    }
    return filed;
  }

  /**
   * Longitudes where the parallel crosses the ring by the half-open rule, sorted: pairs bound the inside. `touches` gets the
   * closed pieces of boundary on the parallel that are no crossings, as pairs.
   */
  #cross(lat: number, touches: number[]): number[] {
    const crossings: number[] = [];
    const slab = this.#slabOf(lat);
    for (let f = this.#slabStart[slab]!; f < this.#slabStart[slab + 1]!; f++) {
      const e = this.#slabEdges[f]!;
      const a = this.#lat[e]!;
      const b = this.#lat[e + 1]!;
      const low = Math.min(a, b);
      const high = Math.max(a, b);
      if (lat < low - TOLERANCE || lat > high + TOLERANCE) continue;
      const lonA = this.#lon[e]!;
      const lonB = this.#lon[e + 1]!;
      const crosses = low <= lat && lat < high;
      if (high - low <= TOLERANCE) {
        touches.push(Math.min(lonA, lonB) - TOLERANCE, Math.max(lonA, lonB) + TOLERANCE);
        if (crosses) crossings.push((lonA + lonB) / 2);
        continue;
      }
      const lon = lonA + Math.max(0, Math.min(1, (lat - a) / (b - a))) * (lonB - lonA);
      if (crosses) crossings.push(lon);
      else touches.push(lon - TOLERANCE, lon + TOLERANCE);
    }
    return crossings.length > 2 ? crossings.sort((p, q) => p - q) : inOrder(crossings);
  }

  /** Inside and boundary. */
  closed(lat: number): Intervals {
    if (lat < this.south - TOLERANCE || lat > this.north + TOLERANCE) return [];
    const touches: number[] = [];
    const pairs = this.#cross(lat, touches);
    for (let p = 0; p < pairs.length; p++) pairs[p] = pairs[p]! + (p % 2 === 0 ? -TOLERANCE : TOLERANCE);
    for (const value of touches) pairs.push(value);
    return normalise(pairs);
  }

  /** Inside without boundary, as open intervals. */
  open(lat: number): Intervals {
    if (lat < this.south || lat > this.north) return [];
    const edge: number[] = [];
    const crossings = this.#cross(lat, edge);
    for (const lon of crossings) edge.push(lon - TOLERANCE, lon + TOLERANCE);
    const left = withoutOpen(normalise(crossings), normalise(edge));
    const cut: Intervals = [];
    for (let p = 0; p < left.length; p += 2) {
      // a leftover of zero width is a bare end of an edge piece, not interior
      if (left[p + 1]! > left[p]!) cut.push(left[p]!, left[p + 1]!);
    }
    return cut;
  }

  outline(): Curve[] {
    const curves: Curve[] = [];
    for (let e = 0; e + 1 < this.#lat.length; e++) {
      curves.push(line(this.#lat[e]!, this.#lon[e]!, this.#lat[e + 1]!, this.#lon[e + 1]!));
    }
    return curves;
  }
}
