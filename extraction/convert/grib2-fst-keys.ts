/** Levels and times of GRIB2 products as ip1, ip2 and ip3. */
import type { FixedSurface } from '../../formats/grib2/parameters.js';
import type { Product, Surface } from '../../formats/grib2/products.js';
import { FeatureError } from '../../schemas/problem.js';
import { encodeIp, KIND } from '../fst/ip.js';
import { encodeTriplet } from '../fst/ip-triplet.js';

const PA_PER_HPA = 100;

/** Kinds by type of code table 4.5, and what values are multiplied by. */
const KINDS: ReadonlyMap<number, readonly [kind: number, factor: number]> = new Map([
  [100, [KIND.pressure, 1 / PA_PER_HPA]],
  [102, [KIND.heightAboveSea, 1]],
  [103, [KIND.heightAboveGround, 1]],
  [104, [KIND.sigma, 1]],
  [105, [KIND.hybrid, 1]],
  [107, [KIND.theta, 1]],
  [118, [KIND.galChen, 1]],
  [160, [KIND.depth, 1]],
]);

/** Surfaces without a value: ground, cloud and sea levels, tropopause, whole columns, top of the atmosphere, mean sea level. */
const NO_VALUE = new Set([1, 2, 3, 4, 5, 6, 7, 8, 10, 101, 200]);
const TOP = 8;
const COLUMN = new Set([10, 200]);
const MEAN_SEA = 101;
const GROUND = 1;
const SOIL = 106;

/** The surface as the parameter table names it; undefined for levels with a value. */
export function surfaceOf(first: Surface, second: Surface | undefined): FixedSurface | undefined {
  if (COLUMN.has(first.type) || (first.type === GROUND && second?.type === TOP)) return 'column';
  if (first.type === MEAN_SEA) return 'mean-sea';
  if (first.type === TOP) return 'top';
  if (first.type === SOIL) return 'soil';
  return first.type === GROUND ? 'ground' : undefined;
}

function levelOf({
  first,
  second,
}: Product): { readonly from: number; readonly to: number; readonly kind: number } | undefined {
  if (NO_VALUE.has(first.type)) return undefined;
  const row = KINDS.get(first.type);
  if (row === undefined || first.value === undefined) {
    throw new FeatureError(
      'unsupported_type',
      `surface type ${first.type} has no kind of level in records; leave the message out.`,
    );
  }
  const [kind, factor] = row;
  const from = first.value * factor;
  if (kind === KIND.hybrid && from > 1) return { from, to: from, kind: KIND.code };
  const layer = second?.type === first.type && second.value !== undefined;
  return { from, to: layer ? second.value! * factor : from, kind };
}

const HOUR = 3600;
const isWhole = (hours: number): boolean => Number.isInteger(hours) && hours <= 32767;

/** With `intervals` the bounds of an interval go into ip2 and ip3, else its length in whole hours into ip3. */
export function ipsOf(
  product: Product,
  intervals: boolean,
): { readonly ip1: number; readonly ip2: number; readonly ip3: number } {
  const level = levelOf(product);
  const hours = product.lead / HOUR;
  const ip1 = level === undefined ? 0 : encodeIp(level.from, level.kind);
  const ip2 = isWhole(hours) ? hours : encodeIp(hours, KIND.hours);
  if (level !== undefined && level.from !== level.to) {
    const [lower, time, upper] = encodeTriplet(level, { from: hours, to: hours });
    return { ip1: lower, ip2: time, ip3: upper };
  }
  if (product.interval === undefined) return { ip1, ip2, ip3: 0 };
  const from = product.interval.from / HOUR;
  if (intervals) return { ip1, ip2: encodeIp(hours, KIND.hours), ip3: encodeIp(from, KIND.hours) };
  return { ip1, ip2, ip3: isWhole(hours - from) ? hours - from : 0 };
}
