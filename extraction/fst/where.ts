/**
 * `KEY=GLOB` conditions on records, as `polyfst copy` and `polyfst convert` take them: different keys must all hold, of one
 * key given several times any may. Texts are compared whole, with blanks trimmed and case kept.
 */
import { FeatureError } from '../../schemas/problem.js';
import { globTest } from './glob.js';
import { type NamedTable, RECORD_TEXTS } from './record-text.js';

interface Condition {
  readonly textOf: (file: NamedTable, row: number) => string;
  readonly tests: ((text: string) => boolean)[];
  /** answers by text: a key has few values in many records */
  readonly known: Map<string, boolean>;
}

/** Holds for records that fulfil every condition. */
export type Where = (file: NamedTable, row: number) => boolean;

const MOST_KNOWN = 10_000;

function holds(condition: Condition, file: NamedTable, row: number): boolean {
  const text = condition.textOf(file, row);
  let answer = condition.known.get(text);
  if (answer === undefined) {
    answer = condition.tests.some((test) => test(text));
    if (condition.known.size < MOST_KNOWN) condition.known.set(text, answer);
  }
  return answer;
}

/** `level=500.0` means 500: a plain number is compared as the number that it is. */
function plainNumber(key: string, glob: string): string {
  const plain = (key === 'level' || key === 'hour') && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(glob);
  return plain ? String(Number(glob)) : glob;
}

/** Throws FeatureError `bad_value` for text without `=`, `unknown_key` for a key that records have not. */
export function parseWhere(conditions: readonly string[]): Where {
  const byKey = new Map<string, Condition>();
  for (const text of conditions) {
    const at = text.indexOf('=');
    if (at < 1) {
      throw new FeatureError('bad_value', `--where ${text}: write KEY=GLOB, for example nomvar=TT or level=5*.`);
    }
    const key = text.slice(0, at).trim().toLowerCase();
    const textOf = RECORD_TEXTS[key];
    if (!Object.hasOwn(RECORD_TEXTS, key) || textOf === undefined) {
      const keys = Object.keys(RECORD_TEXTS).join(' ');
      throw new FeatureError('unknown_key', `--where ${text}: records have no key ${key}; the keys are ${keys}.`);
    }
    const condition: Condition = byKey.get(key) ?? { textOf, tests: [], known: new Map() };
    condition.tests.push(globTest(plainNumber(key, text.slice(at + 1).trim())));
    byKey.set(key, condition);
  }
  const all = [...byKey.values()];
  return (file, row) => all.every((condition) => holds(condition, file, row));
}

/** Rows of a table that fulfil the conditions, in directory order. */
export function rowsWhere(file: NamedTable, where: Where): number[] {
  const rows: number[] = [];
  for (let row = 0; row < file.table.count; row++) if (where(file, row)) rows.push(row);
  return rows;
}
