/**
 * Where a field lies as a north-up raster: its own rows and columns where they are even in a system that GeoTIFF can name,
 * and else a regular target in longitude and latitude or a map projection, on which values are interpolated.
 */
import type { TiffCrs } from '../../formats/geotiff/keys.js';
import { FeatureError } from '../../schemas/problem.js';
import { tensorAxes } from '../grid/axes.js';
import type { Grid } from '../grid/grid.js';
import { applyWeights, type Weights } from '../grid/weights.js';
import { flipped } from './fst-grids.js';
import { projectionOf } from './map-projections.js';
import { uniformAxis } from './uniform-axis.js';

export interface RasterPlace {
  readonly crs: TiffCrs;
  readonly width: number;
  readonly height: number;
  /** outer corner of the north-west pixel, size of pixels */
  readonly west: number;
  readonly north: number;
  readonly dx: number;
  readonly dy: number;
  readonly warped: boolean;
  /** WKT of the system where keys cannot say it */
  readonly wkt?: string;
  /** Field in storage order → rows from north to south. */
  raster(values: Float32Array, nearest: boolean): Promise<Float32Array>;
}

const SCALE = 0.9330125;
const MOST_PIXELS = 2 ** 27;
const KM_PER_DEGREE = 111.19492664455873;

/** Columns from one on, those before it at the end. */
function rolled(values: Float32Array, ni: number, start: number): Float32Array {
  if (start === 0) return values;
  const out = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += ni) {
    out.set(values.subarray(at + start, at + ni), at);
    out.set(values.subarray(at, at + start), at + ni - start);
  }
  return out;
}

function cropped(values: Float32Array, ni: number, columns: number): Float32Array {
  if (columns === ni) return values;
  const nj = values.length / ni;
  const out = new Float32Array(columns * nj);
  for (let j = 0; j < nj; j++) out.set(values.subarray(j * ni, j * ni + columns), j * columns);
  return out;
}

/** The grid's own rows and columns; undefined where GeoTIFF cannot say where they are. */
export function nativePlace(grid: Grid): RasterPlace | undefined {
  const axes = tensorAxes(grid.def);
  if (axes === undefined) return undefined;
  const x = uniformAxis(axes.x, axes.columns);
  const y = uniformAxis(axes.y);
  if (x === undefined || y === undefined || x.step <= 0) return undefined;
  const [width, height] = [axes.columns, grid.nj];
  const down = y.step < 0;
  const unit = axes.stereo?.d60 ?? 1;
  const [dx, dy] = [x.step * unit, Math.abs(y.step) * unit];
  const top = down ? y.first : y.first + (height - 1) * y.step;
  const { stereo, rotation } = axes;
  const north = stereo === undefined ? top + dy / 2 : (top - stereo.poleJ) * unit + dy / 2;
  const upright = (raw: number): number => ((((raw + 180) % 360) + 360) % 360) - 180;
  const oriented = (values: Float32Array, start: number): Float32Array => {
    const own = rolled(cropped(values, grid.ni, width), width, start);
    return down ? own : flipped(own, width);
  };
  const shared = { width, height, dx, dy, north, warped: false };
  if (stereo !== undefined) {
    const crs: TiffCrs = {
      kind: 'stereographic',
      south: stereo.south,
      upright: upright(stereo.south ? stereo.dgrw - 90 : -90 - stereo.dgrw),
      scale: SCALE,
    };
    const west = (x.first - stereo.poleI) * unit - dx / 2;
    return { ...shared, crs, west, raster: async (values) => oriented(values, 0) };
  }
  if (rotation !== undefined) {
    const west = upright(x.first - rotation.northPoleLon) - dx / 2;
    const wkt = rotatedWkt(rotation.poleLat, rotation.poleLon);
    return { ...shared, crs: { kind: 'none' }, west, wkt, raster: async (values) => oriented(values, 0) };
  }
  const { first, start } = westmost(x.first, x.step, width, grid.periodic);
  const raster = async (values: Float32Array): Promise<Float32Array> => oriented(values, start);
  return { ...shared, crs: { kind: 'geographic', epsg: 4326 }, west: first - dx / 2, raster };
}

/** First longitude in [-180, 180); grids around the globe begin with their first column there. */
function westmost(first: number, step: number, width: number, periodic: boolean): { first: number; start: number } {
  const turned = first - 360 * Math.floor((first + 180) / 360);
  if (!periodic) return { first: turned, start: 0 };
  const start = Math.ceil((180 - turned) / step - 1e-9);
  return start >= width || start <= 0 ? { first: turned, start: 0 } : { first: turned + start * step - 360, start };
}

/** Longitudes and latitudes on the sphere. */
export const SPHERE_WKT =
  'GEOGCRS["sphere",DATUM["sphere",ELLIPSOID["sphere",6371000,0,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["latitude",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["longitude",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]]]';

/** A rotated frame, its north pole at the given place. */
export const rotatedWkt = (poleLat: number, poleLon: number): string =>
  `GEOGCRS["Rotated_pole",BASEGEOGCRS["sphere",DATUM["sphere",ELLIPSOID["sphere",6371000,0,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],DERIVINGCONVERSION["Pole rotation",METHOD["Pole rotation (netCDF CF convention)"],PARAMETER["Grid north pole latitude (netCDF CF convention)",${poleLat},ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Grid north pole longitude (netCDF CF convention)",${poleLon},ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["North pole grid longitude (netCDF CF convention)",0,ANGLEUNIT["degree",0.0174532925199433]]],CS[ellipsoidal,2],AXIS["longitude",east,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["latitude",north,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]]]`;

interface Spread {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
  /** square root of the mean area of a point, degrees */
  readonly step: number;
}

const BINS = 720;

/** Extent of places; longitudes run from the end of the widest gap to its beginning. */
async function spreadOf(grid: Grid): Promise<Spread> {
  const { lat, lon } = await grid.latlon();
  const taken = new Uint8Array(BINS);
  let [south, north] = [90, -90];
  for (let k = 0; k < lat.length; k++) {
    south = Math.min(south, lat[k]!);
    north = Math.max(north, lat[k]!);
    taken[Math.floor(((lon[k]! + 180) / 360) * BINS) % BINS] = 1;
  }
  const global = grid.periodic || grid.kind === 'panels';
  const { start, length } = global ? { start: 0, length: 0 } : widestGap(taken);
  const whole = length * (360 / BINS) < 10;
  const from = (start + length) * (360 / BINS) - 180;
  let [west, east] = whole ? [-180, 180] : [Infinity, -Infinity];
  for (let k = 0; !whole && k < lon.length; k++) {
    const x = lon[k]! - 360 * Math.floor((lon[k]! - from) / 360);
    west = Math.min(west, x);
    east = Math.max(east, x);
  }
  if (west >= 180) [west, east] = [west - 360, east - 360];
  return { west, east, south, north, step: stepOf(grid, lat, lon) };
}

function widestGap(taken: Uint8Array): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (let k = 0; k < 2 * BINS; k++) {
    length = taken[k % BINS] === 0 ? length + 1 : 0;
    if (length > best.length && length <= BINS) best = { start: (k - length + 1) % BINS, length };
  }
  return best;
}

/** Square root of the mean area of cells, rounded to a thousandth of a degree. */
function stepOf(grid: Grid, lat: Float64Array, lon: Float64Array): number {
  let [sum, count] = [0, 0];
  const { ni, nj } = grid;
  const rad = Math.PI / 180;
  const away = (a: number, b: number): readonly [number, number] => {
    const dlon = ((((lon[b]! - lon[a]! + 180) % 360) + 360) % 360) - 180;
    return [dlon * Math.cos(((lat[a]! + lat[b]!) / 2) * rad), lat[b]! - lat[a]!];
  };
  for (let j = 0; j + 1 < nj; j++) {
    for (let i = 0; i + 1 < ni; i++) {
      const k = j * ni + i;
      const [ax, ay] = away(k, k + 1);
      const [bx, by] = away(k, k + ni);
      sum += Math.abs(ax * by - ay * bx);
      count++;
    }
  }
  const step = count === 0 ? 0.1 : Math.sqrt(sum / count);
  return Math.max(0.001, Math.round(step * 1000) / 1000);
}

/** A regular target over the grid's extent. Throws FeatureError `unsupported_grid` for points without order. */
export async function warpedPlace(grid: Grid, code: string): Promise<RasterPlace> {
  if (grid.kind === 'scattered') {
    throw new FeatureError('unsupported_grid', 'points without order make no raster; convert to netcdf or parquet.');
  }
  const spread = await spreadOf(grid);
  const map = await projectionOf(code);
  const box = map === undefined ? lonLatBox(spread) : map.box(await grid.latlon(), spread.step * KM_PER_DEGREE * 1000);
  const { west, north, dx, dy } = box;
  const width = Math.max(1, Math.round((box.east - west) / dx));
  const height = Math.max(1, Math.round((north - box.south) / dy));
  if (width * height > MOST_PIXELS) {
    throw new FeatureError('too_large', `a raster of ${width} x ${height} pixels is over the limit of ${MOST_PIXELS}.`);
  }
  const crs: TiffCrs =
    map === undefined ? { kind: 'geographic', epsg: 4326 } : { kind: 'projected', epsg: Number(code.slice(5)) };
  let places: { readonly lat: Float64Array; readonly lon: Float64Array } | undefined;
  let weights: Weights | undefined;
  let points: { readonly point: Uint32Array; readonly inside: Uint8Array } | undefined;
  const centres = (): { readonly lat: Float64Array; readonly lon: Float64Array } => {
    const lat = new Float64Array(width * height);
    const lon = new Float64Array(width * height);
    for (let k = 0; k < lat.length; k++) {
      const x = west + ((k % width) + 0.5) * dx;
      const y = north - (Math.floor(k / width) + 0.5) * dy;
      const place = map === undefined ? ([x, y] as const) : map.inverse(x, y);
      lon[k] = place[0];
      lat[k] = place[1];
    }
    return { lat, lon };
  };
  const raster = async (values: Float32Array, nearest: boolean): Promise<Float32Array> => {
    places ??= centres();
    const { lat, lon } = places;
    if (nearest) {
      points ??= await grid.nearest(lat, lon);
      const { point, inside } = points;
      return Float32Array.from(point, (k, n) => (inside[n] === 1 ? values[k]! : Number.NaN));
    }
    weights ??= await grid.bilinear(lat, lon);
    return Float32Array.from(
      applyWeights(
        weights,
        Float32Array.from(weights.points, (k) => values[k]!),
      ),
    );
  };
  return { crs, width, height, west, north, dx, dy, warped: true, raster };
}

function lonLatBox(spread: Spread): {
  west: number;
  east: number;
  south: number;
  north: number;
  dx: number;
  dy: number;
} {
  const { step } = spread;
  // steps are thousandths of a degree: what is a whole number of them but for rounding stays
  const lower = (value: number): number => Math.floor(value / step + 1e-6) * step;
  const upper = (value: number): number => Math.ceil(value / step - 1e-6) * step;
  const whole = spread.east - spread.west >= 360;
  const west = whole ? -180 : lower(spread.west - step / 2);
  const east = whole ? 180 : upper(spread.east + step / 2);
  const south = Math.max(-90, lower(spread.south - step / 2));
  const north = Math.min(90, upper(spread.north + step / 2));
  const columns = Math.max(1, Math.round((east - west) / step));
  const rows = Math.max(1, Math.round((north - south) / step));
  return { west, east, south, north, dx: (east - west) / columns, dy: (north - south) / rows };
}
