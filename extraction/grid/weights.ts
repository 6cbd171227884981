/**
 * Interpolation as data: for each place a short list of points and weights, as compressed rows, so that a reader can gather
 * the points of many fields and apply the same weights to each. Near a pole a list holds a whole row: its mean stands for
 * the pole.
 */

export interface Weights {
  /** entries of place n are starts[n] .. starts[n+1]; none where nothing can be interpolated */
  readonly starts: Uint32Array;
  /** storage offsets */
  readonly points: Uint32Array;
  /** sum to 1 for each place that has entries */
  readonly weights: Float64Array;
  /** 1 where the place lies in the grid's footprint */
  readonly inside: Uint8Array;
}

/** Collects entries place by place. Weights of 0 are left out. */
export class WeightsBuilder {
  readonly #starts: Uint32Array;
  readonly #inside: Uint8Array;
  #points: Uint32Array;
  #weights: Float64Array;
  #count = 0;
  #place = 0;

  constructor(places: number) {
    this.#starts = new Uint32Array(places + 1);
    this.#inside = new Uint8Array(places);
    this.#points = new Uint32Array(4 * places + 4);
    this.#weights = new Float64Array(4 * places + 4);
  }

  add(point: number, weight: number): void {
    if (weight === 0) return;
    if (this.#count === this.#points.length) {
      const points = new Uint32Array(2 * this.#count);
      points.set(this.#points);
      this.#points = points;
      const weights = new Float64Array(2 * this.#count);
      weights.set(this.#weights);
      this.#weights = weights;
    }
    this.#points[this.#count] = point;
    this.#weights[this.#count++] = weight;
  }

  /** Adds the four corners of a cell: `corner` the first, `stride` from row to row, (dx, dy) in [0, 1]. */
  addCell(corner: number, stride: number, dx: number, dy: number): void {
    this.add(corner, (1 - dx) * (1 - dy));
    this.add(corner + 1, dx * (1 - dy));
    this.add(corner + stride, (1 - dx) * dy);
    this.add(corner + stride + 1, dx * dy);
  }

  /** Ends the list of the current place. */
  next(inside: boolean): void {
    this.#inside[this.#place++] = inside ? 1 : 0;
    this.#starts[this.#place] = this.#count;
  }

  finish(): Weights {
    return {
      starts: this.#starts,
      points: this.#points.slice(0, this.#count),
      weights: this.#weights.slice(0, this.#count),
      inside: this.#inside,
    };
  }
}

/** Least weight of valid points for a result: below it a place counts as missing. */
const ENOUGH = 0.5;

/**
 * Weighted means of gathered values, `values[k]` at `points[k]`, NaN missing. Missing points are dropped and the rest
 * rescaled, unless the heaviest point is missing or less than half of the weight remains: then NaN.
 */
export function applyWeights(weights: Weights, values: ArrayLike<number>): Float64Array {
  const { starts } = weights;
  const out = new Float64Array(starts.length - 1).fill(Number.NaN);
  for (let n = 0; n < out.length; n++) {
    let sum = 0;
    let total = 0;
    let heaviest = -1;
    let heaviestValid = false;
    for (let k = starts[n]!; k < starts[n + 1]!; k++) {
      const weight = weights.weights[k]!;
      const value = values[k]!;
      const valid = !Number.isNaN(value);
      if (weight > heaviest) {
        heaviest = weight;
        heaviestValid = valid;
      }
      if (!valid) continue;
      sum += weight * value;
      total += weight;
    }
    if (heaviestValid && total >= ENOUGH) out[n] = sum / total;
  }
  return out;
}
