/** Shapes of the area features: polygons with holes, boxes, frames, ellipses in degrees and caps in kilometres. */
import type { Box, LatLon, PolygonRings } from '../../schemas/vocabulary.js';
import { type Intervals, normalise, withoutOpen } from './intervals.js';
import { Ring } from './ring.js';
import { poleFrame } from './rotation.js';
import { type Curve, line, type Shape, TOLERANCE } from './shape.js';

/** Radius of the sphere of RPN grids, km. */
export const EARTH_RADIUS_KM = 6371;
const RAD = Math.PI / 180;

/** Union of polygons; the inside of a hole is left out, its edge is kept. */
export function polygonShape(polygons: readonly PolygonRings[]): Shape {
  const parts = polygons.map((p) => ({ outer: new Ring(p.outer), holes: p.holes.map((h) => new Ring(h)) }));
  const outers = parts.map((p) => p.outer);
  const part = (p: (typeof parts)[number], lat: number): Intervals => {
    let kept = p.outer.closed(lat);
    // a hole may be written on another turn of longitude than its outer ring
    for (const hole of p.holes) {
      const turn = 360 * Math.round(((p.outer.west + p.outer.east) / 2 - (hole.west + hole.east) / 2) / 360);
      kept = withoutOpen(
        kept,
        hole.open(lat).map((v) => v + turn),
      );
    }
    return kept;
  };
  return {
    south: Math.min(...outers.map((r) => r.south)),
    north: Math.max(...outers.map((r) => r.north)),
    west: Math.min(...outers.map((r) => r.west)),
    east: Math.max(...outers.map((r) => r.east)),
    at: (lat) => (parts.length === 1 ? part(parts[0]!, lat) : normalise(parts.flatMap((p) => part(p, lat)))),
    outline: () => parts.flatMap((p) => [p.outer, ...p.holes].flatMap((r) => r.outline())),
  };
}

function boxOutline(box: Box): Curve[] {
  const { south, north, west, east } = box;
  return [
    line(south, west, south, east),
    line(south, east, north, east),
    line(north, east, north, west),
    line(north, west, south, west),
  ];
}

/** Closed box. */
export function boxShape(box: Box): Shape {
  const cut: Intervals = [box.west - TOLERANCE, box.east + TOLERANCE];
  return {
    ...box,
    at: (lat) => (lat >= box.south - TOLERANCE && lat <= box.north + TOLERANCE ? cut : []),
    outline: () => boxOutline(box),
  };
}

/** Closed outer box without the open inside of the inner box. */
export function frameShape(outer: Box, inner: Box): Shape {
  const box = boxShape(outer);
  const turn = 360 * Math.round(((outer.west + outer.east) / 2 - (inner.west + inner.east) / 2) / 360);
  const hole: Intervals = [inner.west + turn + TOLERANCE, inner.east + turn - TOLERANCE];
  const ring = withoutOpen(box.at(outer.south), hole[0]! < hole[1]! ? hole : []);
  return {
    ...outer,
    at: (lat) => (lat > inner.south + TOLERANCE && lat < inner.north - TOLERANCE ? ring : box.at(lat)),
    outline: () => [...boxOutline(outer), ...boxOutline(inner)],
  };
}

/** Two sides of a region whose cut along every parallel is one interval, as curves over latitude, and its flat ends. */
export function sides(south: number, north: number, at: (lat: number) => Intervals): Curve[] {
  const side = (end: 0 | 1): Curve => ({
    from: south,
    to: north,
    bulge: 2,
    at(lat, out) {
      out[0] = lat;
      out[1] = at(lat)[end]!;
    },
  });
  const flat = (lat: number): Curve => line(lat, at(lat)[0]!, lat, at(lat)[1]!);
  return [side(0), side(1), flat(south), flat(north)];
}

/** Disk in plain degrees of latitude and longitude. */
export function circleShape(center: LatLon, radius: number): Shape {
  const [lat0, lon0] = center;
  const limit = radius * radius * (1 + TOLERANCE);
  const at = (lat: number): Intervals => {
    const left = limit - (lat - lat0) ** 2;
    if (left < 0) return [];
    const half = Math.sqrt(left);
    return [lon0 - half, lon0 + half];
  };
  const [south, north] = [lat0 - radius, lat0 + radius];
  return { south, north, west: lon0 - radius, east: lon0 + radius, at, outline: () => sides(south, north, at) };
}

/** Spherical cap of a radius in km. */
export function capShape(center: LatLon, radiusKm: number): Shape {
  const [lat0, lon0] = center;
  const radius = Math.min(180, radiusKm / EARTH_RADIUS_KM / RAD);
  const [south, north] = [Math.max(-90, lat0 - radius), Math.min(90, lat0 + radius)];
  const round = lat0 + radius >= 90 || lat0 - radius <= -90;
  const cosLat0 = Math.cos(lat0 * RAD);
  const at = (lat: number): Intervals => {
    if (lat < south - TOLERANCE || lat > north + TOLERANCE) return [];
    // haversine form: sin²(r/2) = sin²(Δφ/2) + cos φ0 cos φ sin²(Δλ/2)
    const left = Math.sin((radius * RAD) / 2 + TOLERANCE * RAD) ** 2 - Math.sin(((lat - lat0) * RAD) / 2) ** 2;
    if (left < 0) return [];
    const scale = cosLat0 * Math.cos(lat * RAD);
    const half = left >= scale ? 180 : (2 * Math.asin(Math.sqrt(left / scale))) / RAD;
    return [lon0 - half, lon0 + half];
  };
  const reach = round ? 180 : Math.asin(Math.min(1, Math.sin(radius * RAD) / cosLat0)) / RAD + TOLERANCE;
  return {
    south,
    north,
    west: lon0 - reach,
    east: lon0 + reach,
    at,
    outline: () => [line(90 - radius, 0, 90 - radius, 360, poleFrame(lat0, lon0))],
  };
}
