/** Boxes, frames and circles: the shapes that need no rings. */
import {
  badFeature,
  type FeatureAxis,
  HORIZONTAL,
  needBothHorizontal,
  readAxes,
  readLatLon,
  readList,
  readNumber,
  readPoint,
  readPoints,
} from './feature-axes.js';
import type { Box, Feature, LatLon } from './vocabulary.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * A box out of two opposite corners in any order. With explicit axes, a first longitude that is larger than the second
 * means the box that goes east across the antimeridian, unless the corners are plainly the north-east and south-west ones.
 */
function boxOf(raw: unknown, axes: readonly FeatureAxis[] | undefined, member: string): { box: Box; levels: number[] } {
  const corners = readList(raw, member, 'two corners [[latitude, longitude], [latitude, longitude]]');
  if (corners.length !== 2)
    badFeature(member, `a box has two points (opposite corners), not ${corners.length}; give two points`);
  const wanted = axes ?? HORIZONTAL;
  const read = corners.map((corner) => {
    const values = readPoint(corner, axes, member);
    const place = readLatLon(values[wanted.indexOf('latitude')], values[wanted.indexOf('longitude')], member);
    const levelAt = wanted.indexOf('levelist');
    return { place, level: levelAt < 0 ? undefined : readNumber(values[levelAt], member, 'levelist') };
  });
  const [one, other] = read as [(typeof read)[number], (typeof read)[number]];
  const crossing = axes !== undefined && crosses(one.place, other.place);
  const west = crossing ? one.place[1] : Math.min(one.place[1], other.place[1]);
  const east = crossing ? eastOf(west, other.place[1]) : Math.max(one.place[1], other.place[1]);
  // A crossing box starts in [-180, 180), so that its east end stays within what a request may say.
  const back = crossing ? 360 * Math.floor((west + 180) / 360) : 0;
  const box = {
    south: Math.min(one.place[0], other.place[0]),
    west: west - back,
    north: Math.max(one.place[0], other.place[0]),
    east: east - back,
  };
  return { box, levels: read.flatMap(({ level }) => (level === undefined ? [] : [level])).sort((a, b) => a - b) };
}

function crosses(one: LatLon, other: LatLon): boolean {
  const width = one[1] - other[1];
  const swapped = one[0] > other[0] && width <= 180;
  return width > 0 && !swapped;
}

/** The first equal of a longitude that is east of `west`. */
function eastOf(west: number, longitude: number): number {
  // The maximum mends what rounding takes away from longitudes that are a hair apart.
  return Math.max(west, longitude + 360 * Math.ceil((west - longitude) / 360));
}

/** The `axes` of an area, which must have both horizontal ones. */
export function boxAxes(members: Members, allowed: readonly FeatureAxis[]): readonly FeatureAxis[] | undefined {
  const axes = readAxes(members['axes'], 'axes', allowed);
  if (axes !== undefined) needBothHorizontal(axes, 'axes');
  return axes;
}

/** A box, in two dimensions or with a range of levels. */
export function readBoundingBox(members: Members): Extract<Feature, { type: 'boundingbox' }> {
  const axes = boxAxes(members, ['latitude', 'longitude', 'levelist']);
  const { box, levels } = boxOf(members['points'], axes, 'points');
  const [low, high] = levels;
  return low === undefined || high === undefined
    ? { type: 'boundingbox', box }
    : { type: 'boundingbox', box, levels: [low, high] };
}

const SLACK = 1e-9;

/** The area between two boxes. */
export function readFrame(members: Members): Feature {
  const axes = boxAxes(members, HORIZONTAL);
  const outer = boxOf(members['outer_box'], axes, 'outer_box').box;
  const given = boxOf(members['inner_box'], axes, 'inner_box').box;
  const shift = 360 * Math.ceil((outer.west - SLACK - given.west) / 360);
  const inner = { ...given, west: given.west + shift, east: given.east + shift };
  const within =
    inner.south >= outer.south - SLACK &&
    inner.north <= outer.north + SLACK &&
    inner.west >= outer.west - SLACK &&
    inner.east <= outer.east + SLACK;
  if (!within)
    badFeature('inner_box', 'the inner box is not within the outer box ("outer_box"); make it smaller or move it');
  return { type: 'frame', outer, inner };
}

/** A disk, by center and radius. */
export function readCircle(members: Members): Feature {
  const axes = boxAxes(members, HORIZONTAL);
  const raw = members['center'] as readonly unknown[];
  const centers = readPoints(Array.isArray(raw[0]) ? raw : [raw], axes, 'center');
  const center = centers[0];
  if (center === undefined || centers.length > 1)
    badFeature('center', 'a circle has one center; give [[latitude, longitude]]');
  const radius = readNumber(members['radius'], 'radius', 'the radius');
  if (!(radius > 0 && radius <= 40_000)) badFeature('radius', `${radius} is not possible; give a radius above 0`);
  return { type: 'circle', center, radius, units: members['units'] === 'km' ? 'km' : 'degrees' };
}
