/**
 * What `datetime`, `z`, `number` and lists of names choose: a value, a list, an interval closed at both ends (`..` leaves an end
 * open; one end of times may be a duration), or `R<n>/start/step`.
 */
import { FeatureError } from '../../schemas/problem.js';

/** Whether a value that exists is wanted. */
export type Choice = (value: number) => boolean;

const SECOND = 1000;
const DAY = 86_400_000;

function refuse(key: string, text: string, why: string, forms: string): never {
  throw new FeatureError('bad_value', `${key}: "${text.slice(0, 80)}" ${why}; give ${forms}.`);
}

const TIMES = 'an instant such as 2025-01-15T06:00:00Z, a list of them, or an interval such as 2025-01-15T00:00:00Z/..';
/** A blank before the zone is a plus sign that was not escaped. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[ +-]\d{2}:?\d{2})?)?$/i;

/** First and last millisecond that an instant stands for: a date is a whole day. */
function instant(key: string, text: string): readonly [from: number, to: number] {
  const match = INSTANT.exec(text.trim());
  if (match === null) refuse(key, text, 'is not an instant', TIMES);
  const [, day, clock, seconds = ':00', zone = 'Z'] = match;
  const ms = Date.parse(
    clock === undefined ? `${day}T00:00:00Z` : `${day}T${clock}${seconds}${zone.toUpperCase().replace(' ', '+')}`,
  );
  const isReal = !Number.isNaN(ms) && new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().startsWith(day!);
  if (!isReal) refuse(key, text, 'is not a date', TIMES);
  return clock === undefined ? [ms, ms + DAY - 1] : [ms, ms];
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

function duration(key: string, text: string): number {
  const match = DURATION.exec(text.trim().toUpperCase());
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = (match ?? []).map((part) => Number(part ?? 0));
  const ms = days * DAY + hours * 3600 * SECOND + minutes * 60 * SECOND + seconds * SECOND;
  if (!(ms > 0)) refuse(key, text, 'is not a duration', 'one such as PT1H');
  return ms;
}

function count(key: string, text: string, forms: string): number {
  const repeats = /^R(\d{1,6})$/i.exec(text.trim())?.[1];
  if (repeats === undefined || Number(repeats) < 1) refuse(key, text, 'is not a number of repeats', forms);
  return Number(repeats);
}

const isOpen = (text: string): boolean => text.trim() === '..' || text.trim() === '';

const isDuration = (text: string): boolean => /^P/i.test(text.trim());

/** First and last millisecond of an interval of two instants, or of one and how long it lasts. */
function interval(key: string, start: string, end: string): readonly [from: number, to: number] {
  if (isDuration(start) && !isOpen(end) && !isDuration(end)) {
    const [, to] = instant(key, end);
    return [to - duration(key, start), to];
  }
  const from = isOpen(start) ? Number.NEGATIVE_INFINITY : instant(key, start)[0];
  if (isDuration(end) && !isOpen(start)) return [from, from + duration(key, end)];
  return [from, isOpen(end) ? Number.POSITIVE_INFINITY : instant(key, end)[1]];
}

/** Instants that `datetime` chooses; undefined for all. Fields are told apart to the second. */
export function readDatetime(text: string | undefined, key = 'datetime'): Choice | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') refuse(key, text, 'is empty', TIMES);
  const choices = text.split(',').map((part): Choice => {
    const ends = part.split('/');
    if (ends.length === 3) {
      const repeats = count(key, ends[0]!, TIMES);
      const [start] = instant(key, ends[1]!);
      const step = duration(key, ends[2]!);
      return (ms) => ms >= start && (ms - start) % step === 0 && (ms - start) / step < repeats;
    }
    if (ends.length > 2) refuse(key, part, 'has too many parts', TIMES);
    if (ends.length === 1) {
      const [from, to] = instant(key, part);
      return (ms) => ms >= from && ms <= to;
    }
    const [from, to] = interval(key, ends[0]!, ends[1]!);
    if (from > to) refuse(key, part, 'ends before it starts', TIMES);
    return (ms) => ms >= from && ms <= to;
  });
  return (ms) => choices.some((choice) => choice(ms));
}

/** Decimals that users write and levels out of float32 records are equal within this. */
const TOLERANCE = 1e-5;

const near = (value: number, other: number): boolean =>
  Number.isFinite(other) && Math.abs(value - other) <= TOLERANCE * Math.max(Math.abs(other), 1e-9);

const NUMBERS = 'a number, a list such as 1000,850, an interval such as 100/550 or 500/.., or R<n>/start/step';

export function readNumber(key: string, text: string | undefined, forms = 'a number'): number {
  const trimmed = text?.trim() ?? '';
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed)) refuse(key, text ?? '', 'is not a number', forms);
  return Number(trimmed);
}

/** Numbers that a key chooses; undefined for all. Ends of an interval come in any order. */
export function readNumbers(key: string, text: string | undefined): Choice | undefined {
  if (text === undefined) return undefined;
  const choices = text.split(',').map((part): Choice => {
    const ends = part.split('/');
    if (ends.length === 3) {
      const repeats = count(key, ends[0]!, NUMBERS);
      const start = readNumber(key, ends[1], NUMBERS);
      const step = readNumber(key, ends[2], NUMBERS);
      return (value) =>
        Array.from({ length: Math.min(repeats, 10_000) }, (_, n) => start + n * step).some((one) => near(value, one));
    }
    if (ends.length > 2) refuse(key, part, 'has too many parts', NUMBERS);
    if (ends.length === 1) {
      const wanted = readNumber(key, part, NUMBERS);
      return (value) => near(value, wanted);
    }
    const [one, other] = ends.map((end) => (isOpen(end) ? undefined : readNumber(key, end, NUMBERS)));
    const low = one !== undefined && other !== undefined ? Math.min(one, other) : (one ?? Number.NEGATIVE_INFINITY);
    const high = one !== undefined && other !== undefined ? Math.max(one, other) : (other ?? Number.POSITIVE_INFINITY);
    return (value) => (value >= low && value <= high) || near(value, low) || near(value, high);
  });
  return (value) => choices.some((choice) => choice(value));
}

/** A comma list; undefined when absent. Throws for an empty one. */
export function readNames(key: string, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) refuse(key, text, 'has an empty name', 'names separated by commas');
  return [...new Set(names)];
}

export interface QueryBox {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  /** at least `west`; beyond 180 across the date line */
  readonly east: number;
  /** third pair of six numbers */
  readonly levels?: Choice;
}

/** `west,south,east,north` or six numbers with levels at places 3 and 6. West beyond east crosses the date line. */
export function readBbox(text: string, key = 'bbox'): QueryBox {
  const forms = 'west,south,east,north in degrees';
  const numbers = text.split(',').map((part) => readNumber(key, part, forms));
  if (numbers.length !== 4 && numbers.length !== 6) refuse(key, text, `has ${numbers.length} numbers`, forms);
  const half = numbers.length / 2;
  const [west, south] = numbers as [number, number];
  const [east, north] = [numbers[half]!, numbers[half + 1]!];
  if (!(south >= -90 && north <= 90)) refuse(key, text, 'has a latitude beyond 90', forms);
  if (south > north) refuse(key, text, 'has its south above its north', forms);
  if (!(Math.abs(west) <= 720 && Math.abs(east) <= 720)) refuse(key, text, 'has a longitude beyond 720', forms);
  const levels = half === 3 ? readNumbers(key, `${numbers[2]}/${numbers[5]}`) : undefined;
  return { south, west, north, east: west > east ? east + 360 : east, ...(levels === undefined ? {} : { levels }) };
}
