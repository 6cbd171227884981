/**
 * Small reads of neighbouring groups as one native call: an area of many steps is a group a step, and a hop to the thread pool
 * costs more than such a group takes to read. Reads with points of their own, remote ones and large ones stay alone.
 */
import { type Decoded, gatherFiles } from '../../native/index.js';
import type { RecordBatch } from '../../schemas/vocabulary.js';
import { fileSet } from '../catalogue/file-set.js';
import type { Datacube } from '../datacube.js';
import type { SideRead } from '../side/read.js';
import type { PlannedRead } from './batches.js';
import { isRemoteRead } from './remote.js';

/** A call is filled up to this much estimated work, ns, and these values, bytes. */
const ENOUGH_WORK = 500e3;
export const MOST_JOINED_BYTES = 2 * 2 ** 20;

const bytesOf = ({ slots, points }: PlannedRead): number => 4 * slots.length * points.length;

function fits(last: PlannedRead, next: PlannedRead): boolean {
  return last.points === next.points && last.batch.container === next.batch.container;
}

/** Reads in order, small neighbours together. */
export function* joined(
  cube: Datacube,
  parts: Iterable<PlannedRead | SideRead>,
): Generator<SideRead | readonly PlannedRead[]> {
  let together: PlannedRead[] = [];
  let [work, bytes] = [0, 0];
  for (const part of parts) {
    const canJoin = !('series' in part) && part.starts === undefined && !isRemoteRead(cube, part);
    const last = together.at(-1);
    const hasRoom = work < ENOUGH_WORK && canJoin && bytes + bytesOf(part) <= MOST_JOINED_BYTES;
    if (last !== undefined && !(hasRoom && fits(last, part))) {
      yield together;
      [together, work, bytes] = [[], 0, 0];
    }
    if (!canJoin) {
      yield 'series' in part ? part : [part];
      continue;
    }
    together.push(part);
    work += part.work;
    bytes += bytesOf(part);
  }
  if (together.length > 0) yield together;
}

function concatenated<T extends Uint8Array | Uint32Array | Float64Array>(arrays: readonly T[]): T {
  const [first] = arrays;
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const out = new (first!.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

function oneBatch(batches: readonly RecordBatch[]): RecordBatch {
  return {
    container: batches[0]!.container,
    payloadOffset: concatenated(batches.map((b) => b.payloadOffset)),
    payloadBytes: concatenated(batches.map((b) => b.payloadBytes)),
    ni: concatenated(batches.map((b) => b.ni)),
    nj: concatenated(batches.map((b) => b.nj)),
    nk: concatenated(batches.map((b) => b.nk)),
    datyp: concatenated(batches.map((b) => b.datyp)),
    nbits: concatenated(batches.map((b) => b.nbits)),
    dasiz: concatenated(batches.map((b) => b.dasiz)),
  };
}

/** Values of joined local reads, one after the other, by one native call. */
export function gatherJoined(
  cube: Datacube,
  reads: readonly PlannedRead[],
  jumps: string | undefined,
): Promise<Decoded> {
  const [one] = reads;
  if (reads.length === 1) return gatherFiles(one!.files, one!.fileOf, one!.batch, one!.points, one!.starts, jumps);
  const { files, fileOf } = fileSet(cube, concatenated(reads.map(({ file }) => file)));
  return gatherFiles(files, fileOf, oneBatch(reads.map(({ batch }) => batch)), one!.points, undefined, jumps);
}
