/**
 * Coverages with the axes of the standard: x, y, z and t, or one composite axis of points. What EDR and Coverages answer
 * with, before any text. Small by contract (below the inline limit), so they are whole in memory.
 */
import type { Levtype, ParamRef } from '../schemas/vocabulary.js';
import type { BlockMetadata } from './coverage-block.js';

/** Points that share one axis; arrays of one length. A time or level that all share is an axis instead. */
export interface CompositeAxis {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z?: Float64Array;
  /** ms */
  readonly t?: Float64Array;
}

export type OgcDomainType = 'PointSeries' | 'VerticalProfile' | 'Point' | 'Grid' | 'MultiPoint' | 'Trajectory';

export interface OgcDomain {
  readonly type: OgcDomainType;
  /** degrees, absent with `composite` */
  readonly x?: Float64Array;
  readonly y?: Float64Array;
  readonly z?: Float64Array;
  /** ms */
  readonly t?: Float64Array;
  readonly composite?: CompositeAxis;
}

export interface OgcRange {
  readonly param: ParamRef;
  /** NaN: no value; order [t][z][y][x], or of the composite */
  readonly values: Float32Array;
  /** the values as the records hold them, where that is more than float32; formats of float32 pass over it */
  readonly exact?: Float64Array;
}

type Values = Float32Array | Float64Array;

/** A range of `count` values out of those of others, in float64 too where one of them is; what `fill` leaves is missing. */
export function rangeFrom(
  param: ParamRef,
  ranges: readonly OgcRange[],
  count: number,
  fill: (out: Values, valuesOf: (range: OgcRange) => Values) => void,
): OgcRange {
  const values = new Float32Array(count).fill(Number.NaN);
  fill(values, (range) => range.values);
  if (ranges.every(({ exact }) => exact === undefined)) return { param, values };
  const exact = new Float64Array(count).fill(Number.NaN);
  fill(exact, (range) => range.exact ?? range.values);
  return { param, values, exact };
}

export interface OgcCoverage {
  readonly metadata: BlockMetadata;
  readonly domain: OgcDomain;
  readonly ranges: readonly OgcRange[];
}

export interface OgcAnswer {
  readonly params: readonly ParamRef[];
  /** names of params whose values are integers */
  readonly integers: ReadonlySet<string>;
  readonly levtype: Levtype | null;
  readonly coverages: readonly OgcCoverage[];
}

/** Names and lengths of the axes of a domain's ranges. */
export function rangeAxes(domain: OgcDomain): { readonly names: readonly string[]; readonly shape: readonly number[] } {
  if (domain.composite !== undefined) return { names: ['composite'], shape: [domain.composite.x.length] };
  const { x, y, z, t, type } = domain;
  if (type === 'PointSeries') return { names: ['t'], shape: [t!.length] };
  if (type === 'VerticalProfile') return { names: ['z'], shape: [z!.length] };
  if (type === 'Point') return { names: [], shape: [] };
  const axes = (
    [
      ['t', t],
      ['z', z],
      ['y', y],
      ['x', x],
    ] as const
  ).flatMap(([name, values]) => (values === undefined ? [] : [[name, values.length] as const]));
  return { names: axes.map(([name]) => name), shape: axes.map(([, length]) => length) };
}

/** One place of a coverage and where its value is. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** NaN without levels */
  readonly z: number;
  /** ms; NaN without times */
  readonly t: number;
  readonly index: number;
}

/** Every place of a coverage in the order of its values. */
export function* placesOf({ domain }: OgcCoverage): Generator<Place> {
  const { composite } = domain;
  if (composite !== undefined) {
    for (let index = 0; index < composite.x.length; index++) {
      yield {
        x: composite.x[index]!,
        y: composite.y[index]!,
        z: composite.z?.[index] ?? domain.z?.[0] ?? Number.NaN,
        t: composite.t?.[index] ?? domain.t?.[0] ?? Number.NaN,
        index,
      };
    }
    return;
  }
  const or = (values: Float64Array | undefined): Float64Array => values ?? Float64Array.of(Number.NaN);
  let index = 0;
  for (const t of or(domain.t)) {
    for (const z of or(domain.z))
      for (const y of or(domain.y)) for (const x of or(domain.x)) yield { x, y, z, t, index: index++ };
  }
}
