/** Grids of the rows of a datacube: descriptors are looked for in the row's run, then in the others, and decoded once. */
import type { GridDef } from '../../schemas/vocabulary.js';
import { descriptorClasses } from '../catalogue/descriptor-classes.js';
import { type CubeRun, type Datacube, recordsOf, runOf } from '../datacube.js';
import type { GridColumns } from '../grid/descriptor-index.js';
import { type DescriptorColumns, readDescriptors } from '../grid/descriptor-reader.js';
import { requireGrid } from '../grid/descriptors.js';
import { openGrid } from '../grid/grid.js';
import type { Grid } from '../grid/grid-type.js';
import type { DataFile, RunIndex } from '../run-index.js';
import { payloadRanges, sourceOf } from '../store/data-source.js';

/** The columns of a run as the grid layer reads them, and its files. */
interface RunView extends DescriptorColumns {
  readonly files: readonly DataFile[];
}

const views = new WeakMap<RunIndex, RunView>();

function viewOf({ index }: CubeRun): RunView {
  const known = views.get(index);
  if (known) return known;
  const view = { ...index.columns, count: index.count, files: index.files };
  views.set(index, view);
  return view;
}

async function readRows(view: RunView, rows: readonly number[]): Promise<Float64Array[]> {
  const fileOf = (view satisfies GridColumns).file!;
  return Promise.all(
    rows.map(async (row) => {
      const file = view.files[fileOf[row]!]!;
      const source = await sourceOf(file, payloadRanges(view, [row]));
      const [values] = await readDescriptors(source, file.container, view, [row]);
      return values!;
    }),
  );
}

/** Grid of one row. Throws FeatureError `grid_error` or `unsupported_grid` where it has no geometry. */
export async function gridOfCubeRow(cube: Datacube, row: number): Promise<Grid> {
  const run = runOf(cube, row);
  const others = cube.runs.filter((other) => other !== run).map(viewOf);
  const def: GridDef = await requireGrid(viewOf(run), row - run.firstRow, readRows, others);
  return openGrid(def);
}

/** A grid, and the rows that are on it. */
export interface GridOfRows {
  readonly grid: Grid;
  readonly rows: ReadonlySet<number>;
}

/** Letters whose geometry is in descriptor records. */
const DESCRIBED = new Set(['Z', '#', 'Y', 'X', 'O', 'U', 'M', 'W', 'T']);

/** Classes of the files of every run that has described grids among the rows. */
async function classesOf(
  cube: Datacube,
  rows: Uint32Array,
  grids: Uint32Array,
): Promise<Map<RunIndex, readonly string[]>> {
  const runs = new Set<RunIndex>();
  for (const [n, row] of rows.entries()) {
    if (DESCRIBED.has(cube.grids[grids[n]!]!.grtyp)) runs.add(runOf(cube, row).index);
  }
  const classes = new Map<RunIndex, readonly string[]>();
  for (const run of runs) classes.set(run, await descriptorClasses(run));
  return classes;
}

/**
 * Distinct grids of some rows. One row stands for all rows of its run with the same letter, size and parameters, as long as
 * their files hold the same descriptors.
 */
export async function gridsOfRows(cube: Datacube, rows: Uint32Array): Promise<GridOfRows[]> {
  const records = recordsOf(cube, rows);
  const classes = await classesOf(cube, rows, records.grid);
  const groups = new Map<string, number[]>();
  for (const [n, row] of rows.entries()) {
    const { index, firstRow } = runOf(cube, row);
    const key = `${firstRow} ${records.grid[n]} ${classes.get(index)?.[index.columns.file[row - firstRow]!] ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const byId = new Map<string, { grid: Grid; rows: Set<number> }>();
  for (const group of groups.values()) {
    const grid = await gridOfCubeRow(cube, group[0]!);
    const entry = byId.get(grid.id) ?? { grid, rows: new Set<number>() };
    for (const row of group) entry.rows.add(row);
    byId.set(grid.id, entry);
  }
  return [...byId.values()];
}
