/**
 * Paths of trajectory queries: one grid point a vertex, with the level and time of the vertex where it has them. Levels and
 * times between those of the model take the nearest, which the answer states; those beyond are refused.
 */
import { isoTime } from '../../formats/float-text.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Feature, TrajectoryVertex } from '../../schemas/vocabulary.js';
import type { EdrCollection, EdrRun } from '../ogc/edr-collections.js';
import { levelsOf, runsFor, validTimes } from '../ogc/extents.js';
import type { QueryValues } from '../ogc/query.js';
import { parseWkt, type Vertex } from '../ogc/wkt.js';
import { type FeatureRules, readFeature } from './query-features.js';
import { type EdrAsk, hasLevels } from './segments.js';

type Path = Extract<Feature, { type: 'trajectory' }>;

export interface PathQuery {
  readonly feature: Path;
  readonly ask: EdrAsk;
}

/** The nearest of ascending or descending values; undefined beyond their ends. */
function nearest(values: readonly number[], wanted: number): number | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const slack = 1e-5 * Math.abs(wanted);
  if (!(wanted >= low - slack && wanted <= high + slack)) return undefined;
  return values.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}

function refuseTwice(values: QueryValues, key: string, letter: string): void {
  if (!values.has(key)) return;
  throw new FeatureError('bad_value', `${key} and the ${letter} of coords are both given; give one of them.`);
}

/** Vertices with the levels of the collection. */
function onLevels(
  vertices: readonly Vertex[],
  collection: EdrCollection,
  values: QueryValues,
  run: EdrRun | undefined,
): readonly Vertex[] {
  if (vertices.every(({ z }) => z === undefined)) return vertices;
  refuseTwice(values, 'z', 'Z');
  if (!hasLevels(collection)) return vertices.map(({ z: _level, ...rest }) => rest);
  const levels = levelsOf(collection, runsFor(collection, run));
  return vertices.map((vertex) => {
    const z = nearest(levels, vertex.z!);
    if (z !== undefined) return { ...vertex, z };
    throw new FeatureError(
      'bad_value',
      `coords: level ${vertex.z} is beyond those of the collection, ${levels[0]} to ${levels.at(-1)}; move the vertex.`,
    );
  });
}

/** A stretch of the path within one run. */
interface Stretch {
  readonly run: EdrRun;
  readonly vertices: Vertex[];
}

/** The path by run: each vertex in the newest complete run that has its time. */
function byRun(vertices: readonly Vertex[], ask: EdrAsk): readonly Stretch[] {
  const runs = runsFor(ask.collection, ask.run);
  const times = validTimes(runs);
  const stretches: Stretch[] = [];
  for (const vertex of vertices) {
    const ms = nearest(times, vertex.m! * 1000);
    if (ms === undefined) {
      throw new FeatureError(
        'bad_value',
        `coords: time ${vertex.m} is beyond those of the data, ${isoTime(times[0]!)} to ${isoTime(times.at(-1)!)}; M is seconds since 1970.`,
      );
    }
    const run = [...runs].reverse().find(({ base, steps }) => steps.includes((ms - base) / 1000))!;
    const placed = { ...vertex, m: ms / 1000 };
    const last = stretches.at(-1);
    if (last?.run === run) last.vertices.push(placed);
    else stretches.push({ run, vertices: [placed] });
  }
  return stretches;
}

export interface Tube {
  readonly lat: number;
  readonly lon: number;
  readonly level: number;
  readonly step: number;
}

/** A path feature; without a tube it samples its vertices. */
function pathFeature(vertices: readonly Vertex[], run: EdrRun | undefined, rules: FeatureRules, tube?: Tube): Path {
  const points = vertices.map(({ lat, lon }) => [lat, lon]);
  // the reader of Polytope requests unwraps the line at the date line; a single vertex has nothing to unwrap
  const line =
    points.length > 1
      ? readFeature({ type: 'trajectory', axes: ['latitude', 'longitude'], points, inflation: 0 }, rules)
      : undefined;
  const places = line?.type === 'trajectory' ? line.vertices : vertices;
  const [first] = vertices;
  const hasLevel = first?.z !== undefined;
  const hasTime = first?.m !== undefined && run !== undefined;
  const full = vertices.map(
    ({ z, m }, n): TrajectoryVertex => ({
      lat: places[n]!.lat,
      lon: places[n]!.lon,
      ...(hasLevel ? { level: z! } : {}),
      ...(hasTime ? { step: m! - run.base / 1000 } : {}),
    }),
  );
  return {
    type: 'trajectory',
    vertices: full,
    axes: [
      'latitude',
      'longitude',
      ...(hasLevel ? (['levelist'] as const) : []),
      ...(hasTime ? (['step'] as const) : []),
    ],
    inflation: tube ?? { lat: 0, lon: 0, level: 0, step: 0 },
    inflate: tube === undefined ? 'round' : 'box',
    sample: tube === undefined,
  };
}

/** Path queries of one line: one, or one a stretch where its times are in several runs. */
export function lineQueries(
  ask: EdrAsk,
  line: readonly Vertex[],
  values: QueryValues,
  rules: FeatureRules,
  tubeOf?: (stretch: readonly Vertex[], run: EdrRun | undefined) => Tube,
): readonly PathQuery[] {
  if (line.length < 2) throw new FeatureError('bad_shape', 'coords: a line needs at least two vertices; add one.');
  const vertices = onLevels(line, ask.collection, values, ask.run);
  if (vertices[0]!.m === undefined)
    return [{ feature: pathFeature(vertices, undefined, rules, tubeOf?.(vertices, undefined)), ask }];
  refuseTwice(values, 'datetime', 'M');
  return byRun(vertices, ask).map(({ run, vertices: own }) => ({
    feature: pathFeature(own, run, rules, tubeOf?.(own, run)),
    ask: { ...ask, run },
  }));
}

/** Path queries of every line of a trajectory, line by line. */
export function pathQueries(
  ask: EdrAsk,
  coords: string,
  values: QueryValues,
  rules: FeatureRules,
): readonly (readonly PathQuery[])[] {
  return parseWkt(coords, 'lines').lines.map((line) => lineQueries(ask, line, values, rules));
}
