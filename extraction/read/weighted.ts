/** Interpolated values: the weighted mean of the points that are there; for winds of both components, turned afterwards. */
import type { Pick, PlannedGroup } from '../plan/types.js';
import { turnedComponent } from '../vectors.js';

type PickOne = Extract<Pick, { kind: 'one' }>;

/** Least weight of valid points that still makes a value. */
const ENOUGH = 0.5;

/** Weighted mean of the points that are there; NaN when the heaviest is not, or too little is left. */
export function weighted(pick: PickOne, valueAt: (slot: number) => number): number {
  if (pick.slots.length === 1) return valueAt(pick.slots[0]!);
  let [sum, total, heaviest, valid] = [0, 0, -1, false];
  for (let k = 0; k < pick.slots.length; k++) {
    const weight = pick.weights[k]!;
    const value = valueAt(pick.slots[k]!);
    const there = !Number.isNaN(value);
    if (weight > heaviest) {
      heaviest = weight;
      valid = there;
    }
    if (there) {
      sum += weight * value;
      total += weight;
    }
  }
  return valid && total >= ENOUGH ? sum / total : Number.NaN;
}

/** Interpolated wind: components first, in the grid's frame, then turned by the mean angle of the points. */
export function turnedMean(
  group: PlannedGroup,
  pick: PickOne,
  component: 'u' | 'v',
  own: (slot: number) => number,
  partner: (slot: number) => number,
): number {
  const [first, second] = [weighted(pick, own), weighted(pick, partner)];
  const [u, v] = component === 'u' ? [first, second] : [second, first];
  const turns = group.turns!;
  let [c, s] = [0, 0];
  for (let k = 0; k < pick.slots.length; k++) {
    c += pick.weights[k]! * turns[2 * pick.slots[k]!]!;
    s += pick.weights[k]! * turns[2 * pick.slots[k]! + 1]!;
  }
  const size = Math.hypot(c, s) || 1;
  return turnedComponent(component, u, v, c / size, s / size);
}
