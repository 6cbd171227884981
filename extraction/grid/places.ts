/** What curvilinear and scattered grids share: answers straight from their lists of places. */
import { FeatureError } from '../../schemas/problem.js';
import { checkedPoints } from './check-points.js';
import { Closest, emptyNearest, type NearestPoints } from './closest.js';
import type { Places } from './grid-type.js';
import type { KdTree } from './nearest.js';
import { EARTH_RADIUS_KM } from './sphere.js';

/** Places of the points, or of all. */
export function pick(places: Places, points: Uint32Array | undefined, size: number): Places {
  if (!points) return { lat: places.lat.slice(), lon: places.lon.slice() };
  checkedPoints(points, size);
  return {
    lat: Float64Array.from(points, (k) => places.lat[k]!),
    lon: Float64Array.from(points, (k) => places.lon[k]!),
  };
}

/** (1, 0) for every point: components are towards east and north already. */
export function unturned(points: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 2 * points.length }, (_, k) => 1 - (k % 2));
}

/** Nearest points of a tree; `inside` is left at 0. */
export function nearestInTree(tree: KdTree, lat: Float64Array, lon: Float64Array): NearestPoints {
  if (tree.size === 0) throw new FeatureError('grid_error', 'No point of the grid has a valid latitude and longitude.');
  const out = emptyNearest(lat.length);
  const closest = new Closest();
  for (let n = 0; n < lat.length; n++) {
    closest.reset(lon[n]!);
    tree.nearest(lat[n]!, lon[n]!, closest);
    out.point[n] = closest.point;
    out.lat[n] = closest.lat;
    out.lon[n] = closest.lon;
    out.distanceKm[n] = closest.angle * EARTH_RADIUS_KM;
  }
  return out;
}
