/** What each request key holds: how one of its values is read, printed, ordered and counted on. Data about the language. */
import { padExpver } from './collection.js';
import {
  dayText,
  durationText,
  instantText,
  isDigits,
  scanDate,
  scanDay,
  scanDuration,
  scanInstant,
  scanInteger,
  scanNumber,
  scanTime,
  timeText,
} from './mars-scan.js';
import type { AxisValue, KeyName } from './vocabulary.js';

/** What the reading of a value depends on. */
export interface ValueContext {
  /** ms since the epoch: day 0 of relative dates */
  readonly now: number;
  /** in lower case, when the request gives it: on ml, `1.0` is a hybrid value and `1` a rank */
  readonly levtype?: string;
}

/** How the values of a kind are handled. `undefined` from a reader: the text is no such value. */
export interface ValueKind {
  /** forms for messages: "`0`, `6h` or `30m`" */
  readonly forms: string;
  read(text: string, context: ValueContext): AxisValue | undefined;
  print(value: AxisValue): string;
  /** place of a value on the axis, in units of `by`; absent: the key has no ranges */
  readonly place?: (value: AxisValue) => number;
  /** value at a place; the inverse of `place` */
  readonly at?: (place: number) => AxisValue;
  readonly readBy?: (text: string) => number | undefined;
  readonly printBy?: (by: number) => string;
  readonly globs?: boolean;
}

const DAY = 86_400_000;
const SECOND = 1000;

function whole(text: string): number | undefined {
  const value = scanInteger(text);
  return value !== undefined && value >= 0 ? value : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function word(forms: string, fold: (text: string) => string, most = 64): ValueKind {
  return {
    forms,
    read: (text) => (text.length > 0 && text.length <= most ? fold(text) : undefined),
    print: String,
  };
}

const keep = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();
const upper = (text: string): string => text.toUpperCase();

const integers: ValueKind = {
  forms: 'a whole number such as `1`, a list `1/3` or a range `1/to/50/by/2`',
  read: whole,
  print: String,
  place: Number,
  at: (place) => place,
  readBy: (text) => positive(whole(text)),
  printBy: String,
};

const signedIntegers: ValueKind = { ...integers, read: scanInteger };

const dates: ValueKind = {
  forms: '`20241006`, `2024-10-06` or days from today such as `-1`',
  read: (text, { now }) => {
    const day = scanDate(text, now);
    return day === undefined ? undefined : dayText(day);
  },
  print: String,
  place: (value) => scanDay(String(value))! / DAY,
  at: (place) => dayText(place * DAY),
  readBy: (text) => {
    const days = text.endsWith('d') || text.endsWith('D') ? text.slice(0, -1) : text;
    return positive(whole(days));
  },
  printBy: String,
};

/** `by` of times: hours as `6`, or `0600`, or with units; in minutes. */
function readTimeBy(text: string): number | undefined {
  if (!isDigits(text, 4)) {
    const seconds = scanDuration(text);
    return seconds !== undefined && seconds % 60 === 0 ? positive(seconds / 60) : undefined;
  }
  if (text.length <= 2) return positive(Number(text) * 60);
  return positive(Math.floor(Number(text) / 100) * 60 + (Number(text) % 100));
}

const times: ValueKind = {
  forms: '`0000`, `12`, `12:00` or a range such as `0000/to/1800/by/0600`',
  read: (text) => {
    const minutes = scanTime(text);
    return minutes === undefined ? undefined : timeText(minutes);
  },
  print: String,
  place: (value) => scanTime(String(value))!,
  at: timeText,
  readBy: readTimeBy,
  printBy: (minutes) => {
    if (minutes % 60 !== 0) return `${minutes}m`;
    return minutes < 6000 ? String(minutes / 60) : `${minutes / 60}h`;
  },
};

/** Lead times; `0-6` is an accumulation interval. */
function readStep(text: string): AxisValue | undefined {
  const dash = text.indexOf('-');
  if (dash <= 0) return scanDuration(text);
  const from = scanDuration(text.slice(0, dash).trim());
  const to = scanDuration(text.slice(dash + 1).trim());
  return from !== undefined && to !== undefined && from < to ? `${from}-${to}` : undefined;
}

function printStep(value: AxisValue): string {
  return String(value)
    .split('-')
    .map((part) => durationText(Number(part)))
    .join('-');
}

const steps: ValueKind = {
  forms: 'hours such as `6`, `30m`, `1h30m`, `1d`, an interval `0-6` or a range `0/to/24/by/6`',
  read: readStep,
  print: printStep,
  place: Number,
  at: (place) => place,
  readBy: (text) => positive(scanDuration(text)),
  printBy: durationText,
};

/** On ml a whole value written with a decimal point is a hybrid value, kept as text so that it is not taken for a rank. */
function readLevel(text: string, { levtype }: ValueContext): AxisValue | undefined {
  const value = scanNumber(text);
  if (value === undefined) return undefined;
  if (levtype === 'ml' && text.includes('.') && (value === 0 || value === 1)) return value.toFixed(1);
  return value;
}

const levels: ValueKind = {
  forms: 'a number such as `500`, a list `1000/850` or a range `250/to/1000`',
  read: readLevel,
  print: String,
  place: Number,
  at: (place) => Number(place.toPrecision(12)),
  readBy: (text) => positive(scanNumber(text)),
  printBy: String,
};

const instants: ValueKind = {
  forms: '`20250115T000000` or `2025-01-15T00:00:00Z`',
  read: scanInstant,
  print: (value) => instantText(Number(value)),
  place: (value) => Number(value) / SECOND,
  at: (place) => place * SECOND,
  readBy: (text) => positive(scanDuration(text)),
  printBy: (seconds) => (seconds % 3600 === 0 ? `${seconds / 3600}h` : durationText(seconds)),
};

/** dateo and datev: a date, or the stored CMC stamp. */
const stamps: ValueKind = {
  forms: 'a date such as `2025-01-15T00:00:00Z` or a CMC stamp such as `493121600`',
  read: (text) => {
    const instant = scanInstant(text);
    if (instant !== undefined) return instantText(instant);
    const stamp = scanInteger(text);
    return stamp !== undefined && Math.abs(stamp) < 4_294_967_296 ? stamp : undefined;
  },
  print: String,
  place: (value) => (typeof value === 'number' ? value : scanInstant(value)! / SECOND),
};

const LEVTYPES = ['sfc', 'pl', 'ml', 'hl', 'pt', 'o2d'];

export const KINDS: Readonly<Record<KeyName, ValueKind>> = {
  class: word('a word such as `rd`', lower),
  stream: word('a word such as `oper`', lower),
  type: word('a word such as `fc`', lower),
  expver: {
    ...word('4 characters such as `0001`', padExpver),
    read: (text) => (/^[0-9A-Za-z]{1,4}$/.test(text) ? padExpver(text) : undefined),
  },
  domain: word('a word such as `g`', lower),
  date: dates,
  time: times,
  levtype: {
    ...word(`one of ${LEVTYPES.join(', ')}`, lower),
    read: (text) => (LEVTYPES.includes(text.toLowerCase()) ? text.toLowerCase() : undefined),
  },
  levelist: levels,
  number: integers,
  step: steps,
  param: word('a short name such as `2t`, a number such as `167` or a nomvar such as `TT`', keep, 32),
  nomvar: { ...word('a name of up to 4 characters such as `TT`, or a pattern `T*`', upper, 16), globs: true },
  typvar: word('1 or 2 characters such as `P`', upper, 2),
  etiket: { ...word('up to 12 characters, or a pattern such as `R1*`', keep, 64), globs: true },
  ip1: integers,
  ip2: integers,
  ip3: integers,
  dateo: stamps,
  datev: stamps,
  grtyp: word('a letter such as `Z`', upper, 1),
  ig1: signedIntegers,
  ig2: signedIntegers,
  ig3: signedIntegers,
  ig4: signedIntegers,
  datyp: integers,
  nbits: integers,
  datetime: instants,
};
