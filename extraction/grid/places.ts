/** What curvilinear and scattered grids share: answers straight from their lists of places. */
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { checkedPoints } from './check-points.js';
import { Closest, emptyNearest, type NearestPoints } from './closest.js';
import { GEOGRAPHIC_CRS } from './crs.js';
import type { Places } from './grid-type.js';
import type { KdTree } from './nearest.js';
import { EARTH_RADIUS_KM } from './sphere.js';

/** Places of the points, or of all. */
function pick(places: Places, points: Uint32Array | undefined, size: number): Places {
  if (!points) return { lat: places.lat.slice(), lon: places.lon.slice() };
  checkedPoints(points, size);
  return {
    lat: Float64Array.from(points, (k) => places.lat[k]!),
    lon: Float64Array.from(points, (k) => places.lon[k]!),
  };
}

/** (1, 0) for every point: components are towards east and north already. */
function unturned(points: ArrayLike<number>): Float64Array {
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

/** A grid that is its list of places, in geographic degrees. */
export abstract class PlacesGrid {
  readonly wrap = 'window';
  readonly periodic = false;
  readonly crs = GEOGRAPHIC_CRS;
  readonly ni: number;
  readonly nj: number;
  readonly size: number;
  readonly columns: number;

  constructor(
    readonly def: GridDef,
    readonly id: string,
    protected readonly places: Places,
  ) {
    this.ni = def.ni;
    this.nj = def.nj;
    this.size = def.ni * def.nj;
    this.columns = def.ni;
  }

  async latlon(points?: Uint32Array): Promise<Places> {
    return pick(this.places, points, this.size);
  }

  async rotation(points: Uint32Array): Promise<Float64Array> {
    return unturned(checkedPoints(points, this.size));
  }

  rotationAt(lat: Float64Array): Float64Array {
    return unturned(lat);
  }

  async owned(points: Uint32Array): Promise<Uint8Array> {
    return new Uint8Array(points.length).fill(1);
  }
}
