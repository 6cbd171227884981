/**
 * Many records read in the order asked for, with little memory: records are decoded in batches (at most 64 records and 64 MiB
 * of one file), a few batches ahead of the consumer, within a budget that all readers share.
 */
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { RecordBatch } from '../../schemas/vocabulary.js';
import { type Budget, checkFits } from '../budget.js';
import { batchOf } from '../grid/descriptor-reader.js';
import { nativeCalls } from './memory.js';
import type { FstRecord } from './record.js';
import { checkSame, onCore } from './scanned-file.js';
import { type FieldValues, type FstArray, typedView } from './values.js';

const MOST_RECORDS = 64;
const MOST_BYTES = 64 * 2 ** 20;
/** No type packs more values into a byte than this (a constant tile of 9 points in 4 bits): bounds extents that a damaged record claims. */
const MOST_VALUES_A_BYTE = 64;

/** `native`: the type that the record holds; `float32`: every type that is a number as float32. */
export type ReadAs = 'native' | 'float32';

export interface ReadOptions {
  readonly as?: ReadAs;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadManyOptions extends ReadOptions {
  /** batches under way at once; default: one a core */
  readonly concurrency?: number;
  /** told of records that cannot be decoded, which are then passed over; without it the first one ends the reading */
  readonly onBad?: (error: FeatureError, record: FstRecord) => void;
}

/** Bytes that the decoded values of a record take at most. */
export function decodedBytes(record: FstRecord, as: ReadAs): number {
  const payload = record.file.table.payloadBytes[record.index]!;
  const values = Math.min(record.ni * record.nj * record.nk, payload * MOST_VALUES_A_BYTE);
  if (as === 'float32') return 4 * values;
  const pairs = (record.datyp & 63) === 8 ? 2 : 1;
  return values * pairs * (record.nbits > 32 ? 8 : 4);
}

interface Batch {
  readonly records: readonly FstRecord[];
  readonly bytes: number;
}

/** Cuts records into batches of one file each, order kept; many values are shared out over the cores. */
function cut(records: readonly FstRecord[], as: ReadAs, concurrency: number, most: number): Batch[] {
  const batches: Batch[] = [];
  const sizes = records.map((record) => decodedBytes(record, as));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const share = Math.min(most, Math.max(2 ** 20, Math.ceil(total / concurrency)));
  let batch: FstRecord[] = [];
  let bytes = 0;
  const close = (): void => {
    if (batch.length > 0) batches.push({ records: batch, bytes });
    batch = [];
    bytes = 0;
  };
  for (const [at, record] of records.entries()) {
    const full = batch.length >= MOST_RECORDS || bytes + sizes[at]! > share;
    if (batch.length > 0 && (full || batch[0]!.file !== record.file)) close();
    batch.push(record);
    bytes += sizes[at]!;
  }
  close();
  return batches;
}

/** Columns of a batch, which is of one file. */
export function columnsOf(records: readonly FstRecord[]): RecordBatch {
  const { table } = records[0]!.file;
  return batchOf(
    table,
    table.container,
    records.map(({ index }) => index),
  );
}

type Result = FieldValues | FeatureError;

async function decodeFloats(records: readonly FstRecord[], signal?: AbortSignal): Promise<Result[]> {
  const { path } = records[0]!;
  try {
    const { values, status } = await onCore(() => native.decode({ path }, columnsOf(records)), signal);
    return slices(records, values, status);
  } catch (error) {
    // Room for a field that cannot be is refused for the whole batch: each record then answers for itself.
    if (!(error instanceof FeatureError) || error.code !== 'bad_dimensions') throw error;
    if (records.length === 1) return [records[0]!.failure(error.errno)];
    const results: Result[] = [];
    for (const record of records) results.push(...(await decodeFloats([record], signal)));
    return results;
  }
}

async function decodeBatch(records: readonly FstRecord[], as: ReadAs, signal?: AbortSignal): Promise<Result[]> {
  const { file } = records[0]!;
  checkSame(file);
  if (as === 'float32') return decodeFloats(records, signal);
  const columns = columnsOf(records);
  const decoded = await onCore(() => native.decodeNative({ path: file.path }, columns), signal);
  return records.map((record, n): Result => {
    if (decoded.status[n] !== 0) return record.failure(decoded.status[n]!);
    const bytes = decoded.bytes.subarray(decoded.start[n]!, decoded.start[n + 1]!);
    const dtype = decoded.dtype[n]!;
    return { record, dtype, values: typedView(bytes, dtype), missing: decoded.missing[n]! };
  });
}

function slices(records: readonly FstRecord[], values: Float32Array, status: Int32Array): Result[] {
  let at = 0;
  return records.map((record, n): Result => {
    const start = at;
    at += record.ni * record.nj * record.nk;
    if (status[n] !== 0) return record.failure(status[n]!);
    const own = values.subarray(start, at);
    const missing =
      (record.datyp & 64) === 0 ? 0 : own.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
    return { record, dtype: 'float32', values: own, missing };
  });
}

const isBad = (result: Result): result is FeatureError => !('record' in result);

/** One record. Throws its coded error when it cannot be decoded, `out_of_memory` when it is larger than the budget. */
export async function readOne(record: FstRecord, memory: Budget, options: ReadOptions = {}): Promise<FieldValues> {
  const { as = 'native', signal } = options;
  const bytes = decodedBytes(record, as);
  checkFits(memory, bytes);
  const release = await memory.acquire(bytes, signal);
  try {
    const [result] = await decodeBatch([record], as, signal);
    if (isBad(result!)) throw result;
    return result!;
  } finally {
    release();
  }
}

/**
 * Fields in the order of the records. The budget is taken once, for as many batches as fit into half of it, so that readers
 * that run inside each other's loops do not wait for each other. Values are views of their batch: copy what is to be kept long.
 */
export async function* readMany(
  records: readonly FstRecord[],
  memory: Budget,
  options: ReadManyOptions = {},
): AsyncGenerator<FieldValues<FstArray>> {
  const { as = 'native', signal, onBad } = options;
  const wanted = Math.max(1, Math.floor(options.concurrency ?? nativeCalls.total));
  const batches = cut(records, as, wanted, Math.min(MOST_BYTES, memory.total / 2));
  const largest = batches.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  checkFits(memory, largest);
  const ahead = Math.max(1, Math.min(wanted, batches.length, Math.floor(memory.total / 2 / Math.max(1, largest))));
  const release = await memory.acquire(ahead * largest, signal);
  const underWay: Promise<Result[]>[] = [];
  let next = 0;
  try {
    for (;;) {
      while (next < batches.length && underWay.length < ahead) {
        signal?.throwIfAborted();
        const results = decodeBatch(batches[next++]!.records, as, signal);
        // a failure behind another one must not count as unhandled
        results.catch(() => undefined);
        underWay.push(results);
      }
      const first = underWay.shift();
      if (first === undefined) return;
      for (const result of await first) {
        signal?.throwIfAborted();
        if (!isBad(result)) yield result;
        else if (onBad === undefined) throw result;
        else onBad(result, batchRecord(records, result));
      }
    }
  } finally {
    await Promise.allSettled(underWay);
    release();
  }
}

function batchRecord(records: readonly FstRecord[], error: FeatureError): FstRecord {
  const { file, row } = error.data as { file: string; row: number };
  return records.find(({ path, index }) => path === file && index === row)!;
}
