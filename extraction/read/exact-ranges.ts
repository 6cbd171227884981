/**
 * Ranges of coverages in float64, for parameters whose records hold more than float32: picked, interpolated, turned and
 * converted as assemble.ts does it, and not rounded. Apart from it, so that the usual values keep a path of one type.
 */
import type { ParamRef } from '../../schemas/vocabulary.js';
import { baseOf, NO_SLOT, type PlannedGroup, type PlannedRange } from '../plan/types.js';
import type { ReadSlab } from '../read.js';
import { turnedComponent } from '../vectors.js';
import { turnedMean, weighted } from './weighted.js';

/** Puts the values of a slab, exact where it has them so, in their places of a group. */
export function placeExact(group: PlannedGroup, to: Float64Array, { read, values, exact }: ReadSlab): void {
  const { slots, starts, points } = read;
  const own = exact ?? values;
  let from = 0;
  for (let n = 0; n < slots.length; n++) {
    const count = starts === undefined ? points.length : starts[n + 1]! - starts[n]!;
    to.set(own.subarray(from, from + count), baseOf(group, slots[n]!));
    from += count;
  }
}

/** A value of the nth field of a range at a point slot, or at the range's own place; before units. */
type Stored = (n: number, slot: number | undefined) => number;

function storedValues(
  group: PlannedGroup,
  values: ArrayLike<number>,
  param: ParamRef,
  { fields, partners, pick }: PlannedRange,
): Stored {
  const at = (record: number) => (slot: number) => values[baseOf(group, record) + slot]!;
  const component = partners === undefined || group.turns === undefined ? undefined : param.rotate?.component;
  return (n, slot) => {
    const record = fields[n]!;
    const partner = partners?.[n] ?? NO_SLOT;
    if (record === NO_SLOT || (component !== undefined && partner === NO_SLOT)) return Number.NaN;
    const own = at(record);
    const place = slot ?? (pick.kind === 'one' && pick.slots.length === 1 ? pick.slots[0]! : undefined);
    if (place === undefined) {
      if (pick.kind !== 'one' || pick.slots.length === 0) return Number.NaN;
      return component === undefined ? weighted(pick, own) : turnedMean(group, pick, component, own, at(partner));
    }
    if (component === undefined) return own(place);
    const [u, v] = component === 'u' ? [own(place), at(partner)(place)] : [at(partner)(place), own(place)];
    const angle = 2 * (group.starts === undefined ? place : group.starts[record]! + place);
    return turnedComponent(component, u, v, group.turns![angle]!, group.turns![angle + 1]!);
  };
}

/** Values of a range out of those of its group, by record slot, in the units of the answer. */
export function exactRange(
  group: PlannedGroup,
  values: ArrayLike<number>,
  param: ParamRef,
  range: PlannedRange,
): Float64Array {
  const { fields, pick } = range;
  const stored = storedValues(group, values, param, range);
  const isPlain = param.scale === 1 && param.offset === 0;
  const value: Stored = (n, slot) => (isPlain ? stored(n, slot) : stored(n, slot) * param.scale + param.offset);
  switch (pick.kind) {
    case 'one':
      return Float64Array.from(fields, (_, n) => value(n, undefined));
    case 'each':
      return Float64Array.from(pick.field, (n, at) => value(n, pick.slot[at]!));
    case 'all': {
      const { order } = pick;
      const count = order?.length ?? group.points.length;
      const out = new Float64Array(fields.length * count);
      for (let n = 0, at = 0; n < fields.length; n++)
        for (let p = 0; p < count; p++) out[at++] = value(n, order === undefined ? p : order[p]!);
      return out;
    }
  }
}
