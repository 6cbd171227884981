/** GetFeatureInfo: the value that a pixel shows, and the grid point that it comes from. */
import type { Response } from 'express';
import { angleBetween, EARTH_RADIUS_KM, wrap180 } from '../../extraction/grid/sphere.js';
import { type MapField, samplePlaces, samplePoints } from '../../extraction/map-field.js';
import { nearestOf } from '../../extraction/pixel-map.js';
import { unproject } from '../../extraction/reproject.js';
import { NO_POINT } from '../../native/index.js';
import { ucumOf } from '../../schemas/params.js';
import type { Interpolation } from '../../schemas/vocabulary.js';
import type { MapDeps } from './deps.js';
import { WmsException } from './exceptions.js';
import type { ChosenField } from './field-choice.js';
import { chooseLayers, readLayerNames, readLook } from './map-request.js';
import { readPicture, type WmsVersion } from './picture.js';
import type { WmsQuery } from './query.js';
import { isoText } from './times.js';
import { escapeXml } from './xml.js';

export const INFO_FORMATS = ['application/json', 'text/plain', 'text/html'] as const;
const FORMAT_ALIASES: Readonly<Record<string, (typeof INFO_FORMATS)[number]>> = {
  'application/geo+json': 'application/json',
  'text/xml': 'text/plain',
};

/** What is known of one layer at the place. */
interface Found {
  readonly chosen: ChosenField;
  /** null outside the grid and where the field has no value */
  readonly value: number | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly distanceKm: number | null;
}

/** Shortest decimal that is the same float32. */
export function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === Math.fround(value)) return text;
  }
  return value;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

async function valueAtPoint(
  deps: MapDeps,
  field: MapField,
  point: number,
  place: { readonly lat: Float64Array; readonly lon: Float64Array },
  interpolation: Interpolation,
): Promise<number> {
  const values =
    interpolation === 'bilinear'
      ? await samplePlaces(deps, field, place)
      : await samplePoints(deps, field, Uint32Array.of(point));
  return values[0]!;
}

async function findAt(
  deps: MapDeps,
  chosen: ChosenField,
  lat: number,
  lon: number,
  interpolation: Interpolation,
): Promise<Found> {
  const { field } = chosen;
  const place = { lat: Float64Array.of(lat), lon: Float64Array.of(lon) };
  const [point] = await nearestOf(field.grid, place.lat, place.lon);
  if (point === undefined || point === NO_POINT) {
    return { chosen, value: null, latitude: null, longitude: null, distanceKm: null };
  }
  const at = await field.grid.latlon(Uint32Array.of(point));
  const [latitude, longitude] = [at.lat[0]!, at.lon[0]!];
  const value = await valueAtPoint(deps, field, point, place, interpolation);
  return {
    chosen,
    value: Number.isNaN(value) ? null : shortest(value),
    latitude: rounded(latitude, 6),
    longitude: rounded(longitude, 6),
    distanceKm: rounded(angleBetween(lat, lon, latitude, longitude) * EARTH_RADIUS_KM, 3),
  };
}

function propertiesOf({ chosen, value, latitude, longitude, distanceKm }: Found): Record<string, unknown> {
  const { layer, time, run, level, number } = chosen;
  const { ref } = layer.parameter;
  return {
    layer: layer.name,
    parameter: layer.parameter.key,
    description: ref.description,
    value,
    unit: ucumOf(ref.unit),
    latitude,
    longitude,
    distance_km: distanceKm,
    time: isoText(time),
    reference_time: isoText(run.base),
    ...(level === undefined ? {} : { elevation: shortest(level) }),
    ...(number === undefined ? {} : { number }),
  };
}

function render(found: readonly Found[], format: string, lat: number, lon: number): string {
  const rows = found.map(propertiesOf);
  if (format === 'application/json') {
    const features = rows.map((properties, n) => ({
      type: 'Feature',
      id: String(n),
      geometry: {
        type: 'Point',
        coordinates: [properties['longitude'] ?? rounded(wrap180(lon), 6), properties['latitude'] ?? rounded(lat, 6)],
      },
      properties,
    }));
    return JSON.stringify({ type: 'FeatureCollection', features });
  }
  if (format === 'text/plain') {
    return rows
      .map((row) =>
        Object.entries(row)
          .map(([key, value]) => `${key} = ${value}\n`)
          .join(''),
      )
      .join('\n');
  }
  const table = (row: Record<string, unknown>): string =>
    Object.entries(row)
      .map(([key, value]) => `<tr><th scope="row">${key}</th><td>${escapeXml(String(value))}</td></tr>`)
      .join('');
  const body = rows.map((row) => `<table>${table(row)}</table>`).join('\n');
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Values</title></head><body>${body}</body></html>\n`;
}

function formatOf(query: WmsQuery): string {
  const asked = (query.get('INFO_FORMAT') ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  const format = INFO_FORMATS.find((one) => one === asked) ?? FORMAT_ALIASES[asked];
  if (format === undefined) {
    throw new WmsException(
      'InvalidFormat',
      `INFO_FORMAT ${asked.slice(0, 60)} is not offered; use ${INFO_FORMATS.join(', ')}.`,
    );
  }
  return format;
}

/** I and J, or X and Y. */
function readPixel(query: WmsQuery, name: string, alias: string, size: number): number {
  const text = query.get(name) ?? query.get(alias) ?? query.require(name);
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value >= size) {
    throw new WmsException(
      'InvalidPoint',
      `${name} ${text.slice(0, 20)} is outside the picture; give 0 to ${size - 1}.`,
    );
  }
  return value;
}

export async function getFeatureInfo(
  deps: MapDeps,
  query: WmsQuery,
  version: WmsVersion,
  mayUse: (collection: string) => boolean,
  res: Response,
): Promise<void> {
  const format = formatOf(query);
  const picture = readPicture(query, version);
  const { interpolation } = readLook(query);
  const names = readLayerNames(query, 'QUERY_LAYERS');
  const shown = query.get('LAYERS')?.split(',') ?? names;
  const absent = names.find((name) => !shown.includes(name));
  if (absent !== undefined) {
    throw new WmsException('LayerNotDefined', `QUERY_LAYERS names "${absent.slice(0, 80)}", which LAYERS does not.`);
  }
  const chosen = await chooseLayers(deps, query, names, mayUse);
  const i = readPixel(query, 'I', 'X', picture.width);
  const j = readPixel(query, 'J', 'Y', picture.height);
  const { crs, box, width, height } = picture;
  // the same expressions as for all pixels at once: the same pixel must find the same point
  const x = box.minx + (i + 0.5) * ((box.maxx - box.minx) / width);
  const y = box.maxy - (j + 0.5) * ((box.maxy - box.miny) / height);
  const [lat, lon] = unproject(crs, x, y);
  const found = await Promise.all(chosen.map((one) => findAt(deps, one, lat, lon, interpolation)));
  const bytes = Buffer.from(render(found, format, lat, lon));
  res.setHeader('Content-Type', `${format}; charset=utf-8`);
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}
