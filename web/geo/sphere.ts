/** Distances, areas, paths and crossings on the sphere; degrees in, kilometres out. */
import type { LatLon } from '../state/state.js';

export const EARTH_KM = 6371.0088;
const RAD = Math.PI / 180;

export const wrapLon = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180;

/** Great-circle distance. */
export function distanceKm(from: LatLon, to: LatLon): number {
  const [lat1, lat2] = [from[0] * RAD, to[0] * RAD];
  const [dLat, dLon] = [lat2 - lat1, (to[1] - from[1]) * RAD];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

export const pathKm = (path: readonly LatLon[]): number =>
  path.slice(1).reduce((sum, at, n) => sum + distanceKm(path[n]!, at), 0);

/** Point on the great circle at a fraction of the way. */
export function between(from: LatLon, to: LatLon, share: number): LatLon {
  const angle = distanceKm(from, to) / EARTH_KM;
  if (angle < 1e-12) return from;
  const [a, b] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  const vector = ([lat, lon]: LatLon): readonly [number, number, number] => [
    Math.cos(lat * RAD) * Math.cos(lon * RAD),
    Math.cos(lat * RAD) * Math.sin(lon * RAD),
    Math.sin(lat * RAD),
  ];
  const [p, q] = [vector(from), vector(to)];
  const [x, y, z] = [a * p[0] + b * q[0], a * p[1] + b * q[1], a * p[2] + b * q[2]];
  return [Math.atan2(z, Math.hypot(x, y)) / RAD, Math.atan2(y, x) / RAD];
}

/** Area of a ring with straight edges on the cylinder of equal area; good to a percent for shapes of a few hundred km. */
export function ringKm2(ring: readonly LatLon[]): number {
  let sum = 0;
  for (const [n, [lat, lon]] of ring.entries()) {
    const [nextLat, nextLon] = ring[(n + 1) % ring.length]!;
    sum += wrapLon(nextLon - lon) * RAD * (2 + Math.sin(lat * RAD) + Math.sin(nextLat * RAD));
  }
  return Math.abs((sum * EARTH_KM * EARTH_KM) / 2);
}

/** Points on a circle around a place. */
export function circleRing([lat, lon]: LatLon, km: number, count = 96): LatLon[] {
  const d = km / EARTH_KM;
  return Array.from({ length: count }, (_, n): LatLon => {
    const bearing = (2 * Math.PI * n) / count;
    const sin = Math.sin(lat * RAD) * Math.cos(d) + Math.cos(lat * RAD) * Math.sin(d) * Math.cos(bearing);
    const phi = Math.asin(Math.min(1, Math.max(-1, sin)));
    const east = Math.sin(bearing) * Math.sin(d) * Math.cos(lat * RAD);
    return [phi / RAD, lon + Math.atan2(east, Math.cos(d) - Math.sin(lat * RAD) * sin) / RAD];
  });
}

/** Adds points along edges that are straight in latitude and longitude, so that they can be drawn in any projection. */
export function densify(path: readonly LatLon[], closed: boolean, step = 1): LatLon[] {
  const out: LatLon[] = [];
  const count = closed ? path.length : path.length - 1;
  for (let n = 0; n < count; n++) {
    const [from, to] = [path[n]!, path[(n + 1) % path.length]!];
    const dLon = Math.abs(to[1] - from[1]) > 180 ? wrapLon(to[1] - from[1]) : to[1] - from[1];
    const pieces = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(dLon)) / step));
    for (let k = 0; k < pieces; k++) {
      out.push([from[0] + ((to[0] - from[0]) * k) / pieces, from[1] + (dLon * k) / pieces]);
    }
  }
  if (!closed && path.length > 0) out.push(path.at(-1)!);
  return out;
}

function turn(a: LatLon, b: LatLon, c: LatLon): number {
  return (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1]);
}

/** Where two edges of a ring cross; undefined when none do. */
export function ringCrossing(ring: readonly LatLon[]): LatLon | undefined {
  const count = ring.length;
  for (let n = 0; n < count; n++) {
    const [a, b] = [ring[n]!, ring[(n + 1) % count]!];
    for (let k = n + 2; k < count; k++) {
      if (n === 0 && k === count - 1) continue;
      const [c, d] = [ring[k]!, ring[(k + 1) % count]!];
      const [one, two, three, four] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
      if (one * two < 0 && three * four < 0) {
        const share = three / (three - four);
        return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
      }
    }
  }
  return undefined;
}

/** `45.50° N, 73.57° W`; in French `45,50° N, 73,57° O`. */
export function placeText([lat, lon]: LatLon, lang: string, digits = 2): string {
  const east = wrapLon(lon);
  const west = lang === 'fr' ? 'O' : 'W';
  const text = `${Math.abs(lat).toFixed(digits)}° ${lat < 0 ? 'S' : 'N'}, ${Math.abs(east).toFixed(digits)}° ${east < 0 ? west : 'E'}`;
  return lang === 'fr' ? text.replace(/(\d)\.(\d)/g, '$1,$2') : text;
}
