/**
 * Features: every accepted spelling becomes one form of the union in vocabulary.ts. What a feature says about keys (its
 * range, levels of a box, axes of a trajectory) is handed to the request, which checks that nothing is given twice.
 */
import { check, show } from './check.js';
import { badFeature, type FeatureAxis, HORIZONTAL, needBothHorizontal, readAxes, readPoints } from './feature-axes.js';
import { boxAxes, readBoundingBox, readCircle, readFrame } from './feature-box.js';
import { readPolygons } from './feature-polygon.js';
import { readRange } from './feature-range.js';
import { FEATURE_TYPES, type FeatureTypeName, featureShapes } from './feature-shape.js';
import { readTrajectory } from './feature-trajectory.js';
import type { SelectorContext } from './mars.js';
import { FeatureError } from './problem.js';
import type { Feature, Interpolation, KeyName, KeySelector, LatLon } from './vocabulary.js';

/** What the reading of a feature depends on. */
export interface FeatureContext extends SelectorContext {
  /** most vertices of rings and paths, most points of point features */
  readonly vertices: number;
  readonly points: number;
  /** accept polygons that cross themselves */
  readonly evenOdd: boolean;
}

/** A feature and what it says about keys. */
export interface ParsedFeature {
  readonly feature: Feature;
  /** selectors out of the feature's range */
  readonly keys: ReadonlyMap<KeyName, KeySelector>;
  /** keys that the feature fixes, with the member that does: the request may not give them as well */
  readonly claims: ReadonlyMap<KeyName, string>;
  readonly notes: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

const TIME_AXES = ['step', 'datetime', 'date'] as const;
type TimeAxis = (typeof TIME_AXES)[number];

/** Member names in lower case, `axis` folded into `axes`; the same one twice is refused. */
function foldMembers(raw: object): Map<string, unknown> {
  const members = new Map<string, unknown>();
  for (const [spelled, value] of Object.entries(raw)) {
    const lower = spelled.trim().toLowerCase();
    const name = lower === 'axis' ? 'axes' : lower;
    if (members.has(name)) {
      throw new FeatureError('over_specified', `feature "${name}" is over-specified: it is given twice; give it once.`);
    }
    members.set(name, value);
  }
  return members;
}

function typeOf(members: Map<string, unknown>): FeatureTypeName {
  const raw = members.get('type');
  const choices = FEATURE_TYPES.join(', ');
  if (raw === undefined) {
    throw new FeatureError(
      'under_specified',
      `feature "type" is under-specified: it is missing; give one of ${choices}.`,
    );
  }
  const name = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
  if (name === 'shapefile') {
    throw new FeatureError(
      'unsupported_feature',
      'feature "type" shapefile is not offered; send its outline as a polygon.',
    );
  }
  const found = FEATURE_TYPES.find((type) => type === name);
  if (found === undefined) {
    throw new FeatureError('unsupported_feature', `feature "type" ${show(raw)} is unknown; choose of ${choices}.`);
  }
  return found;
}

/** The members that each type cannot do without. */
const NEEDED: Readonly<Record<FeatureTypeName, readonly string[]>> = {
  timeseries: ['points'],
  verticalprofile: ['points'],
  position: ['points'],
  polygon: ['shape'],
  boundingbox: ['points'],
  frame: ['outer_box', 'inner_box'],
  circle: ['center', 'radius'],
  trajectory: ['points'],
};

function checkMembers(type: FeatureTypeName, members: Map<string, unknown>): Members {
  const known = Object.keys(featureShapes[type].shape);
  for (const name of members.keys()) {
    if (known.includes(name)) continue;
    const needed = NEEDED[type].find((member) => !members.has(member));
    const hint = needed === undefined || members.has('geometry') ? '' : `; a ${type} needs "${needed}"`;
    const choices = known.filter((member) => member !== 'type').join(', ');
    throw new FeatureError(
      'unknown_key',
      `feature ${show(name)} is unknown for a ${type}; choose of ${choices}${hint}.`,
    );
  }
  for (const name of NEEDED[type]) {
    if (members.has(name) || (name === 'shape' && members.has('geometry'))) continue;
    throw new FeatureError(
      'under_specified',
      `feature "${name}" is under-specified: a ${type} needs it; add "${name}".`,
    );
  }
  const folded: Record<string, unknown> = { ...Object.fromEntries(members), type };
  for (const name of ['interpolation', 'inflate', 'units']) {
    const value = folded[name];
    if (typeof value === 'string') folded[name] = value.trim().toLowerCase();
  }
  const { points } = folded;
  if (!isPlainPoints(points)) return check(featureShapes[type], folded, 'feature', true) as Members;
  // long lists of points are mostly right: what was looked at needs no schema, and no copy
  return { ...(check(featureShapes[type], { ...folded, points: [] }, 'feature', true) as Members), points };
}

/** Lists of a few numbers each, as every schema of points has them. */
function isPlainPoints(points: unknown): points is readonly (readonly number[])[] {
  if (!Array.isArray(points)) return false;
  for (const point of points) {
    if (!Array.isArray(point) || point.length > 8) return false;
    for (let n = 0; n < point.length; n++) if (!Number.isFinite(point[n])) return false;
  }
  return true;
}

function pointsOf(
  members: Members,
  axes: readonly FeatureAxis[] | undefined,
  context: FeatureContext,
): readonly LatLon[] {
  const horizontal = axes?.filter((axis) => HORIZONTAL.includes(axis));
  if (horizontal !== undefined && horizontal.length > 0) needBothHorizontal(horizontal, 'axes');
  const points = readPoints(members['points'], horizontal?.length === 2 ? horizontal : undefined, 'points');
  if (points.length === 0) badFeature('points', 'the list is empty; give at least one [latitude, longitude]');
  if (points.length > context.points) {
    throw new FeatureError(
      'too_many_points',
      `feature "points": ${points.length} points are over the limit of ${context.points}; split the request.`,
    );
  }
  return points;
}

function interpolationOf(members: Members): Interpolation {
  return members['interpolation'] === 'bilinear' ? 'bilinear' : 'nearest';
}

/** The time axis of a timeseries out of `time_axis` and `axes`, which may also give the order of the points. */
function timeAxisOf(members: Members, axes: readonly FeatureAxis[] | undefined): TimeAxis {
  const named = [
    ...(readAxes(members['time_axis'], 'time_axis', TIME_AXES) ?? []),
    ...(axes ?? []).filter((axis) => !HORIZONTAL.includes(axis)),
  ] as TimeAxis[];
  if (new Set(named).size > 1) {
    throw new FeatureError(
      'over_specified',
      `feature "time_axis" is over-specified: ${named.join(' and ')} are given; give one.`,
    );
  }
  return named[0] ?? 'step';
}

function timeseries(members: Members, context: FeatureContext): Omit<ParsedFeature, 'notes'> {
  const axes = readAxes(members['axes'], 'time_axis" or "axes', [...TIME_AXES, ...HORIZONTAL]);
  const axis = timeAxisOf(members, axes);
  const points = pointsOf(members, axes, context);
  const keys = readRange(axis, members['range'], context);
  const feature: Feature = { type: 'timeseries', points, axis, interpolation: interpolationOf(members) };
  return { feature, keys, claims: claimsOf(keys) };
}

function claimsOf(keys: ReadonlyMap<KeyName, KeySelector>): ReadonlyMap<KeyName, string> {
  return new Map([...keys.keys()].map((key) => [key, 'range']));
}

function verticalProfile(members: Members, context: FeatureContext): Omit<ParsedFeature, 'notes'> {
  const axes = readAxes(members['axes'], 'axes', ['levelist', ...HORIZONTAL]);
  const points = pointsOf(members, axes, context);
  const keys = readRange('levelist', members['range'], context);
  const feature: Feature = { type: 'verticalprofile', points, interpolation: interpolationOf(members) };
  return { feature, keys, claims: claimsOf(keys) };
}

const NO_KEYS: ReadonlyMap<KeyName, KeySelector> = new Map();
const NO_CLAIMS: ReadonlyMap<KeyName, string> = new Map();

function boundingBox(members: Members): Omit<ParsedFeature, 'notes'> {
  const feature = readBoundingBox(members);
  return { feature, keys: NO_KEYS, claims: feature.levels === undefined ? NO_CLAIMS : new Map([['levelist', 'axes']]) };
}

function position(members: Members, context: FeatureContext): Feature {
  const points = pointsOf(members, readAxes(members['axes'], 'axes', HORIZONTAL), context);
  return { type: 'position', points, interpolation: interpolationOf(members) };
}

function readByType(
  type: FeatureTypeName,
  members: Members,
  context: FeatureContext,
  notes: string[],
): Omit<ParsedFeature, 'notes'> {
  const plain = (feature: Feature) => ({ feature, keys: NO_KEYS, claims: NO_CLAIMS });
  switch (type) {
    case 'timeseries':
      return timeseries(members, context);
    case 'verticalprofile':
      return verticalProfile(members, context);
    case 'boundingbox':
      return boundingBox(members);
    case 'position':
      return plain(position(members, context));
    case 'frame':
      return plain(readFrame(members));
    case 'circle':
      return plain(readCircle(members));
    case 'polygon': {
      const axes = boxAxes(members, HORIZONTAL);
      return plain({ type: 'polygon', polygons: readPolygons(members, axes, { ...context, notes }) });
    }
    case 'trajectory': {
      const feature = readTrajectory(members, { ...context, notes });
      const vertical = feature.axes.filter((axis) => axis === 'levelist' || axis === 'step');
      return { feature, keys: NO_KEYS, claims: new Map(vertical.map((axis) => [axis, 'axes'])) };
    }
  }
}

/** Reads the `feature` member of a request. Throws FeatureError naming the member, its value and a remedy. */
export function parseFeature(raw: unknown, context: FeatureContext): ParsedFeature {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new FeatureError('bad_shape', `"feature": ${show(raw)} is not an object; give {"type": ..., ...}.`);
  }
  const members = foldMembers(raw);
  const type = typeOf(members);
  const notes: string[] = [];
  const parsed = readByType(type, checkMembers(type, members), context, notes);
  return { ...parsed, notes: [...new Set(notes)].slice(0, 100) };
}
