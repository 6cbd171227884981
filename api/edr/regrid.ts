/** Rows and columns of a chosen number over a box: each value is that of the nearest grid point, none outside the grid. */
import type { Datacube } from '../../extraction/datacube.js';
import type { BlockDomain, CoverageBlock } from '../../formats/coverage-block.js';
import { type OgcCoverage, rangeFrom } from '../../formats/ogc-coverage.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Feature, LatLon, ParamRef } from '../../schemas/vocabulary.js';
import type { QueryBox } from '../ogc/choices.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { levelsOf, runsFor } from '../ogc/extents.js';
import type { QueryValues } from '../ogc/query.js';
import type { QueryBlocks } from './extract-query.js';
import { type EdrAsk, hasLevels, sortLevels } from './segments.js';
import { joinMetadata } from './series.js';

/** Degrees; ascending. */
export interface Lattice {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

const MOST_POINTS = 1_000_000;

/** `count` values from one end to the other, both included; the middle for one. */
export function spread(from: number, to: number, count: number): Float64Array {
  if (count === 1) return Float64Array.of((from + to) / 2);
  return Float64Array.from({ length: count }, (_, n) => from + ((to - from) * n) / (count - 1));
}

export function latticeOver(box: QueryBox, nx: number, ny: number): Lattice {
  if (nx * ny > MOST_POINTS) {
    throw new FeatureError(
      'too_large',
      `The answer has ${nx} x ${ny} points, over the limit of ${MOST_POINTS}; ask for fewer.`,
    );
  }
  return { x: spread(box.west, box.east, nx), y: spread(box.south, box.north, ny) };
}

/** A number of points; undefined when it is not given. */
export function readCount(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text.trim())) return Number(text);
  throw new FeatureError(
    'bad_value',
    `${key}: "${text.slice(0, 40)}" is not a number of points; give a whole number, 0 for the grid's own.`,
  );
}

/** Rows or columns of a straight grid in a box, ascending; undefined for other grids. */
function ownLines(
  { grid }: EdrCollection,
  box: QueryBox,
): { readonly x: Float64Array; readonly y: Float64Array } | undefined {
  if (grid.axes === undefined) return undefined;
  const { lon, lat } = grid.axes;
  const turned = Array.from(
    lon.subarray(0, grid.columns),
    (one) => one + 360 * Math.ceil((box.west - one) / 360 - 1e-9),
  );
  const x = new Set(turned.filter((one) => one <= box.east + 1e-9));
  const y = [...lat].filter((one) => one >= box.south - 1e-9 && one <= box.north + 1e-9);
  return { x: Float64Array.from(x).sort(), y: Float64Array.from(y).sort() };
}

/** Columns and rows that the grid has in a box: exact on straight ones, else by its finest spacing. */
export function countsIn(collection: EdrCollection, box: QueryBox): readonly [nx: number, ny: number] {
  const own = ownLines(collection, box);
  if (own !== undefined) return [Math.max(1, own.x.length), Math.max(1, own.y.length)];
  const spacing = collection.extent.spacing > 0 ? collection.extent.spacing : 1;
  const count = (from: number, to: number): number => Math.max(1, Math.round((to - from) / spacing) + 1);
  return [count(box.west, box.east), count(box.south, box.north)];
}

/** What `domain` says a cube is to be: rows and columns, points, or whichever the grid has; undefined: the latter. */
export function readDomain(values: QueryValues): 'grid' | 'multipoint' | undefined {
  const asked = values.get('domain')?.trim().toLowerCase();
  if (asked === undefined || asked === '' || asked === 'grid' || asked === 'multipoint') return asked || undefined;
  throw new FeatureError('bad_value', `domain: "${asked.slice(0, 40)}" is not offered; give grid or multipoint.`);
}

/**
 * The lattice of `resolution-x` and `resolution-y`, or of `domain=grid` where the grid is not straight; undefined for the
 * grid's own points. A side that is not given, or 0, keeps the grid's own lines where they are straight, else their number.
 */
export function readResolution(values: QueryValues, collection: EdrCollection, box: QueryBox): Lattice | undefined {
  const nx = readCount('resolution-x', values.get('resolution-x')) ?? 0;
  const ny = readCount('resolution-y', values.get('resolution-y')) ?? 0;
  const isOwn = nx === 0 && ny === 0;
  if (isOwn && (collection.grid.axes !== undefined || readDomain(values) !== 'grid')) return undefined;
  const [ownX, ownY] = countsIn(collection, box);
  const lattice = latticeOver(box, nx || ownX, ny || ownY);
  const own = ownLines(collection, box);
  const x = nx === 0 && own !== undefined && own.x.length > 0 ? own.x : lattice.x;
  const y = ny === 0 && own !== undefined && own.y.length > 0 ? own.y : lattice.y;
  return { x, y };
}

/** The question with so many of its levels as `resolution-z` says, those nearest to evenly spread ones; 0 or absent: all. */
export function withLevelCount(ask: EdrAsk, values: QueryValues): EdrAsk {
  const count = readCount('resolution-z', values.get('resolution-z')) ?? 0;
  const levels = levelsOf(ask.collection, runsFor(ask.collection, ask.run)).filter(ask.level ?? (() => true));
  if (count === 0 || count >= levels.length) return ask;
  const nearest = (value: number): number =>
    levels.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
  const kept = new Set(Array.from(spread(levels[0]!, levels.at(-1)!, count), nearest));
  return { ...ask, level: (level) => kept.has(level) };
}

const lenient = new WeakMap<Datacube, Datacube>();

/** The datacube with nulls for places outside its grid. */
export function withNullsOutside(cube: Datacube): Datacube {
  const known = lenient.get(cube) ?? { ...cube, collection: { ...cube.collection, outsidePolicy: 'null' as const } };
  lenient.set(cube, known);
  return known;
}

type Series = CoverageBlock & { readonly domain: Extract<BlockDomain, { type: 'PointSeries' }> };

/** What to ask for a lattice, and the coverages out of the answer: one a member. */
export interface Regridded {
  readonly feature: Feature;
  ask(ask: EdrAsk): EdrAsk;
  coverages(blocks: QueryBlocks): readonly OgcCoverage[];
}

export function regridded(collection: EdrCollection, { x, y }: Lattice): Regridded {
  const points = Array.from(y, (lat) => Array.from(x, (lon): LatLon => [lat, lon])).flat();
  return {
    feature: { type: 'position', points, interpolation: 'nearest' },
    ask: (ask) => ({ ...ask, collection: { ...collection, cube: withNullsOutside(collection.cube) } }),
    coverages: ({ blocks, params }) => {
      const series = blocks.filter((block): block is Series => block.domain.type === 'PointSeries');
      const members = new Map<number, Series[]>();
      for (const block of series) {
        const number = Number(block.metadata['number']);
        const own = members.get(number) ?? [];
        members.set(number, own);
        own.push(block);
      }
      return [...members.values()].map((own) => gridOf(collection, { x, y }, own, params));
    },
  };
}

const placeKey = (place: unknown): string => String(place);

function gridOf(
  collection: EdrCollection,
  { x, y }: Lattice,
  series: readonly Series[],
  params: readonly ParamRef[],
): OgcCoverage {
  const times = Float64Array.from(new Set(series.flatMap(({ domain }) => [...domain.times]))).sort();
  const levels = Float64Array.from(
    sortLevels(
      collection,
      series.map(({ domain }) => domain.level),
    ),
  );
  const timeAt = new Map(Array.from(times, (time, n) => [time, n]));
  const placeAt = new Map<string, number>();
  for (const [j, lat] of y.entries())
    for (const [i, lon] of x.entries()) placeAt.set(placeKey([lat, lon]), j * x.length + i);
  const size = x.length * y.length;
  const ranges = params.map((param) => {
    const own = series.flatMap(({ domain, metadata, ranges: all }) => {
      const place = placeAt.get(placeKey(metadata['fst:requestedPoint']))!;
      const range = all.find((one) => one.param.name === param.name);
      return range === undefined ? [] : [{ domain, place, range }];
    });
    const known = own.map(({ range }) => range);
    return rangeFrom(param, known, times.length * levels.length * size, (out, valuesOf) => {
      for (const { domain, place, range } of own) {
        const [level, values] = [levels.indexOf(domain.level), valuesOf(range)];
        domain.times.forEach((time, n) => {
          out[(timeAt.get(time)! * levels.length + level) * size + place] = values[n]!;
        });
      }
    });
  });
  const {
    'fst:requestedPoint': _place,
    'fst:distanceKm': _distance,
    ...metadata
  } = joinMetadata(series.slice(0, 1).map((one) => one.metadata));
  const vertical = hasLevels(collection) ? { z: levels } : {};
  return { metadata, domain: { type: 'Grid', x, y, ...vertical, t: times }, ranges };
}
