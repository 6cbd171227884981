/** A data query from its parameters to coverages: what all kinds share, then the place in the words of each kind. */
import type { OgcAnswer, OgcCoverage } from '../../formats/ogc-coverage.js';
import { parseSelector } from '../../schemas/mars.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Feature, KeyName, KeySelector } from '../../schemas/vocabulary.js';
import { type Choice, readBbox, readDatetime, readNames, readNumbers } from '../ogc/choices.js';
import { readCrs } from '../ogc/crs.js';
import type { EdrCollection, EdrRun } from '../ogc/edr-collections.js';
import { chooseParameters } from '../ogc/edr-parameters.js';
import type { QueryValues } from '../ogc/query.js';
import { type CorridorQuery, corridorQuery } from './corridor.js';
import type { EdrDeps } from './deps.js';
import { manyPoints, type QueryBlocks, type QueryDeps, readQuery } from './extract-query.js';
import type { Location } from './locations.js';
import { type PathQuery, pathQueries } from './paths.js';
import { gridCoverages, joinPaths, placeCoverages } from './places.js';
import {
  areaFeature,
  boxFeature,
  type FeatureRules,
  positionFeature,
  type QueryType,
  radiusFeatures,
  readLength,
} from './query-features.js';
import { readDomain, readResolution, regridded, withLevelCount } from './regrid.js';
import { type EdrAsk, hasLevels } from './segments.js';
import { joinPointSeries } from './series.js';

/** Keys beside those of the standard, for collections whose fields they tell apart. */
const EXTRA_KEYS = ['class', 'stream', 'type', 'expver', 'domain', 'typvar', 'etiket'] as const satisfies KeyName[];

function extraKeys(values: QueryValues, now: number): ReadonlyMap<KeyName, KeySelector> {
  const context = { now, mostValues: 1000 };
  return new Map(
    EXTRA_KEYS.flatMap((key) => {
      const text = values.get(key);
      return text === undefined ? [] : [[key, parseSelector(key, text, context)] as const];
    }),
  );
}

/** What every query may say: parameters, times, levels, members. */
export function readAsk(
  collection: EdrCollection,
  run: EdrRun | undefined,
  values: QueryValues,
  deps: Pick<EdrDeps, 'now'>,
): EdrAsk {
  readCrs(values.get('crs'));
  const names = readNames('parameter-name', values.get('parameter-name') ?? values.get('parameter_names'));
  const time = readDatetime(values.get('datetime'));
  const level = hasLevels(collection) ? readNumbers('z', values.get('z') ?? values.get('cube-z')) : undefined;
  const number = readNumbers('number', values.get('number'));
  return {
    collection,
    parameters: chooseParameters(collection.parameters, names),
    extra: extraKeys(values, deps.now()),
    ...(run === undefined ? {} : { run }),
    ...(time === undefined ? {} : { time }),
    ...(level === undefined ? {} : { level }),
    ...(number === undefined ? {} : { number }),
  };
}

function need(values: QueryValues, key: string, example: string): string {
  const text = values.get(key)?.trim();
  if (text !== undefined && text !== '') return text;
  throw new FeatureError('bad_value', `${key} is missing; give it, such as ${key}=${example}.`);
}

/** Everything that a query of one kind needs. */
export interface DataQuery {
  readonly ask: EdrAsk;
  readonly values: QueryValues;
  readonly deps: EdrDeps;
  readonly signal: AbortSignal;
  readonly location?: Location;
}

type Coverages = { readonly blocks: QueryBlocks; readonly coverages: readonly OgcCoverage[] };

const rulesOf = ({ ask, deps }: DataQuery): FeatureRules => ({
  collection: ask.collection,
  limits: deps.config.limits,
  now: deps.now(),
});

const queryDeps = ({ deps }: DataQuery): QueryDeps => ({
  extract: deps.extract,
  inlineValues: deps.config.limits.inlineValues,
});

function read(query: DataQuery, features: readonly Feature[], ask: EdrAsk = query.ask): Promise<QueryBlocks> {
  return readQuery(ask, features, queryDeps(query), query.signal);
}

async function atPoints(query: DataQuery, feature: Feature): Promise<Coverages> {
  const blocks = await read(query, [feature]);
  return { blocks, coverages: joinPointSeries(query.ask.collection, blocks.blocks, blocks.params) };
}

async function inArea(query: DataQuery, features: readonly Feature[]): Promise<Coverages> {
  const blocks = await read(query, features);
  return { blocks, coverages: placeCoverages(query.ask.collection, blocks.blocks) };
}

/** Two choices as one. */
export const both = (one: Choice | undefined, other: Choice | undefined): Choice | undefined =>
  one !== undefined && other !== undefined ? (value) => one(value) && other(value) : (one ?? other);

async function inCube(query: DataQuery): Promise<Coverages> {
  const box = readBbox(need(query.values, 'bbox', '-75,45,-73,46'));
  const level = hasLevels(query.ask.collection) ? both(query.ask.level, box.levels) : undefined;
  const ask = withLevelCount(level === undefined ? query.ask : { ...query.ask, level }, query.values);
  const resolution = readResolution(query.values, query.ask.collection, box);
  if (resolution !== undefined) {
    const coarse = regridded(ask.collection, resolution);
    const blocks = await readQuery(coarse.ask(ask), [coarse.feature], manyPoints(queryDeps(query)), query.signal);
    return { blocks, coverages: coarse.coverages(blocks) };
  }
  const blocks = await read(query, [boxFeature(box)], ask);
  const coverages =
    readDomain(query.values) !== 'multipoint'
      ? gridCoverages(ask.collection, blocks.blocks, blocks.params, box.west)
      : placeCoverages(ask.collection, blocks.blocks);
  return { blocks, coverages };
}

/** Paths: the stretches of a line that are in several runs make one coverage a member. */
async function alongPaths(
  query: DataQuery,
  lines: readonly (readonly PathQuery[])[],
  deps: QueryDeps = queryDeps(query),
): Promise<Coverages> {
  const parts: QueryBlocks[] = [];
  const coverages: OgcCoverage[] = [];
  for (const line of lines) {
    const own: QueryBlocks[] = [];
    for (const { feature, ask } of line) own.push(await readQuery(ask, [feature], deps, query.signal));
    parts.push(...own);
    const found = own.map(({ blocks }) => placeCoverages(query.ask.collection, blocks));
    coverages.push(...(line.length > 1 ? joinPaths(found.flat()) : found.flat()));
  }
  const params = parts.flatMap((part) => part.params);
  const blocks: QueryBlocks = {
    params: query.ask.parameters.flatMap(({ name }) => params.find((one) => one.name === name) ?? []),
    integers: new Set(parts.flatMap(({ integers }) => [...integers])),
    blocks: [],
  };
  return { blocks, coverages };
}

async function inCorridor(query: DataQuery): Promise<Coverages> {
  const { values, ask } = query;
  const coords = need(values, 'coords', 'LINESTRING(-75 45,-73 46)');
  const width = readLength('corridor-width', values.get('corridor-width'), 'width-units', values.get('width-units'));
  const corridor = corridorQuery(ask, coords, width, values, rulesOf(query));
  const found = await inOneCorridor(query, corridor);
  return found.coverages.length > 0 || corridor.centre === undefined ? found : inOneCorridor(query, corridor.centre());
}

async function inOneCorridor(query: DataQuery, { lines, isSampled, within }: CorridorQuery): Promise<Coverages> {
  const deps = isSampled ? manyPoints(queryDeps(query)) : queryDeps(query);
  const found = await alongPaths(query, lines, deps);
  return { ...found, coverages: found.coverages.flatMap(within) };
}

async function byType(type: QueryType, query: DataQuery): Promise<Coverages> {
  const { values, location } = query;
  const rules = rulesOf(query);
  switch (type) {
    case 'position':
      return atPoints(query, positionFeature(need(values, 'coords', 'POINT(-73.6 45.5)'), rules));
    case 'locations':
      return atPoints(query, { type: 'position', points: [[location!.lat, location!.lon]], interpolation: 'nearest' });
    case 'radius': {
      const coords = need(values, 'coords', 'POINT(-73.6 45.5)');
      const km = readLength('within', values.get('within'), 'within-units', values.get('within-units'));
      return inArea(query, radiusFeatures(coords, km));
    }
    case 'area':
      return inArea(query, [areaFeature(need(values, 'coords', 'POLYGON((-75 45,-73 45,-73 46,-75 45))'), rules)]);
    case 'cube':
      return inCube(query);
    case 'trajectory':
      return alongPaths(
        query,
        pathQueries(query.ask, need(values, 'coords', 'LINESTRING(-75 45,-73 46)'), values, rules),
      );
    case 'corridor':
      return inCorridor(query);
  }
}

/** Answers a query; without coverages when nothing that exists was chosen. */
export async function answerQuery(type: QueryType, query: DataQuery): Promise<OgcAnswer> {
  const { blocks, coverages } = await byType(type, query);
  return {
    params: blocks.params,
    integers: blocks.integers,
    levtype: query.ask.collection.levtype,
    coverages,
  };
}
