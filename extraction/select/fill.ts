/** Fills the cube of a selection: one look-up a field, no search. Missing and ambiguous fields are refused here. */
import type { AxisValue, KeyName } from '../../schemas/vocabulary.js';
import { type FieldBlock, NONE, placeNear, positionAt } from '../catalogue/field-block.js';
import { type AxisKey, NO_MEMBER } from './axes.js';
import { ambiguous, type MissingField, missingFields } from './errors.js';
import type { ResolvedAxes } from './resolve.js';

const MOST_LISTED = 10;

export interface FilledRows {
  readonly rows: Uint32Array;
  readonly partners?: Uint32Array;
}

interface Missing {
  count: number;
  readonly listed: MissingField[];
  blame: { key: KeyName; value: AxisValue } | undefined;
}

export function fillRows(axes: ResolvedAxes): FilledRows {
  const { params, bases, request } = axes.fields;
  const cellCount = axes.number.values.length * axes.levelist.values.length * axes.step.values.length;
  const rows = new Uint32Array(bases.length * cellCount * params.length).fill(NONE);
  const turned = params.some((param) => param.rotate !== undefined);
  const partners = turned ? new Uint32Array(rows.length).fill(NONE) : undefined;
  const missing: Missing = { count: 0, listed: [], blame: undefined };
  for (let base = 0; base < bases.length; base++) {
    for (let param = 0; param < params.length; param++) {
      fillParam(axes, base, param, rows, missing);
      if (partners !== undefined) fillPartners(axes, base, param, rows, partners, missing);
    }
  }
  if (missing.count > 0 && !request.expectAny && !(axes.sparse && hasAny(rows))) {
    const { key, value } = missing.blame!;
    throw missingFields(key, [value], missing.listed, missing.count);
  }
  return partners === undefined ? { rows } : { rows, partners };
}

function hasAny(rows: Uint32Array): boolean {
  return rows.some((row) => row !== NONE);
}

function fillParam(axes: ResolvedAxes, base: number, param: number, rows: Uint32Array, missing: Missing): void {
  const { blocks, params, bases } = axes.fields;
  const block = blocks[base]![param];
  const places = axes.places[base]![param];
  const { firstRow } = bases[base]!.run;
  const numbers = axes.number.values.length;
  const levels = axes.levelist.values.length;
  const steps = axes.step.values.length;
  let cell = base * numbers * levels * steps;
  for (let number = 0; number < numbers; number++) {
    for (let level = 0; level < levels; level++) {
      for (let step = 0; step < steps; step++, cell++) {
        const at =
          block === undefined || places === undefined
            ? NONE
            : positionAt(block, places.number[number]!, places.levelist[level]!, places.step[step]!);
        if (at === NONE) {
          note(axes, missing, base, param, number, level, step);
          continue;
        }
        if (block!.next[at] !== NONE) throw ambiguous(block!.run, chain(block!, at), params[param]!.name);
        rows[cell * params.length + param] = firstRow + block!.rows[at]!;
      }
    }
  }
}

function chain(block: FieldBlock, first: number): number[] {
  const rows: number[] = [];
  for (let at = first; at !== NONE; at = block.next[at]!) rows.push(block.rows[at]!);
  return rows;
}

function note(
  axes: ResolvedAxes,
  missing: Missing,
  base: number,
  param: number,
  number: number,
  level: number,
  step: number,
): void {
  missing.count++;
  missing.blame ??= blame(axes, base, param, number, level, step);
  if (missing.listed.length >= MOST_LISTED) return;
  const member = axes.number.values[number]!;
  missing.listed.push({
    param: axes.fields.params[param]!.name,
    base: axes.fields.bases[base]!.run.index.id,
    number: member === NO_MEMBER ? undefined : member,
    level: axes.fields.levtype === 'sfc' || axes.fields.levtype === null ? undefined : axes.levelist.values[level],
    step: axes.step.values[step]!,
  });
}

/** The key to name: one whose value the parameter has nowhere, else the step of the missing field. */
function blame(
  axes: ResolvedAxes,
  base: number,
  param: number,
  number: number,
  level: number,
  step: number,
): { key: KeyName; value: AxisValue } {
  const places = axes.places[base]![param];
  const at: Readonly<Record<AxisKey, number>> = { number, levelist: level, step };
  if (places !== undefined) {
    for (const key of ['step', 'levelist', 'number'] as const) {
      if (places[key][at[key]]! < 0) return { key, value: axes[key].values[at[key]]! };
    }
    return { key: 'step', value: axes.step.values[step]! };
  }
  return { key: 'param', value: axes.fields.params[param]!.name };
}

/** The other component of a wind: the field that differs in nomvar only, on the same grid. */
function fillPartners(
  axes: ResolvedAxes,
  base: number,
  param: number,
  rows: Uint32Array,
  partners: Uint32Array,
  missing: Missing,
): void {
  const { params, bases, blocks, blockFor } = axes.fields;
  const { rotate, name } = params[param]!;
  const block = blocks[base]![param];
  if (rotate === undefined || block === undefined) return;
  const { run } = bases[base]!;
  const other = blockFor(run, rotate.partner, name);
  const perBase = partners.length / bases.length;
  for (let cell = base * perBase + param; cell < (base + 1) * perBase; cell += params.length) {
    const row = rows[cell]!;
    if (row === NONE) continue;
    const partner = other === undefined ? NONE : partnerOf(other, row - run.firstRow);
    if (partner !== NONE) {
      partners[cell] = run.firstRow + partner;
      continue;
    }
    // Without its partner a component cannot be turned: the field counts as missing.
    rows[cell] = NONE;
    missing.count++;
    missing.blame ??= { key: 'nomvar', value: rotate.partner };
    if (missing.listed.length < MOST_LISTED) {
      const step = block.run.columns.step[row - run.firstRow]!;
      missing.listed.push({ param: rotate.partner, base: run.index.id, number: undefined, level: undefined, step });
    }
  }
}

function partnerOf(block: FieldBlock, row: number): number {
  const { columns } = block.run;
  const number = block.numbers.indexOf(columns.number[row]!);
  const level =
    block.levels.length === 1 && block.levels[0] === 0 ? 0 : placeNear(block.levels, columns.level[row]!, 1e-5);
  for (
    let step = block.steps.indexOf(columns.step[row]!);
    step >= 0 && block.steps[step] === columns.step[row];
    step++
  ) {
    for (let at = positionAt(block, number, level, step); at !== NONE; at = block.next[at]!) {
      const other = block.rows[at]!;
      if (columns.grid[other] === columns.grid[row] && columns.labels[other] === columns.labels[row]) return other;
    }
  }
  return NONE;
}
