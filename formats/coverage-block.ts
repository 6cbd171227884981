/**
 * Coverages on their way to a format: what the plan says and the records gave, before any text. Longitudes are those of the
 * grid (any turn), times ms since the epoch, levels as asked for. Lists shared by several coverages are the same object, so
 * an encoder may keep what it made of them.
 */
import type { Levtype, ParamRef } from '../schemas/vocabulary.js';

/** Horizontal points of an area, in grid order. */
export interface PointList {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
}

/** Points of a path, in path order, each with its level. */
export interface PathList extends PointList {
  readonly level: Float64Array;
  /** one a point; a single entry holds for all */
  readonly time: Float64Array;
}

export type BlockDomain =
  | {
      readonly type: 'PointSeries';
      readonly lat: number;
      readonly lon: number;
      readonly level: number;
      readonly times: Float64Array;
    }
  | {
      readonly type: 'VerticalProfile';
      readonly lat: number;
      readonly lon: number;
      readonly levels: Float64Array;
      readonly time: number;
    }
  | {
      readonly type: 'MultiPoint';
      /** base time of the run, and time of the values */
      readonly base: number;
      readonly valid: number;
      readonly points: PointList;
      readonly levels: Float64Array;
    }
  | { readonly type: 'Trajectory'; readonly path: PathList };

export type BlockMetadata = Readonly<Record<string, string | number | readonly number[] | readonly string[]>>;

export interface BlockRange {
  readonly param: ParamRef;
  /** NaN: no value. Order: times; levels; levels outermost, then points; path */
  readonly values: Float32Array;
  /** the values as the records hold them, where that is more than float32; formats of float32 pass over it */
  readonly exact?: Float64Array;
}

export interface CoverageBlock {
  readonly metadata: BlockMetadata;
  readonly domain: BlockDomain;
  readonly ranges: readonly BlockRange[];
}

/** What all coverages of an answer have in common. */
export interface CollectionHead {
  readonly domainType: BlockDomain['type'];
  readonly params: readonly ParamRef[];
  /** names of params whose values are integers without unit conversion */
  readonly integers: ReadonlySet<string>;
  readonly levtype: Levtype | null;
}
