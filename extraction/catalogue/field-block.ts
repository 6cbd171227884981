/**
 * The fields of one variable in one run as a small cube [member][level][step] of rows, so that a field is found without a
 * search. Built on first use and kept beside the run's index.
 */
import { FeatureError } from '../../schemas/problem.js';
import { ipSeconds } from '../keys.js';
import { FLAG, type RunIndex } from '../run-index.js';
import { codeOfName, nameOfCode, nomvarCode } from './fixed-text.js';

/** No position. */
export const NONE = 0xffffffff;

export interface FieldBlock {
  readonly run: RunIndex;
  /** rows of the run's index, ascending */
  readonly rows: Uint32Array;
  /** ascending; -1 stands for records that are no members */
  readonly numbers: Int32Array;
  /** ascending; [0] for surface fields */
  readonly levels: Float64Array;
  /** rank from the top of each level, 0 where levels have none */
  readonly ranks: Uint32Array;
  /** ascending, then by start of interval */
  readonly steps: Float64Array;
  /** start of the interval, NaN for none */
  readonly stepFroms: Float64Array;
  /** [number][level][step] → position in `rows`, NONE without a field */
  readonly cells: Uint32Array;
  /** position of the next field in the same cell that is of another variant */
  readonly next: Uint32Array;
}

/** Which records count, and how their lead time is read. */
export interface BlockFilter {
  /** distinguishes filters of one run; undefined: not worth keeping */
  readonly key: string | undefined;
  readonly accepts: (run: RunIndex, row: number) => boolean;
  /** surface fields have no level axis, whatever height or code their ip1 holds */
  readonly flat: boolean;
  /** lead time from ip2 alone */
  readonly stepFromIp2: boolean;
}

interface RunFields {
  readonly rowsOf: ReadonlyMap<number, Uint32Array>;
  readonly blocks: Map<string, FieldBlock>;
}

const known = new WeakMap<RunIndex, RunFields>();
const MOST_BLOCKS = 2000;
/** largest cube of cells: beyond it the axes of unlike fields were multiplied */
const MOST_CELLS = 1 << 24;

function fieldsOf(run: RunIndex): RunFields {
  const found = known.get(run);
  if (found !== undefined) return found;
  const { nomvar, flags } = run.columns;
  const counts = new Map<number, number>();
  const codes = new Uint32Array(run.count);
  for (let row = 0; row < run.count; row++) {
    if ((flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0) continue;
    const code = nomvarCode(nomvar, row);
    codes[row] = code;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const rowsOf = new Map([...counts].map(([code, count]) => [code, new Uint32Array(count)]));
  const filled = new Map<number, number>();
  for (let row = 0; row < run.count; row++) {
    const rows = rowsOf.get(codes[row]!);
    if (rows === undefined) continue;
    const at = filled.get(codes[row]!) ?? 0;
    rows[at] = row;
    filled.set(codes[row]!, at + 1);
  }
  const fields: RunFields = { rowsOf, blocks: new Map() };
  known.set(run, fields);
  return fields;
}

/** Names of the variables of a run, sorted. */
export function variablesOf(run: RunIndex): string[] {
  return [...fieldsOf(run).rowsOf.keys()].map(nameOfCode).sort();
}

/** Rows of the fields of a variable. */
export function rowsOfVariable(run: RunIndex, nomvar: string): Uint32Array {
  return fieldsOf(run).rowsOf.get(codeOfName(nomvar)) ?? new Uint32Array(0);
}

/** The block of a variable's fields that a filter accepts; undefined when there are none. */
export function blockOf(run: RunIndex, nomvar: string, filter: BlockFilter): FieldBlock | undefined {
  const { blocks } = fieldsOf(run);
  const key = filter.key === undefined ? undefined : `${nomvar} ${filter.key}`;
  const found = key === undefined ? undefined : blocks.get(key);
  if (found !== undefined) return found;
  const rows = rowsOfVariable(run, nomvar).filter((row) => filter.accepts(run, row));
  if (rows.length === 0) return undefined;
  const block = buildBlock(run, rows, filter);
  if (blocks.size >= MOST_BLOCKS) blocks.clear();
  if (key !== undefined) blocks.set(key, block);
  return block;
}

/** Distinct values, ascending, and the place of each. */
function axisOf(values: Iterable<number>): { sorted: Float64Array; place: Map<number, number> } {
  const sorted = Float64Array.from(new Set(values)).sort();
  const place = new Map<number, number>();
  for (const [at, value] of sorted.entries()) place.set(value, at);
  return { sorted, place };
}

interface StepAxis {
  readonly steps: Float64Array;
  readonly froms: Float64Array;
  readonly placeOf: (row: number) => number;
}

function stepAxis(run: RunIndex, rows: Uint32Array, fromIp2: boolean): StepAxis {
  const { step, stepFrom, ip2 } = run.columns;
  const stepOf = (row: number): number => (fromIp2 ? ipSeconds(ip2[row]!) : step[row]!);
  const pairs = new Map<number, Map<number, number>>();
  for (const row of rows) {
    const value = stepOf(row);
    const froms = pairs.get(value) ?? new Map<number, number>();
    froms.set(stepFrom[row]!, 0);
    pairs.set(value, froms);
  }
  const steps: number[] = [];
  const starts: number[] = [];
  for (const value of [...pairs.keys()].sort((one, other) => one - other)) {
    const froms = pairs.get(value)!;
    // No interval first, then the later start.
    for (const from of [...froms.keys()].sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : b - a))) {
      froms.set(from, steps.length);
      steps.push(value);
      starts.push(from);
    }
  }
  const placeOf = (row: number): number => pairs.get(stepOf(row))!.get(stepFrom[row]!)!;
  return { steps: Float64Array.from(steps), froms: Float64Array.from(starts), placeOf };
}

function buildBlock(run: RunIndex, rows: Uint32Array, { flat, stepFromIp2 }: BlockFilter): FieldBlock {
  const { level, rank, number, variant } = run.columns;
  const levelOf = (row: number): number => (flat ? 0 : level[row]!);
  const numbers = axisOf(Array.from(rows, (row) => number[row]!));
  const levels = axisOf(Array.from(rows, levelOf));
  const { steps, froms, placeOf } = stepAxis(run, rows, stepFromIp2);
  const size = numbers.sorted.length * levels.sorted.length * steps.length;
  if (size > MOST_CELLS) {
    const name = nameOfCode(nomvarCode(run.columns.nomvar, rows[0]!));
    throw new FeatureError('too_large', `"nomvar" ${name}: its levels, steps and members are too many; narrow them.`);
  }
  const cells = new Uint32Array(size).fill(NONE);
  const next = new Uint32Array(rows.length).fill(NONE);
  const ranks = new Uint32Array(levels.sorted.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const levelAt = levels.place.get(levelOf(row))!;
    ranks[levelAt] = rank[row]!;
    const cell = (numbers.place.get(number[row]!)! * levels.sorted.length + levelAt) * steps.length + placeOf(row);
    insert(cells, next, rows, variant, cell, at);
  }
  const members = Int32Array.from(numbers.sorted);
  return { run, rows, numbers: members, levels: levels.sorted, ranks, steps, stepFroms: froms, cells, next };
}

/** Of equal records the later row is of the newer file, and takes the place of the older. */
function insert(
  cells: Uint32Array,
  next: Uint32Array,
  rows: Uint32Array,
  variant: Uint32Array,
  cell: number,
  at: number,
): void {
  let before = NONE;
  for (let here = cells[cell]!; here !== NONE; here = next[here]!) {
    if (variant[rows[here]!] === variant[rows[at]!]) {
      next[at] = next[here]!;
      if (before === NONE) cells[cell] = at;
      else next[before] = at;
      return;
    }
    before = here;
  }
  if (before === NONE) cells[cell] = at;
  else next[before] = at;
}

/** Position of the field at places of the three axes, NONE without one. */
export function positionAt(block: FieldBlock, number: number, level: number, step: number): number {
  if (number < 0 || level < 0 || step < 0) return NONE;
  return block.cells[(number * block.levels.length + level) * block.steps.length + step]!;
}

/** Place of a value on a sorted axis within a relative tolerance, -1 without one. */
export function placeNear(axis: Float64Array, value: number, relative: number): number {
  let low = 0;
  let high = axis.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (axis[middle]! < value) low = middle + 1;
    else high = middle;
  }
  const tolerance = relative * Math.abs(value);
  const after = low < axis.length ? axis[low]! - value : Number.POSITIVE_INFINITY;
  const before = low > 0 ? value - axis[low - 1]! : Number.POSITIVE_INFINITY;
  if (Math.min(after, before) > tolerance) return -1;
  return after <= before ? low : low - 1;
}
