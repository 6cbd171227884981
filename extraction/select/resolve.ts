/**
 * The axes of a selection: every listed value must have a field, an open range becomes the values that every parameter has
 * (with `expect: any`: that some parameter has). Then each value has a place in each block.
 */
import { FeatureError } from '../../schemas/problem.js';
import { noData } from '../../schemas/request-keys.js';
import type { AxisValue, FeatureRequest, ParamRef } from '../../schemas/vocabulary.js';
import type { FieldBlock } from '../catalogue/field-block.js';
import {
  AXES,
  type AxisAsk,
  type AxisAsks,
  type AxisKey,
  axisValues,
  isAvailable,
  type ListedPlaces,
  NO_MEMBER,
  placeOf,
  readAsks,
  sortOpen,
} from './axes.js';
import { absentValues } from './errors.js';
import type { ChosenFields } from './params.js';

export interface ResolvedAxis {
  readonly values: readonly AxisValue[];
  readonly isListed: boolean;
}

/** Place of each value of each axis in one block, -1 where the block has none. */
export type BlockPlaces = Readonly<Record<AxisKey, Int32Array>>;

export interface ResolvedAxes extends Readonly<Record<AxisKey, ResolvedAxis>> {
  readonly fields: ChosenFields;
  readonly hasMembers: boolean;
  /** combinations off the path may be missing */
  readonly sparse: boolean;
  /** [base][param] */
  readonly places: readonly (readonly (BlockPlaces | undefined)[])[];
}

interface BlockOf {
  readonly block: FieldBlock;
  readonly param: ParamRef;
}

/** Variables whose records hold the sum since the start of the run. */
function sinceStart(param: ParamRef): boolean {
  return /(precipitation|rainfall|snowfall)_amount$/.test(param.standardName ?? '');
}

const place = ({ block, param }: BlockOf, axis: AxisKey, value: AxisValue): number =>
  placeOf(block, axis, value, sinceStart(param));

export function resolveAxes(chosen: ChosenFields): ResolvedAxes {
  const { request, levtype } = chosen;
  const asks = readAsks(request, levtype ?? undefined);
  const fields = stepsInIp2(chosen, asks) ? chosen.byIp2() : chosen;
  const blocks: BlockOf[] = fields.blocks.flatMap((row) =>
    row.flatMap((block, at) => (block === undefined ? [] : [{ block, param: fields.params[at]! }])),
  );
  const asked: Readonly<Record<AxisKey, AxisAsk>> = {
    number: asks.number ?? defaultNumbers(request, blocks),
    levelist: orderByIp1(request, asks.levelist, blocks),
    step: asks.step,
  };
  for (const axis of AXES) refuseAbsent(request, axis, asked[axis], blocks);
  const axes = resolveOpen(request, fields, asked, blocks);
  const places = fields.blocks.map((row) =>
    row.map((block, at) => {
      if (block === undefined) return undefined;
      const placesOn = (axis: AxisKey): Int32Array =>
        Int32Array.from(axes[axis].values, (value) => place({ block, param: fields.params[at]! }, axis, value));
      return { number: placesOn('number'), levelist: placesOn('levelist'), step: placesOn('step') };
    }),
  );
  const hasMembers = blocks.some(({ block }) =>
    axes.number.values.some((value) => value !== NO_MEMBER && block.numbers.includes(Number(value))),
  );
  return { ...axes, fields, hasMembers, sparse: asks.sparse, places };
}

/**
 * Records whose clock (deet * npas) and ip2 disagree: a request by nomvar whose steps the clock knows nothing of means ip2,
 * the record key for which `step` stands.
 */
function stepsInIp2(chosen: ChosenFields, asks: AxisAsks): boolean {
  const { step } = asks;
  if (step.kind !== 'listed' || chosen.request.keys.has('param')) return false;
  const isThere = (fields: ChosenFields): boolean =>
    fields.blocks
      .flat()
      .some((block) => block !== undefined && step.values.some((value) => block.steps.includes(Number(value))));
  return !isThere(chosen) && isThere(chosen.byIp2());
}

/** Without `number`: fields of no member if there are any; members only where record keys chose them, or the one control. */
function defaultNumbers(request: FeatureRequest, blocks: readonly BlockOf[]): AxisAsk {
  if (blocks.every(({ block }) => block.numbers.includes(NO_MEMBER))) return { kind: 'listed', values: [NO_MEMBER] };
  const members = [...new Set(blocks.flatMap(({ block }) => [...block.numbers]))].sort((one, other) => one - other);
  const byRecordKeys = (['etiket', 'ip3'] as const).some((key) => request.keys.has(key)) || isRaw(request);
  if (byRecordKeys || (members.length === 1 && members[0] === 0)) {
    return { kind: 'open', accepts: () => true, byRank: false };
  }
  const there = members.filter((number) => number !== NO_MEMBER);
  const range = there.length > 6 ? `${there[0]} to ${there.at(-1)}` : there.join(', ');
  throw new FeatureError(
    'under_specified',
    `"number" is under-specified: the fields are of an ensemble with members ${range}; give "number".`,
  );
}

function isRaw(request: FeatureRequest): boolean {
  return !(['class', 'stream', 'type', 'expver', 'domain', 'levtype', 'param'] as const).some((key) =>
    request.keys.has(key),
  );
}

/** Levels that are chosen by a list of ip1 keep its order. */
function orderByIp1(request: FeatureRequest, ask: AxisAsk, blocks: readonly BlockOf[]): AxisAsk {
  const ip1 = request.keys.get('ip1');
  const first = blocks[0]?.block;
  if (ip1?.kind !== 'values' || ask.kind === 'listed' || first === undefined || first.levels.length < 2) return ask;
  const { columns } = first.run;
  const levels = ip1.values.flatMap((value) => {
    const row = first.rows.find((one) => columns.ip1[one] === Number(value));
    return row === undefined ? [] : [columns.level[row]!];
  });
  const isSame = levels.length === first.levels.length && new Set(levels).size === levels.length;
  return isSame ? { kind: 'listed', values: levels } : ask;
}

/** A listed value that no block has is refused at once, with what there is. */
function refuseAbsent(request: FeatureRequest, axis: AxisKey, ask: AxisAsk, blocks: readonly BlockOf[]): void {
  if (ask.kind !== 'listed') return;
  const absent = ask.values.filter((value) => blocks.every((one) => place(one, axis, value) < 0));
  if (absent.length === 0 || (request.expectAny && absent.length < ask.values.length)) return;
  const byRank = blocks.some(({ block }) => block.ranks.some((rank) => rank > 0)) && absent.every(Number.isInteger);
  const there = new Set(blocks.flatMap(({ block }) => axisValues(block, axis, byRank)));
  there.delete(NO_MEMBER);
  throw absentValues(
    axis,
    absent,
    [...there].sort((one, other) => one - other),
  );
}

function resolveOpen(
  request: FeatureRequest,
  fields: ChosenFields,
  asked: Readonly<Record<AxisKey, AxisAsk>>,
  blocks: readonly BlockOf[],
): Readonly<Record<AxisKey, ResolvedAxis>> {
  const listedOf = new Map<BlockOf, ListedPlaces>();
  for (const one of blocks) {
    const places = (axis: AxisKey): readonly number[] | undefined => {
      const ask = asked[axis];
      if (ask.kind === 'open') return undefined;
      return ask.values.map((value) => place(one, axis, value)).filter((at) => at >= 0);
    };
    listedOf.set(one, { number: places('number'), levelist: places('levelist'), step: places('step') });
  }
  const resolve = (axis: AxisKey): ResolvedAxis => {
    const ask = asked[axis];
    if (ask.kind === 'listed') {
      const values = axis === 'step' ? [...ask.values].sort(bySeconds) : ask.values;
      return { values, isListed: true };
    }
    const has = (one: BlockOf, value: number): boolean => {
      const at = place(one, axis, value);
      if (at < 0) return false;
      return request.expectAny || isAvailable(one.block, axis, at, listedOf.get(one)!);
    };
    const candidates = new Set(
      blocks.flatMap(({ block }) => axisValues(block, axis, ask.byRank)).filter((value) => ask.accepts(value)),
    );
    const values = [...candidates].filter((value) =>
      request.expectAny ? blocks.some((one) => has(one, value)) : blocks.every((one) => has(one, value)),
    );
    if (values.length === 0) throw nothingInRange(request, axis, candidates.size);
    return { values: sortOpen(axis, values, fields.levtype), isListed: false };
  };
  return { number: resolve('number'), levelist: resolve('levelist'), step: resolve('step') };
}

function bySeconds(one: AxisValue, other: AxisValue): number {
  const end = (value: AxisValue): number => (typeof value === 'number' ? value : Number(value.split('-').at(-1)));
  return end(one) - end(other);
}

function nothingInRange(request: FeatureRequest, axis: AxisKey, candidates: number): FeatureError {
  const selector = request.keys.get(axis);
  const ends = selector?.kind === 'range' ? [selector.from, selector.to] : [];
  const why =
    candidates === 0
      ? 'the range holds no available value; widen it'
      : 'no value in the range has all of the fields; ask for fewer parameters or send "expect": "any"';
  return noData(axis, ends, why);
}
