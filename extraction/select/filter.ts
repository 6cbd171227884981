/** Which records a request can mean at all: its labels (class, stream, type, expver, domain), level type and record keys. */
import { inRange, matchesGlob } from '../../schemas/mars.js';
import { scanInstant } from '../../schemas/mars-scan.js';
import { RECORD_KEYS } from '../../schemas/request-keys.js';
import type { AxisValue, FeatureRequest, KeyName, KeySelector, RawKey } from '../../schemas/vocabulary.js';
import { rowsOfVariable } from '../catalogue/field-block.js';
import { textAt } from '../catalogue/fixed-text.js';
import { decodeIp, KIND } from '../fst/ip.js';
import { stampToMs } from '../fst/time.js';
import { type LabelSet, LEVTYPES, type RunIndex } from '../run-index.js';

export const LABEL_KEYS = ['class', 'stream', 'type', 'expver', 'domain'] as const;
export type LabelKey = (typeof LABEL_KEYS)[number];

const TEXT_WIDTH: Readonly<Record<string, number>> = { typvar: 2, etiket: 12, grtyp: 1 };

export type RowTest = (run: RunIndex, row: number) => boolean;

/** A record key of the request and the rows that satisfy it. */
export interface RawFilter {
  readonly key: Exclude<RawKey, 'nomvar'>;
  readonly selector: KeySelector;
  readonly test: RowTest;
}

/** Values of stamps as ms; a number is a stored stamp, text a date. */
export function stampValue(value: AxisValue): number {
  return typeof value === 'number' ? stampToMs(value | 0) : (scanInstant(value) ?? Number.NaN);
}

/** Value of a record key at a row: text trimmed, stamps as ms. */
function valueAt(run: RunIndex, key: RawFilter['key'], row: number): AxisValue {
  const width = TEXT_WIDTH[key];
  const column = run.columns[key];
  if (width !== undefined) return textAt(column as Uint8Array, width, row);
  return key === 'dateo' || key === 'datev' ? stampToMs(column[row]!) : column[row]!;
}

function matches(key: RawFilter['key'], selector: KeySelector, value: AxisValue): boolean {
  if (selector.kind === 'glob') return selector.patterns.some((pattern) => matchesGlob(pattern, String(value)));
  if (key === 'dateo' || key === 'datev') {
    if (selector.kind === 'values') return selector.values.some((asked) => stampValue(asked) === value);
    return Number(value) >= stampValue(selector.from) && Number(value) <= stampValue(selector.to);
  }
  if (selector.kind === 'values') return selector.values.some((asked) => equalsRaw(asked, value));
  if (!inRange(key, selector, value)) return false;
  return selector.by === undefined || (Number(value) - Number(selector.from)) % selector.by === 0;
}

/** Numbers as numbers, text in either case without trailing blanks. */
export function equalsRaw(asked: AxisValue, value: AxisValue): boolean {
  if (typeof value === 'number') return Number(asked) === value;
  return String(asked).trimEnd().toUpperCase() === value.toUpperCase();
}

export function rawFilters(request: FeatureRequest): readonly RawFilter[] {
  return RECORD_KEYS.flatMap((key) => {
    const selector = request.keys.get(key);
    if (selector === undefined) return [];
    return [{ key, selector, test: (run: RunIndex, row: number) => matches(key, selector, valueAt(run, key, row)) }];
  });
}

/** Listed values of a record key that no row has. */
export function unmatchedValues(filter: RawFilter, found: readonly { run: RunIndex; row: number }[]): AxisValue[] {
  if (filter.selector.kind !== 'values') return [];
  const present = found.map(({ run, row }) => valueAt(run, filter.key, row));
  const isStamp = filter.key === 'dateo' || filter.key === 'datev';
  return filter.selector.values.filter(
    (asked) => !present.some((value) => (isStamp ? stampValue(asked) === value : equalsRaw(asked, value))),
  );
}

/** A key that a record's labels leave open is not contradicted by a request; a record without a known type has none. */
export function labelMatches(key: LabelKey, selector: KeySelector, labels: LabelSet): boolean {
  const value = labels[key];
  if (value === undefined) return key !== 'type' && key !== 'stream';
  return selector.kind === 'values' && selector.values.some((asked) => String(asked).toLowerCase() === value);
}

/** For each label set of a run, whether the request's label keys allow it. */
export function allowedLabels(run: RunIndex, keys: ReadonlyMap<KeyName, KeySelector>): readonly boolean[] {
  return run.labels.map((labels) =>
    LABEL_KEYS.every((key) => {
      const selector = keys.get(key);
      return selector === undefined || labelMatches(key, selector, labels);
    }),
  );
}

const SFC = LEVTYPES.indexOf('sfc');
const HL = LEVTYPES.indexOf('hl');

/** Heights that near-surface short names stand for: 2t at 1.5 or 2 m, 10u at 10 m. */
function nearHeights(name: string): readonly number[] {
  const height = /^(2|10|100)[a-z]/.exec(name)?.[1];
  if (height === undefined) return [];
  return height === '2' ? [1.5, 2] : [Number(height)];
}

/**
 * Test for a level type. A variable with one height above ground is on `sfc` and one with several on `hl`; a request may
 * see it the other way: `2t` on sfc of a variable with several heights, or the only height of a variable asked as hl.
 */
export function levtypeTest(run: RunIndex, nomvar: string, name: string, levtype: number): RowTest {
  const exact: RowTest = (index, row) => index.columns.levtype[row] === levtype;
  const rows = rowsOfVariable(run, nomvar);
  if ((levtype !== SFC && levtype !== HL) || rows.some((row) => exact(run, row))) return exact;
  if (levtype === HL) {
    return (index, row) =>
      index.columns.levtype[row] === SFC && decodeIp(index.columns.ip1[row]!)?.kind === KIND.heightAboveGround;
  }
  const heights = nearHeights(name);
  return (index, row) => index.columns.levtype[row] === HL && heights.includes(index.columns.level[row]!);
}
