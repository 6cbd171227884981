/** Shapes as lines and corners on the sphere: what the map draws of a feature, and what drawing tools make of clicks. Pure. */
import { circleRing, densify, distanceKm } from '../geo/sphere.js';
import type { Box, Feature, FeatureKind, LatLon } from '../state/state.js';

export interface Outline {
  /** densified; closed ones end where they began */
  readonly paths: readonly (readonly LatLon[])[];
  readonly corners: readonly LatLon[];
  readonly filled: boolean;
}

export function boxRing([s, w, n, e]: Box): readonly LatLon[] {
  const east = e < w ? e + 360 : e;
  return [
    [s, w],
    [s, east],
    [n, east],
    [n, w],
  ];
}

const closedPath = (ring: readonly LatLon[]): LatLon[] => {
  const path = densify(ring, true);
  return path.length === 0 ? path : [...path, path[0]!];
};

export function outlineOf(feature: Feature): Outline {
  switch (feature.kind) {
    case 'pt':
      return { paths: [], corners: [feature.at], filled: false };
    case 'poly':
      return { paths: [closedPath(feature.ring)], corners: feature.ring, filled: true };
    case 'box':
      return { paths: [closedPath(boxRing(feature.box))], corners: boxRing(feature.box), filled: true };
    case 'circ': {
      const ring = circleRing(feature.at, feature.km);
      return { paths: [[...ring, ring[0]!]], corners: [feature.at], filled: true };
    }
    case 'frame': {
      const rings = [boxRing(feature.outer), boxRing(feature.inner)];
      return { paths: rings.map(closedPath), corners: rings.flat(), filled: true };
    }
    case 'track': {
      const places = feature.vertices.map(({ at }) => at);
      return { paths: [densify(places, false)], corners: places, filled: false };
    }
  }
}

const boxOf = (one: LatLon, other: LatLon): Box => {
  const [w, e] = one[1] <= other[1] ? [one[1], other[1]] : [other[1], one[1]];
  return [Math.min(one[0], other[0]), w, Math.max(one[0], other[0]), e];
};

const tidy = ([lat, lon]: LatLon): LatLon => [Number(lat.toFixed(4)), Number(lon.toFixed(4))];

/** Clicks that a shape needs: at least, and at most where it then is finished by itself. */
export const CLICKS: Readonly<Record<FeatureKind, readonly [least: number, most: number]>> = {
  pt: [1, 1],
  poly: [3, 200],
  box: [2, 2],
  circ: [2, 2],
  frame: [4, 4],
  track: [2, 100],
};

/** Kilometres an hour at which a new track is travelled. */
const TRACK_KMH = 450;

/** Hours at each vertex when travelled at one speed, rounded to quarters; they start at `start`. */
export function hoursAlong(places: readonly LatLon[], start: number, kmh = TRACK_KMH): number[] {
  let km = 0;
  return places.map((at, n) => {
    if (n > 0) km += distanceKm(places[n - 1]!, at);
    return start + Math.round((km / kmh) * 4) / 4;
  });
}

export interface TrackDefaults {
  /** hours after the start of the run at which a new track begins */
  readonly start: number;
  readonly levels: readonly number[];
}

/** The shape that clicks make; undefined while there are too few, or they make none. */
export function shapeOf(kind: FeatureKind, clicks: readonly LatLon[], track: TrackDefaults): Feature | undefined {
  const places = clicks.map(tidy);
  const [one, two, three, four] = places;
  if (one === undefined || places.length < CLICKS[kind][0]) return undefined;
  switch (kind) {
    case 'pt':
      return { kind, at: one };
    case 'poly':
      return { kind, ring: places };
    case 'box': {
      const box = boxOf(one, two!);
      return box[0] < box[2] && box[1] < box[3] ? { kind, box } : undefined;
    }
    case 'circ': {
      const km = Number(distanceKm(one, two!).toFixed(1));
      return km > 0 ? { kind, at: one, km } : undefined;
    }
    case 'frame': {
      const boxes = [boxOf(one, two!), boxOf(three!, four!)];
      const [inner, outer] = boxes.sort((a, b) => a[2] - a[0] - (b[2] - b[0])) as [Box, Box];
      const inside = inner[0] > outer[0] && inner[1] > outer[1] && inner[2] < outer[2] && inner[3] < outer[3];
      return inside ? { kind, outer, inner } : undefined;
    }
    case 'track': {
      const hours = hoursAlong(places, track.start);
      return { kind, vertices: places.map((at, n) => ({ at, hours: hours[n]! })), levels: track.levels };
    }
  }
}
