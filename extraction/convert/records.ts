/**
 * The records that a conversion takes: rows of the scanned files chosen by conditions, with the keys derived from all records
 * of the files, so that names and level types do not depend on what was chosen. Grids are resolved when they are asked for.
 */
import { FeatureError } from '../../schemas/problem.js';
import { joinTables } from '../fst/joined-table.js';
import { expandPaths } from '../fst/paths.js';
import { onCore, type ScannedFile, scanFiles } from '../fst/scanned-file.js';
import { parseWhere } from '../fst/where.js';
import { readDescriptors } from '../grid/descriptor-reader.js';
import { requireGrid } from '../grid/descriptors.js';
import { type Grid, openGrid } from '../grid/grid.js';
import { deriveKeys } from '../keys.js';
import { FLAG, type RunColumns } from '../run-index.js';

/** Rows are numbers in `columns`, which hold every record of the files, one file after the other. */
export interface SelectedRecords {
  readonly files: readonly ScannedFile[];
  readonly columns: RunColumns;
  /** rows in `columns` */
  readonly count: number;
  /** chosen fields (neither descriptors nor `@@` masks), ascending */
  readonly rows: Uint32Array;
  /** every descriptor of the files: those of a chosen field follow it */
  readonly descriptors: Uint32Array;
  /** Grid of a row. Throws FeatureError `grid_error` or `unsupported_grid` where it has no geometry. */
  gridOf(row: number): Promise<Grid>;
}

/** Number of the file and of the record in it: how a row is named to a user. */
export function placeOf(selection: SelectedRecords, row: number): { readonly file: string; readonly row: number } {
  const file = selection.files[selection.columns.file[row]!]!;
  return { file: file.path, row: selection.columns.row[row]! };
}

/** All fields of some files that fulfil the conditions (`KEY=GLOB`, extraction/fst/where.ts). */
export function selectRecords(
  files: readonly ScannedFile[],
  where: readonly string[],
  signal?: AbortSignal,
): SelectedRecords {
  const { count, columns: raw } = joinTables(files);
  const columns: RunColumns = { ...raw, ...deriveKeys(raw, count, { rules: [] }).columns };
  const holds = parseWhere(where);
  const rows: number[] = [];
  const descriptors: number[] = [];
  for (let row = 0; row < count; row++) {
    const flags = columns.flags[row]!;
    if ((flags & FLAG.descriptor) !== 0) descriptors.push(row);
    else if ((flags & FLAG.mask) === 0 && holds(files[columns.file[row]!]!, columns.row[row]!)) rows.push(row);
  }
  return {
    files,
    columns,
    count,
    rows: Uint32Array.from(rows),
    descriptors: Uint32Array.from(descriptors),
    gridOf: gridsOf(files, columns, signal),
  };
}

function gridsOf(
  files: readonly ScannedFile[],
  columns: RunColumns,
  signal: AbortSignal | undefined,
): SelectedRecords['gridOf'] {
  const tables = files.map(({ table }) => table);
  const pathOf = new Map(files.map(({ table, path }) => [table, path]));
  return async (row) => {
    const { table } = files[columns.file[row]!]!;
    const def = await requireGrid(
      table,
      columns.row[row]!,
      (from, wanted) =>
        onCore(() => readDescriptors({ path: pathOf.get(from)! }, from.container, from, wanted), signal),
      tables.filter((other) => other !== table),
    );
    return openGrid(def);
  };
}

/** Scans files, folders and globs and selects. Throws FeatureError `record_not_found` when nothing is left. */
export async function openRecords(
  inputs: readonly string[],
  where: readonly string[],
  signal?: AbortSignal,
): Promise<SelectedRecords> {
  const files = await scanFiles(await expandPaths(inputs, signal), signal);
  const selection = selectRecords(files, where, signal);
  if (selection.rows.length > 0) return selection;
  const told = where.length === 0 ? '' : ` with ${where.join(' and ')}`;
  throw new FeatureError(
    'record_not_found',
    `${inputs.join(' ')}: no field${told}; list what there is with polyfst ls.`,
  );
}
