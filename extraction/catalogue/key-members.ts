/**
 * Member numbers. A rule may say where the number is; otherwise it is three digits of the etiket, or ip3, but only where the
 * run holds several records that differ in nothing else.
 */
import { OLD_STYLE_MAX } from '../fst/ip.js';
import type { RunNames } from '../keys.js';
import { type DerivedColumns, FLAG, type RawColumns } from '../run-index.js';
import { groupRows, type RowGroups } from './row-groups.js';

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
  const pattern = Uint32Array.from(ids, (id) => patternIds[id]!);
  const fields = groupRows([names.nomvar.ids, names.typvar.ids, pattern, columns.grid], count);
  const found = detect(raw, columns, count, ruleOf, {
    digits: Int32Array.from(ids, (id) => digits[id]!),
    pattern,
    fields,
  });
  for (let row = 0; row < count; row++) {
    const rule = ruleOf(row);
    const etiket = ids[row]!;
    let number = -1;
    if ((columns.flags[row]! & FLAG.descriptor) !== 0 || rule === 'none') number = -1;
    else if (rule === 'ip3') number = raw.ip3[row]!;
    else if (rule === 'etiket') number = ruledDigits(texts[etiket]!);
    else if (rule !== undefined) number = rule;
    else if (digits[etiket]! >= 0 && found.patterns.has(pattern[row]!)) number = digits[etiket]!;
    else if (found.fields.has(fields.group[row]!)) number = raw.ip3[row]!;
    columns.number[row] = number;
  }
}

interface Labelled {
  /** member digits of each row's etiket */
  readonly digits: Int32Array;
  readonly pattern: Uint32Array;
  /** variable, kind, label and grid: what the records of all members of a field have in common */
  readonly fields: RowGroups;
}

/** Etiket patterns whose digits, and fields whose ip3, tell records apart that are equal in all else. */
function detect(
  raw: RawColumns,
  columns: DerivedColumns,
  count: number,
  ruleOf: (row: number) => NumberRule,
  { digits, pattern, fields }: Labelled,
): { patterns: ReadonlySet<number>; fields: ReadonlySet<number> } {
  const patterns = new Set<number>();
  const byIp3 = new Set<number>();
  const { group, first } = groupRows([fields.group, raw.ip1, raw.ip2, raw.datev], count);
  for (let row = 0; row < count; row++) {
    const other = first[group[row]!]!;
    if (other === row || ruleOf(row) !== undefined) continue;
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0) continue;
    if (digits[row] !== digits[other]) patterns.add(pattern[row]!);
    else if (isUserNumber(raw.ip3[row]!) && isUserNumber(raw.ip3[other]!) && raw.ip3[row] !== raw.ip3[other]) {
      byIp3.add(fields.group[row]!);
    }
  }
  return { patterns, fields: byIp3 };
}

/** An old-style ip3 is a user's number; a new-style one is a time or a level. */
function isUserNumber(ip3: number): boolean {
  return ip3 >= 0 && ip3 <= OLD_STYLE_MAX;
}
