/**
 * The whole native boundary. A call opens, reads and closes; there are no handles (ADR 5). Inputs are copied into C++
 * before a call returns, outputs are moved out. One call is one batch: at most 64 records or 64 MiB of values,
 * so a cancelled job stops within one call. Numbers of records fail alone: `status[i]` is 0 or a negative code.
 */
import { createRequire } from 'node:module';
import type { NumberArray, NumberType } from '../schemas/number-array.js';
import { type ErrorCode, FeatureError } from '../schemas/problem.js';
import type { Container, GridDef, RecordBatch, RecordTable, Source } from '../schemas/vocabulary.js';
import { type Slab, tableOf } from './record-table.js';

export interface Decoded {
  /** whole fields, concatenated in batch order, i fastest; a failed record is all NaN */
  readonly values: Float32Array;
  readonly status: Int32Array;
}

export type Dtype = NumberType | 'complex64' | 'complex128';

export interface DecodedNative {
  /** raw little-endian elements of every record, back to back; a failed record has none */
  readonly bytes: Uint8Array;
  /** start[i] .. start[i+1] are the bytes of record i */
  readonly start: Float64Array;
  readonly dtype: readonly Dtype[];
  /** number of missing points (records with +64): NaN in floats, the missing flag in integers */
  readonly missing: Float64Array;
  readonly status: Int32Array;
}

/** A field to be packed. `values` holds ni*nj*nk elements, i fastest (complex: re, im interleaved). */
export interface NativeField {
  readonly nomvar: string;
  readonly typvar: string;
  readonly etiket: string;
  readonly grtyp: string;
  readonly ip1: number;
  readonly ip2: number;
  readonly ip3: number;
  readonly ni: number;
  readonly nj: number;
  readonly nk: number;
  readonly deet: number;
  readonly npas: number;
  readonly ig1: number;
  readonly ig2: number;
  readonly ig3: number;
  readonly ig4: number;
  /** CMC stamp of origin, signed */
  readonly dateo: number;
  /** requested type; substitutions are those of docs/formats/packing.md */
  readonly datyp: number;
  readonly nbits: number;
  readonly values: NumberArray;
  /** RSF only: extended metadata as JSON text */
  readonly metadata?: string;
}

/** What to change about the record that begins at byte `offset` of a file; its place in the file stays the same. */
export interface RecordEdit {
  readonly offset: number;
  readonly remove?: boolean;
  /** new values of some keys; extents and packing belong to the payload and cannot change */
  readonly keys?: {
    readonly nomvar?: string;
    readonly typvar?: string;
    readonly etiket?: string;
    readonly grtyp?: string;
    readonly ip1?: number;
    readonly ip2?: number;
    readonly ip3?: number;
    readonly ig1?: number;
    readonly ig2?: number;
    readonly ig3?: number;
    readonly ig4?: number;
    readonly deet?: number;
    readonly npas?: number;
    readonly dateo?: number;
  };
  /** RSF only: new extended metadata, not longer than the room of the old ones */
  readonly metadata?: string;
}

/** The functions that the addon registers, as C++ gives them; wrapped below. */
interface Addon {
  scan(source: Source, uncommitted: boolean): Promise<Slab>;
  decode(source: Source, records: RecordBatch): Promise<Decoded>;
  decodeNative(source: Source, records: RecordBatch): Promise<DecodedNative>;
  gather(source: Source, records: RecordBatch, points: Uint32Array, starts?: Uint32Array): Promise<Decoded>;
  gatherFiles(
    paths: Uint8Array,
    identities: Float64Array,
    fileOf: Uint32Array,
    records: RecordBatch,
    points: Uint32Array,
    starts?: Uint32Array,
    jumps?: string,
  ): Promise<Decoded>;
  writeJumps(
    folder: string,
    paths: Uint8Array,
    identities: Float64Array,
    records: RecordBatch,
    share: number,
  ): Promise<JumpReport>;
  recycle(values: Float32Array | Uint8Array): void;
  gridPoints(grid: GridDef, points?: Uint32Array): Promise<{ lat: Float64Array; lon: Float64Array }>;
  /** few places are found at once, on the calling thread */
  locate(grid: GridDef, lat: Float64Array, lon: Float64Array): Promise<Float64Array> | Float64Array;
  nearest(grid: GridDef, lat: Float64Array, lon: Float64Array): Promise<Uint32Array>;
  rotation(grid: GridDef, points: Uint32Array): Promise<Float64Array>;
  encode(container: Container, field: NativeField): Promise<Uint8Array>;
  append(path: string, container: Container, records: readonly Uint8Array[]): Promise<void>;
  edit(path: string, edits: readonly RecordEdit[]): Promise<void>;
  extractRaw(
    source: Source,
    from: Container,
    offset: Float64Array,
    bytes: Float64Array,
    to: Container,
    metadata?: readonly (string | undefined)[],
  ): Promise<Uint8Array[]>;
  floatText(values: Float32Array): Uint8Array;
  deflateChunk(bytes: Uint8Array, width: number, level: number, wrapper: 'zlib' | 'gzip'): Promise<Uint8Array>;
  hasDeflate(): boolean;
  info(): { abi: number; simd: string; threads: number };
}

/** C++ rejects with an Error that carries `code` (one of ErrorCode), `detail` text and `offset` (file offset, -1 none). */
interface NativeFailure extends Error {
  code: ErrorCode;
  offset: number;
}

const addon = createRequire(import.meta.url)('../../native/build/fst.node') as Addon;

/** What to do about a file that cannot be read, where the core's sentence does not say it. */
const REMEDIES: { readonly [code in ErrorCode]?: string } = {
  file_not_found: 'check the path',
  permission_denied: 'change its permissions',
  not_fst: 'give an FST file, or use polyfst convert for other formats',
  truncated_file: 'copy it anew from where it is whole',
};

function whereOf(source: Source | string): string {
  return typeof source === 'string' ? source : 'path' in source ? source.path : 'fetched ranges';
}

async function named<T>(where: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const failure = error as NativeFailure;
    if (typeof failure.code !== 'string' || typeof failure.offset !== 'number') throw error;
    const at = failure.offset >= 0 ? ` at byte ${failure.offset}` : '';
    const remedy = REMEDIES[failure.code];
    const told = `${where}: ${failure.message}${at}${remedy === undefined ? '' : `; ${remedy}`}`;
    throw new FeatureError(failure.code, told, {
      data: { file: where, offset: failure.offset },
      cause: error,
    });
  }
}

/**
 * Every committed record of a file, as columns. XDF with any number of pages, sequential XDF, RSF with any number of segments.
 * Records of a damaged directory are found by their own headers where possible; a row whose bytes cannot be trusted is listed
 * with 0 payload bytes. `uncommitted` lists also what an unfinished writer, dead or alive, has left in the file.
 */
export async function scan(source: Source, options: { readonly uncommitted?: boolean } = {}): Promise<RecordTable> {
  return tableOf(await named(whereOf(source), addon.scan(source, options.uncommitted === true)));
}

/** Whole fields as float32. */
export function decode(source: Source, records: RecordBatch): Promise<Decoded> {
  return named(whereOf(source), addon.decode(source, records));
}

/**
 * Gives the memory of a result of `decode`, `decodeNative` or `gather` back before the collector would: the array and all
 * others over its buffer are empty afterwards. Fresh pages cost more than decoding into them, so a reader of many large
 * fields gains a factor of two (docs/benchmarks.md).
 */
export const recycle = (values: Float32Array | Uint8Array): void => addon.recycle(values);

/** Whole fields in the type that the record holds. */
export function decodeNative(source: Source, records: RecordBatch): Promise<DecodedNative> {
  return named(whereOf(source), addon.decodeNative(source, records));
}

/**
 * Values at storage offsets (0-based, i fastest) of every record: [record][point]. With `starts` (CSR, one more than
 * records) record r takes points[starts[r] .. starts[r+1]) only.
 */
export function gather(
  source: Source,
  records: RecordBatch,
  points: Uint32Array,
  starts?: Uint32Array,
): Promise<Decoded> {
  return named(whereOf(source), addon.gather(source, records, points, starts));
}

/** Files by name and identity: paths in UTF-8, each ended by a NUL; device, inode, size and mtimeMs of each. */
export interface FileSet {
  readonly paths: Uint8Array;
  readonly identities: Float64Array;
}

/**
 * `gather` over records of many files in one call; record r lies in file `fileOf[r]` of the set, and records of one file are
 * neighbours. Files stay open for a while, by identity. `jumps`: folder of the jump indexes that compressed records may use. Rejects with `run_changed` when a file is not what its identity says.
 */
export function gatherFiles(
  files: FileSet,
  fileOf: Uint32Array,
  records: RecordBatch,
  points: Uint32Array,
  starts?: Uint32Array,
  jumps?: string,
): Promise<Decoded> {
  return named('data', addon.gatherFiles(files.paths, files.identities, fileOf, records, points, starts, jumps));
}

export interface JumpReport {
  /** records that got an index */
  readonly records: number;
  /** size of the index file */
  readonly bytes: number;
}

/**
 * Builds the jump indexes of records of one file (a set of one) and writes them below `folder` under a name made of the
 * file's identity, whole or not at all. `share`: most bytes of an index as a share of its record's payload.
 */
export function writeJumps(folder: string, file: FileSet, records: RecordBatch, share: number): Promise<JumpReport> {
  return named('jump index', addon.writeJumps(folder, file.paths, file.identities, records, share));
}

/** Latitude and longitude (degrees, lon in [0, 360)) of all points in storage order, or of the given storage offsets. */
export function gridPoints(grid: GridDef, points?: Uint32Array): Promise<{ lat: Float64Array; lon: Float64Array }> {
  return named(`grid ${grid.grtyp}`, addon.gridPoints(grid, points));
}

/** Fractional 1-based array indices, x,y pairs; NaN pairs outside the grid's footprint (docs/formats/grids.md). */
export function locate(grid: GridDef, lat: Float64Array, lon: Float64Array): Promise<Float64Array> {
  const find = async (): Promise<Float64Array> => addon.locate(grid, lat, lon);
  return named(`grid ${grid.grtyp}`, find());
}

/** What `nearest` answers for a place outside the footprint. */
export const NO_POINT = 0xffffffff;

/**
 * Storage offset of the nearest point of a closed-form grid for each place (docs/formats/grids.md#nearest), NO_POINT outside
 * the footprint. Rejects with `unsupported_grid` for grids that are lists of points.
 */
export function nearest(grid: GridDef, lat: Float64Array, lon: Float64Array): Promise<Uint32Array> {
  return named(`grid ${grid.grtyp}`, addon.nearest(grid, lat, lon));
}

/** (c, s) pairs at storage offsets: east = c*u - s*v, north = s*u + c*v for components u, v along the grid's axes. */
export function rotation(grid: GridDef, points: Uint32Array): Promise<Float64Array> {
  return named(`grid ${grid.grtyp}`, addon.rotation(grid, points));
}

/** One packed record, ready for `append`. */
export function encode(container: Container, field: NativeField): Promise<Uint8Array> {
  return named(`record ${field.nomvar}`, addon.encode(container, field));
}

/**
 * Adds records at the end of a file, creating it when absent; readers see all of them or none, also after a crash.
 * Errors: `file_locked` while another writer is at work, `type_mismatch` for a file of the other container, `too_large` at the
 * limits of XDF, `storage_full` and `write_failed` with the file as it was before.
 */
export function append(path: string, container: Container, records: readonly Uint8Array[]): Promise<void> {
  return named(path, addon.append(path, container, records));
}

/** Deletes records, changes their keys or (RSF) extended metadata in place: all edits, or none when one is not possible. */
export function edit(path: string, edits: readonly RecordEdit[]): Promise<void> {
  return named(path, addon.edit(path, edits));
}

/**
 * Stored records made ready for `append` to a file of either container, their packed words untouched. `rows` are the columns
 * of a scan. With `metadata[i]` an RSF record gets this text instead of its own; on the way to XDF extended metadata are lost.
 * Errors: `type_mismatch` for 64-bit integers on the way to XDF (encode these anew), `run_changed` when the file is another.
 */
export function extractRaw(
  source: Source,
  rows: { readonly container: Container; readonly offset: Float64Array; readonly bytes: Float64Array },
  to: Container,
  metadata?: readonly (string | undefined)[],
): Promise<Uint8Array[]> {
  return named(whereOf(source), addon.extractRaw(source, rows.container, rows.offset, rows.bytes, to, metadata));
}

/**
 * Values as JSON text with commas between: shortest decimals that give the float32 back, `null` for NaN and infinities. Runs on
 * the calling thread, about 20 ns a value; give it some ten thousand values at a time.
 */
export const floatText = (values: Float32Array): Uint8Array => addon.floatText(values);

/** Whether the machine has libdeflate, which `deflateChunk` needs. */
export const hasDeflate = (): boolean => addon.hasDeflate();

/**
 * Bytes of elements of `width` bytes, their bytes grouped by place where it is above 1, deflated on the thread pool. The bytes
 * must stay as they are until then.
 */
export const deflateChunk = (
  bytes: Uint8Array,
  width: number,
  level: number,
  wrapper: 'zlib' | 'gzip',
): Promise<Uint8Array> => addon.deflateChunk(bytes, width, level, wrapper);

/** Build facts: version of this boundary, SIMD level in use, hardware threads. */
export const info = (): { abi: number; simd: string; threads: number } => addon.info();
