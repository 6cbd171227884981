/** Closed-form grids: two axes in a geographic, rotated or polar stereographic frame. */
import * as native from '../../native/index.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { type GridWrap, separableAxes, type TensorAxes } from './axes.js';
import { bilinearWeights } from './bilinear.js';
import { checkedPoints } from './check-points.js';
import { Closest, emptyNearest, type NearestPoints, TIE } from './closest.js';
import { crsOf } from './crs.js';
import type { Grid, GridKind, Places } from './grid-type.js';
import { Rim } from './rim.js';
import { angleOfChord, DEGREE, EARTH_RADIUS_KM, putUnitVector, unitVectors, wrap180 } from './sphere.js';
import type { Weights } from './weights.js';
import { turnsAt } from './winds.js';

/** Index (0-based, clamped) of the axis value below or at v on a monotonic axis. */
function indexBelow(axis: Float64Array, v: number): number {
  const sense = axis[axis.length - 1]! < axis[0]! ? -1 : 1;
  let low = 0;
  let high = axis.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((axis[middle]! - v) * sense <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface AxisTurns {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function turnsOf(axis: Float64Array): AxisTurns {
  return { cos: axis.map((v) => Math.cos(v * DEGREE)), sin: axis.map((v) => Math.sin(v * DEGREE)) };
}

export class TensorGrid implements Grid {
  readonly ni: number;
  readonly nj: number;
  readonly size: number;
  readonly kind: GridKind;
  readonly wrap: GridWrap;
  readonly columns: number;
  readonly periodic: boolean;
  readonly crs: string;
  readonly axes?: Places;
  readonly #rim: Rim;
  /** longitudes of the columns, -180 to 180 */
  #wrapped: Float64Array | undefined;
  /** of the axes, each in degrees */
  #turns: { readonly lat: AxisTurns; readonly lon: AxisTurns } | undefined;

  constructor(
    readonly def: GridDef,
    readonly id: string,
    /** axes in the frame of the grid, for exporters */
    readonly frameAxes: TensorAxes,
  ) {
    this.ni = def.ni;
    this.nj = def.nj;
    this.size = def.ni * def.nj;
    this.wrap = frameAxes.wrap;
    this.columns = frameAxes.columns;
    this.periodic = frameAxes.wrap !== 'window';
    this.crs = crsOf(frameAxes);
    const axes = separableAxes(frameAxes);
    if (axes) this.axes = axes;
    this.kind = axes ? 'separable' : 'projected';
    this.#rim = new Rim(this);
  }

  async latlon(points?: Uint32Array): Promise<Places> {
    if (points) checkedPoints(points, this.size);
    if (this.axes) return this.#fromAxes(this.axes, points);
    const { lat, lon } = await native.gridPoints(this.def, points);
    for (let n = 0; n < lon.length; n++) lon[n] = wrap180(lon[n]!);
    return { lat, lon };
  }

  #fromAxes(axes: Places, points: Uint32Array | undefined): Places {
    this.#wrapped ??= axes.lon.map(wrap180);
    const lon = this.#wrapped;
    const count = points?.length ?? this.size;
    const out = { lat: new Float64Array(count), lon: new Float64Array(count) };
    for (let n = 0; n < count; n++) {
      const k = points ? points[n]! : n;
      out.lat[n] = axes.lat[Math.floor(k / this.ni)]!;
      out.lon[n] = lon[k % this.ni]!;
    }
    return out;
  }

  locate(lat: Float64Array, lon: Float64Array): Promise<Float64Array> {
    return native.locate(this.def, lat, lon);
  }

  async nearest(lat: Float64Array, lon: Float64Array): Promise<NearestPoints> {
    const xy = await this.locate(lat, lon);
    const { starts, points } = this.#candidates(xy, lat, lon);
    const at = await this.latlon(points);
    const vectors = this.axes ? this.#vectorsOf(this.axes, points) : unitVectors(at.lat, at.lon);
    const out = emptyNearest(lat.length);
    const closest = new Closest();
    const v = new Float64Array(3);
    for (let n = 0; n < lat.length; n++) {
      closest.reset(lon[n]!);
      putUnitVector(lat[n]!, lon[n]!, v, 0);
      let bound = Infinity;
      for (let k = starts[n]!; k < starts[n + 1]!; k++) {
        const squared =
          (v[0]! - vectors[3 * k]!) ** 2 + (v[1]! - vectors[3 * k + 1]!) ** 2 + (v[2]! - vectors[3 * k + 2]!) ** 2;
        const chord = Math.sqrt(squared);
        if (chord > bound) continue;
        bound = Math.min(bound, chord + 2 * TIE);
        closest.offer(angleOfChord(squared), points[k]!, at.lat[k]!, at.lon[k]!);
      }
      const inside = starts[n] !== starts[n + 1];
      if (!inside) await this.#rim.nearest(lat[n]!, lon[n]!, closest);
      out.point[n] = closest.point;
      out.lat[n] = closest.lat;
      out.lon[n] = closest.lon;
      out.distanceKm[n] = closest.angle * EARTH_RADIUS_KM;
      out.inside[n] = inside ? 1 : 0;
    }
    return out;
  }

  /** Unit vectors of points of a separable grid, from the sines and cosines of its axes. */
  #vectorsOf(axes: Places, points: Uint32Array): Float64Array {
    this.#turns ??= { lat: turnsOf(axes.lat), lon: turnsOf(axes.lon.map(wrap180)) };
    const { lat, lon } = this.#turns;
    const out = new Float64Array(3 * points.length);
    for (let n = 0; n < points.length; n++) {
      const column = points[n]! % this.ni;
      const row = (points[n]! - column) / this.ni;
      out[3 * n] = lat.cos[row]! * lon.cos[column]!;
      out[3 * n + 1] = lat.cos[row]! * lon.sin[column]!;
      out[3 * n + 2] = lat.sin[row]!;
    }
    return out;
  }

  /** The points around each place that may be its nearest; none outside. */
  #candidates(xy: Float64Array, lat: Float64Array, lon: Float64Array): { starts: Uint32Array; points: Uint32Array } {
    const places = xy.length / 2;
    const starts = new Uint32Array(places + 1);
    const points = new Uint32Array(8 * places);
    let count = 0;
    for (let n = 0; n < places; n++) {
      const x = xy[2 * n]!;
      if (!Number.isNaN(x)) {
        const row = Math.min(Math.max(Math.floor(xy[2 * n + 1]!), 1), this.nj) - 1;
        const rowAbove = Math.min(row + 1, this.nj - 1);
        for (const column of this.#columnsAround(x)) {
          points[count++] = row * this.ni + column;
          points[count++] = rowAbove * this.ni + column;
          if (!this.axes) continue;
          // across a wide column the nearest row is not the row at the place's own latitude
          const tilted = indexBelow(this.axes.lat, this.#footLatitude(lat[n]!, lon[n]! - this.axes.lon[column]!));
          if (tilted === row) continue;
          points[count++] = tilted * this.ni + column;
          points[count++] = Math.min(tilted + 1, this.nj - 1) * this.ni + column;
        }
      }
      starts[n + 1] = count;
    }
    return { starts, points: points.slice(0, count) };
  }

  /** Latitude of the point of a meridian `turn` degrees away that is nearest to latitude `lat`. */
  #footLatitude(lat: number, turn: number): number {
    const across = Math.cos(lat * DEGREE) * Math.cos(turn * DEGREE);
    return across > 0 ? Math.atan2(Math.sin(lat * DEGREE), across) / DEGREE : lat;
  }

  #columnsAround(x: number): readonly [number, number] {
    if (this.wrap === 'window') {
      const column = Math.min(Math.max(Math.floor(x), 1), this.ni) - 1;
      return [column, Math.min(column + 1, this.ni - 1)];
    }
    const column = (Math.floor(x) - 1) % this.columns;
    return [column, (column + 1) % this.columns];
  }

  async bilinear(lat: Float64Array, lon: Float64Array): Promise<Weights> {
    return bilinearWeights(this.frameAxes, await this.locate(lat, lon));
  }

  rotation(points: Uint32Array): Promise<Float64Array> {
    return native.rotation(this.def, points);
  }

  rotationAt(lat: Float64Array, lon: Float64Array): Float64Array {
    return turnsAt(this.frameAxes, lat, lon);
  }

  async owned(points: Uint32Array): Promise<Uint8Array> {
    return Uint8Array.from(points, (k) => (k % this.ni < this.columns ? 1 : 0));
  }
}
