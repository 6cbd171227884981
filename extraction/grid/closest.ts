/**
 * The one rule for "nearest": least great-circle angle; angles within 1e-9 rad are a tie, which the smaller turn of
 * longitude breaks, then the smaller storage offset (docs/formats/grids.md#nearest).
 */
import { turnBetween } from './sphere.js';

/** Angles closer than this, in radians, are equal. */
export const TIE = 1e-9;
const TURN_TIE = 1e-9;

/** Columns of nearest points, one entry a place asked for. */
export interface NearestPoints {
  /** storage offset of the point */
  readonly point: Uint32Array;
  /** degrees, longitude in [-180, 180) */
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly distanceKm: Float64Array;
  /** 1 where the place lies in the grid's footprint */
  readonly inside: Uint8Array;
}

export function emptyNearest(count: number): NearestPoints {
  return {
    point: new Uint32Array(count),
    lat: new Float64Array(count),
    lon: new Float64Array(count),
    distanceKm: new Float64Array(count),
    inside: new Uint8Array(count),
  };
}

/** Keeps the better of the candidates offered to it, for one place at a time. */
export class Closest {
  angle = Infinity;
  point = 0;
  lat = Number.NaN;
  lon = Number.NaN;
  #turn = Infinity;
  #from = 0;

  /** Starts over for a place at longitude `lon`. */
  reset(lon: number): void {
    this.angle = Infinity;
    this.#turn = Infinity;
    this.point = 0;
    this.#from = lon;
  }

  /** Considers a point at `angle` radians; true when it is now the best. */
  offer(angle: number, point: number, lat: number, lon: number): boolean {
    if (angle > this.angle + TIE) return false;
    const turn = turnBetween(lon, this.#from);
    if (angle > this.angle - TIE) {
      if (turn > this.#turn + TURN_TIE) return false;
      if (turn > this.#turn - TURN_TIE && point >= this.point) return false;
    }
    this.angle = angle;
    this.point = point;
    this.lat = lat;
    this.lon = lon;
    this.#turn = turn;
    return true;
  }
}
