/**
 * The tube around a track: a polyline in latitude, longitude and, where the track has them, level and step, swept by an
 * ellipsoid (round) or a box. For one level and step the tube leaves a part a segment, each cut by a parallel in one interval.
 * The same t runs all axes of a segment; an axis with semi-axis 0 must match exactly.
 */
import type { Inflation, TrajectoryVertex } from '../../schemas/vocabulary.js';
import { type Intervals, normalise } from './intervals.js';
import { type Shape, TOLERANCE } from './shape.js';
import { sides } from './shapes.js';

export interface TubePart {
  readonly segment: number;
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
  at(lat: number): Intervals;
  /** parameter of the nearest place on the segment and the distance to it, in semi-axes */
  project(lat: number, lon: number): { t: number; distance: number };
}

export interface TubeAt {
  readonly level?: number;
  /** seconds */
  readonly step?: number;
}

/** Range of the parameter, and what the other axes leave of the squared radius: left(t) = c0 + c1 t + c2 t², c2 <= 0. */
interface Reach {
  readonly from: number;
  readonly to: number;
  readonly left: readonly [number, number, number];
}

const ROUND: Reach = { from: 0, to: 1, left: [(1 + TOLERANCE) ** 2, 0, 0] };

/** Reach after an axis that runs from p by d and must come within the semi-axis a of the target. */
function constrain(reach: Reach, p: number, d: number, a: number, target: number, round: boolean): Reach | undefined {
  const offset = p - target;
  if (a > 0 && round) {
    const [c0, c1, c2] = reach.left;
    const scale = 1 / (a * a);
    return { ...reach, left: [c0 - offset * offset * scale, c1 - 2 * offset * d * scale, c2 - d * d * scale] };
  }
  const slack = TOLERANCE * Math.max(1, Math.abs(target));
  const bound = a > 0 ? a + slack : slack;
  if (Math.abs(d) <= slack) return Math.abs(offset) <= bound ? reach : undefined;
  if (a === 0) {
    const t = -offset / d;
    const span = slack / Math.abs(d);
    if (t < reach.from - span || t > reach.to + span) return undefined;
    const at = Math.max(reach.from, Math.min(reach.to, t));
    return { ...reach, from: at, to: at };
  }
  const t0 = (-offset - bound) / d;
  const t1 = (-offset + bound) / d;
  const from = Math.max(reach.from, Math.min(t0, t1));
  const to = Math.min(reach.to, Math.max(t0, t1));
  return from <= to ? { ...reach, from, to } : undefined;
}

/** Part of the range where something of the radius is left. */
function positive(reach: Reach): Reach | undefined {
  const [c0, c1, c2] = reach.left;
  if (c2 > -1e-30) return c0 + c1 * reach.from >= -1e-12 ? reach : undefined;
  const centre = c1 / (-2 * c2);
  const top = c0 + centre * (c1 + centre * c2);
  if (top < -1e-12) return undefined;
  const half = Math.sqrt(Math.max(0, top) / -c2);
  const from = Math.max(reach.from, centre - half);
  const to = Math.min(reach.to, centre + half);
  if (from <= to) return { ...reach, from, to };
  // a touching end that rounding put just outside
  if (from - to > 1e-9) return undefined;
  return { ...reach, from: Math.min(from, reach.to), to: Math.min(from, reach.to) };
}

/** Least and greatest value of p + t d ± a sqrt(left(t)); the expression is concave (convex) in t. */
function extent(reach: Reach, p: number, d: number, a: number, round: boolean): Intervals {
  const [c0, c1, c2] = reach.left;
  const value = (t: number, sign: number): number => {
    const radius = round ? Math.sqrt(Math.max(0, c0 + t * (c1 + t * c2))) : 1;
    return p + t * d + sign * Math.max(a * radius, TOLERANCE);
  };
  if (!round || c2 > -1e-30) {
    return [Math.min(value(reach.from, -1), value(reach.to, -1)), Math.max(value(reach.from, 1), value(reach.to, 1))];
  }
  const centre = c1 / (-2 * c2);
  const top = Math.max(0, c0 + centre * (c1 + centre * c2));
  const shift = (Math.sqrt(top / -c2) * d) / Math.hypot(d, a * Math.sqrt(-c2)) || 0;
  const clamp = (t: number): number => Math.max(reach.from, Math.min(reach.to, t));
  return [value(clamp(centre - shift), -1), value(clamp(centre + shift), 1)];
}

function partOf(
  segment: number,
  a: TrajectoryVertex,
  b: TrajectoryVertex,
  inflation: Inflation,
  round: boolean,
  at: TubeAt,
): TubePart | undefined {
  let reach: Reach | undefined = ROUND;
  if (at.level !== undefined && a.level !== undefined && b.level !== undefined) {
    reach = constrain(reach, a.level, b.level - a.level, inflation.level, at.level, round);
  }
  if (reach && at.step !== undefined && a.step !== undefined && b.step !== undefined) {
    reach = constrain(reach, a.step, b.step - a.step, inflation.step, at.step, round);
  }
  const open = reach && positive(reach);
  if (!open) return undefined;
  const dLat = b.lat - a.lat;
  const dLon = b.lon - a.lon;
  const [south, north] = extent(open, a.lat, dLat, inflation.lat, round) as [number, number];
  const [west, east] = extent(open, a.lon, dLon, inflation.lon, round) as [number, number];
  const cut = (lat: number): Intervals => {
    const near = constrain(open, a.lat, dLat, inflation.lat, lat, round);
    const left = near && positive(near);
    return left ? extent(left, a.lon, dLon, inflation.lon, round) : [];
  };
  return {
    segment,
    south,
    north,
    west,
    east,
    at: cut,
    project(lat, lon) {
      const [sLat, sLon] = [1 / (inflation.lat || 1e-6), 1 / (inflation.lon || 1e-6)];
      const near = lon + 360 * Math.round((a.lon + dLon / 2 - lon) / 360);
      const along = (lat - a.lat) * dLat * sLat * sLat + (near - a.lon) * dLon * sLon * sLon;
      const length = (dLat * sLat) ** 2 + (dLon * sLon) ** 2;
      const t = Math.max(open.from, Math.min(open.to, length > 0 ? along / length : 0));
      return { t, distance: Math.hypot((lat - a.lat - t * dLat) * sLat, (near - a.lon - t * dLon) * sLon) };
    },
  };
}

/** Parts of the tube at one level and step, in path order; longitudes of the vertices unwrapped. */
export function tubeParts(
  vertices: readonly TrajectoryVertex[],
  inflation: Inflation,
  inflate: 'round' | 'box',
  at: TubeAt,
): TubePart[] {
  const parts: TubePart[] = [];
  for (let s = 0; s + 1 < vertices.length; s++) {
    const part = partOf(s, vertices[s]!, vertices[s + 1]!, inflation, inflate === 'round', at);
    if (part) parts.push(part);
  }
  return parts;
}

/** Union of the parts; undefined when there are none. */
export function tubeShape(parts: readonly TubePart[]): Shape | undefined {
  if (parts.length === 0) return undefined;
  return {
    south: Math.min(...parts.map((p) => p.south)),
    north: Math.max(...parts.map((p) => p.north)),
    west: Math.min(...parts.map((p) => p.west)),
    east: Math.max(...parts.map((p) => p.east)),
    at(lat) {
      const pairs: number[] = [];
      for (const part of parts) {
        if (lat >= part.south - TOLERANCE && lat <= part.north + TOLERANCE) pairs.push(...part.at(lat));
      }
      return normalise(pairs);
    },
    outline: () =>
      parts.flatMap((p) => sides(p.south, p.north, (lat) => (p.at(lat).length > 0 ? p.at(lat) : [p.west, p.east]))),
  };
}
