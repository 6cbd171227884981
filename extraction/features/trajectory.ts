/** Trajectories: the tuples of the path in one composite, a coverage a base time and member, and a step when it comes from the body. */
import type { PathList } from '../../formats/coverage-block.js';
import { FeatureError } from '../../schemas/problem.js';
import type { PlannedGroup, PlannedRange } from '../plan/types.js';
import { NO_ROW, type Selection } from '../selection.js';
import {
  checkCost,
  type FeatureContext,
  type FeaturePlan,
  fieldAt,
  fieldsOf,
  metadataOf,
  RowSlots,
  rowsOver,
  stepLabel,
  turned,
  turnsOf,
} from './context.js';
import { EVERY, type PathTuple, pathTuples, type Trajectory } from './path.js';

/** Points that one level and step of a coverage needs, and which of them each tuple takes. */
interface Combination {
  readonly level: number;
  readonly step: number;
  readonly points: Uint32Array;
}

interface Layout {
  /** by level, then step: paths over the same levels and steps read the same rows in the same order */
  readonly combinations: readonly Combination[];
  /** numbers of the levels, in the order of the path */
  readonly levels: readonly number[];
  /** combination and point slot of each tuple of the answer, levels of the body outermost */
  readonly field: Uint32Array;
  readonly slot: Uint32Array;
}

/** Number in a sorted list. */
function placeIn(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sorts in place; the distinct values, at the front. */
function distinctSorted(values: Uint32Array): Uint32Array {
  if (values.length < 2) return values;
  values.sort();
  let count = 1;
  for (let n = 1; n < values.length; n++) if (values[n] !== values[n - 1]) values[count++] = values[n]!;
  return values.subarray(0, count);
}

function layoutOf(tuples: readonly PathTuple[], bodyLevels: number, steps: number): Layout {
  const numberOf = new Map<number, number>();
  const found: { readonly key: number; readonly level: number; readonly step: number; count: number }[] = [];
  const field = new Uint32Array(tuples.length * bodyLevels);
  const point = new Uint32Array(field.length);
  let at = 0;
  for (let l = 0; l < bodyLevels; l++) {
    for (const tuple of tuples) {
      const level = tuple.level === EVERY ? l : tuple.level;
      const key = (level + 1) * (steps + 1) + tuple.step + 1;
      let number = numberOf.get(key);
      if (number === undefined) {
        number = found.push({ key, level, step: tuple.step, count: 0 }) - 1;
        numberOf.set(key, number);
      }
      found[number]!.count++;
      field[at] = number;
      point[at++] = tuple.point;
    }
  }
  const levels = [...new Set(found.map(({ level }) => level))];
  const inOrder = found.map((_, c) => c).sort((one, other) => found[one]!.key - found[other]!.key);
  const rank = new Uint32Array(found.length);
  for (let c = 0; c < inOrder.length; c++) rank[inOrder[c]!] = c;
  for (let n = 0; n < field.length; n++) field[n] = rank[field[n]!]!;
  found.sort((one, other) => one.key - other.key);
  // points by combination
  const next = new Uint32Array(found.length);
  for (let c = 1; c < found.length; c++) next[c] = next[c - 1]! + found[c - 1]!.count;
  const sorted = new Uint32Array(point.length);
  for (let n = 0; n < point.length; n++) sorted[next[field[n]!]!++] = point[n]!;
  const combinations = found.map(({ level, step, count }, c) => ({
    level,
    step,
    points: distinctSorted(sorted.subarray(next[c]! - count, next[c]!)),
  }));
  return { combinations, levels, field, slot: point.map((own, n) => placeIn(combinations[field[n]!]!.points, own)) };
}

async function pathList(context: FeatureContext, layout: Layout): Promise<Omit<PathList, 'time'>> {
  const { combinations, field, slot } = layout;
  const points = field.map((c, n) => combinations[c]!.points[slot[n]!]!);
  const { lat, lon } = await context.grid.latlon(points);
  const level = new Float64Array(field.length);
  for (let n = 0; n < level.length; n++) level[n] = context.selection.levels[combinations[field[n]!]!.level]!;
  return { lat, lon, level };
}

const lastRows = new WeakMap<Selection, Map<string, Uint32Array>>();

/** The rows of the last path over these fields when they are the same: what is known of them is kept with the array. */
function sameRows(selection: Selection, key: string, rows: Uint32Array): Uint32Array {
  const all = lastRows.get(selection) ?? new Map<string, Uint32Array>();
  lastRows.set(selection, all);
  const before = all.get(key);
  if (before?.length === rows.length && before.every((row, n) => row === rows[n])) return before;
  all.set(key, rows);
  return rows;
}

/** One coverage of a base time, member and, when the path has no steps of its own, step. */
async function groupOf(
  context: FeatureContext,
  layout: Layout,
  places: Omit<PathList, 'time'>,
  [b, n, bodyStep]: readonly [base: number, number: number, step: number],
): Promise<PlannedGroup> {
  const { selection, request } = context;
  const stepOf = (c: Combination): number => (c.step === EVERY ? bodyStep : c.step);
  const cells = layout.combinations.map((c) => fieldAt(selection, b, n, c.level, stepOf(c), 0));
  const rowOf = rowsOver(selection, cells);
  const missing = layout.combinations.find((_, c) => rowOf[c] === NO_ROW);
  if (missing !== undefined && !request.expectAny) {
    const [level, step] = [selection.levels[missing.level]!, selection.steps[stepOf(missing)]! / 3600];
    throw new FeatureError(
      'no_data',
      `"levelist" and "step": no data for level ${level} at step ${step} on the path; use values that exist.`,
    );
  }
  const slots = new RowSlots();
  const someTurns = await turnsOf(context, layout.combinations[0]!.points);
  const pick = { kind: 'each', field: layout.field, slot: layout.slot } as const;
  const ranges = selection.params.map(
    (param, p): PlannedRange => ({ param: p, ...fieldsOf(context, slots, p, cells, turned(param, someTurns)), pick }),
  );
  const rows = sameRows(selection, `${b} ${n} ${bodyStep}`, slots.rows());
  const combinationOf = new Int32Array(rows.length);
  for (const { fields, partners } of ranges) {
    for (let c = 0; c < fields.length; c++) {
      if (fields[c]! >= 0) combinationOf[fields[c]!] = c;
      const partner = partners?.[c] ?? -1;
      if (partner >= 0) combinationOf[partner] = c;
    }
  }
  const starts = new Uint32Array(rows.length + 1);
  combinationOf.forEach((c, r) => {
    starts[r + 1] = starts[r]! + layout.combinations[c]!.points.length;
  });
  const points = new Uint32Array(starts[rows.length]!);
  for (let r = 0; r < combinationOf.length; r++) {
    const own = layout.combinations[combinationOf[r]!]!.points;
    for (let k = 0; k < own.length; k++) points[starts[r]! + k] = own[k]!;
  }
  const turns = someTurns && (await turnsOf(context, points));
  const base = selection.bases[b]!;
  const ownSteps = layout.combinations[0]!.step !== EVERY;
  const time = ownSteps
    ? Float64Array.from(layout.field, (c) => base + 1000 * selection.steps[stepOf(layout.combinations[c]!)]!)
    : Float64Array.of(base + 1000 * selection.steps[bodyStep]!);
  const more = ownSteps ? {} : { step: stepLabel(selection.steps[bodyStep]!) };
  const coverage = {
    metadata: metadataOf(
      context,
      {
        base: b,
        number: n,
        levels: layout.levels,
      },
      more,
    ),
    domain: { type: 'Trajectory', path: { ...places, time } } as const,
    ranges,
  };
  return { rows, points, starts, coverages: [coverage], ...(turns ? { turns } : {}) };
}

export async function planTrajectory(context: FeatureContext, feature: Trajectory): Promise<FeaturePlan> {
  const { selection } = context;
  const tuples = await pathTuples(context, feature);
  const ownLevels = feature.axes.includes('levelist');
  const ownSteps = feature.axes.includes('step');
  const layout = layoutOf(tuples, ownLevels ? 1 : selection.levels.length, selection.steps.length);
  const steps = ownSteps ? [EVERY] : Array.from(selection.steps, (_, s) => s);
  const coverages = selection.bases.length * selection.numbers.length * steps.length;
  checkCost(coverages * selection.params.length, layout.field.length, context.limits);
  const places = await pathList(context, layout);
  const groups: PlannedGroup[] = [];
  for (let b = 0; b < selection.bases.length; b++) {
    for (let n = 0; n < selection.numbers.length; n++) {
      for (const step of steps) groups.push(await groupOf(context, layout, places, [b, n, step]));
    }
  }
  const values = coverages * selection.params.length * layout.field.length;
  return { groups, points: layout.field.length, values };
}
