/**
 * Regions on grids whose rows are parallels: each row cuts the shape in intervals of longitude, and each interval is a
 * range of columns found by bisection. No point is tested.
 */
import type { Operations, RegionGrid } from './grid-view.js';
import { normalise } from './intervals.js';
import { type Shape, TOLERANCE } from './shape.js';
import { SpanBuilder, type Spans } from './spans.js';

/** Axes of a separable grid: latitudes of rows, longitudes of counted columns, unwrapped and ascending. */
export interface SeparableAxes {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly latAscends: boolean;
  /** true when column i of the grid is entry columns - 1 - i of `lon` */
  readonly lonReversed: boolean;
}

/** Axes from the first row and the first column. */
export async function separableAxes(grid: RegionGrid): Promise<SeparableAxes> {
  const row = await grid.latlon(Uint32Array.from({ length: grid.columns }, (_, i) => i));
  const column = await grid.latlon(Uint32Array.from({ length: grid.nj }, (_, j) => j * grid.ni));
  const lon = Float64Array.from(row.lon);
  for (let i = 1; i < lon.length; i++) {
    const step = lon[i]! - lon[i - 1]!;
    lon[i] = lon[i]! - 360 * Math.round(step / 360);
  }
  const lonReversed = lon.length > 1 && lon[1]! < lon[0]!;
  if (lonReversed) lon.reverse();
  const lat = column.lat;
  return { lat, lon, latAscends: lat.length < 2 || lat[1]! > lat[0]!, lonReversed };
}

/** First index of an ascending axis whose value is >= value. */
function lowerBound(axis: Float64Array, value: number): number {
  let low = 0;
  let high = axis.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (axis[mid]! < value) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** First and last row (inclusive) whose latitude lies in the shape's range. */
function rowRange(axes: SeparableAxes, shape: Shape): [number, number] {
  const ascending = axes.latAscends ? axes.lat : Float64Array.from(axes.lat).reverse();
  const first = lowerBound(ascending, shape.south - TOLERANCE);
  let last = lowerBound(ascending, shape.north + TOLERANCE);
  while (last < ascending.length && ascending[last]! <= shape.north + TOLERANCE) last++;
  last--;
  if (axes.latAscends) return [first, last];
  return [ascending.length - 1 - last, ascending.length - 1 - first];
}

/** Column ranges (inclusive pairs, disjoint, ascending) that an interval list covers on every turn of longitude. */
function columnRanges(axes: SeparableAxes, intervals: readonly number[]): number[] {
  const { lon } = axes;
  const n = lon.length;
  const ranges: number[] = [];
  for (let p = 0; p < intervals.length; p += 2) {
    const lo = intervals[p]!;
    const hi = intervals[p + 1]!;
    if (hi - lo >= 360) return [0, n - 1];
    const firstTurn = Math.ceil((lo - lon[n - 1]!) / 360);
    for (let k = firstTurn; lon[0]! + 360 * k <= hi; k++) {
      const from = lowerBound(lon, lo - 360 * k);
      let to = lowerBound(lon, hi - 360 * k);
      while (to < n && lon[to]! <= hi - 360 * k) to++;
      if (from < to) ranges.push(from, to - 1);
    }
  }
  if (axes.lonReversed) {
    for (let p = 0; p < ranges.length; p += 2) {
      const from = ranges[p]!;
      ranges[p] = n - 1 - ranges[p + 1]!;
      ranges[p + 1] = n - 1 - from;
    }
  }
  return ranges.length > 2 || axes.lonReversed ? normalise(ranges) : ranges;
}

/** Points of a separable grid in a shape. */
export function separableRegion(grid: RegionGrid, axes: SeparableAxes, shape: Shape, operations: Operations): Spans {
  const builder = new SpanBuilder();
  const [first, last] = rowRange(axes, shape);
  for (let j = first; j <= last; j++) {
    operations.rows++;
    const ranges = columnRanges(axes, shape.at(axes.lat[j]!));
    for (let p = 0; p < ranges.length; p += 2) {
      builder.add(j * grid.ni + ranges[p]!, ranges[p + 1]! - ranges[p]! + 1);
    }
  }
  return builder.finish();
}
