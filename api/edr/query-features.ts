/**
 * The place of a query as features of the extraction: WKT and boxes become points, circles, polygons, boxes and paths. Only
 * spelling is settled here; shapes are checked and unwrapped by the same code that reads Polytope requests.
 */
import { parseFeature } from '../../schemas/feature.js';
import type { Limits } from '../../schemas/limits.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Feature, LatLon } from '../../schemas/vocabulary.js';
import { type QueryBox, readNumber } from '../ogc/choices.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { parseWkt, type Vertex } from '../ogc/wkt.js';

export const QUERY_TYPES = ['position', 'radius', 'area', 'cube', 'trajectory', 'corridor', 'locations'] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

/** Kilometres of each unit that `within-units`, `width-units` take. */
export const KM: Readonly<Record<string, number>> = { km: 1, m: 0.001, mi: 1.609344, nmi: 1.852 };

export interface FeatureRules {
  readonly collection: EdrCollection;
  readonly limits: Limits;
  readonly now: number;
}

/** Reads a feature as a Polytope request would give it. */
export function readFeature(raw: object, { collection, limits, now }: FeatureRules): Feature {
  return parseFeature(raw, {
    now,
    levtype: collection.levtype,
    mostValues: limits.values,
    vertices: limits.vertices,
    points: limits.points,
    evenOdd: collection.cube.collection.selfIntersection === 'evenodd',
  }).feature;
}

export const latLon = ({ lat, lon }: Vertex): LatLon => [lat, lon];

/** Kilometres of a length and its unit. */
export function readLength(key: string, value: string | undefined, unitKey: string, unit: string | undefined): number {
  const units = Object.keys(KM).join(', ');
  if (value === undefined) throw new FeatureError('bad_value', `${key} is missing; give it with ${unitKey}.`);
  if (unit === undefined) throw new FeatureError('bad_value', `${unitKey} is missing; give one of ${units}.`);
  const factor = KM[unit.trim().toLowerCase()];
  if (factor === undefined) {
    throw new FeatureError('bad_value', `${unitKey}: "${unit.slice(0, 40)}" is not offered; give one of ${units}.`);
  }
  const length = readNumber(key, value) * factor;
  if (!(length > 0 && length <= 40_000)) {
    throw new FeatureError('bad_value', `${key}: ${value.slice(0, 40)} is not possible; give a length above 0.`);
  }
  return length;
}

export function positionFeature(coords: string, rules: FeatureRules): Feature {
  const { points } = parseWkt(withoutLevels(coords), 'points');
  return readFeature({ type: 'position', points: points.map(latLon) }, rules);
}

/** Refuses levels in points: they are chosen by `z`. */
function withoutLevels(coords: string): string {
  if (!parseWkt(coords, 'points').points.some(({ z, m }) => z !== undefined || m !== undefined)) return coords;
  throw new FeatureError(
    'bad_shape',
    'coords: a point has a longitude and a latitude; give levels as z, times as datetime.',
  );
}

/** One circle a point. */
export function radiusFeatures(coords: string, km: number): readonly Feature[] {
  const { points } = parseWkt(withoutLevels(coords), 'points');
  return points.map((point): Feature => ({ type: 'circle', center: latLon(point), radius: km, units: 'km' }));
}

function isClosed(ring: readonly Vertex[]): boolean {
  const [first, last] = [ring[0]!, ring.at(-1)!];
  return ring.length > 3 && first.lat === last.lat && first.lon === last.lon;
}

export function areaFeature(coords: string, rules: FeatureRules): Feature {
  const { polygons } = parseWkt(coords, 'polygons');
  if (polygons.flat().some((ring) => !isClosed(ring))) {
    throw new FeatureError('bad_shape', 'coords: a ring does not end where it starts; repeat its first vertex.');
  }
  const coordinates = polygons.map((rings) => rings.map((ring) => ring.map(({ lon, lat }) => [lon, lat])));
  return readFeature({ type: 'polygon', geometry: { type: 'MultiPolygon', coordinates } }, rules);
}

export function boxFeature({ south, west, north, east }: QueryBox): Feature {
  return { type: 'boundingbox', box: { south, west, north, east } };
}
