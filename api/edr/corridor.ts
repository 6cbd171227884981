/**
 * Corridors: every grid point within half the width of a path, in the order along it; the points nearest to the path where a
 * corridor is so narrow that none is.
 */
import { EARTH_RADIUS_KM } from '../../extraction/region/shapes.js';
import { type CompositeAxis, type OgcCoverage, rangeFrom } from '../../formats/ogc-coverage.js';
import { FeatureError } from '../../schemas/problem.js';
import { readNumber } from '../ogc/choices.js';
import { heightUnits } from '../ogc/crs.js';
import type { EdrRun } from '../ogc/edr-collections.js';
import type { QueryValues } from '../ogc/query.js';
import { parseWkt, type Vertex } from '../ogc/wkt.js';
import { sampledLines } from './corridor-samples.js';
import { lineQueries, type PathQuery, type Tube } from './paths.js';
import type { FeatureRules } from './query-features.js';
import { readCount, withLevelCount } from './regrid.js';
import { type EdrAsk, hasLevels } from './segments.js';

const RAD = Math.PI / 180;
const KM_PER_DEGREE = EARTH_RADIUS_KM * RAD;

/** Half of `corridor-height` in the unit of the levels; undefined where the collection has none, which needs no height. */
function readHeight({ collection }: EdrAsk, values: QueryValues): number | undefined {
  const [height, unit] = [values.get('corridor-height'), values.get('height-units')];
  const isFlat = !hasLevels(collection);
  if (isFlat && height === undefined && unit === undefined) return undefined;
  const units = heightUnits(collection.levtype);
  if (height === undefined || unit === undefined) {
    const missing = height === undefined ? 'corridor-height' : 'height-units';
    throw new FeatureError('bad_value', `${missing} is missing; give corridor-height with height-units=${units[0]}.`);
  }
  if (!units.some((one) => one.toLowerCase() === unit.trim().toLowerCase())) {
    const offered = units.join(', ');
    throw new FeatureError('bad_value', `height-units: "${unit.slice(0, 40)}" is not offered; give one of ${offered}.`);
  }
  const value = readNumber('corridor-height', height);
  if (!(value >= 0)) throw new FeatureError('bad_value', `corridor-height: ${value} is negative; give 0 or more.`);
  return isFlat ? undefined : value / 2;
}

/** Half of the widest gap between the steps of a run: every part of the path then belongs to a step. */
function stepReach(run: EdrRun | undefined): number {
  const steps = run?.steps ?? [];
  return steps.reduce((most, step, n) => (n === 0 ? most : Math.max(most, (step - steps[n - 1]!) / 2)), 0);
}

function tubeMaker(halfKm: number, level: number): (line: readonly Vertex[], run: EdrRun | undefined) => Tube {
  return (line, run) => {
    const lat = (halfKm / KM_PER_DEGREE) * 1.001 + 1e-9;
    const most = Math.min(89, Math.max(...line.map((vertex) => Math.abs(vertex.lat))) + lat);
    return { lat, lon: Math.min(180, lat / Math.cos(most * RAD)), level, step: stepReach(run) };
  };
}

function angleKm(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const a = Math.sin(((lat2 - lat1) * RAD) / 2) ** 2;
  const b = Math.cos(lat1 * RAD) * Math.cos(lat2 * RAD) * Math.sin(((lon2 - lon1) * RAD) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(a + b)));
}

/** Distance in km from a place to a line whose edges are straight in longitude and latitude. */
export function distanceToLine(
  lat: number,
  lon: number,
  line: readonly { readonly lat: number; readonly lon: number }[],
): number {
  const shrink = Math.cos(lat * RAD);
  let least = Number.POSITIVE_INFINITY;
  for (let n = 1; n < line.length; n++) {
    const [from, to] = [line[n - 1]!, line[n]!];
    const turned = lon + 360 * Math.round((from.lon - lon) / 360);
    const [dx, dy] = [(to.lon - from.lon) * shrink, to.lat - from.lat];
    const [px, py] = [(turned - from.lon) * shrink, lat - from.lat];
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
    least = Math.min(least, angleKm(lat, lon, from.lat + t * (to.lat - from.lat), from.lon + t * (to.lon - from.lon)));
  }
  return least;
}

function keep(axis: CompositeAxis, kept: Uint32Array): CompositeAxis {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (at) => values[at]!);
  const { x, y, z, t } = axis;
  return {
    x: pick(x),
    y: pick(y),
    ...(z === undefined ? {} : { z: pick(z) }),
    ...(t === undefined ? {} : { t: pick(t) }),
  };
}

export interface CorridorQuery {
  readonly lines: readonly (readonly PathQuery[])[];
  /** whether the lines are samples, which may be many and beyond the grid */
  readonly isSampled: boolean;
  /** the part of a coverage that is in the corridor; none when nothing is */
  within(coverage: OgcCoverage): OgcCoverage[];
  /** the points nearest to the path, for a corridor that runs between the points of the grid */
  centre?(): CorridorQuery;
}

export function corridorQuery(
  ask: EdrAsk,
  coords: string,
  widthKm: number,
  values: QueryValues,
  rules: FeatureRules,
): CorridorQuery {
  const half = readHeight(ask, values);
  const { lines } = parseWkt(coords, 'lines');
  const [z] = [values.get('z')];
  const single = half !== undefined && z !== undefined && /^[\d.]+$/.test(z.trim()) ? Number(z) : undefined;
  const inHeight =
    single === undefined ? ask : { ...ask, level: (level: number) => Math.abs(level - single) <= half! * (1 + 1e-9) };
  const around = withLevelCount(inHeight, values);
  const across = readCount('resolution-x', values.get('resolution-x')) ?? 0;
  const sampled = (count: number): CorridorQuery => ({
    lines: sampledLines(around, lines, { halfKm: widthKm / 2, across: count, halfHeight: half ?? 0 }, values, rules),
    isSampled: true,
    within: (coverage) => [coverage],
  });
  if (across > 0) return sampled(across);
  const found = lines.map((line) => lineQueries(around, line, values, rules, tubeMaker(widthKm / 2, half ?? 0)));
  const paths = found.flat().map(({ feature }) => feature.vertices);
  return {
    lines: found,
    isSampled: false,
    centre: () => sampled(1),
    within: (coverage) => {
      const axis = coverage.domain.composite!;
      const isIn = (at: number): boolean =>
        paths.some((path) => distanceToLine(axis.y[at]!, axis.x[at]!, path) <= (widthKm / 2) * (1 + 1e-9));
      const kept = Uint32Array.from(axis.x.keys()).filter(isIn);
      if (kept.length === 0) return [];
      const ranges = coverage.ranges.map((range) =>
        rangeFrom(range.param, [range], kept.length, (out, valuesOf) => {
          const own = valuesOf(range);
          kept.forEach((at, n) => {
            out[n] = own[at]!;
          });
        }),
      );
      return [{ ...coverage, domain: { ...coverage.domain, composite: keep(axis, kept) }, ranges }];
    },
  };
}
