/** What the search for regions needs to know of a grid, and the counters of its work. */
import type { Rotation } from './rotation.js';

/**
 * separable: one latitude a row, one longitude a column. projected: axes of another plane. panels: two projected grids
 * that share the sphere. curvilinear: two-dimensional coordinates. scattered: no order at all.
 */
export type RegionClass = 'separable' | 'projected' | 'panels' | 'curvilinear' | 'scattered';

export interface RegionGrid {
  /** equal ids mean equal points */
  readonly id: string;
  readonly kind: RegionClass;
  readonly ni: number;
  readonly nj: number;
  /** columns that count: ni, or ni - 1 where the last repeats the first */
  readonly columns: number;
  /** column ni + 1 is column 1 */
  readonly periodic: boolean;
  /** degrees; longitude in [0, 360); storage order, or the given storage offsets */
  latlon(points?: Uint32Array): Promise<{ readonly lat: Float64Array; readonly lon: Float64Array }>;
  /** x, y pairs, 1-based and fractional; NaN outside the footprint */
  locate(lat: Float64Array, lon: Float64Array): Promise<Float64Array>;
  /** panels only: Yin, Yang, the frame of Yin, and its axes in that frame */
  readonly panels?: {
    readonly yin: RegionGrid;
    readonly yang: RegionGrid;
    readonly yinFrame: Rotation;
    readonly yinAxes: { readonly lon: Float64Array; readonly lat: Float64Array };
  };
}

/** Work done in one search; what the growth of planning is judged by. */
export interface Operations {
  /** points compared with the exact shape */
  exactTests: number;
  /** pieces of boundary that were bisected */
  subdivisions: number;
  /** rows looked at */
  rows: number;
  /** cells near the boundary */
  marked: number;
}

export const noOperations = (): Operations => ({ exactTests: 0, subdivisions: 0, rows: 0, marked: 0 });
