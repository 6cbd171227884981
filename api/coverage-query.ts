/** A request for a coverage: the part that is wanted, where its points are, and the values out of the same queries as EDR. */
import type { OgcAnswer, OgcCoverage } from '../formats/ogc-coverage.js';
import { evenStep } from '../formats/ogc-geotiff.js';
import { FeatureError } from '../schemas/problem.js';
import { both } from './edr/data-query.js';
import type { EdrDeps } from './edr/deps.js';
import { manyPoints, type QueryBlocks, readQuery } from './edr/extract-query.js';
import { gridCoverages } from './edr/places.js';
import { boxFeature } from './edr/query-features.js';
import { countsIn, type Lattice, latticeOver, regridded } from './edr/regrid.js';
import { type EdrAsk, hasLevels } from './edr/segments.js';
import { joinPointSeries } from './edr/series.js';
import { type QueryBox, readBbox, readDatetime, readNames, readNumber, readNumbers } from './ogc/choices.js';
import { readCrs } from './ogc/crs.js';
import type { EdrCollection, EdrRun } from './ogc/edr-collections.js';
import { chooseParameters } from './ogc/edr-parameters.js';
import type { QueryValues } from './ogc/query.js';
import { type AxisName, asInterval, readAxisList, readSizes } from './ogc/subset.js';

export interface CoverageQuery {
  readonly ask: EdrAsk;
  /** absent: the whole grid */
  readonly box?: QueryBox;
  /** one place: the nearest point */
  readonly point?: readonly [lat: number, lon: number];
  /** how many columns and rows; given the numbers that the grid has in the box */
  readonly scale?: (nx: number, ny: number) => readonly [nx: number, ny: number];
}

/** Ends of a part of an axis; both the same for a single value. */
function ends(text: string, axis: AxisName, whole: readonly [number, number]): readonly [number, number] {
  const parts = asInterval(text, axis).split('/');
  const read = (part: string | undefined, open: number): number =>
    part === '..' ? open : readNumber('subset', part, 'numbers such as Lat(40:50)');
  const from = read(parts[0], whole[0]);
  return [from, parts.length === 1 ? from : read(parts[1], whole[1])];
}

function wholeBox({ extent: { box } }: EdrCollection): QueryBox {
  return { south: box.south, west: box.west, north: box.north, east: box.east };
}

/** The box of `bbox` and `subset`, or the point that `subset` names. */
function readPlace(
  collection: EdrCollection,
  values: QueryValues,
  subset: ReadonlyMap<AxisName, string>,
): Pick<CoverageQuery, 'box' | 'point'> {
  const text = values.get('bbox');
  const [x, y] = [subset.get('x'), subset.get('y')];
  if (x === undefined && y === undefined) return text === undefined ? {} : { box: readBbox(text) };
  if (text !== undefined) {
    throw new FeatureError('bad_value', 'bbox and subset both choose longitudes or latitudes; give one of them.');
  }
  const whole = wholeBox(collection);
  const [west, east] = x === undefined ? [whole.west, whole.east] : ends(x, 'x', [whole.west, whole.east]);
  const [south, north] = y === undefined ? [whole.south, whole.north] : ends(y, 'y', [whole.south, whole.north]);
  if (x !== undefined && y !== undefined && west === east && south === north) return { point: [south, west] };
  return { box: readBbox([west, south, east, north].join(','), 'subset') };
}

function readScale(values: QueryValues): CoverageQuery['scale'] {
  const given = ['scale-factor', 'scale-axes', 'scale-size'].filter((key) => values.has(key));
  if (given.length === 0) return undefined;
  if (given.length > 1) throw new FeatureError('bad_value', `${given.join(' and ')} are both given; give one of them.`);
  const text = values.get(given[0]!)!;
  const shorter = (count: number, factor: number): number => Math.max(1, Math.round(count / factor));
  if (given[0] === 'scale-size') {
    const sizes = readSizes('scale-size', text);
    return (nx, ny) => [Math.round(sizes.get('x') ?? nx), Math.round(sizes.get('y') ?? ny)];
  }
  if (given[0] === 'scale-axes') {
    const factors = readSizes('scale-axes', text);
    return (nx, ny) => [shorter(nx, factors.get('x') ?? 1), shorter(ny, factors.get('y') ?? 1)];
  }
  const factor = readNumber('scale-factor', text);
  if (!(factor > 0))
    throw new FeatureError('bad_value', `scale-factor: ${factor} is not above 0; give a number above 0.`);
  return (nx, ny) => [shorter(nx, factor), shorter(ny, factor)];
}

/** Reads the parameters of a coverage. Throws FeatureError for what is wrong with them. */
export function readCoverageQuery(
  collection: EdrCollection,
  run: EdrRun | undefined,
  values: QueryValues,
): CoverageQuery {
  for (const key of ['crs', 'bbox-crs', 'subset-crs']) readCrs(values.get(key), key);
  const text = values.get('subset');
  const subset = text === undefined ? new Map<AxisName, string>() : readAxisList('subset', text);
  const part = (axis: AxisName): string | undefined => {
    const own = subset.get(axis);
    return own === undefined ? undefined : asInterval(own, axis);
  };
  const place = readPlace(collection, values, subset);
  const time = both(readDatetime(values.get('datetime')), readDatetime(part('t'), 'subset'));
  const number = both(readNumbers('number', values.get('number')), readNumbers('subset', part('number')));
  const level = hasLevels(collection)
    ? both(both(readNumbers('z', values.get('z')), readNumbers('subset', part('z'))), place.box?.levels)
    : undefined;
  const names = readNames('properties', values.get('properties') ?? values.get('parameter-name'));
  const scale = readScale(values);
  const ask: EdrAsk = {
    collection,
    parameters: chooseParameters(collection.parameters, names),
    ...(run === undefined ? {} : { run }),
    ...(time === undefined ? {} : { time }),
    ...(level === undefined ? {} : { level }),
    ...(number === undefined ? {} : { number }),
  };
  return { ask, ...place, ...(scale === undefined ? {} : { scale }) };
}

export interface CoverageOptions {
  readonly deps: EdrDeps;
  /** whether the format needs straight rows and columns */
  readonly rectangular: boolean;
  readonly signal: AbortSignal;
}

function latticeOf(query: CoverageQuery, rectangular: boolean): Lattice | undefined {
  const { collection } = query.ask;
  const { axes, columns: distinct } = collection.grid;
  const isEven =
    axes !== undefined && [axes.lon.subarray(0, distinct), axes.lat].every((one) => evenStep(one) !== undefined);
  if (query.scale === undefined && (isEven || !rectangular)) return undefined;
  const box = query.box ?? wholeBox(collection);
  const [nx, ny] = countsIn(collection, box);
  const [columns, rows] = query.scale?.(nx, ny) ?? [nx, ny];
  return latticeOver(box, columns, rows);
}

async function coveragesOf(
  query: CoverageQuery,
  options: CoverageOptions,
): Promise<{ blocks: QueryBlocks; coverages: readonly OgcCoverage[] }> {
  const { ask } = query;
  const { deps, rectangular, signal } = options;
  const own = { extract: deps.extract, inlineValues: deps.config.limits.inlineValues };
  if (query.point !== undefined) {
    const blocks = await readQuery(
      ask,
      [{ type: 'position', points: [query.point], interpolation: 'nearest' }],
      own,
      signal,
    );
    return { blocks, coverages: joinPointSeries(ask.collection, blocks.blocks, blocks.params) };
  }
  const lattice = latticeOf(query, rectangular);
  if (lattice !== undefined) {
    const coarse = regridded(ask.collection, lattice);
    const blocks = await readQuery(coarse.ask(ask), [coarse.feature], manyPoints(own), signal);
    return { blocks, coverages: coarse.coverages(blocks) };
  }
  const box = query.box ?? { south: -90, west: -180, north: 90, east: 180 };
  const west = query.box?.west ?? ask.collection.extent.box.west;
  const blocks = await readQuery(ask, [boxFeature(box)], own, signal);
  return { blocks, coverages: gridCoverages(ask.collection, blocks.blocks, blocks.params, west) };
}

/** Answers a request for a coverage; without coverages when nothing that exists was chosen. */
export async function answerCoverage(query: CoverageQuery, options: CoverageOptions): Promise<OgcAnswer> {
  const { blocks, coverages } = await coveragesOf(query, options);
  return { params: blocks.params, integers: blocks.integers, levtype: query.ask.collection.levtype, coverages };
}
