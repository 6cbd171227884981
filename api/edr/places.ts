/** Coverages of areas and paths: points of one time as MultiPoint, or joined to a Grid where rows and columns are straight. */
import type { BlockDomain, CoverageBlock } from '../../formats/coverage-block.js';
import { type OgcCoverage, type OgcRange, rangeFrom } from '../../formats/ogc-coverage.js';
import type { ParamRef } from '../../schemas/vocabulary.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { hasLevels, sortLevels } from './segments.js';
import { joinMetadata } from './series.js';

type AreaDomain = Extract<BlockDomain, { type: 'MultiPoint' }>;
type PathDomain = Extract<BlockDomain, { type: 'Trajectory' }>;
type AreaBlock = CoverageBlock & { readonly domain: AreaDomain };

const isArea = (block: CoverageBlock): block is AreaBlock => block.domain.type === 'MultiPoint';

function repeated(values: Float64Array, times: number): Float64Array {
  const all = new Float64Array(values.length * times);
  for (let n = 0; n < times; n++) all.set(values, n * values.length);
  return all;
}

function multiPoint(collection: EdrCollection, { domain, metadata, ranges }: AreaBlock): OgcCoverage {
  const { points, levels, valid } = domain;
  const count = points.lat.length;
  const z = Float64Array.from({ length: count * levels.length }, (_, at) => levels[Math.floor(at / count)]!);
  const composite = {
    x: repeated(points.lon, levels.length),
    y: repeated(points.lat, levels.length),
    ...(hasLevels(collection) ? { z } : {}),
  };
  return { metadata, domain: { type: 'MultiPoint', t: Float64Array.of(valid), composite }, ranges };
}

function trajectory(collection: EdrCollection, block: CoverageBlock, path: PathDomain['path']): OgcCoverage {
  const count = path.lat.length;
  const t = path.time.length === 1 ? new Float64Array(count).fill(path.time[0]!) : path.time;
  const z = hasLevels(collection) ? { z: path.level } : {};
  const composite = { x: path.lon, y: path.lat, t, ...z };
  return { metadata: block.metadata, domain: { type: 'Trajectory', composite }, ranges: block.ranges };
}

/** One coverage a block: MultiPoint of an area at one time, Trajectory of a path. */
export function placeCoverages(collection: EdrCollection, blocks: readonly CoverageBlock[]): readonly OgcCoverage[] {
  return blocks.flatMap((block): OgcCoverage[] => {
    if (isArea(block)) return [multiPoint(collection, block)];
    return block.domain.type === 'Trajectory' ? [trajectory(collection, block, block.domain.path)] : [];
  });
}

/** Rows and columns of points, when they make a rectangle of straight ones. */
interface Lattice {
  /** ascending from the west end, unwrapped */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** place in the list of points of each [row][column] */
  readonly order: Uint32Array;
}

/** The lattice of a list of points; `west` is where its longitudes start. */
export function latticeOf({ lat, lon }: AreaDomain['points'], west: number): Lattice | undefined {
  const columns = lat.findIndex((value) => value !== lat[0]);
  const nx = columns < 0 ? lat.length : columns;
  const ny = lat.length / nx;
  if (nx === 0 || !Number.isInteger(ny)) return undefined;
  const start = west - 1e-6;
  const unwrapped = lon.map((value) => value - 360 * Math.floor((value - start) / 360));
  for (let at = 0; at < lat.length; at++) {
    if (lat[at] !== lat[at - (at % nx)] || unwrapped[at] !== unwrapped[at % nx]) return undefined;
  }
  const byLon = Uint32Array.from({ length: nx }, (_, i) => i).sort((one, other) => unwrapped[one]! - unwrapped[other]!);
  const order = Uint32Array.from({ length: lat.length }, (_, at) => at - (at % nx) + byLon[at % nx]!);
  const inside = (values: Float64Array): Float64Array =>
    values.some((value) => value > 180) && values.every((value) => value >= 180)
      ? values.map((value) => value - 360)
      : values;
  return {
    x: inside(Float64Array.from(byLon, (i) => unwrapped[i]!)),
    y: Float64Array.from({ length: ny }, (_, j) => lat[j * nx]!),
    order,
  };
}

/** Values of one parameter as [time][level][row][column]. */
function gridRange(
  blocks: readonly AreaBlock[],
  param: ParamRef,
  lattice: Lattice,
  places: { readonly times: Float64Array; readonly levels: Float64Array },
): OgcRange | undefined {
  const size = lattice.order.length;
  const own = blocks.flatMap(({ domain, ranges }) => {
    const range = ranges.find((one) => one.param.name === param.name);
    return range === undefined ? [] : [{ domain, range }];
  });
  if (own.length === 0) return undefined;
  const ranges = own.map(({ range }) => range);
  return rangeFrom(param, ranges, places.times.length * places.levels.length * size, (out, valuesOf) => {
    for (const { domain, range } of own) {
      const [time, values] = [places.times.indexOf(domain.valid), valuesOf(range)];
      for (const [l, level] of domain.levels.entries()) {
        const to = (time * places.levels.length + places.levels.indexOf(level)) * size;
        for (let at = 0; at < size; at++) out[to + at] = values[l * size + lattice.order[at]!]!;
      }
    }
  });
}

/** Areas of one member joined over their times as a Grid. */
function joinGrid(
  collection: EdrCollection,
  blocks: readonly AreaBlock[],
  params: readonly ParamRef[],
  lattice: Lattice,
): OgcCoverage {
  const times = Float64Array.from(new Set(blocks.map(({ domain }) => domain.valid))).sort();
  const levels = Float64Array.from(
    sortLevels(
      collection,
      blocks.flatMap(({ domain }) => [...domain.levels]),
    ),
  );
  const ranges = params.flatMap((param) => {
    return gridRange(blocks, param, lattice, { times, levels }) ?? [];
  });
  const vertical = hasLevels(collection) ? { z: levels } : {};
  const metadata = joinMetadata(blocks.map((block) => block.metadata));
  return { metadata, domain: { type: 'Grid', x: lattice.x, y: lattice.y, ...vertical, t: times }, ranges };
}

/** Areas as Grids, one a member, where their points are on straight rows and columns; else as `placeCoverages`. */
export function gridCoverages(
  collection: EdrCollection,
  blocks: readonly CoverageBlock[],
  params: readonly ParamRef[],
  west: number,
): readonly OgcCoverage[] {
  const areas = blocks.filter(isArea);
  const first = areas[0];
  const lattice = first === undefined ? undefined : latticeOf(first.domain.points, west);
  const same = areas.every(({ domain }) => domain.points.lat.length === first?.domain.points.lat.length);
  if (lattice === undefined || !same) return placeCoverages(collection, blocks);
  const byNumber = new Map<number, AreaBlock[]>();
  for (const block of areas) {
    const number = Number(block.metadata['number']);
    byNumber.set(number, [...(byNumber.get(number) ?? []), block]);
  }
  return [...byNumber.values()].map((own) => joinGrid(collection, own, params, lattice));
}

const joined = (parts: readonly Float64Array[]): Float64Array => Float64Array.from(parts.flatMap((part) => [...part]));

/** Stretches of one path as one coverage a member, in their order. */
export function joinPaths(coverages: readonly OgcCoverage[]): readonly OgcCoverage[] {
  const members = new Map<number, OgcCoverage[]>();
  for (const coverage of coverages) {
    const number = Number(coverage.metadata['number']);
    members.set(number, [...(members.get(number) ?? []), coverage]);
  }
  return [...members.values()].map((parts): OgcCoverage => {
    const axes = parts.flatMap(({ domain }) => domain.composite ?? []);
    const hasLevel = axes.every(({ z }) => z !== undefined);
    const composite = {
      x: joined(axes.map(({ x }) => x)),
      y: joined(axes.map(({ y }) => y)),
      t: joined(axes.map(({ t }) => t!)),
      ...(hasLevel ? { z: joined(axes.map(({ z }) => z!)) } : {}),
    };
    const params = new Map(parts.flatMap(({ ranges }) => ranges.map(({ param }) => [param.name, param] as const)));
    const ranges = [...params.values()].map((param) => {
      const own = parts.map((part) => part.ranges.find((range) => range.param.name === param.name));
      const known = own.filter((range) => range !== undefined);
      return rangeFrom(param, known, composite.x.length, (out, valuesOf) => {
        let at = 0;
        for (const [n, range] of own.entries()) {
          if (range !== undefined) out.set(valuesOf(range), at);
          at += parts[n]!.domain.composite!.x.length;
        }
      });
    });
    const metadata = joinMetadata(parts.map((part) => part.metadata));
    return { metadata, domain: { type: 'Trajectory', composite }, ranges };
  });
}
