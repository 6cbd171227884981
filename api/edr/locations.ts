/** Named places of a collection: the middle of its grid and the corners, as GeoJSON and as places of queries. */
import { FeatureError } from '../../schemas/problem.js';
import type { QueryBox } from '../ogc/choices.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { type Link, MEDIA } from '../ogc/links.js';
import type { QueryValues } from '../ogc/query.js';

export interface Location {
  readonly id: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
}

const known = new WeakMap<EdrCollection, Promise<readonly Location[]>>();

async function placesOf({ grid }: EdrCollection): Promise<readonly Location[]> {
  const { ni, nj, columns } = grid;
  const corner = (i: number, j: number): number => j * ni + i;
  const wanted = [
    ['centre', 'Middle of the grid', corner(columns >> 1, nj >> 1)],
    ['first-row-first-column', 'First column of the first row', corner(0, 0)],
    ['first-row-last-column', 'Last column of the first row', corner(columns - 1, 0)],
    ['last-row-first-column', 'First column of the last row', corner(0, nj - 1)],
    ['last-row-last-column', 'Last column of the last row', corner(columns - 1, nj - 1)],
  ] as const;
  const { lat, lon } = await grid.latlon(Uint32Array.from(wanted, ([, , point]) => point));
  return wanted.map(([id, name], n) => ({ id, name, lat: lat[n]!, lon: lon[n]! }));
}

/** The places of a collection. */
export function locationsOf(collection: EdrCollection): Promise<readonly Location[]> {
  const places = known.get(collection) ?? placesOf(collection);
  known.set(collection, places);
  return places;
}

export async function requireLocation(collection: EdrCollection, id: string): Promise<Location> {
  const found = (await locationsOf(collection)).find((place) => place.id === id);
  if (found !== undefined) return found;
  throw new FeatureError(
    'not_found',
    `There is no location "${id.slice(0, 80)}" in ${collection.id}; its address without the name lists those there are.`,
  );
}

function isInside({ lat, lon }: Location, box: QueryBox): boolean {
  const turned = lon + 360 * Math.ceil((box.west - lon) / 360 - 1e-12);
  return lat >= box.south && lat <= box.north && turned <= box.east;
}

/** Part of a list: `limit` features from `offset` on. */
export interface LocationFilter {
  readonly box?: QueryBox;
  /** whether nothing is wanted */
  readonly none: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Longer lists come in parts. */
export const MOST_LOCATIONS = 1000;

/** `limit` or `offset`; a limit above the most is the most. Throws FeatureError `bad_value`. */
export function readPaging(values: QueryValues): Pick<LocationFilter, 'limit' | 'offset'> {
  const whole = (key: string, least: number, otherwise: number): number => {
    const text = values.get(key)?.trim();
    if (text === undefined) return otherwise;
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least) return number;
    throw new FeatureError(
      'bad_value',
      `${key}: "${text.slice(0, 40)}" is no whole number; give one of ${least} or more.`,
    );
  };
  return { limit: Math.min(MOST_LOCATIONS, whole('limit', 1, MOST_LOCATIONS)), offset: whole('offset', 0, 0) };
}

/** The list as GeoJSON; `base` is its address, `query` what chose the features beside paging. */
export async function locationsDocument(
  collection: EdrCollection,
  base: string,
  times: string,
  { box, none, limit, offset }: LocationFilter,
  query: URLSearchParams = new URLSearchParams(),
): Promise<object> {
  const places = (await locationsOf(collection)).filter(
    (place) => !none && (box === undefined || isInside(place, box)),
  );
  const shown = places.slice(offset, offset + limit);
  const names = collection.parameters.map(({ key }) => key);
  const next = new URLSearchParams([...query, ['limit', String(limit)], ['offset', String(offset + limit)]]);
  const links: Link[] = [
    { rel: 'self', type: MEDIA.geojson, href: base },
    { rel: 'alternate', type: MEDIA.html, href: `${base}?f=html` },
    ...(offset + limit < places.length ? [{ rel: 'next', type: MEDIA.geojson, href: `${base}?${next}` }] : []),
  ];
  return {
    type: 'FeatureCollection',
    title: 'Places',
    links,
    numberMatched: places.length,
    numberReturned: shown.length,
    features: shown.map(({ id, name, lat, lon }) => ({
      type: 'Feature',
      id,
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties: { datetime: times, label: name, 'parameter-name': names, edrqueryendpoint: `${base}/${id}` },
      links: [{ rel: 'self', type: MEDIA.covjson, href: `${base}/${id}` }],
    })),
  };
}
