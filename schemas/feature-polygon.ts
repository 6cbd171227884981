/** Polygons: rings of `shape` (each filled, their union is meant) or GeoJSON with holes, checked and unwrapped. */
import { badFeature, type FeatureAxis, readPoints } from './feature-axes.js';
import { beside, type RingRules, readRing } from './feature-ring.js';
import { FeatureError } from './problem.js';
import type { LatLon, PolygonRings } from './vocabulary.js';

/** What the reading depends on: most vertices in all, whether crossings are accepted, and where remarks go. */
export interface PolygonContext {
  readonly vertices: number;
  readonly evenOdd: boolean;
  readonly notes: string[];
}

interface GeoJson {
  readonly type: 'Polygon' | 'MultiPolygon';
  readonly coordinates: readonly (readonly unknown[])[];
}

function refuseTooMany(count: number, context: PolygonContext): void {
  if (count <= context.vertices) return;
  throw new FeatureError(
    'too_many_points',
    `feature "shape": ${count} points in all rings are over the limit of ${context.vertices}; simplify the polygon.`,
  );
}

/** The rings of `shape`: a single ring is a list of one. */
function ringsOf(shape: readonly unknown[]): readonly (readonly unknown[])[] {
  const first = shape[0];
  if (!Array.isArray(first))
    badFeature('shape', 'a polygon needs a ring of at least three points [latitude, longitude]; add them');
  return (Array.isArray(first[0]) ? shape : [shape]) as readonly (readonly unknown[])[];
}

function readShape(shape: readonly unknown[], axes: readonly FeatureAxis[] | undefined, context: PolygonContext) {
  const rings = ringsOf(shape);
  refuseTooMany(
    rings.reduce((sum, ring) => sum + ring.length, 0),
    context,
  );
  const rules: RingRules = { member: 'shape', evenOdd: context.evenOdd, notes: context.notes };
  return rings.map((ring): PolygonRings => ({ outer: readRing(readPoints(ring, axes, 'shape'), rules), holes: [] }));
}

/** A GeoJSON position: longitude first, a height is ignored. */
function placesOf(ring: readonly unknown[]): readonly LatLon[] {
  const flat = ring.map((position) =>
    Array.isArray(position) && position.length > 2 ? position.slice(0, 2) : position,
  );
  return readPoints(flat, ['longitude', 'latitude'], 'geometry');
}

function readGeometry(geometry: GeoJson, context: PolygonContext): readonly PolygonRings[] {
  const polygons = (
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  ) as readonly (readonly (readonly unknown[])[])[];
  refuseTooMany(
    polygons.reduce((sum, rings) => sum + rings.reduce((n, ring) => n + ring.length, 0), 0),
    context,
  );
  const rules: RingRules = { member: 'geometry', evenOdd: context.evenOdd, notes: context.notes };
  return polygons.map((rings): PolygonRings => {
    const [outer, ...holes] = rings.map((ring) => readRing(placesOf(ring), rules));
    if (outer === undefined) badFeature('geometry', 'a polygon has no ring; give at least one');
    return { outer, holes: holes.map((hole) => beside(hole, outer)) };
  });
}

/** The polygons of a feature, from `shape` or `geometry` (one of them). */
export function readPolygons(
  members: Readonly<Record<string, unknown>>,
  axes: readonly FeatureAxis[] | undefined,
  context: PolygonContext,
): readonly PolygonRings[] {
  const { shape, geometry } = members;
  if (shape !== undefined && geometry !== undefined) {
    throw new FeatureError(
      'over_specified',
      'feature "shape" is over-specified: "geometry" is given as well; give one of them.',
    );
  }
  const polygons =
    geometry === undefined
      ? readShape(shape as readonly unknown[], axes, context)
      : readGeometry(geometry as GeoJson, context);
  if (polygons.length === 0) badFeature('geometry', 'there is no polygon; give at least one');
  return polygons;
}
