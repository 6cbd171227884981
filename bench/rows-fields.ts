/** Rows W6 and W7: listing 10,000 records, and whole fields of the run decoded on one thread and on two. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { batchOf } from '../cli/rows.js';
import { decode, recycle, scan } from '../native/index.js';
import type { RecordTable } from '../schemas/vocabulary.js';
import { SCAN, scanFiles } from './files.js';
import { preadFloor } from './floors.js';
import { time, touch } from './harness.js';
import { timePeer, venvPython } from './peers.js';
import { type BenchRow, type DataKind, floorPeer, linesOf, type Peer } from './row.js';
import { type Bench, coldTiming } from './rows-extract.js';
import { MovingWeather } from './run-files.js';
import { AREA_STEPS, SIDE } from './workloads.js';

/** Bytes of a directory entry of a record in XDF files. */
const ENTRY = 72;
/** Largest error of 16-bit packing, whose quantum is rounded up to a power of two, as a share of the range. */
const QUANTA = 2 / 65_536;

function reference(bench: Bench, kind: 'scan' | 'decode', files: readonly string[]): Peer[] {
  const fst = bench.peers ? venvPython('fst') : undefined;
  if (fst === undefined) return [];
  const { median_ms, version } = timePeer(fst, kind, kind === 'scan' ? bench.n : 3, files);
  return [{ name: `librmn ${version}`, ms: median_ms }];
}

/** 10,000 records of 40 files as typed columns. */
export async function* listingRows(bench: Bench): AsyncGenerator<BenchRow> {
  const files = await scanFiles(bench.folder, 'xdf');
  const work = async (): Promise<RecordTable[]> => Promise.all(files.map((path) => scan({ path })));
  const tables = await work();
  const values = tables.reduce((sum, { count }) => sum + count, 0);
  const checked =
    values === SCAN.files * SCAN.records &&
    tables.every(({ ip1, ip3 }, f) => ip1.every((ip, r) => ip === 1000 - r && ip3[r] === f));
  const spans = files.map((path) => ({ path, offset: 0, bytes: SCAN.records * ENTRY }));
  const beside = [floorPeer(preadFloor(bench.folder, bench.n, spans)), ...reference(bench, 'scan', files)];
  const measured = { row: 'W6', data: 'u', values, checked, sum: values } as const;
  yield* linesOf(measured, 'opened', 'values', await time(bench.n, async () => (await work()).length, 3), beside);
  const cold = await coldTiming(bench, files, async () => void (await work()));
  yield* linesOf(measured, 'cold', 'values', cold);
}

/** 24 fields, one file each, read and decoded: one call at a time, then two. */
export async function* decodingRows(bench: Bench, data: DataKind, folder: string): AsyncGenerator<BenchRow> {
  const files = Array.from({ length: AREA_STEPS }, (_, s) => join(folder, `${String(s).padStart(3, '0')}.fst`));
  const tables = await Promise.all(files.map((path) => scan({ path })));
  const batches = tables.map((table) => batchOf(table, [rowOfField(table)]));
  const one = async (f: number): Promise<number> => {
    const { values } = await decode({ path: files[f]! }, batches[f]!);
    const sum = touch(values);
    // as the reference library does, which decodes into one buffer
    recycle(values);
    return sum;
  };
  const range = async (from: number, to: number): Promise<number> => {
    let sum = 0;
    for (let f = from; f < to; f++) sum += await one(f);
    return sum;
  };
  const weather = bench.data === undefined ? new MovingWeather(SIDE, SIDE) : undefined;
  let sum = 0;
  let checked = true;
  for (const f of files.keys()) {
    const { values } = await decode({ path: files[f]! }, batches[f]!);
    for (const value of values) sum += Number.isNaN(value) ? 0 : value;
    checked &&= values.length === SIDE * SIDE && (weather === undefined || isNear(values, weather.at(f)));
  }
  const values = files.length * SIDE * SIDE;
  const half = files.length / 2;
  const spans = files.map((path) => ({ path, offset: 0, bytes: statSync(path).size }));
  const beside = [floorPeer(preadFloor(bench.folder, bench.n, spans)), ...reference(bench, 'decode', files)];
  const measured = { row: 'W7', data, values, checked: checked && Number.isFinite(sum), sum };
  const single = await time(bench.n, () => range(0, files.length), 2);
  yield* linesOf(
    { ...measured, threads: 1, mvalues_s: values / 1000 / single.medianMs },
    'opened',
    'values',
    single,
    beside,
  );
  const halves = async (): Promise<number> => {
    const [a, b] = await Promise.all([range(0, half), range(half, files.length)]);
    return a + b;
  };
  const double = await time(bench.n, halves, 2);
  const alone = [{ name: 'one thread', ms: single.medianMs }];
  yield* linesOf(
    { ...measured, threads: 2, mvalues_s: values / 1000 / double.medianMs },
    'opened',
    'values',
    double,
    alone,
  );
  const cold = await coldTiming(bench, files, async () => void (await range(0, files.length)));
  yield* linesOf({ ...measured, threads: 1, mvalues_s: values / 1000 / cold.medianMs }, 'cold', 'values', cold);
}

/** Whether decoded values are those that were written, to a quantum of 16 bits. */
function isNear(values: Float32Array, written: Float32Array): boolean {
  let [low, high, worst] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k < values.length; k++) {
    low = Math.min(low, written[k]!);
    high = Math.max(high, written[k]!);
    worst = Math.max(worst, Math.abs(values[k]! - written[k]!));
  }
  return worst <= QUANTA * (high - low);
}

/** The row of a file's large field, not that of a descriptor. */
function rowOfField(table: RecordTable): number {
  return table.ni.findIndex((ni, row) => ni === SIDE && table.nj[row] === SIDE);
}
