/** File work by itself: scan rate (records/s) and decode rate (MB/s of float32) a data type. */
import { batchOf } from '../cli/rows.js';
import { decode, recycle, scan } from '../native/index.js';
import type { Container } from '../schemas/vocabulary.js';
import { decodeFile, FIELD, SCAN, scanFiles, TYPES } from './files.js';
import { time, touch } from './harness.js';
import { timePeer, venvPython } from './peers.js';
import { type BenchRow, linesOf, type Peer } from './row.js';
import type { Bench } from './rows-extract.js';

/** Bytes of float32 a second. */
const MB = 1e6;

function reference(bench: Bench, kind: 'scan' | 'decode', files: readonly string[]): Peer[] {
  const fst = bench.peers && !files[0]!.includes('.rsf.') ? venvPython('fst') : undefined;
  if (fst === undefined) return [];
  const { median_ms, version } = timePeer(fst, kind, bench.n, files);
  return [{ name: `librmn ${version}`, ms: median_ms }];
}

/** 10,000 records of 40 files, warm. */
export async function* scanRows(bench: Bench, container: Container): AsyncGenerator<BenchRow> {
  const files = await scanFiles(bench.folder, container);
  const work = async (): Promise<number> => {
    const tables = await Promise.all(files.map((path) => scan({ path })));
    return tables.reduce((sum, table) => sum + table.count, 0);
  };
  const timing = await time(bench.n, work, 3);
  const values = SCAN.files * SCAN.records;
  const measured = {
    row: `scan ${container}`,
    data: 'u',
    values,
    sum: values,
    checked: (await work()) === values,
  } as const;
  const more = { records_s: Math.round(values / (timing.medianMs / 1000)) };
  yield* linesOf({ ...measured, ...more }, 'opened', 'values', timing, reference(bench, 'scan', files));
}

/** 24 whole fields of 1000 x 1000, read and decoded, one call at a time (one thread). */
export async function* decodeRows(bench: Bench, container: Container): AsyncGenerator<BenchRow> {
  for (const { name, datyp, ...type } of TYPES) {
    const path = await decodeFile(bench.folder, container, { name, datyp, ...type } as (typeof TYPES)[number]);
    const table = await scan({ path });
    const work = async (): Promise<number> => {
      let sum = 0;
      for (let row = 0; row < table.count; row++) {
        const { values } = await decode({ path }, batchOf(table, [row]));
        sum += touch(values);
        recycle(values);
      }
      return sum;
    };
    const timing = await time(bench.n, work);
    const values = FIELD.records * FIELD.ni * FIELD.nj;
    const sum = await work();
    const measured = { row: `decode ${container} ${name}`, data: datyp > 127 ? 'c' : 'u', values, sum } as const;
    const more = { checked: Number.isFinite(sum), mb_s: Math.round((4 * values) / MB / (timing.medianMs / 1000)) };
    yield* linesOf({ ...measured, ...more }, 'opened', 'values', timing, reference(bench, 'decode', [path]));
  }
}
