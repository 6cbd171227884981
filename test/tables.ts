/** Record tables made for tests: by hand, or from the key listing that stands beside a reference file. No native code. */
import { readFileSync } from 'node:fs';
import { isoToStamp } from '../extraction/fst/time.js';
import type { Container, RecordTable } from '../schemas/vocabulary.js';

/** One record; what is left out is 0, blank or the value below. */
export interface TestRecord {
  readonly nomvar: string;
  readonly typvar?: string;
  readonly etiket?: string;
  readonly grtyp?: string;
  readonly ip1?: number;
  readonly ip2?: number;
  readonly ip3?: number;
  readonly ni?: number;
  readonly nj?: number;
  readonly deet?: number;
  readonly npas?: number;
  readonly ig1?: number;
  readonly ig2?: number;
  readonly ig3?: number;
  readonly ig4?: number;
  readonly datyp?: number;
  readonly nbits?: number;
  readonly dateo?: number;
  readonly datev?: number;
  readonly file_offset?: number;
  readonly total_stored_bytes?: number;
}

export const BASE = '2026-11-21T00:00:00Z';

function text(
  records: readonly TestRecord[],
  key: 'nomvar' | 'typvar' | 'etiket' | 'grtyp',
  width: number,
): Uint8Array {
  const fallback = { nomvar: '', typvar: 'P', etiket: 'TEST', grtyp: 'L' }[key];
  return new TextEncoder().encode(records.map((record) => (record[key] ?? fallback).padEnd(width)).join(''));
}

/** Columns of hand-made records. */
export function tableOf(records: readonly TestRecord[], container: Container = 'xdf', complete = true): RecordTable {
  const stamp = isoToStamp(BASE);
  const numbers = (key: keyof TestRecord, fallback: number): number[] =>
    records.map((record) => (record[key] as number | undefined) ?? fallback);
  const i32 = (key: keyof TestRecord, fallback = 0): Int32Array => Int32Array.from(numbers(key, fallback));
  const offsets = records.map((record, row) => record.file_offset ?? 1000 * row);
  return {
    container,
    count: records.length,
    offset: Float64Array.from(offsets),
    bytes: Float64Array.from(numbers('total_stored_bytes', 1000)),
    payloadOffset: Float64Array.from(offsets, (offset) => offset + 100),
    payloadBytes: Float64Array.from(numbers('total_stored_bytes', 1000), (bytes) => bytes - 100),
    nomvar: text(records, 'nomvar', 4),
    typvar: text(records, 'typvar', 2),
    etiket: text(records, 'etiket', 12),
    grtyp: text(records, 'grtyp', 1),
    ip1: i32('ip1'),
    ip2: i32('ip2'),
    ip3: i32('ip3'),
    ni: Uint32Array.from(numbers('ni', 4)),
    nj: Uint32Array.from(numbers('nj', 3)),
    nk: new Uint32Array(records.length).fill(1),
    deet: i32('deet'),
    npas: i32('npas'),
    ig1: i32('ig1'),
    ig2: i32('ig2'),
    ig3: i32('ig3'),
    ig4: i32('ig4'),
    datyp: Uint8Array.from(numbers('datyp', 134)),
    nbits: Uint8Array.from(numbers('nbits', 16)),
    dasiz: new Uint8Array(records.length).fill(32),
    dateo: i32('dateo', stamp),
    datev: Int32Array.from(records, (record) => record.datev ?? (record.dateo ?? stamp) + (record.npas ?? 0)),
    metadata: new Uint8Array(0),
    metadataStart: new Uint32Array(records.length + 1),
    complete,
  };
}

/** The table of a reference file, from the listing beside it. */
export function tableOfReference(path: string): RecordTable {
  const { format, records } = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as {
    format: string;
    records: TestRecord[];
  };
  return tableOf(records, format === 'XDF' ? 'xdf' : 'rsf');
}
