/**
 * Areas of features on the sphere, in km². An edge of a polygon is straight in plain degrees of latitude and longitude, as
 * everywhere here, so its share of the area has a closed form: R² Δλ times the mean of sin φ along the edge (Green).
 */
import type { Box, Feature, LatLon, PolygonRings } from '../../schemas/vocabulary.js';
import { EARTH_RADIUS_KM } from '../region/shapes.js';

const RAD = Math.PI / 180;
const SQUARE = EARTH_RADIUS_KM * EARTH_RADIUS_KM;
/** Stripes of a disk in degrees. */
const STRIPES = 512;

/** Mean of the sine between two latitudes, degrees. */
function meanSine(from: number, to: number): number {
  const [mean, half] = [((from + to) / 2) * RAD, ((to - from) / 2) * RAD];
  return Math.sin(mean) * (Math.abs(half) < 1e-6 ? 1 : Math.sin(half) / half);
}

function ringArea(ring: readonly LatLon[]): number {
  let sum = 0;
  ring.forEach(([lat, lon], at) => {
    const [nextLat, nextLon] = ring[(at + 1) % ring.length]!;
    sum += (nextLon - lon) * RAD * meanSine(lat, nextLat);
  });
  return Math.abs(sum) * SQUARE;
}

function polygonArea({ outer, holes }: PolygonRings): number {
  return ringArea(outer) - holes.reduce((sum, hole) => sum + ringArea(hole), 0);
}

function boxArea({ south, north, west, east }: Box): number {
  return SQUARE * (east - west) * RAD * (Math.sin(north * RAD) - Math.sin(south * RAD));
}

/** Disk in plain degrees, cut at the poles. */
function diskArea([lat0]: LatLon, radius: number): number {
  let sum = 0;
  for (let stripe = 0; stripe < STRIPES; stripe++) {
    const up = radius * (((stripe + 0.5) / STRIPES) * 2 - 1);
    sum += Math.sqrt(radius * radius - up * up) * Math.max(0, Math.cos((lat0 + up) * RAD));
  }
  return SQUARE * 2 * RAD * sum * ((2 * radius) / STRIPES) * RAD;
}

/** Cap of a radius in km. */
function capArea(radiusKm: number): number {
  return 2 * Math.PI * SQUARE * (1 - Math.cos(Math.min(Math.PI, radiusKm / EARTH_RADIUS_KM)));
}

/** Area of a feature, km²; polygons that overlap count as often as they do. 0 for points and paths. */
export function areaKm2(feature: Feature): number {
  switch (feature.type) {
    case 'polygon':
      return feature.polygons.reduce((sum, polygon) => sum + polygonArea(polygon), 0);
    case 'boundingbox':
      return boxArea(feature.box);
    case 'frame':
      return boxArea(feature.outer) - boxArea(feature.inner);
    case 'circle':
      return feature.units === 'km' ? capArea(feature.radius) : diskArea(feature.center, feature.radius);
    default:
      return 0;
  }
}
