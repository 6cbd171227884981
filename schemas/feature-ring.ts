/**
 * Rings and paths in plate carrée: the short way across the antimeridian, rings around a pole, closing, area and crossings.
 * The rules are those of docs/features.md#longitudes. Longitudes come out unwrapped: neighbours differ by what the edge spans.
 */
import { kinks } from '@turf/kinks';
import { FeatureError } from './problem.js';
import type { LatLon, PolygonRings } from './vocabulary.js';

const SAME = 1e-12;
const SLACK = 1e-9;
const WIDEST = 720;

/** A line with its longitudes made continuous. */
interface Unwrapped {
  readonly line: readonly LatLon[];
  /** indices of edges (their first vertex) that were turned the short way */
  readonly turned: readonly number[];
}

/** An edge wider than half the globe is meant the other way round; exactly half, and whole turns, are meant as given. */
function turnsOf(span: number): number {
  const size = Math.abs(span);
  return size > 180 + SLACK && size < 360 - SLACK ? -Math.sign(span) : 0;
}

function unwrap(points: readonly LatLon[]): Unwrapped {
  const line: LatLon[] = [];
  const turned: number[] = [];
  let shift = 0;
  points.forEach((point, index) => {
    const before = points[index - 1];
    const turn = before === undefined ? 0 : turnsOf(point[1] - before[1]);
    if (turn !== 0) turned.push(index - 1);
    shift += turn;
    line.push([point[0], point[1] + 360 * shift]);
  });
  return { line, turned };
}

/** Whole turns, so that what was unwrapped starts near [-180, 180); lines as given stay as they are. */
function settle(line: readonly LatLon[], member: string): readonly LatLon[] {
  const west = Math.min(...line.map((point) => point[1]));
  const back = 360 * Math.floor((west + 180) / 360);
  const settled = line.map((point): LatLon => [point[0], point[1] - back]);
  if (settled.some((point) => point[1] > WIDEST)) {
    throw new FeatureError(
      'bad_shape',
      `feature "${member}": the line winds around the globe more than once; split it.`,
    );
  }
  return settled;
}

function noteOf(edge: number): string {
  return `edge ${edge + 1} crosses the antimeridian: it was read the short way round`;
}

function widthNote(line: readonly LatLon[], what: string): string[] {
  const longitudes = line.map((point) => point[1]);
  const width = Math.max(...longitudes) - Math.min(...longitudes);
  return width > 180 + SLACK ? [`the ${what} is ${Number(width.toFixed(6))} degrees of longitude wide`] : [];
}

/** A path with its edges the short way round. */
export function unwrapPath(points: readonly LatLon[], member: string, notes: string[]): readonly LatLon[] {
  const { line, turned } = unwrap(points);
  notes.push(...turned.map(noteOf));
  return turned.length === 0 ? points : settle(line, member);
}

function same(a: LatLon, b: LatLon): boolean {
  return Math.abs(a[0] - b[0]) <= SAME && Math.abs(a[1] - b[1]) <= SAME;
}

/** Without repeated neighbours and without the closing vertex. */
function opened(points: readonly LatLon[]): LatLon[] {
  const ring = points.filter((point, index) => index === 0 || !same(point, points[index - 1]!));
  while (ring.length > 1 && same(ring[0]!, ring[ring.length - 1]!)) ring.pop();
  return ring;
}

/** A ring around a pole is closed through the pole of the hemisphere that it lies in. */
function closedThroughPole(line: readonly LatLon[], winding: number): readonly LatLon[] {
  const mean = line.reduce((sum, point) => sum + point[0], 0) / line.length;
  const pole = mean < 0 ? -90 : 90;
  const [firstLat, firstLon] = line[0]!;
  const end = firstLon + winding;
  return [...line, [firstLat, end], [pole, end], [pole, firstLon]];
}

/** Twice the signed area of the triangle of three vertices. */
function cross([lat0, lon0]: LatLon, [lat1, lon1]: LatLon, [lat2, lon2]: LatLon): number {
  return (lon1 - lon0) * (lat2 - lat0) - (lon2 - lon0) * (lat1 - lat0);
}

function areaOf(line: readonly LatLon[]): number {
  let twice = 0;
  for (let at = 1; at + 1 < line.length; at++) twice += cross(line[0]!, line[at]!, line[at + 1]!);
  return Math.abs(twice) / 2;
}

/** Whether all vertices lie on the line through the first and the one farthest from it. */
function isCollinear(line: readonly LatLon[]): boolean {
  const first = line[0]!;
  const distance = (point: LatLon): number => Math.hypot(point[0] - first[0], point[1] - first[1]);
  const farthest = line.reduce((best, point) => (distance(point) > distance(best) ? point : best), first);
  return line.every((point) => Math.abs(cross(first, farthest, point)) <= SAME);
}

function refuseNoArea(member: string): never {
  throw new FeatureError(
    'degenerate_polygon',
    `feature "${member}": the polygon has no area, its vertices lie on a line; move one.`,
  );
}

function refuseCrossing(line: readonly LatLon[], member: string): void {
  const coordinates = [...line, line[0]!].map(([lat, lon]) => [lon, lat]);
  const found = kinks({ type: 'Polygon', coordinates: [coordinates] }).features;
  const first = found[0]?.geometry.coordinates;
  if (first === undefined) return;
  const at = found.slice(0, 10).map(({ geometry }) => [geometry.coordinates[1]!, geometry.coordinates[0]!]);
  throw new FeatureError(
    'self_intersection',
    `feature "${member}": the polygon crosses itself at latitude ${first[1]}, longitude ${first[0]}; split it there into simple rings.`,
    { data: { kinks: at } },
  );
}

/** What the reading of a ring depends on. */
export interface RingRules {
  readonly member: string;
  /** accept rings that cross themselves */
  readonly evenOdd: boolean;
  readonly notes: string[];
}

/** A valid open ring out of given vertices, closed or not. */
export function readRing(points: readonly LatLon[], rules: RingRules): readonly LatLon[] {
  const { member, notes } = rules;
  const ring = opened(points);
  if (new Set(ring.map(String)).size < 3) {
    throw new FeatureError(
      'bad_shape',
      `feature "${member}": a polygon needs at least three different vertices; add some.`,
    );
  }
  const { line, turned } = unwrap([...ring, ring[0]!]);
  const winding = line[line.length - 1]![1] - ring[0]![1];
  if (Math.abs(winding) > 360 + SLACK) {
    throw new FeatureError(
      'bad_shape',
      `feature "${member}": the ring winds around the pole more than once; split it.`,
    );
  }
  let whole: readonly LatLon[] = line.slice(0, -1);
  if (Math.abs(winding) > 180) whole = closedThroughPole(whole, winding);
  if (turned.length > 0) whole = settle(whole, member);
  notes.push(...turned.map(noteOf), ...widthNote(whole, 'polygon'));
  if (isCollinear(whole)) refuseNoArea(member);
  if (rules.evenOdd) return whole;
  // The loops of a ring that crosses itself may cancel: crossings are looked for before the area is.
  refuseCrossing(whole, member);
  if (areaOf(whole) <= SAME) refuseNoArea(member);
  return whole;
}

/** A hole, moved by whole turns to where its outer ring is. */
export function beside(hole: readonly LatLon[], outer: readonly LatLon[]): readonly LatLon[] {
  const middle = (line: readonly LatLon[]): number => {
    const longitudes = line.map((point) => point[1]);
    return (Math.min(...longitudes) + Math.max(...longitudes)) / 2;
  };
  const turns = Math.round((middle(outer) - middle(hole)) / 360);
  return turns === 0 ? hole : hole.map(([lat, lon]): LatLon => [lat, lon + 360 * turns]);
}

/** Number of vertices of all rings. */
export function vertexCount(polygons: readonly PolygonRings[]): number {
  return polygons.reduce(
    (sum, { outer, holes }) => sum + outer.length + holes.reduce((n, hole) => n + hole.length, 0),
    0,
  );
}
