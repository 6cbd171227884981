/**
 * Statistics for normalising fields, in float64 and in one pass: each plane is summed by itself and merged into the whole
 * (Chan, Golub and LeVeque 1983), which keeps the digits that a plain sum of squares would lose. Missing points do not count.
 */
import type { CfNumbers } from '../../formats/cf.js';

export interface Summary {
  /** points with a value */
  readonly count: number;
  readonly missing: number;
  readonly mean: number | null;
  /** of the population: the root of the mean squared distance from the mean */
  readonly std: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export class FieldStatistics {
  #count = 0;
  #missing = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Takes in a plane; NaN, infinities and `fill` are missing. */
  add(values: CfNumbers, fill?: number | bigint): void {
    let [count, sum, min, max] = [0, 0, Infinity, -Infinity];
    const isValue = (value: number | bigint): boolean => value !== fill && Number.isFinite(Number(value));
    for (const value of values) {
      if (!isValue(value)) continue;
      const number = Number(value);
      count++;
      sum += number;
      if (number < min) min = number;
      if (number > max) max = number;
    }
    this.#missing += values.length - count;
    if (count === 0) return;
    const mean = sum / count;
    let squares = 0;
    for (const value of values) if (isValue(value)) squares += (Number(value) - mean) ** 2;
    const total = this.#count + count;
    const shift = mean - this.#mean;
    this.#squares += squares + (shift * shift * this.#count * count) / total;
    this.#mean += (shift * count) / total;
    this.#count = total;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  summary(): Summary {
    const counts = { count: this.#count, missing: this.#missing };
    if (this.#count === 0) return { ...counts, mean: null, std: null, min: null, max: null };
    const std = Math.sqrt(this.#squares / this.#count);
    return { ...counts, mean: this.#mean, std, min: this.#min, max: this.#max };
  }
}
