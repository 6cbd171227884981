/** Two lists of records compared: which are in one only, whose keys differ, whose values differ by more than a tolerance. */
import { MISSING_FLAGS } from '../../schemas/number-array.js';
import type { FstFile } from './file.js';
import { sharedMemory } from './memory.js';
import { readOne } from './read-many.js';
import type { FstRecord } from './record.js';
import type { FieldValues } from './values.js';

export interface CompareOptions {
  /** largest difference that counts as equal: |a - b| <= absolute + relative * |b| */
  readonly absolute: number;
  readonly relative: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Difference {
  readonly what: 'only_first' | 'only_second' | 'keys' | 'shape' | 'values' | 'unreadable';
  readonly nomvar: string;
  readonly ip1: number;
  readonly ip2: number;
  readonly ip3: number;
  /** rows in their files, null where a record has no partner */
  readonly first: number | null;
  readonly second: number | null;
  readonly detail: string;
  /** of values: points that differ, and by how much at most */
  readonly points?: number;
  readonly largest?: number;
}

/** What makes two records the same field. */
function identity(record: FstRecord): string {
  const { nomvar, typvar, etiket, ip1, ip2, ip3, dateo, datev } = record;
  return [nomvar, typvar, etiket, ip1, ip2, ip3, dateo, datev].join('|');
}

const KEYS = ['grtyp', 'ig1', 'ig2', 'ig3', 'ig4', 'deet', 'npas'] as const;

function place(record: FstRecord) {
  const { nomvar, ip1, ip2, ip3 } = record;
  return { nomvar, ip1, ip2, ip3 };
}

/** Reader of the values as numbers, NaN where a point is missing: the flag of integers depends on their width. */
function numbersOf({ values, missing, dtype }: FieldValues): (k: number) => number {
  const flag = missing > 0 ? MISSING_FLAGS[dtype] : undefined;
  return flag === undefined ? (k) => Number(values[k]) : (k) => (values[k] === flag ? Number.NaN : Number(values[k]));
}

/** Largest difference and number of points beyond the tolerance; points missing in one only count. */
function measure(
  one: FieldValues,
  other: FieldValues,
  { absolute, relative }: CompareOptions,
): { readonly points: number; readonly largest: number } {
  let [points, largest] = [0, 0];
  const [a, b] = [numbersOf(one), numbersOf(other)];
  for (let k = 0; k < one.values.length; k++) {
    const [x, y] = [a(k), b(k)];
    if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const gap = Math.abs(x - y);
    if (gap <= absolute + relative * Math.abs(y)) continue;
    points++;
    if (Number.isNaN(gap)) largest = Infinity;
    else largest = Math.max(largest, gap);
  }
  return { points, largest };
}

async function pairDifferences(a: FstRecord, b: FstRecord, options: CompareOptions): Promise<Difference[]> {
  const shared = { ...place(a), first: a.index, second: b.index };
  const found: Difference[] = [];
  const keys = KEYS.filter((key) => a[key] !== b[key]);
  if (keys.length > 0) {
    const detail = keys.map((key) => `${key} ${a[key]} and ${b[key]}`).join(', ');
    found.push({ ...shared, what: 'keys', detail });
  }
  if (a.ni !== b.ni || a.nj !== b.nj || a.nk !== b.nk) {
    const detail = `${a.ni} x ${a.nj} x ${a.nk} and ${b.ni} x ${b.nj} x ${b.nk}`;
    return [...found, { ...shared, what: 'shape', detail }];
  }
  const { signal } = options;
  try {
    const [x, y] = [await readOne(a, sharedMemory(), { signal }), await readOne(b, sharedMemory(), { signal })];
    const { points, largest } = measure(x, y, options);
    if (points > 0) {
      const detail = `${points} of ${x.values.length} values differ, by up to ${largest}`;
      found.push({ ...shared, what: 'values', detail, points, largest });
    }
  } catch (error) {
    signal?.throwIfAborted();
    found.push({ ...shared, what: 'unreadable', detail: (error as Error).message });
  }
  return found;
}

/** Differences in the order of the first file, then what only the second has. Equal keys pair in order of appearance. */
export async function* compareFiles(one: FstFile, other: FstFile, options: CompareOptions): AsyncGenerator<Difference> {
  const waiting = new Map<string, FstRecord[]>();
  for (const record of other.find()) {
    const key = identity(record);
    const list = waiting.get(key);
    if (list === undefined) waiting.set(key, [record]);
    else list.push(record);
  }
  for (const record of one.find()) {
    options.signal?.throwIfAborted();
    const partner = waiting.get(identity(record))?.shift();
    if (partner === undefined) {
      yield {
        ...place(record),
        first: record.index,
        second: null,
        what: 'only_first',
        detail: 'is in the first file only',
      };
    } else yield* await pairDifferences(record, partner, options);
  }
  for (const record of [...waiting.values()].flat()) {
    yield {
      ...place(record),
      first: null,
      second: record.index,
      what: 'only_second',
      detail: 'is in the second file only',
    };
  }
}
