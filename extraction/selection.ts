/**
 * A FeatureRequest meets the datacube: which fields it asks for, as one dense cube of rows. All or nothing: a value
 * without data is refused by name, unless the request says `expect: any`.
 */
import type { FeatureRequest, Levtype, ParamRef } from '../schemas/vocabulary.js';
import { NONE } from './catalogue/field-block.js';
import type { Datacube } from './datacube.js';
import { fillRows } from './select/fill.js';
import { levelTwins, metadataOf } from './select/metadata.js';
import { chooseFields } from './select/params.js';
import { resolveAxes } from './select/resolve.js';

/** Row value of a field that does not exist (only under `expect: any`, and off the path of a trajectory). */
export const NO_ROW: number = NONE;

/**
 * Fields of a request as a dense cube [base][number][level][step][param], param fastest; `rows` are rows of the
 * datacube's merged table, whose columns give file, offset and packing (extraction/datacube.ts).
 */
export interface Selection {
  readonly levtype: Levtype | null;
  /** base date-times, ms since the epoch, ascending */
  readonly bases: Float64Array;
  /** member numbers, ascending unless listed otherwise; [0] for deterministic runs */
  readonly numbers: Int32Array;
  readonly hasMembers: boolean;
  /** level values as asked for (hPa, m, hybrid, or model level rank); [0] for surface fields */
  readonly levels: Float64Array;
  /**
   * Model levels only: what was not asked for, hybrid values of ranks or ranks of hybrid values, of the first parameter;
   * `name` is its key in the metadata.
   */
  readonly levelTwins?: { readonly name: 'fst:hybrid' | 'fst:modelLevel'; readonly values: Float64Array };
  /** lead times in seconds, ascending; the end where an accumulation interval was asked for */
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

/**
 * Fields that a request asks for. Throws FeatureError: `no_data` (key, value and what there is), `under_specified` or
 * `mixed_grids` where the data offer several fields for one place of the cube.
 */
export function selectFields(request: FeatureRequest, cube: Datacube): Selection {
  const axes = resolveAxes(chooseFields(request, cube));
  const { fields } = axes;
  const { rows, partners } = fillRows(axes);
  const twins = levelTwins(axes);
  return {
    levtype: fields.levtype,
    bases: Float64Array.from(fields.bases, ({ run }) => run.index.base),
    numbers: Int32Array.from(axes.number.values, (value) => Math.max(0, Number(value))),
    hasMembers: axes.hasMembers,
    levels: Float64Array.from(axes.levelist.values, Number),
    ...(twins === undefined ? {} : { levelTwins: twins }),
    steps: Float64Array.from(axes.step.values, endOf),
    params: fields.params,
    rows,
    ...(partners === undefined ? {} : { partners }),
    metadata: metadataOf(fields, rows),
  };
}

/** Seconds of a step, or of the end of an interval. */
function endOf(step: string | number): number {
  return typeof step === 'number' ? step : Number(step.split('-').at(-1));
}
