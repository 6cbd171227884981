/** Bilinear weights on tensor-product grids, from fractional indices (docs/formats/grids.md#bilinear). */
import type { RowEnd, TensorAxes } from './axes.js';
import { type Weights, WeightsBuilder } from './weights.js';

/** Share of the circle that each distinct column stands for: half the gap on either side. */
function columnShares(axes: TensorAxes): Float64Array {
  const { x, columns } = axes;
  const shares = new Float64Array(columns);
  const sense = x[columns - 1]! < x[0]! ? -1 : 1;
  for (let i = 0; i < columns; i++) {
    const next = i + 1 < columns ? x[i + 1]! : x[0]! + 360 * sense;
    const gap = Math.abs(next - x[i]!) / 720;
    shares[i] = shares[i]! + gap;
    shares[(i + 1) % columns] = shares[(i + 1) % columns]! + gap;
  }
  return shares;
}

class TensorWeights {
  readonly #builder: WeightsBuilder;
  #shares: Float64Array | undefined;

  constructor(
    readonly axes: TensorAxes,
    readonly places: number,
  ) {
    this.#builder = new WeightsBuilder(places);
  }

  finish(): Weights {
    return this.#builder.finish();
  }

  /** Adds the place at (x, y), 1-based; NaN is outside. */
  place(x: number, y: number): void {
    if (Number.isNaN(x)) {
      this.#builder.next(false);
      return;
    }
    const nj = this.axes.y.length;
    if (y < 1) this.#beyond(x, 0, 1, 1 - y, this.axes.before);
    else if (y > nj) this.#beyond(x, nj - 1, -1, y - nj, this.axes.after);
    else {
      const j = Math.min(Math.floor(y), Math.max(1, nj - 1)) - 1;
      const dy = y - 1 - j;
      this.#row(x, j, 1 - dy);
      if (dy > 0) this.#row(x, j + 1, dy);
    }
    this.#builder.next(true);
  }

  /** Two neighbours in a row. */
  #row(x: number, j: number, weight: number): void {
    const { wrap, columns } = this.axes;
    const ni = this.axes.x.length;
    const base = j * ni;
    if (wrap === 'window') {
      const clamped = Math.min(Math.max(x, 1), ni);
      const i = Math.min(Math.floor(clamped), Math.max(1, ni - 1)) - 1;
      const dx = clamped - 1 - i;
      this.#builder.add(base + i, weight * (1 - dx));
      if (dx > 0) this.#builder.add(base + i + 1, weight * dx);
      return;
    }
    const i = Math.min(Math.floor(x), columns) - 1;
    const dx = x - 1 - i;
    this.#builder.add(base + i, weight * (1 - dx));
    if (dx > 0) this.#builder.add(base + ((i + 1) % columns), weight * dx);
  }

  /** Beyond the end row j by `out` rows; `inward` leads to the next row. */
  #beyond(x: number, j: number, inward: number, out: number, end: RowEnd): void {
    const { y } = this.axes;
    if (end === 'pole') {
      const step = Math.abs(y[j]! - y[j + inward]!);
      const toPole = 90 - Math.abs(y[j]!);
      const share = toPole > 1e-9 ? Math.min(1, (out * step) / toPole) : 0;
      this.#row(x, j, 1 - share);
      if (share > 0) this.#mean(j, share);
    } else if (end === 'fold' && y.length > 1) {
      const share = Math.min(1, out);
      this.#row(x, j, 1 - share);
      this.#row(x, j + inward, share);
    } else {
      this.#row(x, j, 1);
    }
  }

  /** Mean of a row, as the value of the pole beyond it. */
  #mean(j: number, weight: number): void {
    this.#shares ??= columnShares(this.axes);
    const base = j * this.axes.x.length;
    for (let i = 0; i < this.#shares.length; i++) this.#builder.add(base + i, weight * this.#shares[i]!);
  }
}

/** Weights for places given as x, y pairs (1-based, NaN outside) on a tensor-product grid. */
export function bilinearWeights(axes: TensorAxes, xy: Float64Array): Weights {
  const weights = new TensorWeights(axes, xy.length / 2);
  for (let n = 0; n < xy.length; n += 2) weights.place(xy[n]!, xy[n + 1]!);
  return weights.finish();
}
