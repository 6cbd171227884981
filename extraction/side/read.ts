/**
 * Series of a plan out of side-files: a group of few points and many steps whose records all lie in series that have a file.
 * Everything else, and every file that turns out unreadable, is read from the records.
 */
import type { OmFile } from '../../formats/om/read.js';
import { runOf } from '../datacube.js';
import type { Plan } from '../plan/types.js';
import type { ReadShape } from '../read/batches.js';
import type { SideFiles } from './files.js';
import { type RunSeries, type SideSeries, seriesOfRun } from './series.js';
import { turnSign, VALUES } from './write.js';

/** A chunk is unpacked a point: beyond this many points, or below this many steps, records are as quick. */
const MOST_POINTS = 256;
const LEAST_STEPS = 16;
const AT_ONCE = 16;

/** Records of one series, all at the points of the group. */
export interface SideRead extends ReadShape {
  readonly series: SideSeries;
  /** place in the series of each slot */
  readonly steps: Uint32Array;
}

/** Reads of a group, or undefined when it is to be read from the records. */
export function sideReadsOf(plan: Plan, g: number, sides: SideFiles | undefined): SideRead[] | undefined {
  const names = plan.cube.collection.sideFiles;
  const { rows, points, starts } = plan.groups[g]!;
  if (sides === undefined || names.length === 0 || starts !== undefined) return undefined;
  if (points.length === 0 || points.length > MOST_POINTS || rows.length < LEAST_STEPS) return undefined;
  const found = new Map<SideSeries, { slots: number[]; steps: number[] }>();
  let [run, series]: [ReturnType<typeof runOf> | undefined, RunSeries | undefined] = [undefined, undefined];
  for (const [slot, row] of rows.entries()) {
    if (run === undefined || series === undefined || row < run.firstRow || row >= run.firstRow + run.index.count) {
      run = runOf(plan.cube, row);
      series = seriesOfRun(run.index, names);
    }
    const local = row - run.firstRow;
    const one = series.series[series.seriesOf[local]!];
    if (one === undefined) return undefined;
    const part = found.get(one);
    if (part === undefined) found.set(one, { slots: [slot], steps: [series.stepOf[local]!] });
    else {
      part.slots.push(slot);
      part.steps.push(series.stepOf[local]!);
    }
  }
  for (const [{ name }, { slots }] of found) if (slots.length < LEAST_STEPS || !sides.has(name)) return undefined;
  return [...found].map(([one, { slots, steps }]) => ({
    ...{ group: g, slots: Uint32Array.from(slots), points, series: one, steps: Uint32Array.from(steps) },
  }));
}

async function seriesAt(file: OmFile, ni: number, point: number, from: number, to: number): Promise<Float32Array> {
  const [y, x] = [Math.floor(point / ni), point % ni];
  const ranges = [
    [y, y + 1],
    [x, x + 1],
    [from, to],
  ] as const;
  const { values } = await file.read(VALUES_PATH, ranges);
  if (!(values instanceof Int32Array)) throw new RangeError(`side-file: ${VALUES} are not 32-bit integers`);
  turnSign(values);
  return new Float32Array(values.buffer, values.byteOffset, values.length);
}

/** The array is the root of its file. */
const VALUES_PATH = '';

/** Values [slot][point]. Throws when the file is not what its name says. */
export async function readSide({ series, points, steps }: SideRead, sides: SideFiles): Promise<Float32Array> {
  const file = await sides.opened(series.name);
  const shape = file.node(VALUES_PATH).variable.array?.shape ?? [];
  const { ni, nj, rows } = series;
  if (shape.length !== 3 || shape[0] !== nj || shape[1] !== ni || shape[2] !== rows.length)
    throw new RangeError(`side-file ${series.name}: shape ${shape} is not that of the series`);
  const [from, to] = steps.reduce(
    ([low, high], step) => [Math.min(low, step), Math.max(high, step + 1)],
    [rows.length, 0],
  );
  const out = new Float32Array(steps.length * points.length);
  for (let first = 0; first < points.length; first += AT_ONCE) {
    const some = points.subarray(first, first + AT_ONCE);
    const lists = await Promise.all(Array.from(some, (point) => seriesAt(file, ni, point, from, to)));
    for (const [n, list] of lists.entries()) {
      for (let s = 0; s < steps.length; s++) out[s * points.length + first + n] = list[steps[s]! - from]!;
    }
  }
  return out;
}
