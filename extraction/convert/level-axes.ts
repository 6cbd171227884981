/** Levels of series as axes, one for each class and set of levels, and the scalar coordinate of a level that stands alone. */
import type { CfAttributes, CfVariable } from '../../formats/cf.js';
import { LEVELS, type LevelClass, numberName } from '../../formats/cf-names.js';
import { decodeIp, KIND } from '../fst/ip.js';
import type { Place, Series } from './series.js';
import { numbers, scalar } from './variables.js';

export interface LevelAxis {
  readonly name: string;
  readonly levels: LevelClass;
  /** in the order of the axis, which is empty for a scalar */
  readonly ip1: readonly number[];
  readonly values: readonly number[];
  /** a dimension, or one level beside the fields */
  readonly isDimension: boolean;
  readonly variables: readonly CfVariable[];
  indexOf(place: Place): number;
}

interface Draft {
  readonly levels: LevelClass;
  readonly kind: number;
  readonly members: Series[];
  /** ip1 by decoded value, in order of appearance */
  readonly values: Map<number, number>;
}

const kindOf = (ip1: number): number => (ip1 === 0 ? -1 : (decodeIp(ip1)?.kind ?? -1));

const MODEL_NAMES: Readonly<Record<number, string>> = {
  [KIND.sigma]: 'level_sg',
  [KIND.hybrid]: 'level_hyb',
  [KIND.galChen]: 'level_gc',
};

const MODEL_ATTRIBUTES: Readonly<Record<number, CfAttributes>> = {
  [KIND.sigma]: { long_name: 'sigma level', units: '1', positive: 'down', axis: 'Z' },
  [KIND.hybrid]: { long_name: 'hybrid level', units: '1', positive: 'down', axis: 'Z' },
  [KIND.galChen]: { long_name: 'level of the height coordinate', units: 'm', positive: 'up', axis: 'Z' },
};

function isMonotonic(values: readonly number[]): boolean {
  const sense = Math.sign((values[1] ?? 0) - (values[0] ?? 0));
  return values.every((value, n) => n === 0 || Math.sign(value - values[n - 1]!) === sense);
}

/** Order of an axis: ascending; or as stored where that is an order, else from the highest pressure down. */
function ordered(draft: Draft, ascending: boolean): number[] {
  const stored = [...draft.values.keys()];
  if (ascending) return stored.sort((a, b) => a - b);
  const ascends = draft.levels === 'ml' ? draft.kind === KIND.galChen : LEVELS[draft.levels as 'pl'].ascending;
  if (ascends) return stored.sort((a, b) => a - b);
  return isMonotonic(stored) ? stored : stored.sort((a, b) => b - a);
}

/** Series of a class on as few axes as possible: levels of a model only on axes that have all of theirs. */
function share(series: readonly Series[]): Draft[] {
  const drafts: Draft[] = [];
  const sizeOf = (one: Series): number => new Set(one.places.map(({ level }) => level)).size;
  for (const one of [...series].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    const own = new Map(one.places.map(({ level, ip1 }) => [level, ip1]));
    const kind = kindOf(one.places[0]!.ip1);
    const draft = drafts.find((candidate) => {
      if (candidate.levels !== one.levels || (one.levels === 'ml' && candidate.kind !== kind)) return false;
      let union = candidate.values.size;
      for (const level of own.keys()) if (!candidate.values.has(level)) union++;
      return one.levels === 'ml' ? union === candidate.values.size : 2 * own.size >= union && own.size > 1;
    });
    if (draft === undefined) drafts.push({ levels: one.levels, kind, members: [one], values: own });
    else {
      draft.members.push(one);
      for (const [level, ip1] of own) if (!draft.values.has(level)) draft.values.set(level, ip1);
    }
  }
  return drafts;
}

const UNIT_NAMES: Readonly<Record<string, string>> = { pl: 'hPa', hl: 'm', asl: 'm', theta: 'K', depth: 'm' };

function baseName({ levels, kind }: Draft): string {
  return levels === 'ml' ? (MODEL_NAMES[kind] ?? 'level') : LEVELS[levels as 'pl'].name;
}

/** Names of the axes of one class: `pres`; then `level_hyb_t` of a staggered model, or the name of a variable on it. */
function axisName(draft: Draft, at: number): string {
  const base = baseName(draft);
  if (at === 0) return base;
  if (draft.levels === 'ml' && at === 1) return `${base}_t`;
  return `${base}_${draft.members[0]!.name.toLowerCase()}`;
}

function attributesOf({ levels, kind }: Draft): CfAttributes {
  return levels === 'ml'
    ? (MODEL_ATTRIBUTES[kind] ?? { units: '1', positive: 'down', axis: 'Z' })
    : LEVELS[levels as 'pl'].attributes;
}

/** Which of the levels of a model are its diagnostic ones. */
function diagnosticFlags({ levels }: Draft, name: string, ip1: readonly number[]): CfVariable[] {
  const flags = Int8Array.from(ip1, (ip) => (kindOf(ip) === KIND.heightAboveGround ? 1 : 0));
  if (levels !== 'ml' || !flags.includes(1)) return [];
  const meaning = { flag_values: Int8Array.of(0, 1), flag_meanings: 'level_of_the_model diagnostic_level' };
  return [numbers(`${name}_diag`, [name], [ip1.length], flags, { long_name: 'kind of level', ...meaning })];
}

function dimension(draft: Draft, name: string, ascending = false): LevelAxis {
  const values = ordered(draft, ascending);
  const ip1 = values.map((value) => draft.values.get(value)!);
  const index = new Map(values.map((value, n) => [value, n]));
  return {
    name,
    levels: draft.levels,
    ip1,
    values,
    isDimension: true,
    variables: [
      numbers(name, [name], [values.length], Float64Array.from(values), attributesOf(draft)),
      numbers(`${name}_ip1`, [name], [values.length], Int32Array.from(ip1), { long_name: `ip1 of ${name}` }),
      ...diagnosticFlags(draft, name, ip1),
    ],
    indexOf: ({ level }) => index.get(level)!,
  };
}

function alone(draft: Draft, name: string): LevelAxis {
  const [[value, ip1]] = [...draft.values] as [[number, number]];
  const { axis: _, ...attributes } = attributesOf(draft);
  return {
    name,
    levels: draft.levels,
    ip1: [ip1],
    values: [value],
    isDimension: false,
    variables: [scalar(name, Float64Array.of(value), attributes)],
    indexOf: () => 0,
  };
}

/** Class under which a level that stands alone is told; undefined for surfaces without a coordinate. */
function scalarClass(series: Series): LevelClass | undefined {
  if (series.levels !== 'none') return series.levels;
  const { ip1 } = series.places[0]!;
  return kindOf(ip1) === KIND.heightAboveGround && ip1 !== 0 ? 'hl' : undefined;
}

/**
 * The vertical axis of each series on one grid; absent for fields without a level. `everyLevel`: levels ascend, and one that
 * stands alone is a dimension too.
 */
export function levelAxes(series: readonly Series[], everyLevel = false): Map<Series, LevelAxis> {
  const found = new Map<Series, LevelAxis>();
  const columns = series.filter(({ levels }) => levels !== 'none');
  const drafts = share(columns);
  const used = new Map<string, number>();
  const names = new Set<string>();
  for (const draft of drafts.filter(({ values }) => everyLevel || values.size > 1)) {
    const at = used.get(baseName(draft)) ?? 0;
    used.set(baseName(draft), at + 1);
    const axis = dimension(draft, axisName(draft, at), everyLevel);
    names.add(axis.name);
    for (const one of draft.members) found.set(one, axis);
  }
  const singles = series.filter((one) => !found.has(one) && scalarClass(one) !== undefined);
  for (const [one, axis] of scalars(singles, names)) found.set(one, axis);
  return found;
}

function scalars(series: readonly Series[], taken: ReadonlySet<string>): Map<Series, LevelAxis> {
  const drafts = new Map<string, Draft>();
  for (const one of series) {
    const { level, ip1 } = one.places[0]!;
    const levels = scalarClass(one)!;
    const kind = kindOf(ip1);
    const key = `${levels} ${kind} ${level}`;
    const draft = drafts.get(key) ?? { levels, kind, members: [], values: new Map([[level, ip1]]) };
    drafts.set(key, draft);
    draft.members.push(one);
  }
  const count = new Map<string, number>();
  for (const draft of drafts.values()) count.set(baseName(draft), (count.get(baseName(draft)) ?? 0) + 1);
  const found = new Map<Series, LevelAxis>();
  for (const draft of drafts.values()) {
    const base = baseName(draft);
    const [value] = [...draft.values.keys()];
    const plain = count.get(base) === 1 && !taken.has(base);
    const axis = alone(draft, plain ? base : `${base}_${numberName(value!)}${UNIT_NAMES[draft.levels] ?? ''}`);
    for (const one of draft.members) found.set(one, axis);
  }
  return found;
}
