/**
 * Member numbers. A rule may say where the number is; otherwise it is three digits of the etiket, or ip3, but only where the
 * run holds several records that differ in nothing else.
 */
import { OLD_STYLE_MAX } from './fst/ip.js';
import type { RunNames } from './keys.js';
import { type DerivedColumns, FLAG, type RawColumns } from './run-index.js';

/** Where a rule says that the number is. */
export type NumberRule = 'ip3' | 'etiket' | 'none' | number | undefined;

/** The last group of exactly three digits of an etiket: a label such as `E1DEMO__N004` or `E1_001N`. */
const MEMBER_DIGITS = /^(.*(?:^|\D))(\d{3})(\D*)$/s;

/** The etiket with its member digits blotted out; the etiket itself when it has none. */
export function memberPattern(etiket: string): string {
  const match = MEMBER_DIGITS.exec(etiket);
  return match === null ? etiket : `${match[1]}###${match[3]}`;
}

/** Member digits of an etiket as a number, -1 without them. */
export function memberDigits(etiket: string): number {
  const match = MEMBER_DIGITS.exec(etiket);
  return match === null ? -1 : Number(match[2]);
}

/** A rule's `etiket`: the last three characters; else the digits as above. */
function ruledDigits(etiket: string): number {
  const last = etiket.slice(-3);
  return /^\d{3}$/.test(last) ? Number(last) : memberDigits(etiket);
}

/** Fills `number`: -1 where a record is no member. */
export function findMembers(
  raw: RawColumns,
  columns: DerivedColumns,
  names: RunNames,
  count: number,
  ruleOf: (row: number) => NumberRule,
): void {
  const { texts, ids } = names.etiket;
  const digits = texts.map(memberDigits);
  const patterns = texts.map(memberPattern);
  const patternIds = patterns.map((pattern) => patterns.indexOf(pattern));
  const found = detect(raw, columns, names, count, ruleOf, digits, patternIds);
  for (let row = 0; row < count; row++) {
    const rule = ruleOf(row);
    const etiket = ids[row]!;
    let number = -1;
    if ((columns.flags[row]! & FLAG.descriptor) !== 0 || rule === 'none') number = -1;
    else if (rule === 'ip3') number = raw.ip3[row]!;
    else if (rule === 'etiket') number = ruledDigits(texts[etiket]!);
    else if (rule !== undefined) number = rule;
    else if (digits[etiket]! >= 0 && found.patterns.has(patternIds[etiket]!)) number = digits[etiket]!;
    else if (found.fields.has(fieldOf(columns, names, patternIds, row))) number = raw.ip3[row]!;
    columns.number[row] = number;
  }
}

/** Variable, kind, label and grid: what the records of all members of a field have in common. */
function fieldOf(columns: DerivedColumns, names: RunNames, patternIds: readonly number[], row: number): string {
  const pattern = patternIds[names.etiket.ids[row]!];
  return `${names.nomvar.ids[row]} ${names.typvar.ids[row]} ${pattern} ${columns.grid[row]}`;
}

/** Etiket patterns whose digits, and fields whose ip3, tell records apart that are equal in all else. */
function detect(
  raw: RawColumns,
  columns: DerivedColumns,
  names: RunNames,
  count: number,
  ruleOf: (row: number) => NumberRule,
  digits: readonly number[],
  patternIds: readonly number[],
): { patterns: ReadonlySet<number>; fields: ReadonlySet<string> } {
  const patterns = new Set<number>();
  const fields = new Set<string>();
  const firstRows = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0 || ruleOf(row) !== undefined) continue;
    const field = fieldOf(columns, names, patternIds, row);
    const key = `${field} ${raw.ip1[row]} ${raw.ip2[row]} ${raw.datev[row]}`;
    const first = firstRows.get(key);
    if (first === undefined) {
      firstRows.set(key, row);
      continue;
    }
    const etiket = names.etiket.ids[row]!;
    if (digits[etiket] !== digits[names.etiket.ids[first]!]) patterns.add(patternIds[etiket]!);
    else if (isUserNumber(raw.ip3[row]!) && isUserNumber(raw.ip3[first]!) && raw.ip3[row] !== raw.ip3[first]) {
      fields.add(field);
    }
  }
  return { patterns, fields };
}

/** An old-style ip3 is a user's number; a new-style one is a time or a level. */
function isUserNumber(ip3: number): boolean {
  return ip3 >= 0 && ip3 <= OLD_STYLE_MAX;
}
