/**
 * FST files opened together as one list of records: found by their keys, read, written and changed. No file is held open
 * between calls, so the number of files has no limit, and any number of readers may share one.
 */
import { stat } from 'node:fs/promises';
import type { ArrowTable } from '../../formats/arrow-table.js';
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Container, LatLon } from '../../schemas/vocabulary.js';
import { Budget } from '../budget.js';
import { identityOf, sameFile } from '../catalogue/data-file.js';
import type { Grid } from '../grid/grid.js';
import type { ProbeLine } from '../grid/probe.js';
import { changeRecords, type KeyChanges, type RecordChange } from './edit.js';
import type { FstField } from './field.js';
import { type FstQuery, matcher } from './find.js';
import { sharedMemory } from './memory.js';
import { replacedRows } from './overwrite.js';
import { expandPaths, type FoundFile } from './paths.js';
import { columnsOf, type ReadManyOptions, type ReadOptions, readMany, readOne } from './read-many.js';
import { FstRecord } from './record.js';
import { checkSame, onCore, type ScannedFile, scanFile, scanFiles } from './scanned-file.js';
import type { FieldValues } from './values.js';
import type { VerticalTable } from './vertical.js';
import { writeFields } from './write.js';

export interface OpenOptions {
  /** make the file with the first write when it is absent, in this container */
  readonly create?: Container;
  /** bytes of decoded values that may be in memory at once; default: a budget that all files of the process share */
  readonly memory?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface WriteOptions {
  /** delete the records whose nomvar, typvar, etiket, ip1, ip2, ip3 and datev are those of a new one */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Values at points: `values[r * points + p]`; NaN for a record whose `status` is not 0. */
export interface PointValues {
  readonly values: Float32Array;
  /** 0, or the negative code of the FST24 interface */
  readonly status: Int32Array;
}

export class FstFile {
  #files: readonly ScannedFile[];
  #starts: readonly number[] = [];
  #closed = false;
  readonly #memory: Budget;
  readonly #create: { readonly path: string; readonly container: Container } | undefined;

  /** Use openFst. */
  constructor(files: readonly ScannedFile[], memory: Budget, create?: { path: string; container: Container }) {
    this.#files = files;
    this.#memory = memory;
    this.#create = create;
    this.#number();
  }

  #number(): void {
    let start = 0;
    this.#starts = this.#files.map(({ table }) => {
      start += table.count;
      return start - table.count;
    });
  }

  #open(): void {
    if (this.#closed) {
      throw new FeatureError('invalid_handle', 'The file was closed; open it again with openFst().');
    }
  }

  /** Files in the order of their records, as they were last scanned. */
  get files(): readonly ScannedFile[] {
    return this.#files;
  }

  /** Number of records. */
  get count(): number {
    return this.#files.reduce((sum, { table }) => sum + table.count, 0);
  }

  /** Record by its number among all. Throws FeatureError `record_not_found`. */
  record(row: number): FstRecord {
    this.#open();
    for (let at = this.#files.length - 1; at >= 0; at--) {
      const index = row - this.#starts[at]!;
      const file = this.#files[at]!;
      if (index >= 0 && index < file.table.count && Number.isInteger(row)) return new FstRecord(file, index, row);
    }
    throw new FeatureError('record_not_found', `Record ${row}: there are ${this.count}; rows count from 0.`);
  }

  /** Records that match, file after file, in directory order; all of them for an empty query. */
  find(query: FstQuery = {}): FstRecord[] {
    this.#open();
    const rowsOf = matcher(query);
    return this.#files.flatMap((file, at) =>
      rowsOf(file).map((index) => new FstRecord(file, index, this.#starts[at]! + index)),
    );
  }

  /** The first record that matches. Throws FeatureError `record_not_found` when none does. */
  first(query: FstQuery): FstRecord {
    const [found] = this.find(query);
    if (found !== undefined) return found;
    throw new FeatureError(
      'record_not_found',
      `No record of ${this.#files.length} file(s) has ${JSON.stringify(query)}; list what there is with find({}).`,
    );
  }

  /** Values of a record. Throws the coded error of a record that cannot be decoded. */
  read(record: FstRecord, options: ReadOptions = {}): Promise<FieldValues> {
    this.#open();
    return readOne(record, this.#memory, options);
  }

  /** Values of many records, one after the other in the order given, within the memory budget. */
  readMany(records: readonly FstRecord[], options: ReadManyOptions = {}): AsyncGenerator<FieldValues> {
    this.#open();
    return readMany(records, this.#memory, options);
  }

  /** Values at storage offsets (0-based, i fastest) of records of one file; only the bytes that are needed are read where the packing allows it. */
  async gather(records: readonly FstRecord[], points: Uint32Array, signal?: AbortSignal): Promise<PointValues> {
    this.#open();
    const first = records[0];
    if (first === undefined) return { values: new Float32Array(0), status: new Int32Array(0) };
    if (records.some(({ file }) => file !== first.file)) {
      throw new FeatureError('bad_value', 'gather() takes records of one file; call it once a file.');
    }
    checkSame(first.file);
    return onCore(() => native.gather({ path: first.path }, columnsOf(records), points), signal);
  }

  /** The grid of a record; descriptors are looked for in its own file first, then in the others. Throws `grid_error`, `unsupported_grid`. */
  async grid(record: FstRecord): Promise<Grid> {
    this.#open();
    const { gridOfRow } = await import('../grid/probe.js');
    return gridOfRow(this.#probe(record.file), record.index, this.#others(record.file));
  }

  /** Nearest and bilinear values of a record at places, winds turned to true directions (`polyfst locate`). */
  async at(record: FstRecord, places: readonly LatLon[]): Promise<ProbeLine[]> {
    this.#open();
    const { probe } = await import('../grid/probe.js');
    return probe(this.#probe(record.file), record.index, places, this.#others(record.file));
  }

  /** The vertical coordinate that a record belongs to (`!!`, or the older `HY`). Throws `record_not_found`, `grid_error`. */
  async vertical(record: FstRecord, signal?: AbortSignal): Promise<VerticalTable> {
    this.#open();
    const { verticalOf } = await import('./vertical-of.js');
    return verticalOf(this.find(), record, (descriptor) => this.read(descriptor, { signal }));
  }

  #probe(file: ScannedFile): { source: { path: string }; table: ScannedFile['table'] } {
    checkSame(file);
    return { source: { path: file.path }, table: file.table };
  }

  #others(file: ScannedFile): { source: { path: string }; table: ScannedFile['table'] }[] {
    return this.#files.filter((other) => other !== file).map(({ path, table }) => ({ source: { path }, table }));
  }

  /** The metadata table as an Arrow table over the scanned columns. */
  async table(signal?: AbortSignal): Promise<ArrowTable> {
    const { metadataColumns } = await import('./table.js');
    const { arrowTable } = await import('../../formats/arrow-table.js');
    this.#open();
    return arrowTable(await metadataColumns(this.#files, signal));
  }

  /** The metadata table as an Arrow IPC file. */
  async arrow(signal?: AbortSignal): Promise<Uint8Array> {
    const { arrowBytes } = await import('../../formats/arrow-table.js');
    return arrowBytes(await this.table(signal));
  }

  /** The metadata table as a Parquet file. */
  async parquet(signal?: AbortSignal): Promise<Uint8Array> {
    const { metadataColumns } = await import('./table.js');
    const { parquetBytes } = await import('../../formats/parquet.js');
    this.#open();
    return parquetBytes(await metadataColumns(this.#files, signal));
  }

  /**
   * Packs fields and appends them to the one file that is open; readers see all of a list or nothing of it. With `overwrite`
   * the records that they replace are deleted after that. Returns the number of fields written.
   */
  async write(
    fields: FstField | Iterable<FstField> | AsyncIterable<FstField>,
    options: WriteOptions = {},
  ): Promise<number> {
    this.#open();
    const { signal, overwrite } = options;
    const { path, container } = this.#target();
    const list = 'nomvar' in fields ? [fields] : fields;
    const before = this.#files.length === 0 ? 0 : (await scanFile(path, signal)).table.count;
    const count = await writeFields(path, container, list, signal);
    if (overwrite === true && before > 0) {
      const { table } = await scanFile(path, signal);
      const replaced = replacedRows(table, before).map((row) => ({ offset: table.offset[row]!, remove: true }));
      if (replaced.length > 0) await onCore(() => native.edit(path, replaced), signal);
    }
    await this.refresh(signal);
    return count;
  }

  #target(): { readonly path: string; readonly container: Container } {
    const [file, another] = this.#files;
    if (file !== undefined && another === undefined) return { path: file.path, container: file.table.container };
    if (file === undefined && this.#create !== undefined) return this.#create;
    throw new FeatureError('bad_value', `${this.#files.length} files are open; open one file to write to it.`);
  }

  /** Deletes records in place; their room is not used again. */
  remove(records: FstRecord | readonly FstRecord[], signal?: AbortSignal): Promise<void> {
    const list = records instanceof FstRecord ? [records] : records;
    return this.change(
      list.map((record) => ({ record, remove: true })),
      signal,
    );
  }

  /** Changes keys of a record in place. */
  edit(record: FstRecord, keys: KeyChanges, signal?: AbortSignal): Promise<void> {
    return this.change([{ record, keys }], signal);
  }

  /** Replaces the extended metadata of an RSF record in place. */
  putMetadata(
    record: FstRecord,
    metadata: Readonly<Record<string, unknown>> | string,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.change([{ record, metadata }], signal);
  }

  /** Several changes at once: those of one file are made all or none. */
  async change(changes: readonly RecordChange[], signal?: AbortSignal): Promise<void> {
    this.#open();
    const paths = await changeRecords(changes, signal);
    await this.#rescan(new Set(paths), signal);
  }

  /** Looks for what others appended or changed since the last scan. Records found before stay readable. Returns the new number of records. */
  async refresh(signal?: AbortSignal): Promise<number> {
    this.#open();
    if (this.#files.length === 0 && this.#create !== undefined) {
      const there = await stat(this.#create.path).catch(() => undefined);
      if (there !== undefined) this.#files = [await scanFile(this.#create.path, signal)];
      this.#number();
      return this.count;
    }
    const now = await Promise.all(this.#files.map(({ path }) => identityOf(path)));
    const changed = this.#files.filter((file, at) => !file.table.complete || !sameFile(file.identity, now[at]));
    await this.#rescan(new Set(changed.map(({ path }) => path)), signal);
    return this.count;
  }

  async #rescan(paths: ReadonlySet<string>, signal?: AbortSignal): Promise<void> {
    const again: FoundFile[] = [...paths].map((path) => ({ path, named: true }));
    const fresh = new Map((await scanFiles(again, signal)).map((file) => [file.path, file]));
    this.#files = this.#files.map((file) => fresh.get(file.path) ?? file);
    this.#number();
  }

  /** Lets go of the columns. Later calls throw FeatureError `invalid_handle`; closing again does nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#files = [];
    this.#number();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens files, folders (recursively) and globs as one list of records, files in the order given and those of a folder or glob
 * by path. Files in folders and globs that are no FST files are passed over. Throws FeatureError `file_not_found`, `not_fst`,
 * `truncated_file`, `damaged_file`.
 */
export async function openFst(paths: string | readonly string[], options: OpenOptions = {}): Promise<FstFile> {
  const { create, memory, signal } = options;
  const list = typeof paths === 'string' ? [paths] : paths;
  const budget = memory === undefined ? sharedMemory() : new Budget(memory);
  if (create !== undefined) {
    const [path, another] = list;
    if (path === undefined || another !== undefined) {
      throw new FeatureError('bad_value', `create with ${list.length} paths; give the path of one file.`);
    }
    const there = await stat(path).catch(() => undefined);
    if (there === undefined) return new FstFile([], budget, { path, container: create });
  }
  return new FstFile(await scanFiles(await expandPaths(list, signal), signal), budget);
}
