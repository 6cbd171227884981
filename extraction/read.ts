/**
 * A plan's records become slabs of values: batch by batch in the order of the files, every record once, at most `cores`
 * native calls under way. Slabs come in the order of the plan, group after group; a consumer that waits holds reading back.
 */
import { recycle } from '../native/index.js';
import { CODES, type ErrorCode, FeatureError } from '../schemas/problem.js';
import type { Budget } from './budget.js';
import type { JumpIndexes } from './catalogue/jump-index.js';
import { recordsOf } from './datacube.js';
import { groupValues, type Plan } from './plan/types.js';
import { MOST_BYTES, type PlannedRead, type ReadShape, readsOfGroup } from './read/batches.js';
import { MOST_DECODED_BYTES, readExact } from './read/exact.js';
import { gatherJoined, joined, MOST_JOINED_BYTES } from './read/join.js';
import { gatherRemote, isRemoteRead } from './read/remote.js';
import type { SideFiles } from './side/files.js';
import { readSide, type SideRead, sideReadsOf } from './side/read.js';

/** Values of this size and above go back at once, and do not wait for the collector. */
const LARGE_BYTES = 2 ** 20;

export interface ReadDeps {
  /** bytes of values in memory, shared by all requests of the process */
  readonly memory: Budget;
  /** native calls under way at once */
  readonly cores: number;
  /** indexes into compressed records; without them every such record is decoded */
  readonly jumps?: JumpIndexes;
  /** time-major copies of series; without them records are read */
  readonly sides?: SideFiles;
}

/** Values of one read: [record][point] in the order of its slots. They are the taker's until it asks for the next slab. */
export interface ReadSlab {
  readonly read: ReadShape;
  readonly values: Float32Array;
  /** the same in float64, where a record holds what float32 rounds */
  readonly exact?: Float64Array | undefined;
}

function failed(plan: Plan, read: PlannedRead, errno: number, record: number): FeatureError {
  const code = (Object.keys(CODES) as ErrorCode[]).find((c) => 'errno' in CODES[c] && CODES[c].errno === errno);
  const offset = read.batch.payloadOffset[record]!;
  const row = plan.groups[read.group]!.rows.subarray(read.slots[record]!, read.slots[record]! + 1);
  const { path } = plan.cube.files[recordsOf(plan.cube, row).file[0]!]!;
  return new FeatureError(
    code ?? 'decode_failed',
    `${path}: the record with data at byte ${offset} cannot be read (code ${errno}); replace the file or leave the field out.`,
    { data: { file: path, offset } },
  );
}

/** Slabs of reads that one call serves. */
async function readTogether(
  plan: Plan,
  reads: readonly PlannedRead[],
  jumps: string | undefined,
  signal?: AbortSignal,
): Promise<ReadSlab[]> {
  const { values, status } = isRemoteRead(plan.cube, reads[0]!)
    ? await gatherRemote(plan.cube, reads[0]!, signal)
    : await gatherJoined(plan.cube, reads, jumps);
  let [record, value] = [0, 0];
  const slabs = reads.map((read): ReadSlab => {
    const count = read.starts === undefined ? read.slots.length * read.points.length : read.points.length;
    for (let r = 0; r < read.slots.length; r++, record++) {
      if (status[record] !== 0) throw failed(plan, read, status[record]!, r);
    }
    value += count;
    return { read, values: reads.length === 1 ? values : values.subarray(value - count, value) };
  });
  return plan.wide.size === 0 ? slabs : exactSlabs(plan, reads, slabs, signal);
}

/** Slabs with the values that float32 rounds. */
async function exactSlabs(
  plan: Plan,
  reads: readonly PlannedRead[],
  slabs: readonly ReadSlab[],
  signal?: AbortSignal,
): Promise<ReadSlab[]> {
  const out: ReadSlab[] = [];
  for (const [n, slab] of slabs.entries())
    out.push({ ...slab, exact: await readExact(plan.cube, reads[n]!, slab.values, signal) });
  return out;
}

/** Series out of a side-file, or out of their records when the file cannot be read. */
async function readSeries(plan: Plan, read: SideRead, deps: ReadDeps, signal?: AbortSignal): Promise<ReadSlab> {
  try {
    return { read, values: await readSide(read, deps.sides!) };
  } catch {
    deps.sides!.distrust(read.series.name);
    const values = new Float32Array(read.slots.length * read.points.length);
    const placeOf = new Map(Array.from(read.slots, (slot, n) => [slot, n]));
    for (const part of readsOfGroup(plan, read.group, deps)) {
      const [slab] = await readTogether(plan, [part], deps.jumps?.folder, signal);
      for (const [n, slot] of part.slots.entries()) {
        const [at, width] = [placeOf.get(slot), read.points.length];
        if (at !== undefined) values.set(slab!.values.subarray(n * width, (n + 1) * width), at * width);
      }
    }
    return { read, values };
  }
}

/** Reads of a plan in order: each group out of side-files, which hold float32, or out of its records. */
function* partsOf(plan: Plan, deps: ReadDeps): Generator<PlannedRead | SideRead> {
  const sides = plan.wide.size === 0 ? deps.sides : undefined;
  for (const g of plan.groups.keys()) yield* sideReadsOf(plan, g, sides) ?? readsOfGroup(plan, g, deps);
}

/** Bytes that reading and assembling a plan hold at once: the largest group twice, and the batches under way. */
export function memoryOf(plan: Plan, cores: number): number {
  let largest = 0;
  for (const group of plan.groups) largest = Math.max(largest, groupValues(group));
  const batch = Math.max(4 * largest, plan.groups.length > 1 ? MOST_JOINED_BYTES : 0);
  const floats = 8 * largest + cores * Math.min(MOST_BYTES, batch);
  if (plan.wide.size === 0) return floats;
  return 3 * floats + cores * MOST_DECODED_BYTES;
}

/** Large values that came out of records, which nobody else holds. */
function giveBack([slab]: readonly ReadSlab[]): void {
  if (slab === undefined || 'series' in slab.read) return;
  if (slab.values.buffer.byteLength >= LARGE_BYTES) recycle(slab.values);
}

/** Slabs of a plan. All memory is taken at once, so that two requests never wait for each other halfway. */
export async function* readPlan(plan: Plan, deps: ReadDeps, signal?: AbortSignal): AsyncGenerator<ReadSlab> {
  const release = await deps.memory.acquire(memoryOf(plan, deps.cores), signal);
  const underWay: Promise<readonly ReadSlab[]>[] = [];
  try {
    const reads = joined(plan.cube, partsOf(plan, deps));
    for (let next = reads.next(); ; ) {
      while (next.done !== true && underWay.length < deps.cores) {
        signal?.throwIfAborted();
        const part = next.value;
        const slabs =
          'series' in part
            ? readSeries(plan, part, deps, signal).then((slab) => [slab])
            : readTogether(plan, part, deps.jumps?.folder, signal);
        // a failure behind another one must not count as unhandled
        slabs.catch(() => undefined);
        underWay.push(slabs);
        next = reads.next();
      }
      const first = underWay.shift();
      if (first === undefined) return;
      const slabs = await first;
      yield* slabs;
      giveBack(slabs);
    }
  } finally {
    await Promise.allSettled(underWay);
    release();
  }
}
