/**
 * Rules between the keys of a request: which mean the same thing, which must be there. What only the data can tell
 * (does a collection fix class or stream, has it members) is left to extraction/selection.ts through `openKeys`.
 */
import { noDataText } from './mars.js';
import { KINDS } from './mars-kinds.js';
import { FeatureError } from './problem.js';
import type { Feature, FeatureRequest, KeyName, KeySelector, RawKey } from './vocabulary.js';

export type Keys = ReadonlyMap<KeyName, KeySelector>;

/** Record keys that filter rows; nomvar chooses the variables instead. */
export const RECORD_KEYS: readonly Exclude<RawKey, 'nomvar'>[] = [
  'typvar',
  'etiket',
  'ip1',
  'ip2',
  'ip3',
  'dateo',
  'datev',
  'grtyp',
  'ig1',
  'ig2',
  'ig3',
  'ig4',
  'datyp',
  'nbits',
];

/** All keys in the order that requests are printed in. */
export const KEY_ORDER: readonly KeyName[] = [
  'class',
  'stream',
  'type',
  'expver',
  'domain',
  'date',
  'time',
  'datetime',
  'levtype',
  'levelist',
  'number',
  'step',
  'param',
  'nomvar',
  ...RECORD_KEYS,
];

/** Pairs of names of one thing: MARS key, record key. */
const TWINS: readonly (readonly [KeyName, KeyName])[] = [
  ['param', 'nomvar'],
  ['levelist', 'ip1'],
  ['step', 'ip2'],
  ['date', 'dateo'],
  ['time', 'dateo'],
  ['datetime', 'dateo'],
  ['expver', 'etiket'],
  ['type', 'typvar'],
];

function over(key: string, why: string): never {
  throw new FeatureError('over_specified', `"${key}" is over-specified: ${why}; give it in one place only.`);
}

/** Refuses a key that is given twice: by two names, or by the request and by the feature. */
export function refuseOverSpecified(body: Keys, claims: ReadonlyMap<KeyName, string>): void {
  for (const [key, member] of claims) {
    const twins: KeyName[] = key === 'datetime' ? ['date', 'time'] : [key];
    for (const [mars, raw] of TWINS) if (mars === key) twins.push(raw);
    for (const twin of twins) {
      if (body.has(twin)) over(twin, `the request gives it and so does "${member}" of the feature (${key})`);
    }
  }
  for (const [mars, raw] of TWINS) {
    if (body.has(mars) && body.has(raw)) over(mars, `"${raw}" says the same`);
  }
}

const MARS_ONLY: readonly KeyName[] = ['class', 'stream', 'type', 'expver', 'domain', 'levtype', 'param'];
const RAW: readonly KeyName[] = KEY_ORDER.slice(KEY_ORDER.indexOf('nomvar'));

/** Whether a request describes its records by record keys, beside at most date, time, step, number and levels. */
function isRawOnly(keys: Keys): boolean {
  return RAW.some((key) => keys.has(key)) && !MARS_ONLY.some((key) => keys.has(key));
}

/** The single text value of a key, if it is one. */
export function onlyValue(keys: Keys, key: KeyName): string | undefined {
  const selector = keys.get(key);
  return selector?.kind === 'values' && selector.values.length === 1 ? String(selector.values[0]) : undefined;
}

function hasValue(keys: Keys, key: KeyName, value: string): boolean {
  const selector = keys.get(key);
  return selector?.kind === 'values' && selector.values.includes(value);
}

function needsLevel(keys: Keys): boolean {
  const levtype = onlyValue(keys, 'levtype');
  return levtype !== undefined && levtype !== 'sfc' && !keys.has('ip1');
}

/** Members are told apart by number, or by ip3 or etiket where the request names those. */
function needsNumber(keys: Keys): boolean {
  if (keys.has('ip3') || keys.has('etiket')) return false;
  return hasValue(keys, 'type', 'pf') || (!keys.has('type') && onlyValue(keys, 'stream') === 'enfo');
}

/** Keys that the request must have and has not; `claims` are those that the feature gives. */
export function missingKeys(keys: Keys, claims: ReadonlyMap<KeyName, string>, feature: Feature): readonly KeyName[] {
  const missing: KeyName[] = [];
  const need = (key: KeyName, ...instead: readonly KeyName[]): void => {
    if (![key, ...instead].some((name) => keys.has(name) || claims.has(name))) missing.push(key);
  };
  const rawOnly = isRawOnly(keys);
  if (!rawOnly) need('param', 'nomvar');
  if (!rawOnly) need('levtype', 'nomvar', 'ip1');
  if (needsLevel(keys) || (feature.type === 'verticalprofile' && !rawOnly)) need('levelist', 'ip1');
  need('date', 'datetime', 'dateo', 'datev');
  need('time', 'datetime', 'dateo', 'datev');
  need('step', 'ip2', 'datev');
  if (needsNumber(keys)) need('number');
  return missing;
}

/** What can be done about a missing key. */
function remedy(key: KeyName, feature: Feature): string {
  const where = `give "${key}" in the request, as ${KINDS[key].forms}`;
  if (key === 'step' && feature.type === 'timeseries' && feature.axis === 'step')
    return `${where}, or a "range" in the feature`;
  if (key === 'levelist' && feature.type === 'verticalprofile') return `${where}, or a "range" in the feature`;
  if ((key === 'date' || key === 'time') && feature.type === 'timeseries' && feature.axis === 'datetime') {
    return `${where}, or a "range" in the feature`;
  }
  if (key === 'step' && feature.type === 'trajectory') return `${where}, or add step to the "axes" of the feature`;
  return where;
}

/** Refuses a request that lacks a key. */
export function refuseUnderSpecified(keys: Keys, claims: ReadonlyMap<KeyName, string>, feature: Feature): void {
  const missing = missingKeys(keys, claims, feature);
  const first = missing[0];
  if (first === undefined) return;
  const others = missing.slice(1).map((key) => `"${key}"`);
  const also = others.length === 0 ? '' : ` (also missing: ${others.join(', ')})`;
  throw new FeatureError(
    'under_specified',
    `"${first}" is under-specified: neither the request nor the feature gives it; ${remedy(first, feature)}${also}.`,
    { data: { missing } },
  );
}

/**
 * Keys that a valid request may still leave out, for the selection to settle with the data: the collection's constants and
 * rules give class, stream, type, expver and domain; `number` may be absent where no members exist (or is 0 for type cf);
 * with record keys also levtype, levelist and param may be absent, which then means whatever the record keys select.
 */
export function openKeys(request: Pick<FeatureRequest, 'keys'>): readonly KeyName[] {
  const open: readonly KeyName[] = [
    'class',
    'stream',
    'type',
    'expver',
    'domain',
    'number',
    'levtype',
    'levelist',
    'param',
  ];
  return open.filter((key) => !request.keys.has(key));
}

/** The refusal for values of a key that have no data; the selection adds what there is as `remedyText`. */
export function noData(key: KeyName, values: readonly (string | number)[], remedyText: string): FeatureError {
  return new FeatureError('no_data', `${noDataText(key, values)}; ${remedyText}.`, {
    data: { key, values: values.slice(0, 100) },
  });
}
