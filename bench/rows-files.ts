/** The rows of issue-independent file work: scan rate (records/s) and decode rate (MB/s of float32) a data type. */
import { batchOf } from '../cli/rows.js';
import { decode, scan } from '../native/index.js';
import type { Container } from '../schemas/vocabulary.js';
import { decodeFile, FIELD, SCAN, scanFiles, TYPES } from './files.js';
import { time, touch } from './harness.js';
import { timePeer } from './peers.js';

export interface FileRow {
  readonly row: string;
  readonly rate: number;
  readonly unit: 'records/s' | 'MB/s';
  readonly medianMs: number;
  readonly minMs: number;
  readonly n: number;
  readonly peer: string | null;
  readonly peerMs: number | null;
  /** peer / ours: above 1 we are faster */
  readonly ratio: number | null;
}

export interface FileBench {
  readonly folder: string;
  readonly root: string;
  readonly python: string | undefined;
  readonly n: number;
}

function against(
  bench: FileBench,
  kind: 'scan' | 'decode',
  files: readonly string[],
  medianMs: number,
): Pick<FileRow, 'peer' | 'peerMs' | 'ratio'> {
  if (bench.python === undefined || files[0]!.includes('.rsf.')) return { peer: null, peerMs: null, ratio: null };
  const peer = timePeer(bench.python, bench.root, kind, bench.n, files);
  return { peer: `reference ${peer.version}`, peerMs: peer.median_ms, ratio: peer.median_ms / medianMs };
}

/** 10,000 records of 40 files, warm. */
export async function scanRow(bench: FileBench, container: Container): Promise<FileRow> {
  const files = await scanFiles(bench.folder, container);
  const timing = await time(
    bench.n,
    async () => {
      const tables = await Promise.all(files.map((path) => scan({ path })));
      return tables.reduce((sum, table) => sum + table.count, 0);
    },
    3,
  );
  const rate = (SCAN.files * SCAN.records) / (timing.medianMs / 1000);
  return {
    row: `scan ${container}`,
    rate,
    unit: 'records/s',
    ...timing,
    ...against(bench, 'scan', files, timing.medianMs),
  };
}

/** 24 whole fields of 1000 x 1000, read and decoded, one call at a time (one thread). */
export async function* decodeRows(bench: FileBench, container: Container): AsyncGenerator<FileRow> {
  for (const type of TYPES) {
    const path = await decodeFile(bench.folder, container, type);
    const table = await scan({ path });
    const timing = await time(bench.n, async () => {
      let sum = 0;
      for (let row = 0; row < table.count; row++) sum += touch((await decode({ path }, batchOf(table, [row]))).values);
      return sum;
    });
    const rate = (FIELD.records * FIELD.ni * FIELD.nj * 4) / 1e6 / (timing.medianMs / 1000);
    yield {
      row: `decode ${container} ${type.name}`,
      rate,
      unit: 'MB/s',
      ...timing,
      ...against(bench, 'decode', [path], timing.medianMs),
    };
  }
}
