/** GeoTIFF → FST: a record a band. Rows of a north-up raster run from north to south and are turned. */
import { nativeParam } from '../../schemas/params.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FstField } from '../fst/field.js';
import { isoToStamp } from '../fst/time.js';
import { openGrid } from '../grid/grid.js';
import type { Igs } from '../grid/params.js';
import { unitChange } from './cf-units.js';
import type { ConvertOptions, ConvertProgress, ConvertReport, FstTarget } from './formats.js';
import { type FstGrid, latLonGrid, placesGrid, polarGrid } from './fst-grids.js';
import { FstSink, packingOption } from './fst-sink.js';
import { LostKeys } from './lost-keys.js';
import { projectionOf } from './map-projections.js';
import { nativePlace } from './raster-place.js';

type Image = Awaited<ReturnType<Awaited<ReturnType<typeof import('geotiff').fromFile>>['getImage']>>;
type Items = Readonly<Record<string, unknown>>;

const ETIKET = 'POLYFST';
const MOST_PLACES = 4_000_000;
const EXACT_INDICES = 2 ** 24;

/** Classic TIFF and BigTIFF in both byte orders. */
export function isGeotiff(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const order = String.fromCharCode(head[0]!, head[1]!);
  const version = order === 'II' ? head[2]! | (head[3]! << 8) : (head[2]! << 8) | head[3]!;
  return (order === 'II' || order === 'MM') && (version === 42 || version === 43);
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly west: number;
  readonly north: number;
  readonly dx: number;
  /** positive downwards */
  readonly dy: number;
}

async function frameOf(image: Image, path: string): Promise<Frame> {
  if ((await image.getTiePoints()).length === 0) {
    throw new FeatureError(
      'unsupported_grid',
      `${path}: the raster has no tie point and pixel size; place it first with gdal_translate -a_ullr.`,
    );
  }
  const [west, north] = image.getOrigin() as [number, number];
  const [dx, dy] = image.getResolution() as [number, number];
  return { width: image.getWidth(), height: image.getHeight(), west, north, dx, dy: -dy };
}

const centres = (first: number, step: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => first + (k + 0.5) * step);

/** The records' own grid where the file says which it was and still lies there. */
async function ownGrid(items: Items, frame: Frame): Promise<FstGrid | undefined> {
  const grtyp = items['fst_grtyp'];
  const ig = String(items['fst_ig'] ?? '')
    .split(' ')
    .map(Number);
  const [ni, nj] = String(items['fst_shape'] ?? '')
    .split(' ')
    .map(Number);
  if (typeof grtyp !== 'string' || !'ABLNS'.includes(grtyp) || ig.length !== 4 || !(ni! * nj! < EXACT_INDICES)) return;
  if (![...ig, ni, nj].every(Number.isInteger)) return undefined;
  const def = { grtyp, ni: ni!, nj: nj!, ig: ig as unknown as Igs };
  const place = nativePlace(openGrid(def));
  const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * frame.dx;
  if (place === undefined || place.width !== frame.width || place.height !== frame.height) return undefined;
  if (![same(place.west, frame.west), same(place.north, frame.north), same(place.dx, frame.dx)].every(Boolean))
    return undefined;
  const indices = await place.raster(
    Float32Array.from({ length: ni! * nj! }, (_, k) => k),
    true,
  );
  const [ig1, ig2, ig3, ig4] = ig as unknown as Igs;
  return {
    def,
    keys: { grtyp, ni: ni!, nj: nj!, ig1, ig2, ig3, ig4 },
    descriptors: [],
    arrange: (raster) => unplaced(raster, indices, ni!, nj!, place.width),
  };
}

/** Pixels at the places in storage that they came from; repeated columns repeat the first ones. */
function unplaced(raster: Float32Array, indices: Float32Array, ni: number, nj: number, columns: number): Float32Array {
  const out = new Float32Array(ni * nj);
  for (let k = 0; k < raster.length; k++) out[indices[k]!] = raster[k]!;
  for (let j = 0; j < nj; j++) for (let i = columns; i < ni; i++) out[j * ni + i] = out[j * ni + (i % columns)]!;
  return out;
}

interface Keys {
  readonly [name: string]: number | string | undefined;
}

const SPHERE = 6371000;

function polar(keys: Keys, frame: Frame): FstGrid | undefined {
  const number = (name: string): number => Number(keys[name] ?? Number.NaN);
  if (number('ProjCoordTransGeoKey') !== 15) return undefined;
  const [major, minor] = [number('GeogSemiMajorAxisGeoKey'), number('GeogSemiMinorAxisGeoKey')];
  const lat = number('ProjNatOriginLatGeoKey');
  if (!(major > 0) || major !== minor || Math.abs(lat) !== 90) return undefined;
  const scale = number('ProjScaleAtNatOriginGeoKey');
  const x = centres(frame.west - (Number(keys['ProjFalseEastingGeoKey']) || 0), frame.dx, frame.width);
  const y = centres(frame.north - (Number(keys['ProjFalseNorthingGeoKey']) || 0), -frame.dy, frame.height);
  const upright = number('ProjStraightVertPoleLongGeoKey');
  return polarGrid(x, y, { south: lat < 0, upright, scale: scale > 0 ? scale : 1, radius: major || SPHERE });
}

async function gridOf(image: Image, items: Items, path: string): Promise<FstGrid> {
  const frame = await frameOf(image, path);
  const own = await ownGrid(items, frame);
  if (own !== undefined) return own;
  const keys = (image.getGeoKeys() ?? {}) as Keys;
  const y = centres(frame.north, -frame.dy, frame.height);
  const x = centres(frame.west, frame.dx, frame.width);
  if (keys['GTModelTypeGeoKey'] === 2) return latLonGrid(y, x);
  const plane = polar(keys, frame);
  if (plane !== undefined) return plane;
  const code = `EPSG:${String(keys['ProjectedCSTypeGeoKey'] ?? 'none')}`;
  const map = await projectionOf(code).catch(() => undefined);
  if (map === undefined) {
    throw new FeatureError(
      'unsupported_grid',
      `${path}: the coordinate system ${code} is not read; warp the file to EPSG:4326 with gdalwarp.`,
    );
  }
  const size = frame.width * frame.height;
  if (size > MOST_PLACES) {
    throw new FeatureError(
      'too_large',
      `${path}: ${size} places of a projected raster; warp the file to EPSG:4326 with gdalwarp.`,
    );
  }
  const [lat, lon] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size; k++) {
    const place = map.inverse(x[k % frame.width]!, y[Math.floor(k / frame.width)]!);
    [lon[k], lat[k]] = [place[0], place[1]];
  }
  return placesGrid(lat, lon, frame.width, frame.height);
}

const numbersOf = (items: Items, name: string): number[] | undefined => {
  const numbers = String(items[name] ?? '')
    .split(' ')
    .map(Number);
  return items[name] !== undefined && numbers.every(Number.isInteger) ? numbers : undefined;
};

function nameOf(items: Items, options: ConvertOptions, path: string, band: number): string {
  const asked = options.get('nomvar') ?? items['fst_nomvar'] ?? items['DESCRIPTION'];
  const name = String(asked ?? '')
    .trim()
    .split(' ')[0]!
    .toUpperCase();
  if (/^[A-Z][A-Z0-9_]{0,3}$/.test(name)) return name;
  throw new FeatureError(
    'bad_value',
    `${path}: band ${band + 1} has no nomvar ("${name.slice(0, 20)}"); give one with --set nomvar=TT.`,
  );
}

/** Keys of a band: those it carries, else a surface field without date. */
function keysOf(
  items: Items,
  options: ConvertOptions,
  path: string,
  band: number,
  lost: LostKeys,
): Omit<FstField, 'values' | 'ni'> {
  const ips = numbersOf(items, 'fst_ip');
  const time = numbersOf(items, 'fst_time');
  if (time === undefined) lost.note('dateo', 'the file says no time');
  const dated = typeof items['time'] === 'string' && time === undefined ? isoToStamp(items['time']) : 0;
  return {
    nomvar: nameOf(items, options, path, band),
    typvar: typeof items['fst_typvar'] === 'string' ? items['fst_typvar'] : 'P',
    etiket: options.get('etiket') ?? (typeof items['fst_etiket'] === 'string' ? items['fst_etiket'] : ETIKET),
    ...(ips?.length === 3 ? { ip1: ips[0]!, ip2: ips[1]!, ip3: ips[2]! } : {}),
    ...(time?.length === 3 ? { dateo: time[0]!, deet: time[1]!, npas: time[2]! } : { dateo: dated }),
  };
}

function packingOf(items: Items, options: ConvertOptions, values: Float32Array): Pick<FstField, 'datyp' | 'nbits'> {
  const chosen = packingOption(options);
  const missing = values.some(Number.isNaN) ? 64 : 0;
  if (chosen !== undefined) return { datyp: chosen.datyp | missing, nbits: chosen.nbits };
  const packing = numbersOf(items, 'fst_packing');
  if (packing?.length === 2 && [1, 5, 6].includes(packing[0]! & 63)) {
    return { datyp: packing[0]! | missing, nbits: packing[1]! };
  }
  return { datyp: 134 | missing, nbits: 16 };
}

/** Values in the unit of the record, from that which the band names; a unit that leads nowhere is noted. */
function inNativeUnit(values: Float32Array, items: Items, nomvar: string, lost: LostKeys): Float32Array {
  const { unit } = nativeParam(nomvar);
  const from = typeof items['UNITTYPE'] === 'string' ? items['UNITTYPE'].trim() : '';
  if (from === '' || from === unit || unit === 'unknown') return values;
  const change = unitChange(from, unit);
  if (change === undefined) {
    lost.note(
      'units',
      `"${from.slice(0, 20)}" does not lead to ${unit}, the unit of ${nomvar}; values stay as they are`,
    );
    return values;
  }
  const { scale, offset } = change;
  return scale === 1 && offset === 0 ? values : values.map((value) => value * scale + offset);
}

export async function readGeotiff(
  input: string,
  out: FstTarget,
  options: ConvertOptions,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  // a large package that only this needs
  const { fromFile } = await import('geotiff');
  const tiff = await fromFile(input);
  const lost = new LostKeys();
  const sink = new FstSink(out, signal);
  try {
    const image = await tiff.getImage();
    const shared = ((await image.getGDALMetadata()) ?? {}) as Items;
    const grid = await gridOf(image, shared, input);
    await sink.grid(grid);
    const nodata = image.getGDALNoData();
    const bands = image.getSamplesPerPixel();
    for (let band = 0; band < bands; band++) {
      const own = ((await image.getGDALMetadata(band)) ?? {}) as Items;
      const items = { ...shared, ...own };
      const [raw] = (await image.readRasters({ samples: [band], signal })) as unknown as ArrayLike<number>[];
      const raster = Float32Array.from(raw!, (value) => (value === nodata ? Number.NaN : value));
      const keys = keysOf(items, options, input, band, lost);
      const values = inNativeUnit(grid.arrange(raster), items, keys.nomvar, lost);
      await sink.add({
        ...keys,
        ...grid.keys,
        values,
        ...packingOf(items, options, values),
      });
      progress?.(band + 1, bands);
    }
    await sink.flush();
  } finally {
    tiff.close();
  }
  return { records: sink.records, skipped: [], lost: lost.list(), bytes: await sink.bytes() };
}
