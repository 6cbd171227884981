/**
 * Every plane of a dataset once, records in file order: decoded in batches, one batch ahead of the writer, with bounded bytes
 * under way. Records that cannot be decoded are reported and passed over.
 */
import {
  type CfDataset,
  type CfNumbers,
  type CfPlanes,
  type CfVariable,
  DTYPE_BYTES,
  groupsOf,
} from '../../formats/cf.js';
import { recycle } from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { decodeRows, finishedPlane, isFloat, type PlaneTable, type RawField } from './planes.js';

const MOST_RECORDS = 64;
const BATCH_BYTES = 32 * 2 ** 20;
/** Planes that a writer may hold at once. */
const UNDER_WAY_BYTES = 64 * 2 ** 20;

interface Task {
  readonly row: number;
  readonly variable: CfVariable;
  readonly planes: CfPlanes;
  readonly cell: number;
}

export interface StreamOptions {
  put(variable: CfVariable, cell: number, values: CfNumbers): Promise<void>;
  onBad(row: number, error: FeatureError): void;
  /** a record whose last column, which is to repeat the first and is dropped, holds something else */
  onUnequal?(row: number): void;
  readonly signal: AbortSignal;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

function tasksOf(dataset: CfDataset): Task[] {
  const tasks: Task[] = [];
  for (const { group } of groupsOf(dataset)) {
    for (const variable of group.variables) {
      const { data } = variable;
      if (data.kind !== 'planes') continue;
      for (const [cell, row] of data.rows.entries()) if (row >= 0) tasks.push({ row, variable, planes: data, cell });
    }
  }
  return tasks.sort((one, other) => one.row - other.row);
}

/** Tasks of one record each, in batches of one file and one way of decoding. */
function* batches(table: PlaneTable, tasks: readonly Task[]): Generator<Task[][]> {
  const { columns } = table;
  let batch: Task[][] = [];
  let bytes = 0;
  for (let at = 0; at < tasks.length; ) {
    const first = tasks[at]!;
    let end = at + 1;
    while (end < tasks.length && tasks[end]!.row === first.row) end++;
    const size = columns.ni[first.row]! * columns.nj[first.row]! * columns.nk[first.row]! * 4;
    const before = batch[0]?.[0];
    const fits =
      before === undefined ||
      (columns.file[before.row] === columns.file[first.row] &&
        isFloat(before.variable) === isFloat(first.variable) &&
        batch.length < MOST_RECORDS &&
        bytes + size <= BATCH_BYTES);
    if (!fits) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(tasks.slice(at, end));
    bytes += size;
    at = end;
  }
  if (batch.length > 0) yield batch;
}

type Decoded = readonly (RawField | FeatureError)[];

async function decodeBatch(table: PlaneTable, batch: readonly Task[][], signal: AbortSignal): Promise<Decoded> {
  const rows = batch.map(([task]) => task!.row);
  const asFloat = isFloat(batch[0]![0]!.variable);
  try {
    return await decodeRows(table, rows, asFloat, signal);
  } catch (error) {
    // a field that cannot be makes the whole call fail: each record then answers for itself
    if (!(error instanceof FeatureError) || signal.aborted) throw error;
    if (rows.length === 1) return [error];
    const results: (RawField | FeatureError)[] = [];
    for (const task of batch) results.push(...(await decodeBatch(table, [task], signal)));
    return results;
  }
}

/** Lets a bounded number of bytes be under way. */
class Lane {
  #bytes = 0;
  readonly #running = new Set<Promise<void>>();
  #failure: unknown;

  async add(bytes: number, work: () => Promise<void>): Promise<void> {
    while (this.#running.size > 0 && this.#bytes + bytes > UNDER_WAY_BYTES) await Promise.race(this.#running);
    if (this.#failure !== undefined) throw this.#failure;
    this.#bytes += bytes;
    const run = work()
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#bytes -= bytes;
        this.#running.delete(run);
      });
    this.#running.add(run);
  }

  async done(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/**
 * The memory of a decoded batch, given back when nothing of it is under way any more: the next batch then needs no fresh pages.
 * Whoever makes it holds it until `release`.
 */
class BatchMemory {
  #held = 1;

  constructor(readonly decoded: Decoded) {}

  async during(work: () => Promise<void>): Promise<void> {
    this.#held++;
    try {
      await work();
    } finally {
      this.release();
    }
  }

  release(): void {
    if (--this.#held > 0) return;
    for (const raw of this.decoded) {
      if (!(raw instanceof FeatureError) && raw.values instanceof Float32Array) recycle(raw.values);
    }
  }
}

/** Writes all planes; returns the number of records that were written. */
export async function streamPlanes(table: PlaneTable, dataset: CfDataset, options: StreamOptions): Promise<number> {
  const { signal, put, onBad, onUnequal, progress } = options;
  const tasks = tasksOf(dataset);
  const total = new Set(tasks.map(({ row }) => row)).size;
  const lane = new Lane();
  const source = batches(table, tasks);
  const start = (): { batch: Task[][]; decoded: Promise<Decoded> } | undefined => {
    const next = source.next();
    if (next.done === true) return undefined;
    const decoded = decodeBatch(table, next.value, signal);
    // a failure behind another one must not count as unhandled
    decoded.catch(() => undefined);
    return { batch: next.value, decoded };
  };
  let done = 0;
  let ahead = start();
  while (ahead !== undefined) {
    const current = ahead;
    signal.throwIfAborted();
    const results = await current.decoded;
    ahead = start();
    const memory = new BatchMemory(results);
    for (const [n, raw] of results.entries()) {
      const own = current.batch[n]!;
      if (raw instanceof FeatureError) {
        onBad(own[0]!.row, raw);
        continue;
      }
      if (onUnequal !== undefined && losesColumn(own[0]!.planes, raw)) onUnequal(own[0]!.row);
      for (const task of own)
        await putTask(
          table,
          task,
          raw,
          lane,
          (values) => memory.during(() => put(task.variable, task.cell, values)),
          signal,
        );
      done++;
    }
    memory.release();
    progress?.(done, total);
  }
  await lane.done();
  return done;
}

/** Whether a window leaves out a last column that is not the first one again. */
function losesColumn({ window: { start, stride, columns, rows } }: CfPlanes, { values }: RawField): boolean {
  if (columns !== stride - 1) return false;
  for (let row = 0; row < rows; row++) {
    const at = start + row * stride;
    if (!Object.is(values[at], values[at + columns])) return true;
  }
  return false;
}

async function putTask(
  table: PlaneTable,
  { variable, planes, cell }: Task,
  raw: RawField,
  lane: Lane,
  put: (values: CfNumbers) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const values = await finishedPlane(table, variable, planes, cell, raw, signal);
  const width = variable.dtype === 'string' ? 1 : DTYPE_BYTES[variable.dtype];
  await lane.add(values.length * width, () => put(values));
}
