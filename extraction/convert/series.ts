/**
 * Records sorted into the series that become one variable each: equal in name, grid, class of level, kind of field, label and
 * meaning of time (docs/conversions.md#variables). Of equal records the last one written counts.
 */
import { CLASS_SUFFIX, type LevelClass, legalName, timeMethod } from '../../formats/cf-names.js';
import { textAt } from '../catalogue/fixed-text.js';
import { memberPattern } from '../catalogue/key-members.js';
import { shortestDecimal } from '../fst/decimal.js';
import { decodeIp, KIND } from '../fst/ip.js';
import { stampToMs } from '../fst/time.js';
import type { RunColumns } from '../run-index.js';

/** Where one record stands in its series. */
export interface Place {
  readonly row: number;
  /** base time, ms; NaN without one */
  readonly base: number;
  /** lead time, seconds */
  readonly step: number;
  readonly ip1: number;
  /** decoded ip1 as the shortest decimal; ip1 itself where it means nothing */
  readonly level: number;
  /** member, -1 for none */
  readonly number: number;
}

export interface Series {
  readonly name: string;
  readonly nomvar: string;
  readonly typvar: string;
  /** label of the records, of a member with its digits blotted out */
  readonly etiket: string;
  readonly grid: number;
  readonly levels: LevelClass;
  /** length of the interval that values stand for, seconds; `base`: since the base time; undefined: instantaneous */
  readonly interval: number | 'base' | undefined;
  readonly method: string | undefined;
  readonly nk: number;
  readonly places: readonly Place[];
  /** records that an equal, later one replaces */
  readonly duplicates: readonly number[];
}

interface Draft {
  readonly row: number;
  readonly nomvar: string;
  readonly typvar: string;
  readonly etiket: string;
  readonly grid: number;
  levels: LevelClass;
  /** class of the records, also where `levels` is none because they stand alone */
  readonly own: LevelClass;
  readonly interval: Series['interval'];
  readonly nk: number;
  readonly ip3: number | undefined;
  places: Place[];
  duplicates: number[];
}

const CLASS_OF: ReadonlyMap<number, LevelClass> = new Map<number, LevelClass>([
  [KIND.heightAboveSea, 'asl'],
  [KIND.sigma, 'ml'],
  [KIND.pressure, 'pl'],
  [KIND.code, 'code'],
  [KIND.heightAboveGround, 'hl'],
  [KIND.hybrid, 'ml'],
  [KIND.theta, 'theta'],
  [KIND.depth, 'depth'],
  [KIND.galChen, 'ml'],
]);

interface LevelOf {
  readonly levels: LevelClass;
  readonly value: number;
}

function levelReader(): (ip1: number) => LevelOf {
  const known = new Map<number, LevelOf>();
  return (ip1) => {
    let level = known.get(ip1);
    if (level === undefined) {
      const decoded = ip1 === 0 ? null : decodeIp(ip1);
      const levels = ip1 === 0 ? 'none' : (CLASS_OF.get(decoded?.kind ?? -1) ?? 'code');
      level = { levels, value: decoded === null ? ip1 : shortestDecimal(decoded.value) };
      known.set(ip1, level);
    }
    return level;
  };
}

/** Interval of a record's values: told by its ips, else since the base time where the variable accumulates. */
function intervalOf(columns: RunColumns, row: number, nomvar: string): Series['interval'] {
  const from = columns.stepFrom[row]!;
  if (Number.isNaN(from)) return timeMethod(nomvar) === undefined ? undefined : 'base';
  return from === 0 ? 'base' : columns.step[row]! - from;
}

/** Sorts rows into series without names; `gridOf` numbers their grids. */
function collect(columns: RunColumns, rows: Uint32Array, gridOf: (row: number) => number, byLabel: boolean): Draft[] {
  const levelOf = levelReader();
  const drafts = new Map<string, Draft>();
  for (const row of rows) {
    const nomvar = textAt(columns.nomvar, 4, row);
    const typvar = textAt(columns.typvar, 2, row);
    const number = byLabel ? -1 : columns.number[row]!;
    const label = textAt(columns.etiket, 12, row);
    const etiket = number >= 0 ? memberPattern(label) : label;
    const { levels, value } = levelOf(columns.ip1[row]!);
    const grid = gridOf(row);
    const interval = intervalOf(columns, row, nomvar);
    const nk = columns.nk[row]!;
    const key = JSON.stringify([nomvar, grid, levels, typvar.replace('@', ''), etiket, interval, nk]);
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = {
        row,
        nomvar,
        typvar,
        etiket,
        grid,
        levels,
        own: levels,
        interval,
        nk,
        ip3: undefined,
        places: [],
        duplicates: [],
      };
      drafts.set(key, draft);
    }
    const base = stampToMs(columns.dateo[row]!);
    draft.places.push({ row, base, step: columns.step[row]!, ip1: columns.ip1[row]!, level: value, number });
  }
  return [...drafts.values()];
}

const placeKey = ({ base, step, level, number }: Place): string => `${base} ${step} ${level} ${number}`;

/** Records that only ip3 tells apart become series of their own; true duplicates give way to the last one. */
function separate(columns: RunColumns, draft: Draft): Draft[] {
  const byPlace = new Map<string, Place>();
  let needsIp3 = false;
  const duplicates: number[] = [];
  for (const place of draft.places) {
    const key = placeKey(place);
    const before = byPlace.get(key);
    if (before !== undefined) {
      if (columns.ip3[before.row] !== columns.ip3[place.row]) needsIp3 = true;
      duplicates.push(before.row);
    }
    byPlace.set(key, place);
  }
  if (!needsIp3) return [{ ...draft, places: [...byPlace.values()], duplicates }];
  const parts = new Map<number, Draft>();
  for (const place of draft.places) {
    const ip3 = columns.ip3[place.row]!;
    const part = parts.get(ip3) ?? { ...draft, ip3, places: [], duplicates: [] };
    parts.set(ip3, part);
    part.places.push(place);
  }
  return [...parts.values()].flatMap((part) => separate(columns, part));
}

/** A lone surface of the model (1.0 of hybrid or sigma) and a lone height above ground are no column. */
function settleClass(draft: Draft): void {
  const distinct = new Set(draft.places.map(({ level }) => level));
  if (distinct.size > 1) return;
  const [only] = distinct;
  if (draft.levels === 'hl' || (draft.levels === 'ml' && only === 1)) draft.levels = 'none';
}

function intervalSuffix({ interval, nomvar }: Draft): string {
  if (typeof interval !== 'number') return '';
  const prefix = { sum: 'acc', minimum: 'min', maximum: 'max' }[timeMethod(nomvar) ?? ''] ?? 'int';
  return `_${prefix}${interval % 3600 === 0 ? `${interval / 3600}h` : `${interval}s`}`;
}

/** Parts of a name in the order in which they are appended, each empty where it adds nothing. */
const PARTS: readonly ((draft: Draft, plain: LevelClass) => string)[] = [
  (draft, plain) => (draft.levels === plain || draft.levels === 'none' ? '' : CLASS_SUFFIX[draft.levels]),
  intervalSuffix,
  ({ typvar }) => `_typ${legalName(typvar)}`,
  ({ etiket }) => `_${etiket.replace(/[^A-Za-z0-9]/g, '_')}`,
  ({ nk }) => `_nk${nk}`,
  ({ ip3 }) => (ip3 === undefined ? '' : `_ip3_${ip3}`),
];
const DISTINCT: readonly ((draft: Draft) => unknown)[] = [
  ({ levels }) => levels,
  ({ interval }) => interval,
  ({ typvar }) => typvar.replace('@', ''),
  ({ etiket }) => etiket,
  ({ nk }) => nk,
  ({ ip3 }) => ip3,
];

const levelCount = ({ places }: Draft): number => new Set(places.map(({ level }) => level)).size;

/** Names of series of one variable on one grid: only what differs is appended. */
function namesOf(drafts: readonly Draft[]): string[] {
  const base = legalName(drafts[0]!.nomvar.toUpperCase());
  if (drafts.length === 1) return [base];
  const most = drafts.reduce((best, draft) => (levelCount(draft) > levelCount(best) ? draft : best));
  const differs = DISTINCT.map((part) => new Set(drafts.map(part)).size > 1);
  const names = drafts.map((draft) =>
    PARTS.reduce((name, part, at) => (differs[at]! ? name + part(draft, most.levels) : name), base),
  );
  // a surface field beside the levels of the same variable
  const settled = names.map((name, at) => {
    const { levels, own } = drafts[at]!;
    const isShared = names.indexOf(name) !== names.lastIndexOf(name);
    if (!isShared || levels !== 'none') return name;
    if (most.levels !== 'none') return name + CLASS_SUFFIX.none;
    // a height that stands alone, beside the surface
    return own === 'none' ? name : name + CLASS_SUFFIX[own];
  });
  return settled.map((name, at) => {
    const before = settled.slice(0, at).filter((one) => one === name).length;
    return before === 0 ? name : `${name}_${before + 1}`;
  });
}

export interface SeriesOptions {
  /** members are told apart by their labels, as other records are */
  readonly byLabel?: boolean;
  /** a diagnostic level that is there with every column of levels becomes the lowest of them */
  readonly joinDiagnostic?: boolean;
}

const columnKey = ({ base, step, number }: Place): string => `${base} ${step} ${number}`;

/** Value of the diagnostic level among those of a model: that of the surface. */
function diagnosticValue({ places }: Draft): number {
  return decodeIp(places[0]!.ip1)?.kind === KIND.galChen ? 0 : 1;
}

/** Series of model levels with the diagnostic level among them, where it has a record for each of their columns. */
function withDiagnostic(drafts: readonly Draft[]): Draft[] {
  const kept = new Set(drafts);
  const keyOf = ({ nomvar, grid, typvar, etiket, interval, nk, ip3 }: Draft): string =>
    JSON.stringify([nomvar, grid, typvar, etiket, interval, nk, ip3]);
  const models = new Map(drafts.filter(({ levels }) => levels === 'ml').map((draft) => [keyOf(draft), draft]));
  for (const draft of drafts) {
    const model = draft.levels === 'hl' ? models.get(keyOf(draft)) : undefined;
    if (model === undefined || new Set(draft.places.map(({ level }) => level)).size > 1) continue;
    const level = diagnosticValue(model);
    const columns = new Set(draft.places.map(columnKey));
    const complete = model.places.every((place) => columns.has(columnKey(place)));
    if (!complete || model.places.some((place) => place.level === level)) continue;
    model.places.push(...draft.places.map((place) => ({ ...place, level })));
    model.duplicates.push(...draft.duplicates);
    kept.delete(draft);
  }
  return [...kept];
}

/**
 * Series of some rows, in order of appearance. `gridOf` gives the number of a row's grid; names are unique on each grid, as
 * long as nothing but the case tells nomvars apart.
 */
export function seriesOf(
  columns: RunColumns,
  rows: Uint32Array,
  gridOf: (row: number) => number,
  { byLabel = false, joinDiagnostic = false }: SeriesOptions = {},
): Series[] {
  const separated = collect(columns, rows, gridOf, byLabel).flatMap((draft) => separate(columns, draft));
  const drafts = joinDiagnostic ? withDiagnostic(separated) : separated;
  for (const draft of drafts) settleClass(draft);
  const byName = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const key = `${draft.grid} ${legalName(draft.nomvar.toUpperCase())}`;
    const list = byName.get(key);
    if (list === undefined) byName.set(key, [draft]);
    else list.push(draft);
  }
  const names = new Map<Draft, string>();
  for (const list of byName.values()) {
    for (const [at, name] of namesOf(list).entries()) names.set(list[at]!, name);
  }
  return drafts.map((draft) => ({
    name: names.get(draft)!,
    nomvar: draft.nomvar,
    typvar: draft.typvar,
    etiket: draft.etiket,
    grid: draft.grid,
    levels: draft.levels,
    interval: draft.interval,
    method: timeMethod(draft.nomvar),
    nk: draft.nk,
    places: draft.places,
    duplicates: draft.duplicates,
  }));
}
