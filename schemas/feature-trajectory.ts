/** The trajectory: a path through two to four axes with a tube around it. */
import { shorten, show } from './check.js';
import {
  badFeature,
  type FeatureAxis,
  needBothHorizontal,
  readAxes,
  readLatLon,
  readList,
  readNumber,
  readPoint,
} from './feature-axes.js';
import { unwrapPath } from './feature-ring.js';
import { scanDuration } from './mars-scan.js';
import { FeatureError } from './problem.js';
import type { Feature, Inflation, LatLon, TrajectoryVertex } from './vocabulary.js';

type Trajectory = Extract<Feature, { type: 'trajectory' }>;
type PathAxis = Trajectory['axes'][number];

const PATH_AXES: readonly PathAxis[] = ['latitude', 'longitude', 'levelist', 'step'];
const DEFAULT_RADIUS = 1;

/** What the reading depends on: the level type of the request, the most vertices, and where remarks go. */
export interface TrajectoryContext {
  readonly levtype?: string;
  readonly vertices: number;
  readonly notes: string[];
}

/** Lead time of a vertex or of a radius: hours, or text with units; seconds. */
function readSeconds(raw: unknown, member: string): number {
  const seconds =
    typeof raw === 'string' ? scanDuration(raw.trim()) : typeof raw === 'number' ? Math.round(raw * 3600) : -1;
  // Fields are told apart to the second: a fraction of hours must be whole seconds.
  const whole = typeof raw !== 'number' || Math.abs(raw * 3600 - Math.round(raw * 3600)) < 1e-6;
  if (seconds !== undefined && seconds >= 0 && whole) return seconds;
  return badFeature(member, `step ${show(raw)} is not a lead time; give hours, or text such as 30m`);
}

function readVertices(raw: unknown, axes: readonly PathAxis[], given: boolean, context: TrajectoryContext) {
  const points = readList(raw, 'points', `points as [${axes.join(', ')}]`);
  if (points.length < 2) badFeature('points', `a trajectory needs at least two points, not ${points.length}; add some`);
  if (points.length > context.vertices) {
    throw new FeatureError(
      'too_many_points',
      `feature "points": ${points.length} points are over the limit of ${context.vertices}; simplify or split the path.`,
    );
  }
  const at = (name: PathAxis): number => axes.indexOf(name);
  const latitudeAt = at('latitude');
  const longitudeAt = at('longitude');
  const levelAt = at('levelist');
  const stepAt = at('step');
  return points.map((item): { place: LatLon; level?: number; step?: number } => {
    if (!given && Array.isArray(item) && item.length !== axes.length) {
      badFeature(
        'axes',
        `absent means points of four values (${axes.join(', ')}), not ${item.length}; give the axes of the points`,
      );
    }
    const values = readPoint(item, axes, 'points');
    const vertex: { place: LatLon; level?: number; step?: number } = {
      place: readLatLon(values[latitudeAt], values[longitudeAt], 'points'),
    };
    if (levelAt >= 0) vertex.level = readNumber(values[levelAt], 'points', 'levelist');
    if (stepAt >= 0) vertex.step = readSeconds(values[stepAt], 'points');
    return vertex;
  });
}

/** Radius in each axis of the path; a single number counts in latitude and longitude only. */
function readInflation(
  raw: unknown,
  member: string,
  axes: readonly PathAxis[],
): { inflation: Inflation; sample: boolean } {
  const refuseNegative = (value: number): number =>
    value < 0 ? badFeature(member, `${value} is negative; give 0 or more`) : value;
  const none = { lat: 0, lon: 0, level: 0, step: 0 };
  if (!Array.isArray(raw)) {
    const radius = refuseNegative(readNumber(raw, member, 'the radius'));
    return { inflation: { ...none, lat: radius, lon: radius }, sample: radius === 0 };
  }
  if (raw.length !== axes.length) {
    badFeature(member, `the list has ${raw.length} values, the axes are ${axes.join(', ')}; give one for each`);
  }
  const of = (name: PathAxis): unknown => raw[axes.indexOf(name)] as unknown;
  const number = (name: PathAxis): number =>
    axes.includes(name) ? refuseNegative(readNumber(of(name), member, name)) : 0;
  const step = axes.includes('step') ? readSeconds(of('step'), member) : 0;
  return {
    inflation: { lat: number('latitude'), lon: number('longitude'), level: number('levelist'), step },
    sample: false,
  };
}

/** Surface fields have one level: an axis of levels that are all 0 says nothing and is dropped. */
function withoutSurfaceLevel(axes: readonly PathAxis[], vertices: readonly { level?: number }[]): readonly PathAxis[] {
  const other = vertices.find((vertex) => vertex.level !== undefined && vertex.level !== 0);
  if (other !== undefined) {
    badFeature(
      'axes',
      `levelist ${shorten(String(other.level))} does not apply to levtype sfc; leave levelist out of "axes"`,
    );
  }
  return axes.filter((axis) => axis !== 'levelist');
}

/** Reads the members of a trajectory, already of the right JSON types. */
export function readTrajectory(members: Readonly<Record<string, unknown>>, context: TrajectoryContext): Trajectory {
  const named = readAxes(members['axes'], 'axes', PATH_AXES as readonly FeatureAxis[]) as
    | readonly PathAxis[]
    | undefined;
  let axes = named ?? PATH_AXES;
  needBothHorizontal(axes, 'axes');
  if (members['padding'] !== undefined && members['inflation'] !== undefined) {
    throw new FeatureError(
      'over_specified',
      'feature "inflation" is over-specified: "padding" means the same; give one of them.',
    );
  }
  const member = members['padding'] !== undefined ? 'padding' : 'inflation';
  const { inflation, sample } = readInflation(members[member] ?? DEFAULT_RADIUS, member, axes);
  const read = readVertices(members['points'], axes, named !== undefined, context);
  const surface = context.levtype === 'sfc' && axes.includes('levelist');
  if (surface) axes = withoutSurfaceLevel(axes, read);
  const path = unwrapPath(
    read.map((vertex) => vertex.place),
    'points',
    context.notes,
  );
  const vertices = read.map(
    ({ level, step }, index): TrajectoryVertex => ({
      lat: path[index]![0],
      lon: path[index]![1],
      ...(level === undefined || surface ? {} : { level }),
      ...(step === undefined ? {} : { step }),
    }),
  );
  return {
    type: 'trajectory',
    vertices,
    axes: PATH_AXES.filter((axis) => axes.includes(axis)),
    inflation: surface ? { ...inflation, level: 0 } : inflation,
    inflate: members['inflate'] === 'box' ? 'box' : 'round',
    sample,
  };
}
