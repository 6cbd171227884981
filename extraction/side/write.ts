/**
 * Writes one side-file: the values of a series of records turned to time last, as an OM array [y, x, time] of 32-bit integers.
 * The integers are the bits of the float32 values in the order of the numbers, so that nothing is rounded: what is read back
 * is what direct reading gives, bit for bit, missing values too. Rows of the grid are read in bands that fit in memory.
 */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OmWriter } from '../../formats/om/write.js';
import { type FileSet, gatherFiles } from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { RecordBatch } from '../../schemas/vocabulary.js';

export const VALUES = 'values';
/** Points of a chunk along x and y: one chunk holds the whole series of a few neighbouring points. */
export const CHUNK_POINTS = 3;
export const MOST_CHUNK_STEPS = 240;
/** Values of a band of rows in memory. */
const BAND_VALUES = 16 * 2 ** 20;
/** Records of one native call. */
const MOST_RECORDS = 64;
/** Part of the disk that stays free. */
const LEAST_FREE = 0.05;

/** A series as plain data, so that another process can write it. */
export interface SideTask {
  readonly path: string;
  readonly files: FileSet;
  readonly fileOf: Uint32Array;
  readonly batch: RecordBatch;
  readonly ni: number;
  readonly nj: number;
  /** folder with jump indexes */
  readonly jumps?: string;
}

/** float32 bits as integers in the order of the numbers, in place of the floats; its own inverse on the bits. */
export function turnSign(bits: Int32Array): void {
  for (let k = 0; k < bits.length; k++) {
    const word = bits[k]!;
    if (word < 0) bits[k] = word ^ 0x7fffffff;
  }
}

function slice(batch: RecordBatch, from: number, to: number): RecordBatch {
  const { container, ...columns } = batch;
  const cut = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice(from, to)]));
  return { container, ...cut } as RecordBatch;
}

/** Values [time][point] of some points into [point][time]. */
async function bandOf(task: SideTask, first: number, count: number): Promise<Int32Array> {
  const { batch, fileOf, files, jumps } = task;
  const steps = batch.ni.length;
  const points = Uint32Array.from({ length: count }, (_, n) => first + n);
  const out = new Int32Array(count * steps);
  for (let from = 0; from < steps; from += MOST_RECORDS) {
    const to = Math.min(steps, from + MOST_RECORDS);
    const part = slice(batch, from, to);
    const { values, status } = await gatherFiles(files, fileOf.slice(from, to), part, points, undefined, jumps);
    if (status.some((code) => code !== 0))
      throw new FeatureError('decode_failed', `${task.path}: a record cannot be read.`);
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
    for (let t = from; t < to; t++) {
      const base = (t - from) * count;
      for (let p = 0; p < count; p++) out[p * steps + t] = bits[base + p]!;
    }
  }
  turnSign(out);
  return out;
}

/** Slabs of whole chunk rows, as the writer of OM files takes them. */
async function* slabsOf(task: SideTask): AsyncGenerator<Int32Array> {
  const { ni, nj, batch } = task;
  const steps = batch.ni.length;
  const chunkRows = Math.min(CHUNK_POINTS, nj);
  const rows = Math.max(1, Math.floor(BAND_VALUES / (ni * steps * chunkRows))) * chunkRows;
  for (let row = 0; row < nj; row += rows) {
    const count = Math.min(rows, nj - row);
    const band = await bandOf(task, row * ni, count * ni);
    for (let at = 0; at < count; at += chunkRows) {
      yield band.subarray(at * ni * steps, Math.min(count, at + chunkRows) * ni * steps);
    }
  }
}

/** Bytes of the file. It appears under its name when it is whole. Throws FeatureError `storage_full` before it fills the disk. */
export async function writeSideFile(task: SideTask): Promise<number> {
  const { ni, nj, batch, path } = task;
  const steps = batch.ni.length;
  const disk = await statfs(dirname(path));
  if (disk.bavail * disk.bsize - 4 * ni * nj * steps < LEAST_FREE * disk.blocks * disk.bsize) {
    throw new FeatureError('storage_full', `${path}: no room for a side-file; free some disk space.`);
  }
  await using writer = await OmWriter.create(path);
  const chunks = [Math.min(CHUNK_POINTS, nj), Math.min(CHUNK_POINTS, ni), Math.min(MOST_CHUNK_STEPS, steps)];
  const root = await writer.array({ name: VALUES, type: 'int32', shape: [nj, ni, steps], chunks }, slabsOf(task));
  // awaited here: leaving the scope closes the writer
  return await writer.finish(root);
}
