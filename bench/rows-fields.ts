/** Rows W6 and W7: listing 10,000 records, and whole fields of the run decoded on one thread and on two. */
import { join } from 'node:path';
import { batchOf } from '../cli/rows.js';
import { decode, recycle, scan } from '../native/index.js';
import type { RecordTable } from '../schemas/vocabulary.js';
import { SCAN, scanFiles } from './files.js';
import { type Timing, time, touch } from './harness.js';
import { type PeerTiming, timePeer } from './peers.js';
import { AREA_STEPS, SIDE } from './workloads.js';

export interface FieldRow {
  readonly row: 'W6' | 'W7';
  readonly data: 'u' | 'c';
  readonly how: 'opened';
  readonly threads: number;
  readonly median_ms: number;
  readonly min_ms: number;
  readonly n: number;
  readonly values: number;
  readonly checked: boolean;
  readonly sum: number;
  readonly mvalues_s?: number;
  readonly peer: string | null;
  readonly peer_ms: number | null;
  readonly ratio: number | null;
}

export interface FieldBench {
  readonly folder: string;
  readonly root: string;
  readonly python: string | undefined;
  readonly n: number;
}

function against(peer: PeerTiming | undefined, { medianMs }: Timing): Pick<FieldRow, 'peer' | 'peer_ms' | 'ratio'> {
  if (peer === undefined) return { peer: null, peer_ms: null, ratio: null };
  return { peer: `reference ${peer.version}`, peer_ms: peer.median_ms, ratio: peer.median_ms / medianMs };
}

/** 10,000 records of 40 files as typed columns. */
export async function listingRow(bench: FieldBench): Promise<FieldRow> {
  const files = await scanFiles(bench.folder, 'xdf');
  const work = async (): Promise<RecordTable[]> => Promise.all(files.map((path) => scan({ path })));
  const tables = await work();
  const values = tables.reduce((sum, { count }) => sum + count, 0);
  const checked =
    values === SCAN.files * SCAN.records &&
    tables.every(({ ip1, ip3 }, f) => ip1.every((ip, r) => ip === 1000 - r && ip3[r] === f));
  const timing = await time(bench.n, async () => (await work()).length, 3);
  const peer = bench.python === undefined ? undefined : timePeer(bench.python, bench.root, 'scan', bench.n, files);
  const { medianMs, minMs, n } = timing;
  return {
    row: 'W6', data: 'u', how: 'opened', threads: 4, median_ms: medianMs, min_ms: minMs, n, values, checked, sum: values,
    ...against(peer, timing),
  }; // biome-ignore format: one row
}

/** 24 fields, one file each, read and decoded: one call at a time, then two. */
export async function* decodingRows(bench: FieldBench, data: 'u' | 'c', folder: string): AsyncGenerator<FieldRow> {
  const files = Array.from({ length: AREA_STEPS }, (_, s) => join(folder, `${String(s).padStart(3, '0')}.fst`));
  const tables = await Promise.all(files.map((path) => scan({ path })));
  const batches = tables.map((table) => batchOf(table, [rowOfField(table)]));
  const one = async (f: number): Promise<number> => {
    const { values } = await decode({ path: files[f]! }, batches[f]!);
    const sum = touch(values);
    recycle(values); // the reference decodes into one array again and again
    return sum;
  };
  const range = async (from: number, to: number): Promise<number> => {
    let sum = 0;
    for (let f = from; f < to; f++) sum += await one(f);
    return sum;
  };
  let sum = 0;
  for (const f of files.keys()) {
    for (const value of (await decode({ path: files[f]! }, batches[f]!)).values) sum += Number.isNaN(value) ? 0 : value;
  }
  const values = files.length * SIDE * SIDE;
  const half = files.length / 2;
  for (const threads of [1, 2]) {
    const work = async (): Promise<number> => {
      if (threads === 1) return range(0, files.length);
      const [a, b] = await Promise.all([range(0, half), range(half, files.length)]);
      return a + b;
    };
    const timing = await time(bench.n, work, 2);
    const { medianMs, minMs, n } = timing;
    const first =
      bench.python === undefined || threads > 1 ? undefined : timePeer(bench.python, bench.root, 'decode', 3, files);
    yield {
      row: 'W7', data, how: 'opened', threads, median_ms: medianMs, min_ms: minMs, n, values, checked: Number.isFinite(sum), sum,
      mvalues_s: values / 1000 / medianMs, ...against(first, timing),
    }; // biome-ignore format: one row
  }
}

/** The row of a file's large field, not that of a descriptor. */
function rowOfField(table: RecordTable): number {
  return table.ni.findIndex((ni, row) => ni === SIDE && table.nj[row] === SIDE);
}
