/**
 * A plan's records become slabs of values: batch by batch in the order of the files, every record once, at most `cores`
 * native calls under way. Slabs come in the order of the plan, group after group; a consumer that waits holds reading back.
 */
import { statSync } from 'node:fs';
import { gather } from '../native/index.js';
import { CODES, type ErrorCode, FeatureError } from '../schemas/problem.js';
import type { RecordBatch } from '../schemas/vocabulary.js';
import { type Budget, checkFits } from './budget.js';
import { sameFile } from './data-file.js';
import { type CubeRecords, recordsOf } from './datacube.js';
import { groupValues, type Plan, type PlannedGroup } from './plan-types.js';
import type { DataFile } from './run-index.js';

const MOST_RECORDS = 64;
const MOST_BYTES = 64 * 2 ** 20;
/** Records of a batch whose whole decoding would take longer than this many values are shared out over the cores. */
const SHARED_VALUES = 1 << 20;

export interface ReadDeps {
  /** bytes of values in memory, shared by all requests of the process */
  readonly memory: Budget;
  /** native calls under way at once */
  readonly cores: number;
  /** open files, shared by all requests of the process; a native call has one open */
  readonly handles?: Budget;
}

/** One native call: records of one file, all of one group. */
export interface PlannedRead {
  /** number of the group in the plan */
  readonly group: number;
  readonly file: DataFile;
  /** record slots of the group, in file order */
  readonly slots: Uint32Array;
  readonly batch: RecordBatch;
  readonly points: Uint32Array;
  readonly starts?: Uint32Array;
}

/** Values of one read: [record][point] in the order of its slots. */
export interface ReadSlab {
  readonly read: PlannedRead;
  readonly values: Float32Array;
}

function batchOf(records: CubeRecords, container: RecordBatch['container'], slots: Uint32Array): RecordBatch {
  const u32 = (column: Uint32Array): Uint32Array => slots.map((s) => column[s]!);
  const f64 = (column: Float64Array): Float64Array => Float64Array.from(slots, (s) => column[s]!);
  const u8 = (column: Uint8Array): Uint8Array => Uint8Array.from(slots, (s) => column[s]!);
  return {
    container,
    payloadOffset: f64(records.payloadOffset),
    payloadBytes: f64(records.payloadBytes),
    ni: u32(records.ni),
    nj: u32(records.nj),
    nk: u32(records.nk),
    datyp: u8(records.datyp),
    nbits: u8(records.nbits),
    dasiz: u8(records.dasiz),
  };
}

/** Slots in file order, cut where the file changes or a batch is full. */
function* slotBatches(records: CubeRecords, valuesOf: (slot: number) => number, cores: number): Generator<Uint32Array> {
  const order = Array.from(records.file, (_, slot) => slot).sort(
    (a, b) => records.file[a]! - records.file[b]! || records.payloadOffset[a]! - records.payloadOffset[b]!,
  );
  const heavy = order.reduce((sum, s) => sum + records.ni[s]! * records.nj[s]!, 0) > SHARED_VALUES;
  const most = heavy ? Math.min(MOST_RECORDS, Math.max(1, Math.ceil(order.length / cores))) : MOST_RECORDS;
  let batch: number[] = [];
  let bytes = 0;
  for (const slot of order) {
    const more = 4 * valuesOf(slot);
    const full = batch.length >= most || bytes + more > MOST_BYTES;
    if (batch.length > 0 && (full || records.file[slot] !== records.file[batch[0]!])) {
      yield Uint32Array.from(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(slot);
    bytes += more;
  }
  if (batch.length > 0) yield Uint32Array.from(batch);
}

/** Points of the batch's records when each has its own. */
function ownPoints(group: PlannedGroup, slots: Uint32Array): { points: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(slots.length + 1);
  slots.forEach((slot, n) => {
    starts[n + 1] = starts[n]! + group.starts![slot + 1]! - group.starts![slot]!;
  });
  const points = new Uint32Array(starts[slots.length]!);
  for (const [n, slot] of slots.entries()) {
    points.set(group.points.subarray(group.starts![slot]!, group.starts![slot + 1]!), starts[n]!);
  }
  return { points, starts };
}

/** Reads of a plan in order; columns are gathered group by group. */
export function* readsOf(plan: Plan, cores: number): Generator<PlannedRead> {
  for (const [g, group] of plan.groups.entries()) {
    if (group.points.length === 0) continue;
    const records = recordsOf(plan.cube, group.rows);
    const valuesOf = (slot: number): number =>
      group.starts === undefined ? group.points.length : group.starts[slot + 1]! - group.starts[slot]!;
    for (const slots of slotBatches(records, valuesOf, cores)) {
      const file = plan.cube.files[records.file[slots[0]!]!]!;
      const own = group.starts === undefined ? { points: group.points } : ownPoints(group, slots);
      yield { group: g, file, slots, batch: batchOf(records, file.container, slots), ...own };
    }
  }
}

/** A file that is not the one that was indexed would give wrong values without an error. The stat is synchronous: 2 us. */
function checkUnchanged(file: DataFile): void {
  const now = statSync(file.path, { throwIfNoEntry: false });
  const same =
    now !== undefined &&
    sameFile(file, { path: file.path, dev: now.dev, ino: now.ino, size: now.size, mtimeMs: now.mtimeMs });
  if (!same)
    throw new FeatureError('run_changed', `${file.path} changed after it was indexed; send the request again.`);
}

function failed(read: PlannedRead, errno: number, record: number): FeatureError {
  const code = (Object.keys(CODES) as ErrorCode[]).find((c) => 'errno' in CODES[c] && CODES[c].errno === errno);
  const offset = read.batch.payloadOffset[record]!;
  return new FeatureError(
    code ?? 'decode_failed',
    `${read.file.path}: the record with data at byte ${offset} cannot be read (code ${errno}); replace the file or leave the field out.`,
    { data: { file: read.file.path, offset } },
  );
}

async function readOne(read: PlannedRead, deps: ReadDeps, signal: AbortSignal | undefined): Promise<ReadSlab> {
  checkUnchanged(read.file);
  const close = await deps.handles?.acquire(1, signal);
  const { values, status } = await gather({ path: read.file.path }, read.batch, read.points, read.starts).finally(
    close,
  );
  const bad = status.findIndex((s) => s !== 0);
  if (bad >= 0) throw failed(read, status[bad]!, bad);
  return { read, values };
}

/** Bytes that reading and assembling a plan hold at once: the largest group twice, and the batches under way. */
export function memoryOf(plan: Plan, cores: number): number {
  let largest = 0;
  for (const group of plan.groups) largest = Math.max(largest, groupValues(group));
  return 8 * largest + cores * Math.min(MOST_BYTES, 4 * largest);
}

/** Slabs of a plan. All memory is taken at once, so that two requests never wait for each other halfway. */
export async function* readPlan(plan: Plan, deps: ReadDeps, signal?: AbortSignal): AsyncGenerator<ReadSlab> {
  const bytes = memoryOf(plan, deps.cores);
  checkFits(deps.memory, bytes);
  const release = await deps.memory.acquire(bytes, signal);
  const underWay: Promise<ReadSlab>[] = [];
  try {
    const reads = readsOf(plan, deps.cores);
    for (let next = reads.next(); ; ) {
      while (next.done !== true && underWay.length < deps.cores) {
        signal?.throwIfAborted();
        const slab = readOne(next.value, deps, signal);
        // a failure behind another one must not count as unhandled
        slab.catch(() => undefined);
        underWay.push(slab);
        next = reads.next();
      }
      const first = underWay.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(underWay);
    release();
  }
}
