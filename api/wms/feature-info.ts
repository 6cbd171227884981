/** GetFeatureInfo: the value that a pixel shows, and the grid point that it comes from. */
import type { Response } from 'express';
import { angleBetween, EARTH_RADIUS_KM, wrap180 } from '../../extraction/grid/sphere.js';
import { directionOf, toEarth } from '../../extraction/grid/winds.js';
import { type MapField, samplePlaces, samplePoints } from '../../extraction/maps/map-field.js';
import { nearestOf } from '../../extraction/maps/pixel-map.js';
import { unproject } from '../../extraction/maps/reproject.js';
import { NO_POINT } from '../../native/index.js';
import type { Interpolation } from '../../schemas/vocabulary.js';
import { clickSeries } from './click-series.js';
import type { MapDeps } from './deps.js';
import { speeds } from './draw-winds.js';
import { WmsException, type WmsVersion } from './exceptions.js';
import type { ChosenField } from './field-choice.js';
import { type Found, INFO_ALIASES, INFO_FORMATS, type InfoFormat, renderInfo, unitOf } from './info-formats.js';
import { chooseLayers, readLayerNames, readLook } from './map-request.js';
import { readPicture } from './picture.js';
import type { WmsQuery } from './query.js';
import { shortest } from './shortest.js';
import { type StyleName, styleNamed } from './style-names.js';
import { windOf } from './winds.js';

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : shortest(value));

/** A place, and the grid point that is nearest to it. */
interface Click {
  readonly deps: MapDeps;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly points: Uint32Array;
  readonly interpolation: Interpolation;
}

const valuesOf = ({ deps, lat, lon, points, interpolation }: Click, field: MapField): Promise<Float32Array> =>
  interpolation === 'bilinear' ? samplePlaces(deps, field, { lat, lon }) : samplePoints(deps, field, points);

/** Speed and direction of the wind at the place, as the styles of winds show them. */
async function windAt(click: Click, chosen: ChosenField): Promise<{ speed: number; direction: number } | undefined> {
  const { u, v, factor } = windOf(chosen);
  const [us, vs] = await Promise.all([valuesOf(click, u), valuesOf(click, v)]);
  const speed = speeds(us, vs, factor)[0]!;
  if (Number.isNaN(speed)) return undefined;
  const { east, north } = toEarth(us, vs, await u.grid.rotation(click.points));
  return { speed: shortest(speed), direction: rounded(directionOf(east[0]!, north[0]!), 1) };
}

interface Asked {
  readonly style: StyleName;
  readonly interpolation: Interpolation;
  readonly format: InfoFormat;
}

async function findAt(deps: MapDeps, chosen: ChosenField, lat: number, lon: number, asked: Asked): Promise<Found> {
  const { field } = chosen;
  const place = { lat: Float64Array.of(lat), lon: Float64Array.of(lon) };
  const points = await nearestOf(field.grid, place.lat, place.lon);
  const unit = asked.style === 'speed' ? 'm/s' : unitOf(chosen);
  if (points[0] === NO_POINT) return { chosen, value: null, unit };
  const places = await field.grid.latlon(points);
  const [latitude, longitude] = [places.lat[0]!, places.lon[0]!];
  const at = {
    point: points[0]!,
    latitude: rounded(latitude, 6),
    longitude: rounded(longitude, 6),
    distanceKm: rounded(angleBetween(lat, lon, latitude, longitude) * EARTH_RADIUS_KM, 3),
  };
  const click = { deps, ...place, points, interpolation: asked.interpolation };
  const isWind = asked.style === 'speed' || asked.style === 'barbs' || asked.style === 'arrows';
  const [values, wind, series] = await Promise.all([
    valuesOf(click, field),
    isWind ? windAt(click, chosen) : undefined,
    asked.format === 'application/vnd.cov+json' ? clickSeries(chosen, at.point) : undefined,
  ]);
  const value = asked.style === 'speed' ? (wind?.speed ?? null) : orNull(values[0]!);
  return {
    chosen,
    at,
    value,
    unit,
    ...(wind === undefined ? {} : { wind }),
    ...(series === undefined ? {} : { series }),
  };
}

function formatOf(query: WmsQuery): InfoFormat {
  const asked = (query.get('INFO_FORMAT') ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  const format = INFO_FORMATS.find((one) => one === asked) ?? INFO_ALIASES[asked];
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

/** Layers that are asked about, each with the style that the picture shows it in. */
async function queriedLayers(
  deps: MapDeps,
  query: WmsQuery,
  mayUse: (collection: string) => boolean,
): Promise<readonly { readonly chosen: ChosenField; readonly style: StyleName }[]> {
  const names = readLayerNames(query, 'QUERY_LAYERS');
  const shown = query.get('LAYERS')?.split(',') ?? names;
  const absent = names.find((name) => !shown.includes(name));
  if (absent !== undefined) {
    throw new WmsException(
      'LayerNotDefined',
      `QUERY_LAYERS names "${absent.slice(0, 80)}", which LAYERS does not; name it in both.`,
    );
  }
  const styles = query.get('STYLES')?.split(',') ?? [];
  const chosen = await chooseLayers(deps, query, names, mayUse);
  return chosen.map((one, n) => ({
    chosen: one,
    style: styleNamed(one.layer, styles[shown.indexOf(names[n]!)] ?? ''),
  }));
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
  const layers = await queriedLayers(deps, query, mayUse);
  const i = readPixel(query, 'I', 'X', picture.width);
  const j = readPixel(query, 'J', 'Y', picture.height);
  const { crs, box, width, height } = picture;
  // the same expressions as for all pixels at once: the same pixel must find the same point
  const x = box.minx + (i + 0.5) * ((box.maxx - box.minx) / width);
  const y = box.maxy - (j + 0.5) * ((box.maxy - box.miny) / height);
  const [lat, lon] = unproject(crs, x, y);
  const found = await Promise.all(
    layers.map(({ chosen, style }) => findAt(deps, chosen, lat, lon, { style, interpolation, format })),
  );
  const place = { lat: rounded(lat, 6), lon: rounded(wrap180(lon), 6) };
  const bytes = Buffer.from(renderInfo(found, format, place));
  res.setHeader('Content-Type', format === 'application/vnd.cov+json' ? format : `${format}; charset=utf-8`);
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}
