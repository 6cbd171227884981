/** Numbers over members, areas and time. Pure. */

/** Quantile by linear interpolation between order statistics; NaN values are left out. */
export function quantile(sorted: readonly number[] | Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/** Quantiles of the finite ones among values. */
export function quantiles(values: Iterable<number>, shares: readonly number[]): number[] {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  return shares.map((share) => quantile(sorted, share));
}

export interface Amount {
  /** ms */
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Amounts of each interval of an accumulation; it cannot shrink, so a negative difference is 0. */
export function deaccumulate(times: readonly number[], sums: readonly number[]): Amount[] {
  return times.slice(1).map((to, n) => ({ from: times[n]!, to, value: Math.max(0, sums[n + 1]! - sums[n]!) }));
}

/** Sums over blocks of `span` ms that end at whole multiples of it; only blocks that are covered to their end. */
export function blockSums(amounts: readonly Amount[], span: number): Amount[] {
  const blocks = new Map<number, { from: number; last: number; value: number }>();
  for (const { from, to, value } of amounts) {
    const end = Math.ceil(to / span) * span;
    const block = blocks.get(end) ?? { from, last: to, value: 0 };
    blocks.set(end, { from: block.from, last: to, value: block.value + value });
  }
  return [...blocks].flatMap(([end, { from, last, value }]) => (last === end ? [{ from, to: end, value }] : []));
}

export interface Summary {
  readonly count: number;
  readonly missing: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** Least, weighted mean and greatest of values; NaN is counted as missing. */
export function summarise(values: ArrayLike<number>, weights?: ArrayLike<number>): Summary {
  let [count, min, max, sum, weight] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (Number.isNaN(value)) continue;
    const w = weights?.[n] ?? 1;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value * w;
    weight += w;
  }
  const none = count === 0;
  return {
    count,
    missing: values.length - count,
    min: none ? Number.NaN : min,
    mean: none ? Number.NaN : sum / weight,
    max: none ? Number.NaN : max,
  };
}

/** How many values are in each bin of ascending breaks; a value equal to a break is above it. */
export function histogram(values: ArrayLike<number>, breaks: ArrayLike<number>): number[] {
  const counts = Array.from({ length: breaks.length + 1 }, () => 0);
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (Number.isNaN(value)) continue;
    let bin = 0;
    while (bin < breaks.length && breaks[bin]! <= value) bin++;
    counts[bin]!++;
  }
  return counts;
}

/** Direction that a wind comes from, degrees, and its speed. */
export function windOf(u: number, v: number): { readonly from: number; readonly speed: number } {
  const from = (Math.atan2(-u, -v) * 180) / Math.PI;
  return { from: (from + 360) % 360, speed: Math.hypot(u, v) };
}

const LABELS_PER_AXIS = 5;

/** About five round numbers over a range. */
export function niceTicks(low: number, high: number, most = LABELS_PER_AXIS): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / most;
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * decade).find((one) => one >= raw)!;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++)
    ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}
