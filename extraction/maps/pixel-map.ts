/**
 * For each pixel of a picture the grid point whose value it shows: the same for every field of a grid, so it is made once
 * and kept for as long as there is room.
 */
import { NO_POINT, nearest } from '../../native/index.js';
import type { Grid } from '../grid/grid-type.js';
import { EARTH_RADIUS_KM } from '../grid/sphere.js';
import { ByteCache } from '../store/byte-cache.js';
import { type MapBox, type MapCrs, pixelPlaces } from './reproject.js';

export interface Picture {
  readonly crs: MapCrs;
  readonly box: MapBox;
  readonly width: number;
  readonly height: number;
}

export interface PixelMap {
  /** storage offset of the grid point of each pixel, row by row from the top; NO_POINT outside the grid */
  readonly points: Uint32Array;
  /** whether any pixel lies on the grid */
  readonly isEmpty: boolean;
  /** names the grid and the picture */
  readonly key: string;
}

/** Points without order have no cells: a pixel shows the nearest one up to this distance. */
const REACH_KM = 25;

/** Nearest points of places; NO_POINT outside the footprint. */
export async function nearestOf(grid: Grid, lat: Float64Array, lon: Float64Array): Promise<Uint32Array> {
  if (grid.kind !== 'curvilinear' && grid.kind !== 'scattered') return nearest(grid.def, lat, lon);
  const found = await grid.nearest(lat, lon);
  const reach = grid.kind === 'scattered' ? REACH_KM : 2 * EARTH_RADIUS_KM * Math.PI;
  return found.point.map((point, n) => {
    const onGlobe = lat[n]! >= -90 && lat[n]! <= 90;
    return onGlobe && found.inside[n] === 1 && found.distanceKm[n]! <= reach ? point : NO_POINT;
  });
}

export class PixelMaps {
  readonly #maps: ByteCache<PixelMap>;
  readonly #turns: ByteCache<Float64Array>;

  /** Half of the room is for maps, half for the angles of winds along them. */
  constructor(maxBytes: number) {
    this.#maps = new ByteCache({ maxBytes: maxBytes / 2, bytesOf: ({ points }) => points.byteLength });
    this.#turns = new ByteCache({ maxBytes: maxBytes / 2, bytesOf: (turns) => turns.byteLength });
  }

  /** The map of a picture on a grid. */
  of(grid: Grid, picture: Picture): Promise<PixelMap> {
    const { crs, box, width, height } = picture;
    const key = `${grid.id} ${crs} ${box.minx} ${box.miny} ${box.maxx} ${box.maxy} ${width} ${height}`;
    return this.#maps.get(key, async () => {
      const { lat, lon } = pixelPlaces(crs, box, width, height);
      const points = await nearestOf(grid, lat, lon);
      return { key, points, isEmpty: points.every((point) => point === NO_POINT) };
    });
  }

  /** (c, s) pairs at the points of a map, some pair outside the grid. */
  turns(grid: Grid, { key, points }: PixelMap): Promise<Float64Array> {
    return this.#turns.get(key, () => grid.rotation(points.map((point) => (point === NO_POINT ? 0 : point))));
  }
}
