/** Map projections that rasters can be made in, by EPSG code, through proj4. Latitudes of the sphere are taken for geodetic ones. */
import { FeatureError } from '../../schemas/problem.js';

const DEFINITIONS: Readonly<Record<string, string>> = {
  'EPSG:3857':
    '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs',
  'EPSG:3978': '+proj=lcc +lat_0=49 +lon_0=-95 +lat_1=49 +lat_2=77 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs',
  'EPSG:3979': '+proj=lcc +lat_0=49 +lon_0=-95 +lat_1=49 +lat_2=77 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs',
  'EPSG:3347':
    '+proj=lcc +lat_0=63.390675 +lon_0=-91.8666666666667 +lat_1=49 +lat_2=77 +x_0=6200000 +y_0=3000000 +ellps=GRS80 +units=m +no_defs',
  'EPSG:3413': '+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
  'EPSG:3995': '+proj=stere +lat_0=90 +lat_ts=71 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
  'EPSG:5937': '+proj=stere +lat_0=90 +lon_0=-100 +k=0.994 +x_0=2000000 +y_0=2000000 +datum=WGS84 +units=m +no_defs',
  'EPSG:3031': '+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
  'EPSG:3976': '+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
};

export const MAP_CODES: readonly string[] = ['EPSG:4326', ...Object.keys(DEFINITIONS)];

export interface MapProjection {
  /** longitude and latitude of a point of the plane */
  inverse(x: number, y: number): readonly [lon: number, lat: number];
  /** Extent of places in the plane, in whole pixels of about `step` metres. */
  box(
    places: { readonly lat: Float64Array; readonly lon: Float64Array },
    step: number,
  ): { west: number; east: number; south: number; north: number; dx: number; dy: number };
}

/** undefined: longitudes and latitudes themselves. Throws FeatureError `bad_value` for a code without definition. */
export async function projectionOf(code: string): Promise<MapProjection | undefined> {
  if (code === 'EPSG:4326') return undefined;
  const definition = DEFINITIONS[code];
  if (definition === undefined) {
    throw new FeatureError('bad_value', `--set crs=${code}: choose of native, ${MAP_CODES.join(', ')}.`);
  }
  const { default: proj4 } = await import('proj4');
  const projection = proj4(definition);
  return {
    inverse: (x, y) => projection.inverse([x, y]) as [number, number],
    box({ lat, lon }, step) {
      let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
      for (let k = 0; k < lat.length; k++) {
        const [x, y] = projection.forward([lon[k]!, lat[k]!]) as [number, number];
        if (!Number.isFinite(x) || !Number.isFinite(y) || (code === 'EPSG:3857' && Math.abs(lat[k]!) > 85.06)) continue;
        west = Math.min(west, x);
        east = Math.max(east, x);
        south = Math.min(south, y);
        north = Math.max(north, y);
      }
      if (!(east > west)) throw new FeatureError('outside_domain', `no point of the grid lies in ${code}.`);
      const down = (value: number): number => Math.floor(value / step) * step;
      return {
        west: down(west),
        east: down(east) + step,
        south: down(south),
        north: down(north) + step,
        dx: step,
        dy: step,
      };
    },
  };
}
