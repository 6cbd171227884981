/**
 * Record columns × collection rules → MARS key columns of one run: the only mapping from FST keys to MARS keys. Level type
 * and rank depend on the other records of the variable and member numbers on the other records of the field, so a run is
 * always derived as a whole.
 */
import { emptyColumns } from '../formats/arrow.js';
import type { Collection } from '../schemas/collection.js';
import { matchesGlob } from '../schemas/mars.js';
import { intern } from './catalogue/fixed-text.js';
import { deriveLevels } from './catalogue/key-levels.js';
import { findMembers, memberPattern } from './catalogue/key-members.js';
import { groupRows } from './catalogue/row-groups.js';
import { decodeIp, KIND, OLD_STYLE_MAX } from './fst/ip.js';
import { DERIVED_SHAPE, type DerivedColumns, FLAG, type GridKey, type LabelSet, type RawColumns } from './run-index.js';

export type KeyRules = Pick<Collection, 'class' | 'stream' | 'type' | 'expver' | 'domain' | 'rules'>;

/** Names that describe grids and levels, and hold no field. */
export const DESCRIPTORS: ReadonlySet<string> = new Set(['>>', '^^', '^>', '!!', '!!SF', '##', 'HY', 'META']);

/** typvar's first letter → MARS type, where there is one. */
const TYPE_OF: Readonly<Record<string, string>> = { A: 'an', C: 'cl', O: 'ob', P: 'fc' };

const LABELS = ['class', 'stream', 'type', 'expver', 'domain'] as const;

export interface DerivedKeys {
  readonly columns: DerivedColumns;
  readonly grids: readonly GridKey[];
  readonly labels: readonly LabelSet[];
}

/** Names of a run's records as numbers, shared by the steps of the derivation. */
export interface RunNames {
  readonly nomvar: ReturnType<typeof intern>;
  readonly typvar: ReturnType<typeof intern>;
  readonly etiket: ReturnType<typeof intern>;
}

export function deriveKeys(raw: RawColumns, count: number, rules: KeyRules): DerivedKeys {
  const columns = emptyColumns(DERIVED_SHAPE, count);
  const names: RunNames = {
    nomvar: intern(raw.nomvar, 4, count),
    typvar: intern(raw.typvar, 2, count),
    etiket: intern(raw.etiket, 12, count),
  };
  setFlags(columns, names, count);
  const grids = numberGrids(raw, columns, count);
  setSteps(raw, columns, count);
  deriveLevels(raw, columns, names, count);
  const ruleOf = matchRules(names, count, rules);
  findMembers(raw, columns, names, count, (row) => ruleOf(row)?.number);
  const labels = setLabels(columns, names, count, rules, ruleOf);
  numberVariants(raw, columns, names, count);
  return { columns, grids, labels };
}

function setFlags(columns: DerivedColumns, names: RunNames, count: number): void {
  const descriptor = names.nomvar.texts.map((text) => (DESCRIPTORS.has(text) ? FLAG.descriptor : 0));
  const mask = names.typvar.texts.map((text) => (text === '@@' ? FLAG.mask : text[1] === '@' ? FLAG.masked : 0));
  for (let row = 0; row < count; row++) {
    columns.flags[row] = descriptor[names.nomvar.ids[row]!]! | mask[names.typvar.ids[row]!]!;
  }
}

function numberGrids(raw: RawColumns, columns: DerivedColumns, count: number): GridKey[] {
  const { group, first } = groupRows([raw.grtyp, raw.ni, raw.nj, raw.ig1, raw.ig2, raw.ig3, raw.ig4], count);
  columns.grid.set(group);
  return first.map((row) => ({
    grtyp: String.fromCharCode(raw.grtyp[row]!),
    ni: raw.ni[row]!,
    nj: raw.nj[row]!,
    ig: [raw.ig1[row]!, raw.ig2[row]!, raw.ig3[row]!, raw.ig4[row]!],
  }));
}

/** Seconds of an ip that holds a time: old style whole hours, new style kind 10; NaN for anything else. */
export function ipSeconds(ip: number): number {
  if (ip >= 0 && ip <= OLD_STYLE_MAX) return ip * 3600;
  const decoded = decodeIp(ip);
  // Hours are stored in decimal: 0.25 h is exact, a third of an hour is the nearest second.
  return decoded?.kind === KIND.hours ? Math.round(decoded.value * 3600) : Number.NaN;
}

/** Lead time = deet * npas; where one of them is 0 the time in ip2. Both ips new-style times: the interval [ip3, ip2]. */
function setSteps(raw: RawColumns, columns: DerivedColumns, count: number): void {
  const seconds = new Map<number, number>();
  const secondsOf = (ip: number): number => {
    let value = seconds.get(ip);
    if (value === undefined) {
      value = ipSeconds(ip);
      seconds.set(ip, value);
    }
    return value;
  };
  for (let row = 0; row < count; row++) {
    const ip2 = raw.ip2[row]!;
    const ip3 = raw.ip3[row]!;
    const byClock = raw.deet[row]! * raw.npas[row]!;
    const byIp = secondsOf(ip2);
    columns.step[row] = byClock !== 0 ? byClock : Number.isNaN(byIp) ? 0 : byIp;
    const interval = ip2 > OLD_STYLE_MAX && ip3 > OLD_STYLE_MAX && !Number.isNaN(byIp);
    columns.stepFrom[row] = interval ? secondsOf(ip3) : Number.NaN;
  }
}

type Rule = KeyRules['rules'][number];

/** First rule whose patterns all match a row; each combination of names is matched once. */
function matchRules(names: RunNames, count: number, rules: KeyRules): (row: number) => Rule | undefined {
  if (rules.rules.length === 0) return () => undefined;
  const matches = (rule: Rule, key: 'etiket' | 'typvar' | 'nomvar', row: number): boolean =>
    matchesGlob(rule[key] ?? '*', names[key].texts[names[key].ids[row]!]!);
  const found = new Map<number, Rule | undefined>();
  const { nomvar, typvar, etiket } = names;
  return (row) => {
    const key = (etiket.ids[row]! * typvar.texts.length + typvar.ids[row]!) * nomvar.texts.length + nomvar.ids[row]!;
    if (!found.has(key) && row < count) {
      found.set(
        key,
        rules.rules.find((rule) => (['etiket', 'typvar', 'nomvar'] as const).every((name) => matches(rule, name, row))),
      );
    }
    return found.get(key);
  };
}

/** Rule, then constant of the collection, then what typvar and member say. */
function labelsOf(rule: Rule | undefined, rules: KeyRules, typvar: string, number: number): LabelSet {
  const byTypvar = TYPE_OF[typvar[0] ?? ''];
  const member = number >= 0;
  const defaults: LabelSet = {
    stream: member ? 'enfo' : 'oper',
    ...(byTypvar === undefined ? {} : { type: byTypvar === 'fc' && member ? (number === 0 ? 'cf' : 'pf') : byTypvar }),
  };
  const set: Record<string, string> = {};
  for (const key of LABELS) {
    const value = rule?.[key] ?? rules[key] ?? defaults[key];
    if (value !== undefined) set[key] = value.toLowerCase();
  }
  return set;
}

function setLabels(
  columns: DerivedColumns,
  names: RunNames,
  count: number,
  rules: KeyRules,
  ruleOf: (row: number) => Rule | undefined,
): LabelSet[] {
  const labels: LabelSet[] = [];
  const numbers = new Map<string, number>();
  const known = new Map<string, number>();
  const ruleNumber = new Map<Rule | undefined, number>([
    [undefined, -1],
    ...rules.rules.map((r, at) => [r, at] as const),
  ]);
  for (let row = 0; row < count; row++) {
    const rule = ruleOf(row);
    const number = Math.sign(columns.number[row]!);
    const typvar = names.typvar.ids[row]!;
    const short = `${ruleNumber.get(rule)} ${number} ${typvar}`;
    let id = known.get(short);
    if (id === undefined) {
      const set = labelsOf(rule, rules, names.typvar.texts[typvar]!, number);
      const key = JSON.stringify(set);
      id = numbers.get(key) ?? labels.push(set) - 1;
      numbers.set(key, id);
      known.set(short, id);
    }
    columns.labels[row] = id;
  }
  return labels;
}

/** Numbers the combinations of everything that is neither level, step nor member. */
function numberVariants(raw: RawColumns, columns: DerivedColumns, names: RunNames, count: number): void {
  const patterns = names.etiket.texts.map(memberPattern);
  const patternIds = patterns.map((pattern) => patterns.indexOf(pattern));
  const etiket = new Uint32Array(count);
  const ip3 = new Int32Array(count);
  const ip1 = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const member = columns.number[row]! >= 0;
    const id = names.etiket.ids[row]!;
    etiket[row] = member ? patterns.length + patternIds[id]! : id;
    // A member number is in the etiket or in ip3, an interval's start is an axis of its own; else ip3 tells fields apart.
    ip3[row] = member || !Number.isNaN(columns.stepFrom[row]!) ? -1 : raw.ip3[row]!;
    ip1[row] = columns.levtype[row]! <= 1 ? raw.ip1[row]! : -1;
  }
  const { group } = groupRows([columns.labels, columns.grid, names.typvar.ids, etiket, ip3, ip1], count);
  columns.variant.set(group);
}
