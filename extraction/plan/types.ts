/**
 * A plan: which records are read, at which points, and what coverages are made of the values. It holds numbers only, no
 * data; equal requests on equal data make equal plans.
 */
import type { BlockDomain, BlockMetadata, CollectionHead } from '../../formats/coverage-block.js';
import type { FeatureRequest } from '../../schemas/vocabulary.js';
import type { Datacube } from '../datacube.js';

/** Slot of a field that does not exist (only under `expect: any`): its values are missing. */
export const NO_SLOT = -1;

/**
 * Which values of a group a range takes. `one`: the same place of every field, as the weighted sum of point slots (none:
 * missing). `all`: every field at every point, in `order` where it is given. `each`: pairs of field and point slot.
 */
export type Pick =
  | { readonly kind: 'one'; readonly slots: readonly number[]; readonly weights: readonly number[] }
  | { readonly kind: 'all'; readonly order?: Uint32Array }
  | { readonly kind: 'each'; readonly field: Uint32Array; readonly slot: Uint32Array };

export interface PlannedRange {
  /** number in the selection's params */
  readonly param: number;
  /** record slots of the group, or NO_SLOT; in the order of the values */
  readonly fields: Int32Array;
  /** record slots of the partner component, for winds that are turned */
  readonly partners?: Int32Array;
  readonly pick: Pick;
}

export interface PlannedCoverage {
  readonly metadata: BlockMetadata;
  readonly domain: BlockDomain;
  readonly ranges: readonly PlannedRange[];
}

/** Records that are read together, and the coverages made of them. */
export interface PlannedGroup {
  /** rows of the datacube, each once */
  readonly rows: Uint32Array;
  /** storage offsets: for all records, or (with `starts`, CSR) record r its own points[starts[r] .. starts[r+1]) */
  readonly points: Uint32Array;
  readonly starts?: Uint32Array;
  /** c, s pairs of `points` where grid axes are not east and north */
  readonly turns?: Float64Array;
  readonly coverages: readonly PlannedCoverage[];
}

/** Price of a request. `values` = numbers in the answer. */
export interface PlanCost {
  readonly fields: number;
  readonly points: number;
  readonly values: number;
  readonly bytes_estimate: number;
  readonly coverages: number;
}

export interface Plan {
  readonly request: FeatureRequest;
  readonly cube: Datacube;
  readonly head: CollectionHead;
  /** numbers of params with records that float32 rounds: their values are read in float64 too */
  readonly wide: ReadonlySet<number>;
  readonly groups: readonly PlannedGroup[];
  readonly cost: PlanCost;
  /** remarks for the metadata of the job */
  readonly notes: readonly string[];
}

/** Values that a group reads. */
export function groupValues(group: PlannedGroup): number {
  return group.starts === undefined ? group.rows.length * group.points.length : group.points.length;
}

/** Place of a record's first value among those of its group; its point slots follow. */
export function baseOf(group: PlannedGroup, slot: number): number {
  return group.starts === undefined ? slot * group.points.length : group.starts[slot]!;
}
