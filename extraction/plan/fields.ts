/**
 * What a plan knows before it looks at a place: the fields that the keys of a request select, and their grids. Both follow
 * from the keys and one version of the data alone, so the last ones are kept with the datacube: another place of the same
 * fields costs no selection. A refreshed collection is another datacube, and begins anew.
 */
import type { Feature, FeatureRequest } from '../../schemas/vocabulary.js';
import { type Datacube, recordsOf } from '../datacube.js';
import { NO_ROW, type Selection, selectFields } from '../selection.js';
import { type GridOfRows, gridsOfRows } from './grids.js';
import { wideParams } from './wide.js';

export interface PlannedFields {
  readonly selection: Selection;
  readonly grids: readonly GridOfRows[];
  /** names of params whose records hold plain integers and stay as they are */
  readonly integers: ReadonlySet<string>;
  /** numbers of params with records that float32 rounds */
  readonly wide: ReadonlySet<number>;
}

/** Most selections of a datacube, and most rows of them together: some megabytes. */
const MOST_KEPT = 64;
const MOST_ROWS = 1 << 18;
/** Longer texts of keys are hardly asked for twice. */
const LONGEST_KEY = 20_000;

interface Kept {
  readonly byKey: Map<string, PlannedFields>;
  rows: number;
}

const kept = new WeakMap<Datacube, Kept>();

export const existing = (rows: Uint32Array): Uint32Array => rows.filter((row) => row !== NO_ROW);

/** What a feature adds to the keys: the levels and steps of a box or a path; nothing of where it is. */
function ofFeature(feature: Feature): unknown {
  if (feature.type === 'boundingbox') return feature.levels ?? null;
  if (feature.type !== 'trajectory') return null;
  const along = (axis: 'level' | 'step'): unknown => {
    const values = new Set<number | undefined>();
    for (const vertex of feature.vertices) values.add(vertex[axis]);
    return [...values];
  };
  const { level, step } = feature.inflation;
  return [feature.axes, feature.sample, level, step, along('level'), along('step')];
}

function keyOf({ keys, feature, expectAny, units }: FeatureRequest): string {
  return JSON.stringify([feature.type, ofFeature(feature), expectAny, units, [...keys]]);
}

/** Without partner components that lie on another grid than their field: those cannot be turned together. */
function withPartnersOnGrid(selection: Selection, cube: Datacube): Selection {
  const { rows, partners } = selection;
  if (partners === undefined) return selection;
  const gridOf = (row: number): number => recordsOf(cube, Uint32Array.of(row)).grid[0]!;
  const same = partners.map((partner, at) => {
    const row = rows[at]!;
    return partner !== NO_ROW && row !== NO_ROW && gridOf(partner) === gridOf(row) ? partner : NO_ROW;
  });
  return { ...selection, partners: same };
}

function integersOf(selection: Selection, cube: Datacube): Set<string> {
  const width = selection.params.length;
  const names = new Set<string>();
  selection.params.forEach((param, p) => {
    if (param.scale !== 1 || param.offset !== 0 || param.rotate !== undefined) return;
    const rows = existing(selection.rows.filter((_, at) => at % width === p));
    const { datyp } = recordsOf(cube, rows);
    const isInteger = (type: number): boolean => [2, 4].includes(type & 15);
    if (rows.length > 0 && datyp.every(isInteger)) names.add(param.name);
  });
  return names;
}

async function selected(request: FeatureRequest, cube: Datacube): Promise<PlannedFields> {
  const selection = withPartnersOnGrid(selectFields(request, cube), cube);
  const grids = await gridsOfRows(cube, existing(selection.rows));
  return { selection, grids, integers: integersOf(selection, cube), wide: wideParams(selection, cube) };
}

function keep(all: Kept, key: string, fields: PlannedFields): void {
  const rowsOf = ({ selection }: PlannedFields): number => selection.rows.length;
  if (key.length > LONGEST_KEY || rowsOf(fields) > MOST_ROWS || all.byKey.has(key)) return;
  all.byKey.set(key, fields);
  all.rows += rowsOf(fields);
  for (const [oldest, one] of all.byKey) {
    if (all.rows <= MOST_ROWS && all.byKey.size <= MOST_KEPT) return;
    all.byKey.delete(oldest);
    all.rows -= rowsOf(one);
  }
}

/** Fields and grids of a request; the same objects for equal keys while they are kept. Throws what selection and grids refuse. */
export async function fieldsOfRequest(request: FeatureRequest, cube: Datacube): Promise<PlannedFields> {
  const all = kept.get(cube) ?? { byKey: new Map<string, PlannedFields>(), rows: 0 };
  kept.set(cube, all);
  const key = keyOf(request);
  const found = all.byKey.get(key);
  if (found === undefined) {
    const fields = await selected(request, cube);
    keep(all, key, fields);
    return fields;
  }
  // the least recently used goes first
  all.byKey.delete(key);
  all.byKey.set(key, found);
  return found;
}
