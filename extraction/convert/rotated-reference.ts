/**
 * A rotated frame as ig1..ig4 hold it: two points of its equator on a lattice of 1/40 degree. Any two points of the equator
 * name the same frame, so two that lie close to it are looked for, and what is left is a shift of longitudes.
 */
import { FeatureError } from '../../schemas/problem.js';
import { encodeE } from '../grid/encode-params.js';
import { decodeE, type Igs } from '../grid/params.js';
import { DEGREE, putUnitVector } from '../grid/sphere.js';

export interface RotatedReference {
  readonly ig: Igs;
  /** degrees to be added to rotated longitudes of the frame asked for */
  readonly shift: number;
  /** degrees between the pole asked for and that of the reference */
  readonly poleError: number;
}

interface Candidate {
  readonly lat: number;
  readonly lon: number;
  /** degrees off the equator of the frame */
  readonly off: number;
}

const STEPS = 40;
/** The best points of each sector of the equator: many lattice points may lie on it, all close together. */
const SECTORS = 72;
const BEST_OF_SECTOR = 5;
const LEAST_APART = 60;
const MOST_APART = 120;

const onLattice = (degrees: number): number => Math.round(degrees * STEPS) / STEPS;

/** Lattice points next to the equator of a frame, the closest first. */
function candidates(poleLat: number, poleLon: number): Candidate[] {
  const pole = new Float64Array(3);
  putUnitVector(poleLat, poleLon, pole, 0);
  const point = new Float64Array(3);
  const seen = new Map<string, Candidate>();
  const consider = (lat: number, lon: number): void => {
    if (!(Math.abs(lat) < 90 - 1 / STEPS) || !Number.isFinite(lon)) return;
    const candidate = { lat: onLattice(lat), lon: onLattice(((lon % 360) + 360) % 360) % 360 };
    putUnitVector(candidate.lat, candidate.lon, point, 0);
    const along = pole[0]! * point[0]! + pole[1]! * point[1]! + pole[2]! * point[2]!;
    seen.set(`${candidate.lat} ${candidate.lon}`, { ...candidate, off: Math.abs(Math.asin(along)) / DEGREE });
  };
  const tilt = Math.tan(poleLat * DEGREE);
  for (let k = 0; k < 360 * STEPS; k++) {
    const lon = k / STEPS;
    consider(Math.atan(-Math.cos((lon - poleLon) * DEGREE) / tilt) / DEGREE, lon);
  }
  for (let k = -89 * STEPS; k <= 89 * STEPS; k++) {
    const lat = k / STEPS;
    const turn = Math.acos(-Math.tan(lat * DEGREE) * tilt) / DEGREE;
    consider(lat, poleLon + turn);
    consider(lat, poleLon - turn);
  }
  return spread([...seen.values()], poleLat, poleLon);
}

/** The closest candidates of every sector, by the bearing at which the pole sees them. */
function spread(all: readonly Candidate[], poleLat: number, poleLon: number): Candidate[] {
  const sectors = Array.from({ length: SECTORS }, (): Candidate[] => []);
  const [sp, cp] = [Math.sin(poleLat * DEGREE), Math.cos(poleLat * DEGREE)];
  for (const candidate of all) {
    const lat = candidate.lat * DEGREE;
    const turn = (candidate.lon - poleLon) * DEGREE;
    const east = Math.cos(lat) * Math.sin(turn);
    const north = cp * Math.sin(lat) - sp * Math.cos(lat) * Math.cos(turn);
    const bearing = Math.atan2(east, north) / (2 * Math.PI) + 0.5;
    sectors[Math.min(SECTORS - 1, Math.floor(bearing * SECTORS))]!.push(candidate);
  }
  return sectors.flatMap((sector) => sector.sort((a, b) => a.off - b.off).slice(0, BEST_OF_SECTOR));
}

/** Points that ig1..ig4 give back as they are. */
function survives(ig: Igs, one: Candidate, other: Candidate): boolean {
  const back = decodeE(ig);
  const same = (a: number, b: number): boolean => Math.abs(((((a - b + 540) % 360) + 360) % 360) - 180) < 1e-9;
  return back.lat1 === one.lat && back.lat2 === other.lat && same(back.lon1, one.lon) && same(back.lon2, other.lon);
}

/** Frame with its north pole at a place and the true north pole at rotated longitude `northPoleLon`, degrees. */
export function rotatedReference(poleLat: number, poleLon: number, northPoleLon: number): RotatedReference {
  const found = candidates(poleLat, poleLon);
  const pole = new Float64Array(3);
  putUnitVector(poleLat, poleLon, pole, 0);
  const vectors = new Float64Array(3 * found.length);
  for (const [at, { lat, lon }] of found.entries()) putUnitVector(lat, lon, vectors, 3 * at);
  const pairs: { readonly a: number; readonly b: number; readonly miss: number }[] = [];
  for (let a = 0; a < found.length; a++) {
    for (let b = 0; b < found.length; b++) {
      const miss = missOf(pole, vectors, a, b);
      if (miss !== undefined) pairs.push({ a, b, miss });
    }
  }
  pairs.sort((one, other) => one.miss - other.miss);
  for (const { a, b, miss } of pairs) {
    const [one, other] = [found[a]!, found[b]!];
    const ig = encodeE(one.lat, one.lon, other.lat, other.lon);
    if (!survives(ig, one, other)) continue;
    return { ig, shift: decodeE(ig).northPoleLon - northPoleLon, poleError: miss / DEGREE };
  }
  throw new FeatureError('grid_error', `No E reference has its pole at (${poleLat}, ${poleLon}).`);
}

/** Angle (radians) between a pole and that of the frame through two points; undefined for points too near or too far apart. */
function missOf(pole: Float64Array, v: Float64Array, a: number, b: number): number | undefined {
  const [i, j] = [3 * a, 3 * b];
  const along = v[i]! * v[j]! + v[i + 1]! * v[j + 1]! + v[i + 2]! * v[j + 2]!;
  if (along > Math.cos(LEAST_APART * DEGREE) || along < Math.cos(MOST_APART * DEGREE)) return undefined;
  const normal = [
    v[i + 1]! * v[j + 2]! - v[i + 2]! * v[j + 1]!,
    v[i + 2]! * v[j]! - v[i]! * v[j + 2]!,
    v[i]! * v[j + 1]! - v[i + 1]! * v[j]!,
  ] as const;
  const length = Math.hypot(...normal);
  const upright = normal[0] * pole[0]! + normal[1] * pole[1]! + normal[2] * pole[2]!;
  if (upright <= 0) return undefined;
  return Math.hypot(normal[0] / length - pole[0]!, normal[1] / length - pole[1]!, normal[2] / length - pole[2]!);
}
