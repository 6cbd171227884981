/**
 * A FeatureRequest meets the datacube: which fields it asks for, as one dense cube of rows. All or nothing: a value
 * without data is refused by name, unless the request says `expect: any`.
 */
import type { Levtype, ParamRef } from '../schemas/vocabulary.js';

/** Row value of a field that does not exist (only under `expect: any`). */
export const NO_ROW = 0xffffffff;

/**
 * Fields of a request as a dense cube [base][number][level][step][param], param fastest; `rows` are rows of the
 * datacube's merged table, whose columns give file, offset and packing (extraction/datacube.ts).
 */
export interface Selection {
  readonly levtype: Levtype | null;
  /** base date-times, ms since the epoch, ascending */
  readonly bases: Float64Array;
  /** member numbers; [0] for deterministic runs */
  readonly numbers: Int32Array;
  readonly hasMembers: boolean;
  /** level values as asked for (hPa, m, hybrid, or model level rank); [0] for surface fields */
  readonly levels: Float64Array;
  /** lead times in seconds, ascending */
  readonly steps: Float64Array;
  readonly params: readonly ParamRef[];
  readonly rows: Uint32Array;
  /**
   * Same shape as `rows`; for params with `rotate` the row of the partner component of the same field, NO_ROW elsewhere
   * and where there is none. Absent when no param needs it.
   */
  readonly partners?: Uint32Array;
  /** single-valued request keys for `mars:metadata` (class, stream, expver, …), as text */
  readonly metadata: Readonly<Record<string, string>>;
}
