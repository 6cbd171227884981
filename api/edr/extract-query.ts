/**
 * From a query to coverage blocks: a FeatureRequest for each segment, planned together so that the size is known before
 * anything is read. Queries over the inline limit are refused with the way to the job API.
 */
import { coveragesOf, type ExtractDeps } from '../../extraction/extract.js';
import { NO_SLOT, type Plan, type PlannedCoverage } from '../../extraction/plan/types.js';
import { planRequest } from '../../extraction/plan.js';
import type { CoverageBlock } from '../../formats/coverage-block.js';
import { FeatureError } from '../../schemas/problem.js';
import type { AxisValue, Feature, FeatureRequest, KeyName, KeySelector, ParamRef } from '../../schemas/vocabulary.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { countFields, type EdrAsk, type Segment, segmentsOf } from './segments.js';

export interface QueryDeps {
  readonly extract: ExtractDeps;
  /** most values of a synchronous answer */
  readonly inlineValues: number;
}

/** Places of a lattice count as values, not as points that a user wrote. */
export function manyPoints(deps: QueryDeps): QueryDeps {
  const { extract, inlineValues } = deps;
  const limits = { ...extract.limits, points: Math.max(extract.limits.points, inlineValues) };
  return { ...deps, extract: { ...extract, limits } };
}

/** What a query gave: blocks in order of base time, and what they have in common. */
export interface QueryBlocks {
  readonly params: readonly ParamRef[];
  readonly integers: ReadonlySet<string>;
  readonly blocks: readonly CoverageBlock[];
}

const valuesSelector = (values: readonly AxisValue[]): KeySelector => ({ kind: 'values', values });

/** A level as a request names it: on model levels a fraction is a hybrid value, a whole number a rank. */
function levelValue({ levtype, ranks }: EdrCollection, level: number): AxisValue {
  if (levtype !== 'ml' || (level > 0 && level < 1)) return level;
  if (level === 0 || level === 1) return `${level}.0`;
  return ranks.get(level) ?? level;
}

/** Record keys that keep to the collection's grid, where its level type has others. */
function gridSelectors({ gridKeys, onlyGrid }: EdrCollection): [KeyName, KeySelector][] {
  if (onlyGrid) return [];
  const distinct = (values: readonly AxisValue[]): KeySelector => valuesSelector([...new Set(values)]);
  return [
    ['grtyp', distinct(gridKeys.map(({ grtyp }) => grtyp))],
    ...(['ig1', 'ig2', 'ig3', 'ig4'] as const).map((key, n): [KeyName, KeySelector] => [
      key,
      distinct(gridKeys.map(({ ig }) => ig[n]!)),
    ]),
  ];
}

/** The request of one segment. */
export function requestOf(ask: EdrAsk, segment: Segment, feature: Feature): FeatureRequest {
  const { collection } = ask;
  const base = new Date(segment.run.base).toISOString();
  const keys = new Map<KeyName, KeySelector>(ask.extra ?? []);
  const set = (key: KeyName, values: readonly AxisValue[]): void => void keys.set(key, valuesSelector(values));
  if (segment.run.base % 60_000 === 0) {
    set('date', [base.slice(0, 10).replaceAll('-', '')]);
    set('time', [base.slice(11, 16).replace(':', '')]);
  } else set('datetime', [segment.run.base]);
  set('levtype', [collection.levtype]);
  if (segment.levels !== undefined) {
    set(
      'levelist',
      segment.levels.map((level) => levelValue(collection, level)),
    );
  }
  if (segment.numbers !== undefined) set('number', segment.numbers);
  set('step', segment.steps);
  const present = ask.parameters.filter(({ nomvar }) => segment.run.fields.has(nomvar));
  set(
    'param',
    present.map(({ name }) => name),
  );
  for (const [key, selector] of gridSelectors(collection)) if (!keys.has(key)) keys.set(key, selector);
  return { keys, feature, format: 'covjson-ogc', expectAny: true };
}

/** Errors of planning that only mean that nothing is there. */
const NOTHING: ReadonlySet<string> = new Set(['no_data', 'no_points_in_feature']);

async function planOrNothing(
  ask: EdrAsk,
  segment: Segment,
  feature: Feature,
  deps: QueryDeps,
): Promise<Plan | undefined> {
  const { collection } = ask;
  try {
    return withoutAbsent(await planRequest(requestOf(ask, segment, feature), collection.cube, deps.extract));
  } catch (error) {
    if (error instanceof FeatureError && NOTHING.has(error.code)) return undefined;
    // The same points written under several keys may hold several fields of one name: then the key with most fields counts.
    const isMixed = error instanceof FeatureError && error.code === 'mixed_grids' && collection.gridKeys.length > 1;
    if (!isMixed) throw error;
    const first = { ...collection, gridKeys: collection.gridKeys.slice(0, 1), onlyGrid: false };
    return planOrNothing({ ...ask, collection: first }, segment, feature, deps);
  }
}

/** Without the ranges, coverages and groups of which no field exists. */
function withoutAbsent(plan: Plan): Plan {
  const present = (coverage: PlannedCoverage): PlannedCoverage => ({
    ...coverage,
    ranges: coverage.ranges.filter(({ fields }) => fields.some((slot) => slot !== NO_SLOT)),
  });
  const groups = plan.groups
    .map((group) => ({
      ...group,
      coverages: group.coverages.map(present).filter(({ ranges }) => ranges.length > 0),
    }))
    .filter(({ coverages }) => coverages.length > 0);
  return { ...plan, groups };
}

/** The refusal of a query that is too large to be answered at once. */
export function tooLarge(values: string, limit: number): FeatureError {
  return new FeatureError(
    'too_large',
    `The query asks for ${values} values, over the limit of ${limit} for an answer at once; ask for fewer parameters, times, levels or a smaller area.`,
  );
}

/** Reads what a query at some features asks for. Throws FeatureError `too_large` before anything is read. */
export async function readQuery(
  ask: EdrAsk,
  features: readonly Feature[],
  deps: QueryDeps,
  signal: AbortSignal,
): Promise<QueryBlocks> {
  const segments = segmentsOf(ask);
  const points = features.reduce((sum, feature) => sum + ('points' in feature ? feature.points.length : 1), 0);
  const least = countFields(ask, segments) * points;
  if (least > deps.inlineValues) throw tooLarge(`at least ${least}`, deps.inlineValues);
  const plans: Plan[] = [];
  let values = 0;
  for (const feature of features) {
    for (const segment of segments) {
      const plan = await planOrNothing(ask, segment, feature, deps);
      if (plan === undefined || plan.groups.length === 0) continue;
      values += plan.cost.values;
      if (values > deps.inlineValues) throw tooLarge(String(values), deps.inlineValues);
      plans.push(plan);
    }
  }
  const blocks: CoverageBlock[] = [];
  const params = new Map<string, ParamRef>();
  const integers = new Set<string>();
  for (const plan of plans) {
    for (const name of plan.head.integers) integers.add(name);
    for await (const block of coveragesOf(plan, deps.extract, signal)) {
      for (const { param } of block.ranges) params.set(param.name, param);
      blocks.push(block);
    }
  }
  const ordered = ask.parameters.flatMap(({ name }) => params.get(name) ?? []);
  // what is an integer in one run and a float in another is a float
  const always = [...integers].filter((name) =>
    plans.every(({ head }) => !head.params.some((param) => param.name === name) || head.integers.has(name)),
  );
  return { params: ordered, integers: new Set(always), blocks: restoreLevels(ask.collection, blocks) };
}

/** Levels that were asked for by rank stand in the answer with their values. */
function restoreLevels({ levtype, ranks }: EdrCollection, blocks: readonly CoverageBlock[]): readonly CoverageBlock[] {
  if (levtype !== 'ml' || ![...ranks.keys()].some((level) => level > 1)) return blocks;
  const levels = new Map([...ranks].map(([level, rank]) => [rank, level]));
  const value = (level: number): number =>
    Number.isInteger(level) && level > 1 ? (levels.get(level) ?? level) : level;
  return blocks.map((block): CoverageBlock => {
    const { domain } = block;
    switch (domain.type) {
      case 'PointSeries':
        return { ...block, domain: { ...domain, level: value(domain.level) } };
      case 'Trajectory':
        return { ...block, domain: { ...domain, path: { ...domain.path, level: domain.path.level.map(value) } } };
      default:
        return { ...block, domain: { ...domain, levels: domain.levels.map(value) } };
    }
  });
}
