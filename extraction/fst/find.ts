/**
 * Searches in columns: by any keys, each a value, a glob, a closed range or a list of these. Conditions on different keys must
 * all hold; of a list any entry may.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { RecordTable } from '../../schemas/vocabulary.js';
import { shortestDecimal } from './decimal.js';
import { globTest, isGlob } from './glob.js';
import { decodeIp } from './ip.js';
import { hourOf, type NamedTable, RECORD_TEXTS } from './record-text.js';
import { stampToIso, stampToMs } from './time.js';

/** Closed at both ends; what is left out is unbounded. */
export interface Range<T> {
  readonly from?: T;
  readonly to?: T;
}

/** A text is taken for a glob over the decimal digits: `'12*'`. */
export type NumberMatch = number | string | Range<number> | readonly (number | string | Range<number>)[];
/** Globs, compared without trailing blanks. */
export type TextMatch = string | readonly string[];
/** A number is a CMC stamp; a text is an ISO instant or a glob over one; ranges are instants. */
export type DateMatch =
  | number
  | string
  | Date
  | Range<Date | string>
  | readonly (number | string | Date | Range<Date | string>)[];

/** Keys of a search. `level` is the decoded ip1 (hPa, m, …), `kind` its kind, `hour` the lead time in hours. */
export interface FstQuery {
  readonly path?: TextMatch;
  readonly nomvar?: TextMatch;
  readonly typvar?: TextMatch;
  readonly etiket?: TextMatch;
  readonly grtyp?: TextMatch;
  readonly ip1?: NumberMatch;
  readonly ip2?: NumberMatch;
  readonly ip3?: NumberMatch;
  readonly ni?: NumberMatch;
  readonly nj?: NumberMatch;
  readonly nk?: NumberMatch;
  readonly deet?: NumberMatch;
  readonly npas?: NumberMatch;
  readonly ig1?: NumberMatch;
  readonly ig2?: NumberMatch;
  readonly ig3?: NumberMatch;
  readonly ig4?: NumberMatch;
  readonly datyp?: NumberMatch;
  readonly nbits?: NumberMatch;
  readonly level?: NumberMatch;
  readonly kind?: NumberMatch;
  readonly hour?: NumberMatch;
  readonly dateo?: DateMatch;
  readonly datev?: DateMatch;
}

type Test = (file: NamedTable, row: number) => boolean;

const TEXTS = new Set(['path', 'nomvar', 'typvar', 'etiket', 'grtyp']);
const DATES = new Set(['dateo', 'datev']);
const COLUMNS = ['ip1', 'ip2', 'ip3', 'ni', 'nj', 'nk', 'deet', 'npas', 'ig1', 'ig2', 'ig3', 'ig4', 'datyp', 'nbits'];

function wrong(key: string, value: unknown, remedy: string): never {
  throw new FeatureError('bad_value', `${key} ${JSON.stringify(value)}: ${remedy}.`);
}

const listOf = <T>(match: T | readonly T[]): readonly T[] => (Array.isArray(match) ? match : [match as T]);

/** Answers are kept by value: a column has few values in many rows. */
function remembering<T>(test: (value: T) => boolean): (value: T) => boolean {
  const known = new Map<T, boolean>();
  return (value) => {
    let answer = known.get(value);
    if (answer === undefined) {
      answer = test(value);
      if (known.size < 10_000) known.set(value, answer);
    }
    return answer;
  };
}

function textTest(key: string, match: unknown): Test {
  const tests = listOf(match).map((glob) => {
    if (typeof glob !== 'string') wrong(key, glob, 'give a text, a glob or a list of them');
    return globTest(glob.trim());
  });
  const answer = remembering((text: string) => tests.some((test) => test(text)));
  const textOf = RECORD_TEXTS[key === 'path' ? 'file' : key]!;
  return (file, row) => answer(textOf(file, row));
}

function isRange(match: unknown): match is Range<unknown> {
  return (
    typeof match === 'object' &&
    match !== null &&
    !(match instanceof Date) &&
    Object.keys(match).length > 0 &&
    Object.keys(match).every((name) => name === 'from' || name === 'to')
  );
}

function numberTest(key: string, match: unknown): (value: number) => boolean {
  if (typeof match === 'number') return (value) => value === match;
  if (typeof match === 'string') {
    if (!isGlob(match) && match.trim() !== '' && Number.isFinite(Number(match))) {
      const wanted = Number(match);
      return (value) => value === wanted;
    }
    const glob = globTest(match);
    return (value) => glob(String(value));
  }
  if (!isRange(match)) wrong(key, match, 'give a number, a glob, { from, to } or a list of them');
  const { from = -Infinity, to = Infinity } = match as Range<number>;
  if (typeof from !== 'number' || typeof to !== 'number') wrong(key, match, 'the ends of a range are numbers');
  return (value) => value >= from && value <= to;
}

function numberOf(key: string): (table: RecordTable, row: number) => number {
  if (key === 'hour') return hourOf;
  const decoded = new Map<number, { readonly value: number; readonly kind: number }>();
  const levelOf = (ip1: number): { readonly value: number; readonly kind: number } => {
    let level = decoded.get(ip1);
    if (level === undefined) {
      const found = decodeIp(ip1);
      level =
        found === null ? { value: Number.NaN, kind: -1 } : { value: shortestDecimal(found.value), kind: found.kind };
      decoded.set(ip1, level);
    }
    return level;
  };
  if (key === 'level') return (table, row) => levelOf(table.ip1[row]!).value;
  if (key === 'kind') return (table, row) => levelOf(table.ip1[row]!).kind;
  const column = key as 'ip1';
  return (table, row) => table[column][row]!;
}

function instant(key: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const ms = value instanceof Date ? value.getTime() : Date.parse(zoned(String(value)));
  if (Number.isNaN(ms)) wrong(key, value, 'give a Date or ISO text such as 2026-11-21T06:00:00Z');
  return ms;
}

/** All times are UTC, also where the text does not say so. */
function zoned(text: string): string {
  return /T[\d:.]+$/.test(text) ? `${text}Z` : text;
}

function dateTest(key: string, match: unknown): (stamp: number) => boolean {
  if (typeof match === 'number') return (stamp) => stamp === match;
  if (typeof match === 'string' && isGlob(match)) {
    const glob = globTest(match);
    return (stamp) => glob(stampToIso(stamp) ?? '');
  }
  if (typeof match === 'string' || match instanceof Date) {
    const ms = instant(key, match, Number.NaN);
    return (stamp) => stampToMs(stamp) === ms;
  }
  if (!isRange(match)) wrong(key, match, 'give a CMC stamp, an ISO instant, a Date, { from, to } or a list of them');
  const from = instant(key, match.from, -Infinity);
  const to = instant(key, match.to, Infinity);
  return (stamp) => {
    const ms = stampToMs(stamp);
    return ms >= from && ms <= to;
  };
}

function testOf(key: string, match: unknown): Test {
  if (TEXTS.has(key)) return textTest(key, match);
  if (DATES.has(key)) {
    const tests = listOf(match).map((one) => dateTest(key, one));
    const answer = remembering((stamp: number) => tests.some((test) => test(stamp)));
    const column = key as 'dateo' | 'datev';
    return ({ table }, row) => answer(table[column][row]!);
  }
  if (!COLUMNS.includes(key) && key !== 'level' && key !== 'kind' && key !== 'hour') {
    const keys = [...TEXTS, ...COLUMNS, 'level', 'kind', 'hour', ...DATES].join(', ');
    throw new FeatureError('unknown_key', `Records have no key ${key}; search by ${keys}.`);
  }
  const tests = listOf(match).map((one) => numberTest(key, one));
  const answer = remembering((value: number) => tests.some((test) => test(value)));
  const numberAt = numberOf(key);
  return ({ table }, row) => answer(numberAt(table, row));
}

/** Rows of a file that a query asks for, in directory order. Throws FeatureError `unknown_key` or `bad_value`. */
export function matcher(query: FstQuery): (file: NamedTable) => number[] {
  const tests = Object.entries(query)
    .filter(([, match]) => match !== undefined)
    .map(([key, match]) => testOf(key, match));
  return (file) => {
    const rows: number[] = [];
    for (let row = 0; row < file.table.count; row++) {
      if (tests.every((test) => test(file, row))) rows.push(row);
    }
    return rows;
  };
}
