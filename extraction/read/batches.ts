/**
 * A plan's records as native calls: in the order of the files, over many files at once, cut so that a call is worth its hop
 * to the thread pool, a cancelled job stops soon, and the cores share what is heavy.
 */
import type { FileSet } from '../../native/index.js';
import type { Container, RecordBatch } from '../../schemas/vocabulary.js';
import { fileSet } from '../catalogue/file-set.js';
import type { JumpIndexes } from '../catalogue/jump-index.js';
import type { CubeRecords, Datacube } from '../datacube.js';
import type { Plan, PlannedGroup } from '../plan/types.js';
import { batchBetween, columnsOf, type OrderedRecords, orderedRecords } from './record-order.js';

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
  return { container, ...columnsOf(records, slots) };
}

/**
 * Estimated ns of reading a record at some points: scattered ones are read one by one, many of them as the whole record.
 * `jumps`: compressed records of its file can be entered anywhere.
 */
function workOf(records: OrderedRecords['columns'], slot: number, points: number, jumps: boolean): number {
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

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly container: Container;
  readonly work: number;
}

/** Ordered records, cut where the container changes, where files end and objects begin, or a batch is full. */
function* batchesOf(
  { files }: Datacube,
  { columns, file, stretches }: OrderedRecords,
  valuesOf: (at: number) => number,
  { cores, jumps }: ReadWay,
): Generator<Stretch> {
  const work = new Float64Array(file.length);
  let total = 0;
  for (let n = 0; n < work.length; n++) {
    const canJump = (columns.datyp[n]! & TURBO) !== 0 && jumps?.has(files[file[n]!]!) === true;
    work[n] = workOf(columns, n, valuesOf(n), canJump);
    total += work[n]!;
  }
  const shares = Math.min(cores, Math.max(1, Math.floor(total / LEAST_WORK)));
  // a little less than a share: sums are rounded, and nothing may be left over for a call of its own
  const most = Math.min(MOST_WORK, (total / shares) * (1 - 1e-9));
  let from = 0;
  for (const { to, container } of stretches) {
    let [bytes, ns] = [0, 0];
    for (let n = from; n < to; n++) {
      const more = 4 * valuesOf(n);
      if (n > from && (ns >= most || bytes + more > MOST_BYTES)) {
        yield { from, to: n, container, work: ns };
        [from, bytes, ns] = [n, 0, 0];
      }
      bytes += more;
      ns += work[n]!;
    }
    if (from < to) yield { from, to, container, work: ns };
    from = to;
  }
}

/** Points of the batch's records when each has its own. */
function ownPoints({ points: all, starts: of }: PlannedGroup, slots: Uint32Array) {
  const starts = new Uint32Array(slots.length + 1);
  for (let n = 0; n < slots.length; n++) starts[n + 1] = starts[n]! + of![slots[n]! + 1]! - of![slots[n]!]!;
  const points = new Uint32Array(starts[slots.length]!);
  for (let n = 0; n < slots.length; n++) {
    const from = of![slots[n]!]! - starts[n]!;
    for (let p = starts[n]!; p < starts[n + 1]!; p++) points[p] = all[from + p]!;
  }
  return { points, starts };
}

/** Reads of one group. */
export function* readsOfGroup(plan: Plan, g: number, way: ReadWay): Generator<PlannedRead> {
  const group = plan.groups[g]!;
  if (group.points.length === 0) return;
  // plans of points and paths are one group, whose rows are mostly those of the plan before (features/point-series.ts)
  const records = orderedRecords(plan.cube, group.rows, plan.groups.length === 1);
  const { starts } = group;
  const valuesOf = (at: number): number => {
    if (starts === undefined) return group.points.length;
    const slot = records.slots[at]!;
    return starts[slot + 1]! - starts[slot]!;
  };
  for (const { from, to, container, work } of batchesOf(plan.cube, records, valuesOf, way)) {
    const slots = records.slots.subarray(from, to);
    const file = records.file.subarray(from, to);
    const isWhole = from === 0 && to === records.file.length;
    const { files, fileOf } = isWhole ? records : fileSet(plan.cube, file);
    const isAsPlanned = starts === undefined || (isWhole && records.inOrder);
    const own = isAsPlanned ? { points: group.points, ...(starts ? { starts } : {}) } : ownPoints(group, slots);
    yield { group: g, files, fileOf, file, slots, batch: batchBetween(records, container, from, to), work, ...own };
  }
}

/** Reads of a plan in order, group by group. */
export function* readsOf(plan: Plan, way: ReadWay): Generator<PlannedRead> {
  for (const g of plan.groups.keys()) yield* readsOfGroup(plan, g, way);
}
