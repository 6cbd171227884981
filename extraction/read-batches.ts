/**
 * A plan's records as native calls: in the order of the files, over many files at once, cut so that a call is worth its hop
 * to the thread pool, a cancelled job stops soon, and the cores share what is heavy.
 */
import type { FileSet } from '../native/index.js';
import type { RecordBatch } from '../schemas/vocabulary.js';
import { type CubeRecords, recordsOf } from './datacube.js';
import { fileSet } from './file-set.js';
import type { JumpIndexes } from './jump-index.js';
import type { Plan, PlannedGroup } from './plan-types.js';
import { isRemote } from './remote-files.js';

export const MOST_BYTES = 64 * 2 ** 20;
/** Work of one call, in estimated ns: at most about this much, and when shared out at least that much. */
const MOST_WORK = 20e6;
const LEAST_WORK = 400e3;
/** ns of opening and reading a record, and of a value, a point of a row that is unpacked, a decoded point */
const RECORD_NS = 1200;
const VALUE_NS = 3;
const SCATTERED_NS = 300;
const DECODED_NS = 1.6;
/** ns of a point through a jump index */
const JUMP_NS = 8000;
const TURBO = 128;
const MISSING = 64;

/** Which values a read gives, wherever they come from. */
export interface ReadShape {
  /** number of the group in the plan */
  readonly group: number;
  /** record slots of the group */
  readonly slots: Uint32Array;
  readonly points: Uint32Array;
  readonly starts?: Uint32Array;
}

/** One native call: records of one group, slots in file order. */
export interface PlannedRead extends ReadShape {
  readonly files: FileSet;
  /** number in `files` of each record */
  readonly fileOf: Uint32Array;
  /** number in the cube's files of each record */
  readonly file: Uint32Array;
  readonly batch: RecordBatch;
  /** estimated ns */
  readonly work: number;
}

/** Columns of some records of one container as a batch. */
export function batchOf(records: CubeRecords, container: RecordBatch['container'], slots: Uint32Array): RecordBatch {
  const u32 = (column: Uint32Array): Uint32Array => slots.map((s) => column[s]!);
  const f64 = (column: Float64Array): Float64Array => {
    const out = new Float64Array(slots.length);
    for (let n = 0; n < slots.length; n++) out[n] = column[slots[n]!]!;
    return out;
  };
  const u8 = (column: Uint8Array): Uint8Array => {
    const out = new Uint8Array(slots.length);
    for (let n = 0; n < slots.length; n++) out[n] = column[slots[n]!]!;
    return out;
  };
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

/** Slots by file and place in the file; mostly they come that way. */
function fileOrder({ file, payloadOffset }: CubeRecords): Uint32Array {
  const order = new Uint32Array(file.length);
  let sorted = true;
  for (let s = 0; s < order.length; s++) {
    order[s] = s;
    if (s > 0 && (file[s]! < file[s - 1]! || (file[s] === file[s - 1] && payloadOffset[s]! < payloadOffset[s - 1]!)))
      sorted = false;
  }
  return sorted ? order : order.sort((a, b) => file[a]! - file[b]! || payloadOffset[a]! - payloadOffset[b]!);
}

/**
 * Estimated ns of reading a record at some points: scattered ones are read one by one, many of them as the whole record.
 * `jumps`: compressed records of its file can be entered anywhere.
 */
function workOf(records: CubeRecords, slot: number, points: number, jumps: boolean): number {
  const size = records.ni[slot]! * records.nj[slot]!;
  const datyp = records.datyp[slot]!;
  const whole = RECORD_NS + size * DECODED_NS;
  if (jumps && (datyp & TURBO) !== 0)
    return Math.min(whole, RECORD_NS + points * VALUE_NS + Math.min(points, 100) * JUMP_NS);
  if ((datyp & (TURBO | MISSING)) !== 0) return whole;
  return Math.min(whole, RECORD_NS + points * VALUE_NS + Math.min(points, 100) * SCATTERED_NS);
}

/** How reading goes: native calls at once, and the jump indexes where there are any. */
export interface ReadWay {
  readonly cores: number;
  readonly jumps?: JumpIndexes | undefined;
}

/** Slots in file order, cut where the container changes, where files end and objects begin, or a batch is full. */
function* slotBatches(plan: Plan, records: CubeRecords, valuesOf: (slot: number) => number, { cores, jumps }: ReadWay) {
  const order = fileOrder(records);
  const work = new Float64Array(order.length);
  let total = 0;
  for (let s = 0; s < work.length; s++) {
    const isTurbo = (records.datyp[s]! & TURBO) !== 0;
    const canJump = isTurbo && jumps?.has(plan.cube.files[records.file[s]!]!) === true;
    work[s] = workOf(records, s, valuesOf(s), canJump);
    total += work[s]!;
  }
  const most = Math.min(MOST_WORK, Math.max(LEAST_WORK, total / cores));
  const kindOf = (slot: number): string => {
    const { container, path } = plan.cube.files[records.file[slot]!]!;
    return isRemote(path) ? `remote ${container}` : container;
  };
  let [from, bytes, ns] = [0, 0, 0];
  for (let n = 0; n < order.length; n++) {
    const slot = order[n]!;
    const more = 4 * valuesOf(slot);
    const isFull = ns >= most || bytes + more > MOST_BYTES;
    if (n > from && (isFull || kindOf(slot) !== kindOf(order[from]!))) {
      yield { slots: order.subarray(from, n), work: ns };
      [from, bytes, ns] = [n, 0, 0];
    }
    bytes += more;
    ns += work[slot]!;
  }
  if (from < order.length) yield { slots: order.subarray(from), work: ns };
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

/** Reads of one group; its columns are gathered once. */
export function* readsOfGroup(plan: Plan, g: number, way: ReadWay): Generator<PlannedRead> {
  const group = plan.groups[g]!;
  if (group.points.length === 0) return;
  const records = recordsOf(plan.cube, group.rows);
  const { starts } = group;
  const valuesOf = (slot: number): number =>
    starts === undefined ? group.points.length : starts[slot + 1]! - starts[slot]!;
  for (const { slots, work } of slotBatches(plan, records, valuesOf, way)) {
    const file = slots.map((slot) => records.file[slot]!);
    const container = plan.cube.files[file[0]!]!.container;
    const own = starts === undefined ? { points: group.points } : ownPoints(group, slots);
    yield {
      group: g,
      ...fileSet(plan.cube, file),
      file,
      slots,
      batch: batchOf(records, container, slots),
      work,
      ...own,
    };
  }
}

/** Reads of a plan in order, group by group. */
export function* readsOf(plan: Plan, way: ReadWay): Generator<PlannedRead> {
  for (const g of plan.groups.keys()) yield* readsOfGroup(plan, g, way);
}
