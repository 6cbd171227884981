/**
 * MARS value syntax: lists `a/b/c`, ranges `a/to/b` and `a/to/b/by/i`, JSON numbers and arrays, patterns. Text becomes a
 * KeySelector and back; `parseSelector(key, printSelector(key, s))` is `s`. Ranges are counted, never expanded, here.
 */
import { shorten, show } from './check.js';
import { KINDS, type ValueContext, type ValueKind } from './mars-kinds.js';
import { FeatureError } from './problem.js';
import type { AxisValue, KeyName, KeySelector } from './vocabulary.js';

/** Context of a selector: how to read its values and how many it may have. */
export interface SelectorContext extends ValueContext {
  /** most values of one key, listed or counted */
  readonly mostValues: number;
}

function bad(key: string, why: string): never {
  throw new FeatureError('bad_value', `"${key}": ${why}.`);
}

/** Pieces between slashes, blanks trimmed; an array's items are pieces. */
function pieces(key: KeyName, raw: unknown, most: number): string[] {
  const items = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split('/') : [raw];
  if (items.length === 0) bad(key, 'the list is empty; give at least one value');
  if (items.length > most) tooMany(key, items.length, most);
  return items.map((item: unknown) => {
    if (typeof item === 'number' && Number.isFinite(item)) return String(item);
    if (typeof item !== 'string') return bad(key, `${show(item)} is not a value; give ${KINDS[key].forms}`);
    const text = item.trim();
    if (text === '') return bad(key, `an empty value is not valid; give ${KINDS[key].forms}`);
    if (text.includes('/')) return bad(key, `${show(text)} is a list within a list; give single values`);
    return text;
  });
}

function tooMany(key: string, count: number, most: number): never {
  throw new FeatureError('too_large', `"${key}" asks for ${count} values, at most ${most} are allowed; ask for fewer.`);
}

function readValue(key: KeyName, text: string, context: SelectorContext): AxisValue {
  const value = KINDS[key].read(text, context);
  return value ?? bad(key, `${show(text)} is not a valid value; give ${KINDS[key].forms}`);
}

const isWord = (text: string | undefined, word: string): boolean => text?.toLowerCase() === word;

/** What a body value asks of a key. Throws FeatureError naming the key and the value. */
export function parseSelector(key: KeyName, raw: unknown, context: SelectorContext): KeySelector {
  const parts = pieces(key, raw, context.mostValues);
  const kind = KINDS[key];
  if (kind.place !== undefined && parts.slice(1).some((part) => isWord(part, 'to') || isWord(part, 'by'))) {
    return parseRange(key, kind, parts, context);
  }
  if (kind.globs === true && parts.some((part) => /[*?]/.test(part))) {
    refuseDuplicates(key, parts);
    return { kind: 'glob', patterns: parts.map((part) => String(readValue(key, part, context))) };
  }
  const values = parts.map((part) => readValue(key, part, context));
  refuseDuplicates(
    key,
    values.map((value) => kind.print(value)),
  );
  return { kind: 'values', values };
}

function refuseDuplicates(key: string, texts: readonly string[]): void {
  const seen = new Set<string>();
  for (const text of texts) {
    if (seen.has(text)) bad(key, `duplicate value ${show(text)}; give each value once`);
    seen.add(text);
  }
}

function parseRange(key: KeyName, kind: ValueKind, parts: readonly string[], context: SelectorContext): KeySelector {
  const shape = (parts.length === 3 || (parts.length === 5 && isWord(parts[3], 'by'))) && isWord(parts[1], 'to');
  if (!shape) bad(key, `${show(parts.join('/'))} is not a range; write a/to/b or a/to/b/by/i`);
  const from = readValue(key, parts[0]!, context);
  const to = readValue(key, parts[2]!, context);
  const byText = parts[4];
  if (byText === undefined) return makeRange(key, from, to, undefined, context);
  if (kind.readBy === undefined) bad(key, 'ranges of this key take no "by"; leave it out or list the values');
  const by = kind.readBy(byText);
  if (by === undefined) bad(key, `"by" ${show(byText)} of the range is not valid; give an interval above 0`);
  return makeRange(key, from, to, by, context);
}

/** A checked range: ends in order and of one kind, not too many values. `to` is excluded when `halfOpen`. */
export function makeRange(
  key: KeyName,
  from: AxisValue,
  to: AxisValue,
  by: number | undefined,
  context: Pick<SelectorContext, 'mostValues' | 'levtype'>,
  halfOpen = false,
): KeySelector {
  const kind = KINDS[key];
  const place = kind.place;
  const shown = `range ${kind.print(from)}/to/${kind.print(to)}`;
  if (place === undefined) bad(key, 'this key takes no range; list the values');
  if (isInterval(key, from) || isInterval(key, to))
    bad(key, `${shown} has an accumulation interval as an end; list the intervals`);
  if (context.levtype === 'ml' && isHybrid(from) !== isHybrid(to))
    bad(key, `${shown} mixes ranks and hybrid values; use one kind`);
  if ((key === 'dateo' || key === 'datev') && typeof from !== typeof to)
    bad(key, `${shown} mixes a stamp and a date; use one kind`);
  const low = place(from);
  const high = place(to);
  if (low > high || (halfOpen && low === high))
    bad(key, `${shown} is descending or empty; its start must be before its end`);
  const selector: KeySelector = {
    kind: 'range',
    from,
    to,
    ...(by === undefined ? {} : { by }),
    ...(halfOpen ? { halfOpen } : {}),
  };
  const count = countOf(key, selector);
  if (count !== undefined && count > context.mostValues) tooMany(key, count, context.mostValues);
  return selector;
}

function isInterval(key: KeyName, value: AxisValue): boolean {
  return key === 'step' && typeof value === 'string';
}

/** Whether a levelist value on ml is a hybrid value (and not a rank from the top). */
export function isHybrid(level: AxisValue): boolean {
  return typeof level === 'string' || (level > 0 && level < 1);
}

/** Number of values that a selector asks for by name; undefined for a range without `by` and for patterns. */
export function countOf(key: KeyName, selector: KeySelector): number | undefined {
  if (selector.kind === 'values') return selector.values.length;
  const place = KINDS[key].place;
  if (selector.kind === 'glob' || selector.by === undefined || place === undefined) return undefined;
  const spans = (place(selector.to) - place(selector.from)) / selector.by;
  return selector.halfOpen === true ? Math.max(1, Math.ceil(spans - 1e-9)) : Math.floor(spans + 1e-9) + 1;
}

/** The values that a selector asks for by name, in order; undefined for a range without `by` and for patterns. */
export function valuesOf(key: KeyName, selector: KeySelector): readonly AxisValue[] | undefined {
  if (selector.kind === 'values') return selector.values;
  const count = countOf(key, selector);
  const { place, at } = KINDS[key];
  if (selector.kind === 'glob' || count === undefined || place === undefined || at === undefined) return undefined;
  const start = place(selector.from);
  return Array.from({ length: count }, (_, index) => at(start + index * (selector.by ?? 0)));
}

/** Whether an available value lies in a range (with or without `by`). */
export function inRange(key: KeyName, selector: Extract<KeySelector, { kind: 'range' }>, value: AxisValue): boolean {
  const place = KINDS[key].place!;
  const here = place(value);
  if (here < place(selector.from)) return false;
  return selector.halfOpen === true ? here < place(selector.to) : here <= place(selector.to);
}

/** MARS text of a selector. A half-open range prints as a closed one: its key (`datetime`) never stands in a body. */
export function printSelector(key: KeyName, selector: KeySelector): string {
  const { print, printBy } = KINDS[key];
  if (selector.kind === 'values') return selector.values.map(print).join('/');
  if (selector.kind === 'glob') return selector.patterns.join('/');
  const by = selector.by === undefined ? '' : `/by/${(printBy ?? String)(selector.by)}`;
  return `${print(selector.from)}/to/${print(selector.to)}${by}`;
}

/** A pattern with `*` and `?` against text; case and trailing blanks do not count. At most pattern times text steps. */
export function matchesGlob(pattern: string, text: string): boolean {
  const want = pattern.trimEnd().toUpperCase();
  const have = text.trimEnd().toUpperCase();
  let at = 0;
  let star = -1;
  let resume = 0;
  let here = 0;
  while (here < have.length) {
    if (at < want.length && want[at] === '*') {
      star = at++;
      resume = here;
    } else if (at < want.length && (want[at] === '?' || want[at] === have[here])) {
      at++;
      here++;
    } else if (star >= 0) {
      at = star + 1;
      here = ++resume;
    } else return false;
  }
  while (at < want.length && want[at] === '*') at++;
  return at === want.length;
}

/** Message text of a missing value: `no data for "step" 30`. Shared so that every refusal reads alike. */
export function noDataText(key: KeyName, values: readonly AxisValue[]): string {
  const shown = values.slice(0, 10).map((value) => shorten(KINDS[key].print(value), 40));
  const more = values.length > 10 ? ` and ${values.length - 10} more` : '';
  return `no data for "${key}" ${shown.join(', ')}${more}`;
}
