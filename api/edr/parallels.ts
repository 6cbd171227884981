/** Lines beside a path at even distances across its width, with vertices as close as the grid's own points. */
import { EARTH_RADIUS_KM } from '../../extraction/region/shapes.js';
import type { Vertex } from '../ogc/wkt.js';
import { spread } from './regrid.js';

const RAD = Math.PI / 180;
const KM_PER_DEGREE = EARTH_RADIUS_KM * RAD;
/** Longer paths get wider steps. */
const MOST_VERTICES = 2000;

const between = (from: number, to: number, part: number): number => from + (to - from) * part;

/** A line with vertices at most `spacing` degrees apart; levels and times go evenly from one to the next. */
export function densified(line: readonly Vertex[], spacing: number): readonly Vertex[] {
  const lengths = line.slice(1).map(({ lon, lat }, n) => {
    const from = line[n]!;
    return Math.hypot((lon - from.lon) * Math.cos(((lat + from.lat) / 2) * RAD), lat - from.lat);
  });
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const step = Math.max(spacing, whole / MOST_VERTICES, 1e-6);
  const dense: Vertex[] = [line[0]!];
  for (const [n, length] of lengths.entries()) {
    const [from, to] = [line[n]!, line[n + 1]!];
    const parts = Math.max(1, Math.ceil(length / step - 1e-9));
    for (let k = 1; k <= parts; k++) {
      const part = k / parts;
      dense.push({
        lon: between(from.lon, to.lon, part),
        lat: between(from.lat, to.lat, part),
        ...(from.z === undefined || to.z === undefined ? {} : { z: between(from.z, to.z, part) }),
        ...(from.m === undefined || to.m === undefined ? {} : { m: between(from.m, to.m, part) }),
      });
    }
  }
  return dense;
}

/** `count` lines from one edge of the corridor to the other, both included; the path itself for one. */
export function parallels(line: readonly Vertex[], halfKm: number, count: number): readonly (readonly Vertex[])[] {
  return Array.from(spread(-halfKm, halfKm, count), (aside) =>
    line.map((vertex, n): Vertex => {
      const [before, behind] = [line[Math.max(0, n - 1)]!, line[Math.min(line.length - 1, n + 1)]!];
      const shrink = Math.max(0.01, Math.cos(vertex.lat * RAD));
      const [east, north] = [(behind.lon - before.lon) * shrink, behind.lat - before.lat];
      const length = Math.hypot(east, north) || 1;
      const degrees = aside / KM_PER_DEGREE;
      const lat = Math.max(-90, Math.min(90, vertex.lat - (degrees * east) / length));
      return { ...vertex, lat, lon: vertex.lon + (degrees * north) / length / shrink };
    }),
  );
}
