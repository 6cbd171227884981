/**
 * A plan's records become slabs of values: batch by batch in the order of the files, every record once, at most `cores`
 * native calls under way. Slabs come in the order of the plan, group after group; a consumer that waits holds reading back.
 */
import { gatherFiles, recycle } from '../native/index.js';
import { CODES, type ErrorCode, FeatureError } from '../schemas/problem.js';
import type { Budget } from './budget.js';
import { recordsOf } from './datacube.js';
import type { JumpIndexes } from './jump-index.js';
import { groupValues, type Plan } from './plan-types.js';
import { MOST_BYTES, type PlannedRead, type ReadShape, readsOfGroup } from './read-batches.js';
import { gatherRemote, isRemoteRead } from './read-remote.js';
import type { SideFiles } from './side-files.js';
import { readSide, type SideRead, sideReadsOf } from './side-read.js';

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

async function readOne(
  plan: Plan,
  read: PlannedRead,
  jumps: string | undefined,
  signal?: AbortSignal,
): Promise<ReadSlab> {
  const { values, status } = isRemoteRead(plan.cube, read)
    ? await gatherRemote(plan.cube, read, signal)
    : await gatherFiles(read.files, read.fileOf, read.batch, read.points, read.starts, jumps);
  for (let r = 0; r < status.length; r++) if (status[r] !== 0) throw failed(plan, read, status[r]!, r);
  return { read, values };
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
      const slab = await readOne(plan, part, deps.jumps?.folder, signal);
      for (const [n, slot] of part.slots.entries()) {
        const [at, width] = [placeOf.get(slot), read.points.length];
        if (at !== undefined) values.set(slab.values.subarray(n * width, (n + 1) * width), at * width);
      }
    }
    return { read, values };
  }
}

/** Reads of a plan in order: each group out of side-files, or out of its records. */
function* partsOf(plan: Plan, deps: ReadDeps): Generator<PlannedRead | SideRead> {
  for (const g of plan.groups.keys()) yield* sideReadsOf(plan, g, deps.sides) ?? readsOfGroup(plan, g, deps);
}

/** Bytes that reading and assembling a plan hold at once: the largest group twice, and the batches under way. */
export function memoryOf(plan: Plan, cores: number): number {
  let largest = 0;
  for (const group of plan.groups) largest = Math.max(largest, groupValues(group));
  return 8 * largest + cores * Math.min(MOST_BYTES, 4 * largest);
}

/** Slabs of a plan. All memory is taken at once, so that two requests never wait for each other halfway. */
export async function* readPlan(plan: Plan, deps: ReadDeps, signal?: AbortSignal): AsyncGenerator<ReadSlab> {
  const release = await deps.memory.acquire(memoryOf(plan, deps.cores), signal);
  const underWay: Promise<ReadSlab>[] = [];
  try {
    const reads = partsOf(plan, deps);
    for (let next = reads.next(); ; ) {
      while (next.done !== true && underWay.length < deps.cores) {
        signal?.throwIfAborted();
        const part = next.value;
        const slab =
          'series' in part ? readSeries(plan, part, deps, signal) : readOne(plan, part, deps.jumps?.folder, signal);
        // a failure behind another one must not count as unhandled
        slab.catch(() => undefined);
        underWay.push(slab);
        next = reads.next();
      }
      const first = underWay.shift();
      if (first === undefined) return;
      const slab = await first;
      yield slab;
      if (slab.values.byteLength >= LARGE_BYTES) recycle(slab.values);
    }
  } finally {
    await Promise.allSettled(underWay);
    release();
  }
}
