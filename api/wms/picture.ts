/** The picture that a request describes: coordinate system with the axis order of its version, box and size in pixels. */
import type { Picture } from '../../extraction/maps/pixel-map.js';
import type { MapBox, MapCrs } from '../../extraction/maps/reproject.js';
import { WmsException, type WmsVersion } from './exceptions.js';
import type { WmsQuery } from './query.js';

export const MAX_SIDE = 4096;
/** Coordinate systems in the order of the capabilities. */
export const CRS_NAMES = ['CRS:84', 'EPSG:4326', 'EPSG:3857', 'EPSG:5937'] as const;
export type CrsName = (typeof CRS_NAMES)[number];

const ALIASES: Readonly<Record<string, CrsName>> = {
  'OGC:CRS84': 'CRS:84',
  CRS84: 'CRS:84',
  'EPSG:900913': 'EPSG:3857',
  'EPSG:3785': 'EPSG:3857',
};

export function crsNamed(name: string): CrsName | undefined {
  const upper = name.toUpperCase();
  return CRS_NAMES.find((one) => one === upper) ?? ALIASES[upper];
}

export const planeOf = (crs: CrsName): MapCrs => (crs === 'CRS:84' || crs === 'EPSG:4326' ? 'lonlat' : crs);

/** Whether the axes of the coordinate system are latitude, longitude in requests of the version. */
export const isLatFirst = (crs: CrsName, version: WmsVersion): boolean => crs === 'EPSG:4326' && version === '1.3.0';

function readBox(text: string, latFirst: boolean): MapBox {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) {
    throw new WmsException(
      'InvalidParameterValue',
      `BBOX ${text.slice(0, 80)} is not four numbers minx,miny,maxx,maxy.`,
    );
  }
  const [a, b, c, d] = numbers as [number, number, number, number];
  const box = latFirst ? { minx: b, miny: a, maxx: d, maxy: c } : { minx: a, miny: b, maxx: c, maxy: d };
  if (!(box.minx < box.maxx && box.miny < box.maxy)) {
    throw new WmsException(
      'InvalidParameterValue',
      `BBOX ${text.slice(0, 80)} has no area; give minima before maxima.`,
    );
  }
  return box;
}

/** Reads CRS (or SRS), BBOX, WIDTH and HEIGHT. */
export function readPicture(query: WmsQuery, version: WmsVersion): Picture {
  const key = version === '1.3.0' ? 'CRS' : 'SRS';
  const name = query.get(key) ?? query.get(key === 'CRS' ? 'SRS' : 'CRS') ?? query.require(key);
  const crs = crsNamed(name);
  if (crs === undefined) {
    const code = key === 'CRS' ? 'InvalidCRS' : 'InvalidSRS';
    throw new WmsException(code, `${key} ${name.slice(0, 40)} is not offered; use one of ${CRS_NAMES.join(', ')}.`);
  }
  return {
    crs: planeOf(crs),
    box: readBox(query.require('BBOX'), isLatFirst(crs, version)),
    width: query.integer('WIDTH', 1, MAX_SIDE),
    height: query.integer('HEIGHT', 1, MAX_SIDE),
  };
}
