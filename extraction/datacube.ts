/**
 * All runs of a collection as one table. Rows of the merged table are numbers: the rows of the first run, then those of the
 * second, and so on; nothing is copied. A cube never changes: who holds one sees one version of the data (a later refresh
 * makes a new cube).
 */
import type { Collection } from '../schemas/collection.js';
import type { RecordBatch } from '../schemas/vocabulary.js';
import { codeOfName, nomvarCode } from './catalogue/fixed-text.js';
import { type DataFile, FLAG, type GridKey, type RunIndex } from './run-index.js';

export interface CubeRun {
  readonly index: RunIndex;
  /** merged row of the run's first row */
  readonly firstRow: number;
  /** merged number of the run's first file */
  readonly firstFile: number;
  /** merged grid number of each of the run's grids */
  readonly gridNumbers: Uint32Array;
}

export interface Datacube {
  readonly collection: Collection;
  /** changes with the data */
  readonly version: string;
  /** ascending base time, the undated run last */
  readonly runs: readonly CubeRun[];
  readonly rowCount: number;
  /** files of all runs; a file that is in several runs is there several times */
  readonly files: readonly DataFile[];
  readonly grids: readonly GridKey[];
}

export function makeDatacube(collection: Collection, version: string, indexes: readonly RunIndex[]): Datacube {
  const runs: CubeRun[] = [];
  const files: DataFile[] = [];
  const grids: GridKey[] = [];
  const numbers = new Map<string, number>();
  const merged = (grid: GridKey): number => {
    const key = JSON.stringify(grid);
    const number = numbers.get(key) ?? grids.push(grid) - 1;
    numbers.set(key, number);
    return number;
  };
  let rowCount = 0;
  for (const index of [...indexes].sort(byBase)) {
    const gridNumbers = Uint32Array.from(index.grids, merged);
    runs.push({ index, firstRow: rowCount, firstFile: files.length, gridNumbers });
    rowCount += index.count;
    files.push(...index.files);
  }
  return { collection, version, runs, rowCount, files, grids };
}

function byBase(one: RunIndex, other: RunIndex): number {
  if (Number.isNaN(one.base)) return 1;
  return Number.isNaN(other.base) ? -1 : one.base - other.base;
}

/** Run of a merged row. */
export function runOf(cube: Datacube, row: number): CubeRun {
  let low = 0;
  let high = cube.runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cube.runs[middle]!.firstRow <= row) low = middle;
    else high = middle - 1;
  }
  const run = cube.runs[low];
  if (run === undefined || !(row >= 0 && row < cube.rowCount))
    throw new RangeError(`row ${row} is not in the datacube`);
  return run;
}

/** What reading needs to know of some rows, one entry a row, in the order of the rows. */
export interface CubeRecords extends Omit<RecordBatch, 'container'> {
  /** number in `cube.files` */
  readonly file: Uint32Array;
  /** number of the record in its file */
  readonly record: Uint32Array;
  /** number in `cube.grids` */
  readonly grid: Uint32Array;
  /** FLAG bits */
  readonly flags: Uint8Array;
}

/** Gathers the columns of merged rows. */
export function recordsOf(cube: Datacube, rows: Uint32Array): CubeRecords {
  const count = rows.length;
  const out = {
    file: new Uint32Array(count),
    record: new Uint32Array(count),
    grid: new Uint32Array(count),
    payloadOffset: new Float64Array(count),
    payloadBytes: new Float64Array(count),
    ni: new Uint32Array(count),
    nj: new Uint32Array(count),
    nk: new Uint32Array(count),
    datyp: new Uint8Array(count),
    nbits: new Uint8Array(count),
    dasiz: new Uint8Array(count),
    flags: new Uint8Array(count),
  };
  let run: CubeRun | undefined;
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    // Neighbouring rows are mostly of one run.
    if (run === undefined || row < run.firstRow || row >= run.firstRow + run.index.count) run = runOf(cube, row);
    const local = row - run.firstRow;
    const columns = run.index.columns;
    out.file[at] = run.firstFile + columns.file[local]!;
    out.record[at] = columns.row[local]!;
    out.grid[at] = run.gridNumbers[columns.grid[local]!]!;
    out.payloadOffset[at] = columns.payloadOffset[local]!;
    out.payloadBytes[at] = columns.payloadBytes[local]!;
    out.ni[at] = columns.ni[local]!;
    out.nj[at] = columns.nj[local]!;
    out.nk[at] = columns.nk[local]!;
    out.datyp[at] = columns.datyp[local]!;
    out.nbits[at] = columns.nbits[local]!;
    out.dasiz[at] = columns.dasiz[local]!;
    out.flags[at] = columns.flags[local]!;
  }
  return out;
}

const descriptorRows = new WeakMap<RunIndex, Uint32Array>();

function descriptorsOf(index: RunIndex): Uint32Array {
  const known = descriptorRows.get(index);
  if (known !== undefined) return known;
  const rows: number[] = [];
  const { flags } = index.columns;
  for (let row = 0; row < index.count; row++) if ((flags[row]! & FLAG.descriptor) !== 0) rows.push(row);
  const found = Uint32Array.from(rows);
  descriptorRows.set(index, found);
  return found;
}

/**
 * Descriptor record (`>>`, `^^`, `^>`, `!!` …) whose ip1, ip2 and, when given, ip3 are `ips`, for the field in row `near`:
 * of the same file if it has one, else of the same run, else of any run; the newest of several. undefined without one.
 */
export function findDescriptor(
  cube: Datacube,
  name: string,
  ips: readonly [ip1: number, ip2: number, ip3?: number],
  near: number,
): number | undefined {
  const code = codeOfName(name);
  const home = runOf(cube, near);
  const homeFile = home.index.columns.file[near - home.firstRow];
  let elsewhere: number | undefined;
  for (const run of [home, ...cube.runs.filter((other) => other !== home)]) {
    const { columns } = run.index;
    for (const row of descriptorsOf(run.index)) {
      if (nomvarCode(columns.nomvar, row) !== code) continue;
      if (columns.ip1[row] !== ips[0] || columns.ip2[row] !== ips[1]) continue;
      if (ips[2] !== undefined && columns.ip3[row] !== ips[2]) continue;
      if (run === home && columns.file[row] === homeFile) return run.firstRow + row;
      elsewhere = run.firstRow + row;
    }
    if (elsewhere !== undefined) return elsewhere;
  }
  return undefined;
}

/** Every descriptor of a name in the run of a row: for the rules that take the only one there is. */
export function descriptorsNamed(cube: Datacube, name: string, near: number): Uint32Array {
  const code = codeOfName(name);
  const run = runOf(cube, near);
  const { nomvar } = run.index.columns;
  const rows = descriptorsOf(run.index).filter((row) => nomvarCode(nomvar, row) === code);
  return rows.map((row) => row + run.firstRow);
}
