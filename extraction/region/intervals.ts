/**
 * Lists of closed intervals of longitude: `[lo0, hi0, lo1, hi1, …]`, sorted and disjoint. What a shape leaves on one
 * parallel of latitude is such a list, so unions and holes are worked out here once for every shape.
 */

export type Intervals = number[];

/** Sorts and merges any list of pairs; pairs with lo > hi are dropped. */
export function normalise(pairs: readonly number[]): Intervals {
  if (pairs.length === 2) return pairs[0]! <= pairs[1]! ? [pairs[0]!, pairs[1]!] : [];
  const order: number[] = [];
  for (let p = 0; p < pairs.length; p += 2) if (pairs[p]! <= pairs[p + 1]!) order.push(p);
  order.sort((a, b) => pairs[a]! - pairs[b]!);
  const merged: Intervals = [];
  for (const p of order) {
    const last = merged.length - 1;
    if (last > 0 && pairs[p]! <= merged[last]!) merged[last] = Math.max(merged[last]!, pairs[p + 1]!);
    else merged.push(pairs[p]!, pairs[p + 1]!);
  }
  return merged;
}

/** `from` without the open intervals `holes` (both normalised): the ends of a hole stay. */
export function withoutOpen(from: Intervals, holes: Intervals): Intervals {
  if (holes.length === 0) return from;
  const kept: Intervals = [];
  for (let p = 0; p < from.length; p += 2) {
    let lo = from[p]!;
    const hi = from[p + 1]!;
    for (let h = 0; h < holes.length && lo <= hi; h += 2) {
      const start = holes[h]!;
      const end = holes[h + 1]!;
      if (end <= lo || start >= hi) continue;
      if (start >= lo) kept.push(lo, start);
      lo = end;
    }
    if (lo <= hi) kept.push(lo, hi);
  }
  return kept;
}

/** True when `value` lies in one of the intervals. */
export function covers(intervals: Intervals, value: number): boolean {
  for (let p = 0; p < intervals.length; p += 2) {
    if (value >= intervals[p]! && value <= intervals[p + 1]!) return true;
  }
  return false;
}
