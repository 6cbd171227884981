/**
 * Nearest point among scattered ones: a balanced tree over unit vectors in flat arrays, so that seams and poles need no
 * care. Built once for a grid; places that are no coordinates are left out.
 */
import { type Closest, TIE } from './closest.js';
import { angleOfChord, putUnitVector } from './sphere.js';

const LEAF = 12;

export class KdTree {
  /** unit vectors in tree order, and the point of each */
  readonly #vectors: Float64Array;
  readonly #points: Uint32Array;

  constructor(
    readonly lat: Float64Array,
    readonly lon: Float64Array,
  ) {
    const valid: number[] = [];
    for (let k = 0; k < lat.length; k++) {
      if (Math.abs(lat[k]!) <= 90.001 && Number.isFinite(lon[k]!)) valid.push(k);
    }
    this.#points = Uint32Array.from(valid);
    this.#vectors = new Float64Array(3 * valid.length);
    this.#points.forEach((k, n) => {
      putUnitVector(lat[k]!, lon[k]!, this.#vectors, 3 * n);
    });
    this.#build(0, valid.length, 0);
  }

  /** Points in the tree. */
  get size(): number {
    return this.#points.length;
  }

  #swap(a: number, b: number): void {
    const point = this.#points[a]!;
    this.#points[a] = this.#points[b]!;
    this.#points[b] = point;
    for (let d = 0; d < 3; d++) {
      const value = this.#vectors[3 * a + d]!;
      this.#vectors[3 * a + d] = this.#vectors[3 * b + d]!;
      this.#vectors[3 * b + d] = value;
    }
  }

  /** Orders [from, to) so that the middle one splits it along one of the axes x, y, z in turn. */
  #build(from: number, to: number, depth: number): void {
    if (to - from <= LEAF) return;
    const middle = (from + to) >> 1;
    this.#select(from, to - 1, middle, depth % 3);
    this.#build(from, middle, depth + 1);
    this.#build(middle + 1, to, depth + 1);
  }

  /** Hoare's selection: entry `k` gets the value that it has in sorted order. */
  #select(first: number, last: number, k: number, axis: number): void {
    let low = first;
    let high = last;
    while (low < high) {
      const pivot = this.#vectors[3 * ((low + high) >> 1) + axis]!;
      let a = low;
      let b = high;
      while (a <= b) {
        while (this.#vectors[3 * a + axis]! < pivot) a++;
        while (this.#vectors[3 * b + axis]! > pivot) b--;
        if (a <= b) this.#swap(a++, b--);
      }
      if (k <= b) high = b;
      else if (k >= a) low = a;
      else return;
    }
  }

  /** Offers the nearest point, and those tied with it. */
  nearest(lat: number, lon: number, closest: Closest): void {
    const v = new Float64Array(3);
    putUnitVector(lat, lon, v, 0);
    let bound = Infinity;
    const offer = (n: number): void => {
      const vectors = this.#vectors;
      const chord =
        (vectors[3 * n]! - v[0]!) ** 2 + (vectors[3 * n + 1]! - v[1]!) ** 2 + (vectors[3 * n + 2]! - v[2]!) ** 2;
      if (chord > bound) return;
      const point = this.#points[n]!;
      closest.offer(angleOfChord(chord), point, this.lat[point]!, this.lon[point]!);
      bound = Math.min(bound, (Math.sqrt(chord) + 2 * TIE) ** 2);
    };
    const descend = (from: number, to: number, depth: number): void => {
      if (to - from <= LEAF) {
        for (let n = from; n < to; n++) offer(n);
        return;
      }
      const middle = (from + to) >> 1;
      const gap = v[depth % 3]! - this.#vectors[3 * middle + (depth % 3)]!;
      if (gap <= 0) descend(from, middle, depth + 1);
      else descend(middle + 1, to, depth + 1);
      offer(middle);
      if (gap * gap > bound) return;
      if (gap <= 0) descend(middle + 1, to, depth + 1);
      else descend(from, middle, depth + 1);
    };
    descend(0, this.size, 0);
  }
}
