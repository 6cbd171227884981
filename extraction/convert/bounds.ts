/** Bounds of cells along an axis: midpoints, and half a step beyond the ends (docs/formats/grids.md#bounds). */

/** Pairs of bounds, one pair a value; clipped to ±`limit`. */
export function axisBounds(values: Float64Array, limit = Infinity): Float64Array {
  const n = values.length;
  const out = new Float64Array(2 * n);
  if (n < 2) return out;
  const edge = (k: number): number => {
    if (k === 0) return values[0]! - (values[1]! - values[0]!) / 2;
    if (k === n) return values[n - 1]! + (values[n - 1]! - values[n - 2]!) / 2;
    return (values[k - 1]! + values[k]!) / 2;
  };
  for (let k = 0; k < n; k++) {
    out[2 * k] = Math.max(-limit, Math.min(limit, edge(k)));
    out[2 * k + 1] = Math.max(-limit, Math.min(limit, edge(k + 1)));
  }
  return out;
}

/** Bounds of rows of latitude; on a grid that closes around the globe the ends reach to the pole that is next to them. */
export function rowBounds(lat: Float64Array, closed: boolean): Float64Array {
  const out = axisBounds(lat, 90);
  const n = lat.length;
  if (!closed || n < 2) return out;
  const step = Math.abs(lat[1]! - lat[0]!);
  if (90 - Math.abs(out[0]!) < step) out[0] = Math.sign(out[0]!) * 90;
  if (90 - Math.abs(out[2 * n - 1]!) < step) out[2 * n - 1] = Math.sign(out[2 * n - 1]!) * 90;
  return out;
}
