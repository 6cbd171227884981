/** From the keys of OGC API - Maps to those of a GetMap request. */
import { boxOnMap, type MapBox } from '../extraction/maps/reproject.js';
import { FeatureError } from '../schemas/problem.js';
import type { EdrCollection, EdrRun } from './ogc/edr-collections.js';
import type { EdrParameter } from './ogc/edr-parameters.js';
import type { QueryValues } from './ogc/query.js';
import { layerName } from './wms/layers.js';
import { type CrsName, crsNamed, isLatFirst, MAX_SIDE, planeOf } from './wms/picture.js';
import { DEFAULT_STYLE, STYLES } from './wms/style-names.js';
import { isoText } from './wms/times.js';

export interface AskedMap {
  readonly search: URLSearchParams;
  readonly parameter: EdrParameter;
  readonly style: string;
  readonly crsUri: string;
  /** in the axis order of the coordinate system */
  readonly bbox: string;
}

const URIS: Readonly<Record<CrsName, string>> = {
  'CRS:84': 'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
  'EPSG:4326': 'http://www.opengis.net/def/crs/EPSG/0/4326',
  'EPSG:3857': 'http://www.opengis.net/def/crs/EPSG/0/3857',
  'EPSG:5937': 'http://www.opengis.net/def/crs/EPSG/0/5937',
};

const WIDTH = 800;

const refuse = (key: string, value: string, remedy: string): FeatureError =>
  new FeatureError('bad_value', `${key}: "${value.slice(0, 80)}" is not offered; ${remedy}.`);

/** A coordinate system by URI, CURIE or short name. */
function readCrs(key: string, text: string | undefined): CrsName {
  if (text === undefined) return 'CRS:84';
  const plain = text.replace(/^\[|\]$/g, '').replace(/^<|>$/g, '');
  const epsg = /\/EPSG\/[^/]*\/(\d+)$/i.exec(plain)?.[1];
  const isCrs84 = /CRS:?84$/i.test(plain);
  const found = isCrs84 ? 'CRS:84' : crsNamed(epsg === undefined ? plain : `EPSG:${epsg}`);
  if (found === undefined) throw refuse(key, text, `use one of ${Object.values(URIS).join(', ')}`);
  return found;
}

function readNumbers(key: string, text: string): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if ((numbers.length !== 4 && numbers.length !== 6) || !numbers.every(Number.isFinite)) {
    throw refuse(key, text, 'give four numbers');
  }
  return numbers.length === 6 ? [numbers[0]!, numbers[1]!, numbers[3]!, numbers[4]!] : numbers;
}

/** Box of the map in its own coordinate system, x first. West beyond east crosses the date line. */
function readBox(collection: EdrCollection, values: QueryValues, crs: CrsName): MapBox {
  const text = values.get('bbox');
  const plane = planeOf(crs);
  if (text === undefined) return boxOnMap(plane, collection.extent.box);
  const from = readCrs('bbox-crs', values.get('bbox-crs'));
  const [a, b, c, d] = readNumbers('bbox', text) as [number, number, number, number];
  let [minx, miny, maxx, maxy] = isLatFirst(from, '1.3.0') ? [b, a, d, c] : [a, b, c, d];
  const isDegrees = planeOf(from) === 'lonlat';
  if (isDegrees && minx > maxx) maxx += 360;
  if (!(minx < maxx && miny < maxy)) throw refuse('bbox', text, 'give minima before maxima');
  if (planeOf(from) === plane) return { minx, miny, maxx, maxy };
  if (!isDegrees) throw refuse('bbox-crs', values.get('bbox-crs') ?? '', 'give it in degrees or in the crs of the map');
  [miny, maxy] = [Math.max(miny, -90), Math.min(maxy, 90)];
  return boxOnMap(plane, { west: minx, south: miny, east: maxx, north: maxy });
}

function readSize(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MAX_SIDE) {
    throw refuse(key, text, `give a whole number of 1 to ${MAX_SIDE}`);
  }
  return value;
}

/** A size that was not given follows from the other and the shape of the box. */
function sizesOf(values: QueryValues, box: MapBox): readonly [width: number, height: number] {
  const shape = (box.maxy - box.miny) / (box.maxx - box.minx);
  const asked = [readSize('width', values.get('width')), readSize('height', values.get('height'))] as const;
  const fit = (value: number): number => Math.min(MAX_SIDE, Math.max(1, Math.round(value)));
  const width = asked[0] ?? (asked[1] === undefined ? WIDTH : fit(asked[1] / shape));
  return [width, asked[1] ?? fit(width * shape)];
}

/** `{parameter}.{style}`, a style alone, or a parameter alone. */
function splitStyle(collection: EdrCollection, id: string): { readonly key?: string; readonly style: string } {
  if (id in STYLES || id === 'default') return { style: id === 'default' ? DEFAULT_STYLE : id };
  const dot = id.lastIndexOf('.');
  const [key, style] = dot < 0 ? [id, DEFAULT_STYLE] : [id.slice(0, dot), id.slice(dot + 1)];
  if (collection.parameters.some((one) => one.key === key) && style in STYLES) return { key, style };
  throw new FeatureError(
    'not_found',
    `There is no style "${id.slice(0, 80)}"; /edr/collections/${collection.id}/styles lists those there are.`,
  );
}

function chooseParameter(collection: EdrCollection, asked: string | undefined): EdrParameter {
  const { parameters } = collection;
  const names: readonly ((one: EdrParameter) => string | undefined)[] = [
    (one) => one.key,
    (one) => one.nomvar,
    (one) => one.shortName,
  ];
  const found =
    asked === undefined ? parameters[0] : names.flatMap((n) => parameters.find((one) => n(one) === asked) ?? [])[0];
  if (found !== undefined) return found;
  throw refuse('properties', asked ?? '', `choose one of ${parameters.map(({ key }) => key).join(', ')}`);
}

const BACKGROUND = /^(?:0x|#)?([0-9a-f]{6})$/i;

/** Keys that have the same meaning under another name. */
function copyKeys(values: QueryValues, search: URLSearchParams): void {
  const same: readonly (readonly [from: string, to: string])[] = [
    ['elevation', 'ELEVATION'],
    ['z', 'ELEVATION'],
    ['number', 'DIM_NUMBER'],
    ['interpolation', 'INTERPOLATION'],
    ['pixelratio', 'PIXELRATIO'],
    ['theme', 'THEME'],
    ['colorscalerange', 'COLORSCALERANGE'],
  ];
  for (const [from, to] of same) {
    const value = values.get(from);
    if (value !== undefined) search.set(to, value);
  }
  const time = values.get('datetime') ?? /time\("?([^")]*)"?\)/i.exec(values.get('subset') ?? '')?.[1];
  if (time !== undefined) search.set('TIME', time.replace(/^\.\.\/|\/\.\.$/g, ''));
  const background = BACKGROUND.exec(values.get('bgcolor') ?? '')?.[1];
  if (background !== undefined) search.set('BGCOLOR', `0x${background}`);
  const transparent = values.get('transparent') ?? (background === undefined ? 'true' : 'false');
  search.set('TRANSPARENT', transparent);
}

export function mapQuery(
  collection: EdrCollection,
  run: EdrRun | undefined,
  values: QueryValues,
  styleId: string | undefined,
): AskedMap {
  const format = values.get('f') ?? 'png';
  if (!/^(image\/)?png$/i.test(format)) throw refuse('f', format, 'use png');
  const { key, style } = styleId === undefined ? { style: DEFAULT_STYLE } : splitStyle(collection, styleId);
  const asked = key ?? values.get('properties') ?? values.get('parameter-name') ?? values.get('parameter_names');
  const parameter = chooseParameter(collection, asked);
  const crs = readCrs('crs', values.get('crs'));
  const box = readBox(collection, values, crs);
  const [width, height] = sizesOf(values, box);
  const bbox = (
    isLatFirst(crs, '1.3.0') ? [box.miny, box.minx, box.maxy, box.maxx] : [box.minx, box.miny, box.maxx, box.maxy]
  )
    .map(String)
    .join(',');
  const search = new URLSearchParams({
    LAYERS: layerName(collection, parameter),
    STYLES: style,
    CRS: crs,
    BBOX: bbox,
    WIDTH: String(width),
    HEIGHT: String(height),
  });
  copyKeys(values, search);
  if (run !== undefined) search.set('DIM_REFERENCE_TIME', isoText(run.base));
  return { search, parameter, style, crsUri: URIS[crs], bbox };
}
