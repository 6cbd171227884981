/**
 * What a request asks of member, level and step, and where that is in a block. A listed value keeps its form (`0.995` is a
 * hybrid value, `3` a rank, `0-21600` an interval in seconds); an open range stands for the values that exist.
 */
import { inRange, isHybrid, valuesOf } from '../../schemas/mars.js';
import type {
  AxisValue,
  Feature,
  FeatureRequest,
  KeySelector,
  Levtype,
  TrajectoryVertex,
} from '../../schemas/vocabulary.js';
import { type FieldBlock, NONE, placeNear, positionAt } from '../catalogue/field-block.js';

export const AXES = ['number', 'levelist', 'step'] as const;
export type AxisKey = (typeof AXES)[number];

/** The member number that stands for "no members". */
export const NO_MEMBER = -1;
const LEVEL_TOLERANCE = 1e-5;

export type AxisAsk =
  /** each of these, in this order */
  | { readonly kind: 'listed'; readonly values: readonly AxisValue[] }
  /** every value there is that passes; `byRank`: values are ranks of model levels */
  | { readonly kind: 'open'; readonly accepts: (value: number) => boolean; readonly byRank: boolean };

export interface AxisAsks {
  readonly number: AxisAsk | undefined;
  readonly levelist: AxisAsk;
  readonly step: AxisAsk;
  /** path features name the fields that they need by their vertices: other combinations may be missing */
  readonly sparse: boolean;
}

const EVERYTHING: AxisAsk = { kind: 'open', accepts: () => true, byRank: false };

function fromSelector(
  key: AxisKey,
  selector: KeySelector | undefined,
  levtype: Levtype | undefined,
): AxisAsk | undefined {
  if (selector === undefined || selector.kind === 'glob') return undefined;
  const values = valuesOf(key, selector);
  if (values !== undefined) return { kind: 'listed', values };
  const range = selector as Extract<KeySelector, { kind: 'range' }>;
  const byRank = key === 'levelist' && levtype === 'ml' && !isHybrid(range.from) && !isHybrid(range.to);
  // Ends are decimals, stored levels float32: both ends are widened by the tolerance of levels.
  const slack = key === 'levelist' ? LEVEL_TOLERANCE : 0;
  const accepts = (value: number): boolean =>
    inRange(key, range, value) || near(value, Number(range.from), slack) || near(value, Number(range.to), slack);
  return { kind: 'open', accepts, byRank };
}

function near(value: number, other: number, relative: number): boolean {
  return relative > 0 && Math.abs(value - other) <= relative * Math.abs(other);
}

function between(low: number, high: number, byRank: boolean): AxisAsk {
  const accepts = (value: number): boolean =>
    (value >= low && value <= high) || near(value, low, LEVEL_TOLERANCE) || near(value, high, LEVEL_TOLERANCE);
  return { kind: 'open', accepts, byRank };
}

/** The values of an axis that a path goes through: its vertices when it only samples them, else the range it sweeps. */
function alongPath(feature: Extract<Feature, { type: 'trajectory' }>, axis: 'level' | 'step', ml: boolean): AxisAsk {
  const values = [...new Set(feature.vertices.map((vertex: TrajectoryVertex) => vertex[axis] ?? 0))];
  if (feature.sample) return { kind: 'listed', values };
  const margin = feature.inflation[axis];
  const low = Math.min(...values) - margin;
  const high = Math.max(...values) + margin;
  return between(low, high, ml && !values.some(isHybrid));
}

function levelAsk(request: FeatureRequest, levtype: Levtype | undefined): AxisAsk {
  const { feature, keys } = request;
  const ml = levtype === 'ml';
  if (levtype === 'sfc') return EVERYTHING;
  if (feature.type === 'trajectory' && feature.axes.includes('levelist')) return alongPath(feature, 'level', ml);
  if (feature.type === 'boundingbox' && feature.levels !== undefined) {
    const [low, high] = feature.levels;
    return between(low, high, ml && !isHybrid(low) && !isHybrid(high));
  }
  return fromSelector('levelist', keys.get('levelist'), levtype) ?? EVERYTHING;
}

/** Reads the asks of all axes; a key that the request leaves open asks for everything that the other keys select. */
export function readAsks(request: FeatureRequest, levtype: Levtype | undefined): AxisAsks {
  const { feature, keys } = request;
  const onPath = feature.type === 'trajectory' && feature.axes.includes('step');
  return {
    number: fromSelector('number', keys.get('number'), levtype),
    levelist: levelAsk(request, levtype),
    step: onPath ? alongPath(feature, 'step', false) : (fromSelector('step', keys.get('step'), levtype) ?? EVERYTHING),
    sparse: feature.type === 'trajectory' && feature.axes.length > 2,
  };
}

/** Whether a listed level is a rank from the top. */
function isRank(block: FieldBlock, value: AxisValue): boolean {
  return block.ranks.some((rank) => rank > 0) && !isHybrid(value);
}

/** First place of an exact value on an ascending axis, -1 without it. */
function firstPlace(axis: Float64Array, value: number): number {
  let low = 0;
  let high = axis.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (axis[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return axis[low] === value ? low : -1;
}

function placeOfStep(block: FieldBlock, value: AxisValue, sinceStart: boolean): number {
  const interval = typeof value === 'string' ? value.split('-').map(Number) : undefined;
  const end = interval?.[1] ?? Number(value);
  const start = interval?.[0];
  let place = firstPlace(block.steps, end);
  if (place < 0 || start === undefined) return place;
  for (; block.steps[place] === end; place++) if (block.stepFroms[place] === start) return place;
  const plain = firstPlace(block.steps, end);
  if (!Number.isNaN(block.stepFroms[plain]!)) return -1;
  // Old-style records say the length of an accumulation in ip3 (hours), or accumulate from the start of the run.
  const hours = (end - start) / 3600;
  const isLength = block.rows.some(
    (row) => block.run.columns.step[row] === end && block.run.columns.ip3[row] === hours,
  );
  return isLength || (sinceStart && start === 0) ? plain : -1;
}

/** Place of a value on an axis of a block, -1 without it. `sinceStart`: the variable accumulates from the start of the run. */
export function placeOf(block: FieldBlock, axis: AxisKey, value: AxisValue, sinceStart: boolean): number {
  if (axis === 'step') return placeOfStep(block, value, sinceStart);
  if (axis === 'number') {
    const place = block.numbers.indexOf(Number(value));
    // A deterministic run is its own member 0.
    return place < 0 && value === 0 ? block.numbers.indexOf(NO_MEMBER) : place;
  }
  if (isRank(block, value)) return block.ranks.indexOf(Number(value));
  return placeNear(block.levels, Number(value), LEVEL_TOLERANCE);
}

/** Values of an axis that exist in a block: ranks, or values as they are. */
export function axisValues(block: FieldBlock, axis: AxisKey, byRank: boolean): number[] {
  if (axis === 'number') return [...block.numbers];
  if (axis === 'step') return [...new Set(block.steps)];
  return byRank ? [...new Set(block.ranks)].filter((rank) => rank > 0) : [...block.levels];
}

/** Places of the listed values of each axis; undefined for an open axis. */
export type ListedPlaces = Readonly<Record<AxisKey, readonly number[] | undefined>>;

/** Whether a place of an axis has a field for every combination of the listed values of the other axes. */
export function isAvailable(block: FieldBlock, axis: AxisKey, place: number, listed: ListedPlaces): boolean {
  const places = AXES.map((name) => (name === axis ? [place] : listed[name]));
  const walk = (at: number, chosen: readonly number[]): boolean => {
    if (at === AXES.length) return positionAt(block, chosen[0]!, chosen[1]!, chosen[2]!) !== NONE;
    const here = places[at];
    if (here !== undefined) return here.every((one) => walk(at + 1, [...chosen, one]));
    const length = [block.numbers.length, block.levels.length, block.steps.length][at]!;
    for (let one = 0; one < length; one++) if (walk(at + 1, [...chosen, one])) return true;
    return false;
  };
  return walk(0, []);
}

/** Order of an open axis: levels by decreasing pressure or increasing height, everything else ascending. */
export function sortOpen(axis: AxisKey, values: number[], levtype: Levtype | null): number[] {
  const upwards = axis !== 'levelist' || levtype === 'hl' || levtype === 'pt';
  return values.sort((one, other) => (upwards ? one - other : other - one));
}
