/** What a grid can be asked: the face that all kinds of grids share. */
import type { GridDef } from '../../schemas/vocabulary.js';
import type { GridWrap } from './axes.js';
import type { NearestPoints } from './closest.js';
import type { Rotation } from './params.js';
import type { Weights } from './weights.js';

/**
 * separable: one latitude a row, one longitude a column. projected: axes of another plane. panels: two projected grids
 * that share the sphere (U). curvilinear: two-dimensional coordinates. scattered: points without order.
 */
export type GridKind = 'separable' | 'projected' | 'panels' | 'curvilinear' | 'scattered';

/** Degrees, longitude in [-180, 180). */
export interface Places {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
}

export interface Grid {
  /** SHA-256 of the geometry: equal ids mean equal points */
  readonly id: string;
  readonly def: GridDef;
  readonly ni: number;
  readonly nj: number;
  /** ni * nj */
  readonly size: number;
  readonly kind: GridKind;
  readonly wrap: GridWrap;
  /** distinct columns: ni, less those at the end that repeat the first ones */
  readonly columns: number;
  /** column `columns + 1` is column 1 */
  readonly periodic: boolean;
  /** PROJ string of the frame of the native axes */
  readonly crs: string;
  /** separable only: latitudes of rows in array order, longitudes of columns, unwrapped (they may leave [-180, 180)) */
  readonly axes?: Places;
  /** panels only: Yin, Yang, the frame of Yin, and its axes in that frame */
  readonly panels?: {
    readonly yin: Grid;
    readonly yang: Grid;
    readonly yinFrame: Rotation;
    readonly yinAxes: Places;
  };
  /** Places of all points in storage order, or of storage offsets. Throws `bad_value` for an offset outside the array. */
  latlon(points?: Uint32Array): Promise<Places>;
  /** Fractional 1-based array indices, x,y pairs; NaN pairs outside the footprint, and everywhere on scattered points. */
  locate(lat: Float64Array, lon: Float64Array): Promise<Float64Array>;
  /** Nearest owned points; places outside the footprint get theirs too, with `inside` 0. */
  nearest(lat: Float64Array, lon: Float64Array): Promise<NearestPoints>;
  /** Bilinear (triangles: barycentric) weights; no entries outside the footprint and on points without order. */
  bilinear(lat: Float64Array, lon: Float64Array): Promise<Weights>;
  /** (c, s) pairs: east = c*u - s*v, north = s*u + c*v */
  rotation(points: Uint32Array): Promise<Float64Array>;
  /** The same pairs at places. At a pole, east is that of the longitude given. */
  rotationAt(lat: Float64Array, lon: Float64Array): Float64Array;
  /** 1 where a result may list the point: not a repeated column, and of two panels the one that owns the place. */
  owned(points: Uint32Array): Promise<Uint8Array>;
}
