/**
 * A FeatureRequest back as a body: canonical JSON with MARS texts, one spelling for everything, keys in a fixed order.
 * Reading the printed request gives an equal one; so it is what travels in a job and what answers are cached under.
 */
import { printSelector } from './mars.js';
import { KINDS } from './mars-kinds.js';
import { durationText } from './mars-scan.js';
import type { Keys } from './request-keys.js';
import type { AxisValue, Box, Feature, FeatureRequest, Interpolation, LatLon, PolygonRings } from './vocabulary.js';

type Json = string | number | readonly Json[] | { readonly [key: string]: Json };

const PAIR = ['latitude', 'longitude'] as const;

function corners({ south, west, north, east }: Box, levels?: readonly [number, number]): Json {
  if (levels === undefined)
    return [
      [south, west],
      [north, east],
    ];
  return [
    [south, west, levels[0]],
    [north, east, levels[1]],
  ];
}

function interpolated(interpolation: Interpolation): { interpolation?: Json } {
  return interpolation === 'nearest' ? {} : { interpolation };
}

function seconds(value: number): Json {
  return value % 3600 === 0 ? value / 3600 : durationText(value);
}

/** The range of a timeseries along datetime, which has no place in the body. */
function datetimeRange(keys: Keys): { range?: Json } {
  const selector = keys.get('datetime');
  if (selector === undefined || selector.kind === 'glob') return {};
  const { print, printBy } = KINDS.datetime;
  const text = (value: AxisValue): string => print(value);
  if (selector.kind === 'values') return { range: selector.values.map(text) };
  const interval = selector.by === undefined ? {} : { interval: printBy!(selector.by) };
  return { range: { start: text(selector.from), end: text(selector.to), ...interval } };
}

function polygonJson(polygons: readonly PolygonRings[]): { [key: string]: Json } {
  if (polygons.every(({ holes }) => holes.length === 0)) return { shape: polygons.map(({ outer }) => outer) };
  const closed = (ring: readonly LatLon[]): Json => [...ring, ring[0]!].map(([lat, lon]) => [lon, lat]);
  const coordinates = polygons.map(({ outer, holes }) => [outer, ...holes].map(closed));
  return { geometry: { type: 'MultiPolygon', coordinates } };
}

function trajectoryJson(feature: Extract<Feature, { type: 'trajectory' }>): { [key: string]: Json } {
  const { axes, inflation, inflate, sample, vertices } = feature;
  const points = vertices.map(({ lat, lon, level, step }): Json => {
    const values: Record<(typeof axes)[number], Json> = {
      latitude: lat,
      longitude: lon,
      levelist: level ?? 0,
      step: seconds(step ?? 0),
    };
    return axes.map((axis) => values[axis]);
  });
  const radii: Record<(typeof axes)[number], Json> = {
    latitude: inflation.lat,
    longitude: inflation.lon,
    levelist: inflation.level,
    step: seconds(inflation.step),
  };
  return { axes: [...axes], points, inflation: sample ? 0 : axes.map((axis) => radii[axis]), inflate };
}

function featureJson(feature: Feature, keys: Keys): { [key: string]: Json } {
  const { type } = feature;
  switch (type) {
    case 'timeseries':
      return {
        type,
        points: feature.points,
        axes: feature.axis,
        ...datetimeRange(keys),
        ...interpolated(feature.interpolation),
      };
    case 'verticalprofile':
    case 'position':
      return { type, points: feature.points, ...interpolated(feature.interpolation) };
    case 'polygon':
      return { type, ...polygonJson(feature.polygons) };
    case 'boundingbox': {
      const axes = feature.levels === undefined ? PAIR : [...PAIR, 'levelist'];
      return { type, axes, points: corners(feature.box, feature.levels) };
    }
    case 'frame':
      return { type, axes: PAIR, outer_box: corners(feature.outer), inner_box: corners(feature.inner) };
    case 'circle':
      return {
        type,
        center: [feature.center],
        radius: feature.radius,
        ...(feature.units === 'km' ? { units: 'km' } : {}),
      };
    case 'trajectory':
      return { type, ...trajectoryJson(feature) };
  }
}

/** The canonical body of a request: plain JSON that `parseFeatureRequest` reads as an equal request. */
export function requestToJson(request: FeatureRequest): { readonly [key: string]: Json } {
  const body: { [key: string]: Json } = {};
  for (const [key, selector] of request.keys) {
    if (key !== 'datetime') body[key] = printSelector(key, selector);
  }
  body['feature'] = featureJson(request.feature, request.keys);
  body['format'] = request.format;
  if (request.units !== undefined) body['units'] = request.units;
  if (request.expectAny) body['expect'] = 'any';
  return body;
}

/** The canonical body as text. */
export function printRequest(request: FeatureRequest): string {
  return JSON.stringify(requestToJson(request));
}

/** Equal for requests that mean the same, different for others: what answers are cached under. */
export function canonicalKey(request: FeatureRequest): string {
  return printRequest(request);
}

/** The keys as MARS text, without the feature: `class=rd,stream=oper,...`. */
export function marsText(keys: Keys): string {
  return [...keys].map(([key, selector]) => `${key}=${printSelector(key, selector)}`).join(',');
}
