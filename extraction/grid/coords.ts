/** Coordinates of a whole grid as one array, the form in which `polyfst coords` writes them. */
import * as native from '../../native/index.js';
import type { GridDef } from '../../schemas/vocabulary.js';

/**
 * Latitudes of all points, then longitudes in [0, 360), degrees, storage order (U: Yin rows, then Yang rows).
 * Throws `unsupported_grid` or `grid_error`.
 */
export async function gridCoordinates(def: GridDef): Promise<Float64Array> {
  const { lat, lon } = await native.gridPoints(def);
  const out = new Float64Array(2 * lat.length);
  out.set(lat);
  out.set(lon, lat.length);
  return out;
}
