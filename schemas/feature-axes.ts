/** Names of axes inside a feature: every accepted spelling is folded to the canonical one here and nowhere else. */
import { shorten, show } from './check.js';
import { scanNumber } from './mars-scan.js';
import { FeatureError } from './problem.js';
import type { LatLon } from './vocabulary.js';

export type FeatureAxis = 'latitude' | 'longitude' | 'levelist' | 'step' | 'datetime' | 'date' | 'number';

const SPELLINGS: ReadonlyMap<string, FeatureAxis> = new Map([
  ['latitude', 'latitude'],
  ['lat', 'latitude'],
  ['y', 'latitude'],
  ['longitude', 'longitude'],
  ['long', 'longitude'],
  ['lon', 'longitude'],
  ['x', 'longitude'],
  ['levelist', 'levelist'],
  ['level', 'levelist'],
  ['levellist', 'levelist'],
  ['z', 'levelist'],
  ['step', 'step'],
  ['datetime', 'datetime'],
  ['date', 'date'],
  ['number', 'number'],
]);

/** An error in the feature; `member` is what it is about. */
export function badFeature(member: string, why: string): never {
  throw new FeatureError('bad_shape', `feature "${member}": ${why}.`);
}

/** Canonical names of an `axes` member (text, or a list of texts), each of the `allowed` ones and once; undefined when absent. */
export function readAxes(
  raw: unknown,
  member: string,
  allowed: readonly FeatureAxis[],
): readonly FeatureAxis[] | undefined {
  if (raw === undefined) return undefined;
  const items: readonly unknown[] = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split('/') : [raw];
  const names: FeatureAxis[] = [];
  for (const item of items) {
    const name = typeof item === 'string' ? SPELLINGS.get(item.trim().toLowerCase()) : undefined;
    if (name === undefined || !allowed.includes(name)) {
      badFeature(member, `${show(item)} is unknown or not possible here; choose of ${allowed.join(', ')}`);
    }
    if (names.includes(name)) badFeature(member, `duplicate ${name}; give each axis once`);
    names.push(name);
  }
  if (names.length === 0) badFeature(member, `the list is empty; choose of ${allowed.join(', ')}`);
  return names;
}

/** Refuses axes that name one horizontal axis without the other. */
export function needBothHorizontal(axes: readonly FeatureAxis[], member: string): void {
  for (const name of ['latitude', 'longitude'] as const) {
    if (!axes.includes(name)) badFeature(member, `${name} is missing; points need latitude and longitude`);
  }
}

/** A number given as a number or as decimal text. */
export function readNumber(raw: unknown, member: string, what: string): number {
  const value = typeof raw === 'number' ? raw : typeof raw === 'string' ? scanNumber(raw.trim()) : undefined;
  if (value === undefined || !Number.isFinite(value))
    badFeature(member, `${what} ${show(raw)} is not a number; give degrees`);
  return value === 0 ? 0 : value;
}

/** A latitude-longitude pair within the ranges that a request may use. */
export function readLatLon(lat: unknown, lon: unknown, member: string): LatLon {
  const latitude = readNumber(lat, member, 'latitude');
  const longitude = readNumber(lon, member, 'longitude');
  if (Math.abs(latitude) > 90) {
    const swapped =
      Math.abs(longitude) <= 90 ? `; if the order is longitude first, give [${longitude}, ${latitude}]` : '';
    badFeature(member, `latitude ${latitude} is outside -90 to 90; points are [latitude, longitude]${swapped}`);
  }
  if (Math.abs(longitude) > 720) badFeature(member, `longitude ${longitude} is outside -720 to 720; give -180 to 360`);
  return [latitude, longitude];
}

/** A list, or an error that says which. */
export function readList(raw: unknown, member: string, what: string): readonly unknown[] {
  if (!Array.isArray(raw)) badFeature(member, `${shorten(show(raw))} is not a list; give ${what}`);
  return raw as readonly unknown[];
}

/** The axes of a point, in the order that points have by default. */
export const HORIZONTAL: readonly FeatureAxis[] = ['latitude', 'longitude'];

/** Values of one point by the axes they belong to. */
export function readPoint(raw: unknown, axes: readonly FeatureAxis[] | undefined, member: string): readonly unknown[] {
  const wanted = axes ?? HORIZONTAL;
  if (Array.isArray(raw) && raw.length === wanted.length) return raw;
  const numbers = ['no', 'one', 'two', 'three', 'four'];
  const point = readList(raw, member, `points as [${wanted.join(', ')}]`);
  if (point.length !== wanted.length) {
    const hint = axes === undefined && point.length > 2 ? '; more values need "axes"' : '';
    badFeature(
      member,
      `points have ${numbers[wanted.length]} values (${wanted.join(', ')}), not ${point.length}${hint}`,
    );
  }
  return point;
}

/** A list of [latitude, longitude] points; `axes` may swap the two. */
export function readPoints(raw: unknown, axes: readonly FeatureAxis[] | undefined, member: string): readonly LatLon[] {
  const swapped = axes !== undefined && axes.indexOf('longitude') < axes.indexOf('latitude');
  return readList(raw, member, 'a list of points [[latitude, longitude], ...]').map((item) => {
    const [one, other] = readPoint(item, axes, member);
    return swapped ? readLatLon(other, one, member) : readLatLon(one, other, member);
  });
}
