/**
 * Which records of a run make a series for a side-file: one variable on one level, of one member and grid, through the steps.
 * The name of its file is made of the identity of every source file and the place of every record in it: a file under that
 * name holds exactly these records, and a change of any of them asks for another name.
 */
import { createHash } from 'node:crypto';
import { textAt } from '../catalogue/fixed-text.js';
import { FLAG, type RunIndex } from '../run-index.js';

/** Fewer steps are read as quickly from the records. */
const LEAST_STEPS = 8;
/** Changes with the layout of the files. */
const VERSION = 1;
export const SUFFIX = '.om';

export interface SideSeries {
  readonly name: string;
  /** rows of the run's index by step */
  readonly rows: Uint32Array;
  readonly ni: number;
  readonly nj: number;
}

export interface RunSeries {
  readonly series: readonly SideSeries[];
  /** number in `series` of each row of the run, -1 for none */
  readonly seriesOf: Int32Array;
  /** place of each row in its series */
  readonly stepOf: Uint32Array;
}

const known = new WeakMap<RunIndex, Map<string, RunSeries>>();

function nameOf({ columns, files }: RunIndex, rows: readonly number[]): string {
  const hash = createHash('sha256').update(`side ${VERSION}\n`);
  for (const row of rows) {
    const { path, dev, ino, size, mtimeMs } = files[columns.file[row]!]!;
    const place = `${columns.payloadOffset[row]!} ${columns.payloadBytes[row]!}`;
    hash.update(`${path}\0${dev} ${ino} ${size} ${mtimeMs} ${place}\n`);
  }
  return hash.digest('hex').slice(0, 40) + SUFFIX;
}

function found(run: RunIndex, nomvars: ReadonlySet<string>): RunSeries {
  const { columns, count } = run;
  const groups = new Map<string, number[]>();
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0 || columns.nk[row] !== 1) continue;
    if (!nomvars.has(textAt(columns.nomvar, 4, row).trim())) continue;
    const nomvar = textAt(columns.nomvar, 4, row);
    const { variant, levtype, level, number, grid } = columns;
    const key = [nomvar, variant[row], levtype[row], level[row], number[row], grid[row]].join(' ');
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  const series: SideSeries[] = [];
  const seriesOf = new Int32Array(count).fill(-1);
  const stepOf = new Uint32Array(count);
  for (const rows of groups.values()) {
    if (rows.length < LEAST_STEPS) continue;
    rows.sort((one, other) => columns.step[one]! - columns.step[other]! || one - other);
    for (const [step, row] of rows.entries()) {
      seriesOf[row] = series.length;
      stepOf[row] = step;
    }
    const [ni, nj] = [columns.ni[rows[0]!]!, columns.nj[rows[0]!]!];
    series.push({ name: nameOf(run, rows), rows: Uint32Array.from(rows), ni, nj });
  }
  return { series, seriesOf, stepOf };
}

/** The series of some variables of a run; found once a run. */
export function seriesOfRun(run: RunIndex, nomvars: readonly string[]): RunSeries {
  const before = known.get(run) ?? new Map<string, RunSeries>();
  known.set(run, before);
  const key = nomvars.join('\n');
  const series = before.get(key) ?? found(run, new Set(nomvars));
  before.set(key, series);
  return series;
}
