/**
 * What a collection holds on one level type and grid, run by run: the values of each variable's axes, kept apart for fields
 * of members and others, since their steps differ. One walk over the columns of a run.
 */

import { nameOfCode, nomvarCode } from '../../extraction/catalogue/fixed-text.js';
import type { CubeRun } from '../../extraction/datacube.js';
import { FLAG } from '../../extraction/run-index.js';

/** Axis values of one variable, ascending. */
export interface FieldAxes {
  readonly levels: readonly number[];
  /** lead times, seconds */
  readonly steps: readonly number[];
  /** members; empty for fields that are none */
  readonly numbers: readonly number[];
}

/** One variable in one run. */
export interface EdrField {
  readonly nomvar: string;
  /** fields that are no member */
  readonly single?: FieldAxes;
  readonly members?: FieldAxes;
}

/** Fields of a run on one level type and one grid of the datacube. */
export interface FieldGroup {
  /** number in LEVTYPES */
  readonly levtype: number;
  /** number in `cube.grids` */
  readonly grid: number;
  /** a row of the datacube that is on the grid */
  readonly row: number;
  readonly fields: ReadonlyMap<string, EdrField>;
  /** model levels: rank from the top of each level */
  readonly ranks: ReadonlyMap<number, number>;
  /** numbers of the label sets (`run.index.labels`) of members and of other fields */
  readonly labels: { readonly single: ReadonlySet<number>; readonly members: ReadonlySet<number> };
  readonly count: number;
}

interface Sets {
  readonly levels: Set<number>;
  readonly steps: Set<number>;
  readonly numbers: Set<number>;
}

interface Gathered {
  readonly row: number;
  count: number;
  readonly ranks: Map<number, number>;
  readonly labels: { readonly single: Set<number>; readonly members: Set<number> };
  readonly single: Map<number, Sets>;
  readonly members: Map<number, Sets>;
}

const ascending = (one: number, other: number): number => one - other;
const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort(ascending);

function setsOf(map: Map<number, Sets>, code: number): Sets {
  const known = map.get(code);
  if (known !== undefined) return known;
  const sets = { levels: new Set<number>(), steps: new Set<number>(), numbers: new Set<number>() };
  map.set(code, sets);
  return sets;
}

const axesOf = ({ levels, steps, numbers }: Sets): FieldAxes => ({
  levels: sorted(levels),
  steps: sorted(steps),
  numbers: sorted(numbers),
});

function fieldsOf({ single, members }: Gathered): ReadonlyMap<string, EdrField> {
  const fields = new Map<string, EdrField>();
  for (const code of new Set([...single.keys(), ...members.keys()])) {
    const nomvar = nameOfCode(code);
    const [alone, ensemble] = [single.get(code), members.get(code)];
    fields.set(nomvar, {
      nomvar,
      ...(alone === undefined ? {} : { single: axesOf(alone) }),
      ...(ensemble === undefined ? {} : { members: axesOf(ensemble) }),
    });
  }
  return fields;
}

function newGroup(row: number): Gathered {
  const labels = { single: new Set<number>(), members: new Set<number>() };
  return { row, count: 0, ranks: new Map(), labels, single: new Map(), members: new Map() };
}

/** Level types have numbers below this. */
const LEVTYPE_SPAN = 16;

/** The groups of one run. */
export function fieldGroups(run: CubeRun): readonly FieldGroup[] {
  const { columns, count } = run.index;
  const gathered = new Map<number, Gathered>();
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0) continue;
    const key = run.gridNumbers[columns.grid[row]!]! * LEVTYPE_SPAN + columns.levtype[row]!;
    let group = gathered.get(key);
    if (group === undefined) {
      group = newGroup(run.firstRow + row);
      gathered.set(key, group);
    }
    group.count++;
    const member = columns.number[row]!;
    const sets = setsOf(member < 0 ? group.single : group.members, nomvarCode(columns.nomvar, row));
    (member < 0 ? group.labels.single : group.labels.members).add(columns.labels[row]!);
    sets.levels.add(columns.level[row]!);
    sets.steps.add(columns.step[row]!);
    if (member >= 0) sets.numbers.add(member);
    if (columns.rank[row]! > 0) group.ranks.set(columns.level[row]!, columns.rank[row]!);
  }
  return [...gathered].map(([key, group]) => ({
    levtype: key % LEVTYPE_SPAN,
    grid: Math.floor(key / LEVTYPE_SPAN),
    row: group.row,
    fields: fieldsOf(group),
    ranks: group.ranks,
    labels: group.labels,
    count: group.count,
  }));
}

const union = (one: FieldAxes | undefined, other: FieldAxes | undefined): FieldAxes | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    levels: sorted([...one.levels, ...other.levels]),
    steps: sorted([...one.steps, ...other.steps]),
    numbers: sorted([...one.numbers, ...other.numbers]),
  };
};

/** Fields of several groups as one: grids with equal points may be written under several keys. */
export function mergeFields(groups: readonly FieldGroup[]): ReadonlyMap<string, EdrField> {
  const merged = new Map<string, EdrField>();
  for (const { fields } of groups) {
    for (const [nomvar, field] of fields) {
      const before = merged.get(nomvar);
      const single = union(before?.single, field.single);
      const members = union(before?.members, field.members);
      merged.set(nomvar, { nomvar, ...(single ? { single } : {}), ...(members ? { members } : {}) });
    }
  }
  return merged;
}
