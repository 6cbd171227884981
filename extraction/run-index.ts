/**
 * The index of one run: one row a record of every file of the run, as columns, with the MARS keys derived from them
 * (keys.ts). On disk it is one Arrow IPC file; its schema metadata carries the file table, grids and label sets. A run is
 * everything with one base time; descriptors of the run's files are repeated in it so that it stands alone.
 */
import { type Columns, decodeTable, encodeTable } from '../formats/arrow.js';
import { FeatureError } from '../schemas/problem.js';
import type { Container, Levtype } from '../schemas/vocabulary.js';

/** Columns as files hold them, then `derived` ones. `file` is a row of the file table, `row` the record's number in its file. */
export const RAW_SHAPE = {
  file: 'u32',
  row: 'u32',
  offset: 'f64',
  bytes: 'f64',
  payloadOffset: 'f64',
  payloadBytes: 'f64',
  nomvar: 'text:4',
  typvar: 'text:2',
  etiket: 'text:12',
  grtyp: 'text:1',
  ip1: 'i32',
  ip2: 'i32',
  ip3: 'i32',
  ni: 'u32',
  nj: 'u32',
  nk: 'u32',
  deet: 'i32',
  npas: 'i32',
  ig1: 'i32',
  ig2: 'i32',
  ig3: 'i32',
  ig4: 'i32',
  datyp: 'u8',
  nbits: 'u8',
  dasiz: 'u8',
  dateo: 'i32',
  datev: 'i32',
} as const;

export const DERIVED_SHAPE = {
  /** FLAG bits */
  flags: 'u8',
  /** number in LEVTYPES */
  levtype: 'u8',
  /** decoded ip1: hPa, hybrid or sigma, m, K; the shortest decimal of the float32. NaN where ip1 means nothing */
  level: 'f64',
  /** model levels: 1 = top of the variable's levels; 0 elsewhere */
  rank: 'u32',
  /** member, -1 for none */
  number: 'i32',
  /** lead time, seconds */
  step: 'f64',
  /** start of the accumulation interval that ends at `step`, seconds; NaN for none */
  stepFrom: 'f64',
  /** row of the grid table */
  grid: 'u32',
  /** row of the label table */
  labels: 'u32',
  /** records of one variant differ only in level, step and member */
  variant: 'u32',
} as const;

export const RUN_SHAPE = { ...RAW_SHAPE, ...DERIVED_SHAPE } as const;

export type RawColumns = Columns<typeof RAW_SHAPE>;
export type DerivedColumns = Columns<typeof DERIVED_SHAPE>;
export type RunColumns = Columns<typeof RUN_SHAPE>;

/** Bits of `flags`. Fields are the rows with neither `descriptor` nor `mask`. */
export const FLAG = { descriptor: 1, mask: 2, masked: 4 } as const;

/** Level types by number; 0: an ip1 that is no level. */
export const LEVTYPES: readonly (Levtype | null)[] = [null, 'sfc', 'pl', 'ml', 'hl', 'pt', 'o2d'];

/** A data file and its identity when it was indexed. */
export interface DataFile {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly container: Container;
}

/** MARS labels of a record; absent where neither rule nor record gives one. */
export interface LabelSet {
  readonly class?: string;
  readonly stream?: string;
  readonly type?: string;
  readonly expver?: string;
  readonly domain?: string;
}

/** What tells grids apart: two fields are on one grid when all of this is equal. */
export interface GridKey {
  readonly grtyp: string;
  readonly ni: number;
  readonly nj: number;
  readonly ig: readonly [number, number, number, number];
}

export interface RunIndex {
  /** `YYYYMMDDTHHMMSSZ` of the base time, `undated` for records without one */
  readonly id: string;
  /** base time, ms; NaN for the undated run */
  readonly base: number;
  readonly count: number;
  readonly columns: RunColumns;
  /** ascending (mtime, path): of equal records the one with the highest row is the newest */
  readonly files: readonly DataFile[];
  readonly grids: readonly GridKey[];
  readonly labels: readonly LabelSet[];
}

export const UNDATED = 'undated';

/** Id of the run of a base time. */
export function runId(base: number): string {
  return Number.isNaN(base)
    ? UNDATED
    : new Date(base)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replace(/[-:]/g, '');
}

const VERSION = '1';

interface RunMetadata {
  readonly id: string;
  readonly base: number | null;
  readonly files: readonly DataFile[];
  readonly grids: readonly GridKey[];
  readonly labels: readonly LabelSet[];
}

/** Bytes of the index file. */
export function encodeRunIndex(run: RunIndex): Uint8Array {
  const { id, files, grids, labels } = run;
  const metadata: RunMetadata = { id, base: Number.isNaN(run.base) ? null : run.base, files, grids, labels };
  return encodeTable(RUN_SHAPE, run.columns, run.count, {
    'polyfst:version': VERSION,
    'polyfst:run': JSON.stringify(metadata),
  });
}

/** Index from the bytes of its file, without copying. Throws FeatureError `damaged_file`, also for another version. */
export function decodeRunIndex(bytes: Uint8Array): RunIndex {
  const { columns, count, metadata } = decodeTable(RUN_SHAPE, bytes);
  if (metadata.get('polyfst:version') !== VERSION) {
    throw new FeatureError('damaged_file', 'run index: written by another version; remove it and index again.');
  }
  const run = JSON.parse(metadata.get('polyfst:run') ?? '') as RunMetadata;
  const base = run.base ?? Number.NaN;
  return { id: run.id, base, count, columns, files: run.files, grids: run.grids, labels: run.labels };
}
