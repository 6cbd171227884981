/** Corridors sampled at positions across their width and height: the nearest grid point and level of each. */
import { FeatureError } from '../../schemas/problem.js';
import { levelsOf, runsFor } from '../ogc/extents.js';
import type { QueryValues } from '../ogc/query.js';
import type { Vertex } from '../ogc/wkt.js';
import { densified, parallels } from './parallels.js';
import { lineQueries, type PathQuery } from './paths.js';
import type { FeatureRules } from './query-features.js';
import { readCount, spread, withNullsOutside } from './regrid.js';
import { type EdrAsk, hasLevels } from './segments.js';

export interface CorridorShape {
  readonly halfKm: number;
  /** positions from edge to edge; 1: the path itself */
  readonly across: number;
  /** in the unit of the levels */
  readonly halfHeight: number;
}

/** The levels of the data at a height of the path: those within half the height, or nearest to so many positions in it. */
function levelsAround(levels: readonly number[], height: number, half: number, count: number): readonly number[] {
  const nearest = (wanted: number): number =>
    levels.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best));
  const wanted = count > 0 ? [...spread(height - half, height + half, count)].map(nearest) : [];
  const own = count > 0 ? wanted : levels.filter((one) => Math.abs(one - height) <= half * (1 + 1e-9));
  return own.length > 0 ? [...new Set(own)] : [nearest(height)];
}

/** A line whose vertices have heights, with one vertex a level instead. */
function onEveryLevel(line: readonly Vertex[], ask: EdrAsk, half: number, count: number): readonly Vertex[] {
  if (line[0]?.z === undefined || !hasLevels(ask.collection)) return line;
  const levels = levelsOf(ask.collection, runsFor(ask.collection, ask.run));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  return line.flatMap((vertex) => {
    const z = vertex.z!;
    if (z >= low && z <= high) return levelsAround(levels, z, half, count).map((level) => ({ ...vertex, z: level }));
    throw new FeatureError(
      'bad_value',
      `coords: level ${z} is beyond those of the collection, ${levels[0]} to ${levels.at(-1)}; move the vertex.`,
    );
  });
}

/** Path queries of each position across each line. Places beyond the grid are left out. */
export function sampledLines(
  ask: EdrAsk,
  lines: readonly (readonly Vertex[])[],
  { halfKm, across, halfHeight }: CorridorShape,
  values: QueryValues,
  rules: FeatureRules,
): readonly (readonly PathQuery[])[] {
  const { spacing } = ask.collection.extent;
  const count = readCount('resolution-z', values.get('resolution-z')) ?? 0;
  const lenient: EdrAsk = {
    ...ask,
    collection: { ...ask.collection, cube: withNullsOutside(ask.collection.cube) },
  };
  return lines
    .flatMap((line) => parallels(densified(line, spacing > 0 ? spacing : 1), halfKm, across))
    .map((side) => lineQueries(lenient, onEveryLevel(side, ask, halfHeight, count), values, manyVertices(rules)));
}

/** The samples of a line count as values, not as vertices that a user wrote. */
function manyVertices(rules: FeatureRules): FeatureRules {
  return { ...rules, limits: { ...rules.limits, vertices: Number.MAX_SAFE_INTEGER } };
}
