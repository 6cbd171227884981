/** What every feature planner works with, and the small pieces that they share. */
import type { BlockMetadata } from '../../formats/coverage-block.js';
import { isoTime } from '../../formats/float-text.js';
import type { Limits } from '../../schemas/limits.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FeatureRequest, ParamRef } from '../../schemas/vocabulary.js';
import type { Datacube } from '../datacube.js';
import type { Grid } from '../grid/grid-type.js';
import { NO_SLOT, type PlannedGroup } from '../plan/types.js';
import type { RegionFinder } from '../region/region.js';
import { NO_ROW, type Selection } from '../selection.js';

export interface FeatureContext {
  readonly request: FeatureRequest;
  readonly selection: Selection;
  readonly cube: Datacube;
  /** grid of every selected field */
  readonly grid: Grid;
  readonly regions: RegionFinder;
  readonly limits: Limits;
}

/** What a feature planner gives back. */
export interface FeaturePlan {
  readonly groups: readonly PlannedGroup[];
  /** horizontal points, or tuples of a path */
  readonly points: number;
  /** numbers in the answer */
  readonly values: number;
}

/** Number in `selection.rows` of one field. */
export function fieldAt(
  s: Selection,
  base: number,
  number: number,
  level: number,
  step: number,
  param: number,
): number {
  return (
    (((base * s.numbers.length + number) * s.levels.length + level) * s.steps.length + step) * s.params.length + param
  );
}

/** Rows of a group, each once, and the slot of each. */
export class RowSlots {
  readonly #slots = new Map<number, number>();

  slot(row: number): number {
    if (row === NO_ROW) return NO_SLOT;
    const known = this.#slots.get(row);
    if (known !== undefined) return known;
    this.#slots.set(row, this.#slots.size);
    return this.#slots.size - 1;
  }

  rows(): Uint32Array {
    return Uint32Array.from(this.#slots.keys());
  }

  get size(): number {
    return this.#slots.size;
  }
}

/** True when the grid's axes are not east and north and the param is a component along them. */
export function turned(param: ParamRef, turns: Float64Array | undefined): boolean {
  return param.rotate !== undefined && turns !== undefined;
}

/** c, s pairs of points; undefined when nothing has to be turned. */
export async function turnsOf(context: FeatureContext, points: Uint32Array): Promise<Float64Array | undefined> {
  if (!context.selection.params.some((p) => p.rotate !== undefined)) return undefined;
  if (points.length === 0 || context.grid.kind === 'separable') return undefined;
  const turns = await context.grid.rotation(points);
  for (let n = 0; n < turns.length; n += 2) {
    if (Math.abs(turns[n]! - 1) > 1e-12 || Math.abs(turns[n + 1]!) > 1e-12) return turns;
  }
  return undefined;
}

/** Slots of the fields of one param over a list of [level, step] or [base, …] cells, and of their partners. */
export function fieldsOf(
  context: FeatureContext,
  slots: RowSlots,
  param: number,
  cells: readonly number[],
  isTurned: boolean,
): { fields: Int32Array; partners?: Int32Array } {
  const { rows, partners, params, bases } = context.selection;
  const fields = Int32Array.from(cells, (cell) => slots.slot(rows[cell + param]!));
  if (!isTurned) return { fields };
  const of = Int32Array.from(cells, (cell) => slots.slot(partners?.[cell + param] ?? NO_ROW));
  const bare = fields.findIndex((slot, n) => slot !== NO_SLOT && of[n] === NO_SLOT);
  if (bare >= 0 && !context.request.expectAny) {
    const { name, rotate } = params[param]!;
    throw new FeatureError(
      'no_data',
      `param "${name}": no data for ${rotate!.partner}, which is needed to turn the wind to true directions (${bases.length} base times asked); ask for the nomvar to get grid components.`,
    );
  }
  return { fields, partners: of };
}

/** Step as in metadata: whole hours as a number, else text such as 1h30m. */
export function stepLabel(seconds: number): number | string {
  if (seconds % 3600 === 0) return seconds / 3600;
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ];
  return parts.map(([value, unit]) => (value > 0 ? `${value}${unit}` : '')).join('');
}

/** Keys that a coverage sets by itself, whatever the request gave as single values. */
const OWN_KEYS = new Set(['number', 'step', 'levelist', 'date', 'time']);

/** What metadata tells of one coverage beside the keys of the request. */
export interface Origin {
  readonly base: number;
  readonly number: number;
  /** numbers of its levels */
  readonly levels: readonly number[];
}

/** Metadata of one coverage. */
export function metadataOf(context: FeatureContext, origin: Origin, more: BlockMetadata): BlockMetadata {
  const { selection } = context;
  const shared = Object.entries(selection.metadata).filter(([key]) => !OWN_KEYS.has(key));
  const twins = selection.levelTwins;
  const values = twins === undefined ? [] : origin.levels.map((l) => twins.values[l]!);
  return {
    ...Object.fromEntries(shared),
    number: selection.hasMembers ? selection.numbers[origin.number]! : 0,
    ...more,
    'Forecast date': isoTime(selection.bases[origin.base]!),
    ...(twins === undefined ? {} : { [twins.name]: values.length === 1 ? values[0]! : values }),
  };
}

/** Rows of the first param that has them, over cells of the selection. */
export function rowsOver(selection: Selection, cells: readonly number[]): number[] {
  return cells.map((cell) => {
    for (let p = 0; p < selection.params.length; p++) {
      if (selection.rows[cell + p] !== NO_ROW) return selection.rows[cell + p]!;
    }
    return NO_ROW;
  });
}

/** Refuses what costs too much, before anything is built or read. */
export function checkCost(fields: number, points: number, limits: Limits): void {
  const values = fields * points;
  if (values > limits.values) {
    throw new FeatureError(
      'too_large',
      `The request asks for ${fields} fields at ${points} points, ${values} values, over the limit of ${limits.values}; ask for fewer steps, levels, members or a smaller shape.`,
      { data: { fields, points, values, limit: limits.values } },
    );
  }
}

/** Fields of the request that exist. */
export function countFields(selection: Selection): number {
  let count = 0;
  for (const row of selection.rows) if (row !== NO_ROW) count++;
  return count;
}
