/**
 * Slabs become coverages: the values of a group are put in their places as slabs arrive; when the last one is there, its
 * coverages are made one by one - picked, interpolated, turned, converted - and the group is let go.
 */
import type { BlockRange, CoverageBlock } from '../formats/coverage-block.js';
import type { ParamRef } from '../schemas/vocabulary.js';
import { baseOf, groupValues, NO_SLOT, type Plan, type PlannedCoverage, type PlannedGroup } from './plan/types.js';
import { exactRange, placeExact } from './read/exact-ranges.js';
import { turnedMean, weighted } from './read/weighted.js';
import type { ReadSlab } from './read.js';
import { inUnits, turnedComponent } from './vectors.js';

/** Values of a group by record slot. */
interface GroupData {
  readonly group: PlannedGroup;
  readonly values: Float32Array;
  /** the same in float64, where a record holds what float32 rounds */
  exact: Float64Array | undefined;
}

function place(data: GroupData, slab: ReadSlab): void {
  const { slots, starts, points } = slab.read;
  const { values } = slab;
  const first = slots[0] ?? 0;
  // slots in order are next to each other on both sides
  if (starts === undefined && slots.length > 0 && slots.at(-1)! - first === slots.length - 1 && isAscending(slots)) {
    data.values.set(values, baseOf(data.group, first));
    return;
  }
  let from = 0;
  for (let n = 0; n < slots.length; n++) {
    const count = starts === undefined ? points.length : starts[n + 1]! - starts[n]!;
    const base = baseOf(data.group, slots[n]!);
    for (let k = 0; k < count; k++) data.values[base + k] = values[from + k]!;
    from += count;
  }
}

/** Whether a slab holds the values of a group as the group has them. */
function isWhole(group: PlannedGroup, { read, values }: ReadSlab): boolean {
  const { slots } = read;
  if (slots.length !== group.rows.length || values.length !== groupValues(group)) return false;
  return slots[0] === 0 && isAscending(slots);
}

function isAscending(slots: Uint32Array): boolean {
  for (let n = 1; n < slots.length; n++) if (slots[n]! < slots[n - 1]!) return false;
  return true;
}

/** One value at places of a record and, for turned winds, of its partner; float64, before units. */
type At = (record: number, partner: number, slot: number) => number;

function plainAt(data: GroupData): At {
  return (record, _partner, slot) => data.values[baseOf(data.group, record) + slot]!;
}

function turnedAt(data: GroupData, component: 'u' | 'v'): At {
  const { group, values } = data;
  const turns = group.turns!;
  return (record, partner, slot) => {
    if (partner === NO_SLOT) return Number.NaN;
    const own = values[baseOf(group, record) + slot]!;
    const other = values[baseOf(group, partner) + slot]!;
    const angle = 2 * (group.starts === undefined ? slot : group.starts[record]! + slot);
    const [u, v] = component === 'u' ? [own, other] : [other, own];
    return turnedComponent(component, u, v, turns[angle]!, turns[angle + 1]!);
  };
}

function rangeValues(data: GroupData, param: ParamRef, range: PlannedCoverage['ranges'][number]): Float32Array {
  const { fields, partners, pick } = range;
  const isTurned = partners !== undefined && param.rotate !== undefined && data.group.turns !== undefined;
  const at = isTurned ? turnedAt(data, param.rotate!.component) : plainAt(data);
  const partnerOf = (n: number): number => partners?.[n] ?? NO_SLOT;
  const value = (n: number, slot: number): number =>
    fields[n] === NO_SLOT ? Number.NaN : inUnits(param, at(fields[n]!, partnerOf(n), slot));
  switch (pick.kind) {
    case 'one':
      if (!isTurned && pick.slots.length === 1) return atOnePoint(data, param, fields, pick.slots[0]!);
      return Float32Array.from(fields, (record, n) => {
        if (record === NO_SLOT || pick.slots.length === 0) return Number.NaN;
        if (pick.slots.length === 1) return value(n, pick.slots[0]!);
        if (!isTurned)
          return inUnits(
            param,
            weighted(pick, (slot) => at(record, NO_SLOT, slot)),
          );
        const partner = partnerOf(n);
        if (partner === NO_SLOT) return Number.NaN;
        const stored = (of: number) => (slot: number) => data.values[baseOf(data.group, of) + slot]!;
        const mean = turnedMean(data.group, pick, param.rotate!.component, stored(record), stored(partner));
        return inUnits(param, mean);
      });
    case 'all':
      return allValues(data, param, fields, isTurned, value, pick.order);
    case 'each': {
      const out = new Float32Array(pick.field.length);
      for (let n = 0; n < out.length; n++) out[n] = value(pick.field[n]!, pick.slot[n]!);
      return out;
    }
  }
}

/** A series of stored values at one point slot. */
function atOnePoint(data: GroupData, param: ParamRef, fields: Int32Array, slot: number): Float32Array {
  const { group, values } = data;
  const out = new Float32Array(fields.length);
  for (let n = 0; n < out.length; n++) {
    const record = fields[n]!;
    out[n] = record === NO_SLOT ? Number.NaN : inUnits(param, values[baseOf(group, record) + slot]!);
  }
  return out;
}

function allValues(
  data: GroupData,
  param: ParamRef,
  fields: Int32Array,
  isTurned: boolean,
  value: (n: number, slot: number) => number,
  order: Uint32Array | undefined,
): Float32Array {
  const count = order?.length ?? data.group.points.length;
  const out = new Float32Array(fields.length * count);
  const asStored = !isTurned && order === undefined;
  for (let n = 0; n < fields.length; n++) {
    if (fields[n] === NO_SLOT) out.fill(Number.NaN, n * count, (n + 1) * count);
    else if (asStored) {
      const base = baseOf(data.group, fields[n]!);
      const stored = data.values.subarray(base, base + count);
      if (param.scale === 1 && param.offset === 0) out.set(stored, n * count);
      else for (let p = 0; p < count; p++) out[n * count + p] = inUnits(param, stored[p]!);
    } else for (let p = 0; p < count; p++) out[n * count + p] = value(n, order === undefined ? p : order[p]!);
  }
  return out;
}

function blockOf(plan: Plan, data: GroupData, coverage: PlannedCoverage): CoverageBlock {
  const ranges = coverage.ranges.map((range): BlockRange => {
    const param = plan.head.params[range.param]!;
    const values = rangeValues(data, param, range);
    // integers as they are stored, of which float32 has rounded none
    const areSame = data.exact === undefined && plan.head.integers.has(param.name);
    if (!plan.wide.has(range.param) || areSame) return { param, values };
    return { param, values, exact: exactRange(data.group, data.exact ?? data.values, param, range) };
  });
  return { metadata: coverage.metadata, domain: coverage.domain, ranges };
}

/** Coverages of a plan in order, as their slabs arrive. */
export async function* assemble(plan: Plan, slabs: AsyncIterable<ReadSlab>): AsyncGenerator<CoverageBlock> {
  let next = 0;
  let data: GroupData | undefined;
  const open = (): GroupData => {
    const group = plan.groups[next]!;
    return { group, values: new Float32Array(groupValues(group)).fill(Number.NaN), exact: undefined };
  };
  const finish = function* (until: number): Generator<CoverageBlock> {
    while (next < until) {
      const whole = data ?? open();
      data = undefined;
      for (const coverage of whole.group.coverages) yield blockOf(plan, whole, coverage);
      next++;
    }
  };
  for await (const slab of slabs) {
    yield* finish(slab.read.group);
    const group = plan.groups[slab.read.group]!;
    if (data === undefined && isWhole(group, slab)) {
      // its coverages are made while the slab is still ours
      data = { group, values: slab.values, exact: slab.exact };
      yield* finish(slab.read.group + 1);
    } else {
      data ??= open();
      if (slab.exact !== undefined) data.exact ??= Float64Array.from(data.values);
      if (data.exact !== undefined) placeExact(group, data.exact, slab);
      place(data, slab);
    }
  }
  yield* finish(plan.groups.length);
}
