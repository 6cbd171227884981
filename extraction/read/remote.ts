/**
 * Gathering from objects: the parts of the records that hold the points are fetched, laid one file behind the other into one
 * source, and read by one native call.
 */
import { type Decoded, type DecodedNative, decodeNative, gather } from '../../native/index.js';
import type { RecordBatch } from '../../schemas/vocabulary.js';
import type { Datacube } from '../datacube.js';
import type { DataFile } from '../run-index.js';
import { type ByteRange, isRemote, remoteFiles, type Segment } from '../store/remote-files.js';
import type { PlannedRead } from './batches.js';

/** A record up to this size is fetched whole, and so are compressed ones and those with missing values. */
const WHOLE_BYTES = 128 * 1024;
/** More points than that, and the whole record is read anyway. */
const MANY_POINTS = 100;
/** Longest header of a packing, bytes; it also covers that values do not begin at byte 0. */
const HEADER_BYTES = 64;
const CODED = 128 | 64;
/** Status of a record whose bytes were not all fetched. */
const NOT_FETCHED = -1;

/** Whether the records of a read lie in objects. */
export function isRemoteRead(cube: Datacube, read: PlannedRead): boolean {
  return isRemote(cube.files[read.file[0]!]!.path);
}

/** Parts of record `r` that hold its points. */
function rangesOf({ batch, points, starts }: PlannedRead, r: number): ByteRange[] {
  const offset = batch.payloadOffset[r]!;
  const bytes = batch.payloadBytes[r]!;
  const own = starts === undefined ? points : points.subarray(starts[r]!, starts[r + 1]!);
  if (own.length === 0) return [];
  const isWhole = bytes <= WHOLE_BYTES || own.length > MANY_POINTS || (batch.datyp[r]! & CODED) !== 0;
  if (isWhole) return [{ offset, bytes }];
  const perPoint = bytes / (batch.ni[r]! * batch.nj[r]! * batch.nk[r]!);
  const ranges = [{ offset, bytes: HEADER_BYTES }];
  for (const point of own) {
    const at = Math.max(0, Math.floor(point * perPoint) - HEADER_BYTES);
    const end = Math.min(bytes, at + 2 * HEADER_BYTES + Math.ceil(2 * perPoint));
    ranges.push({ offset: offset + at, bytes: Math.max(0, end - at) });
  }
  return ranges;
}

/** Files of a read in its order, each with the records in it. */
function recordsByFile(cube: Datacube, read: PlannedRead): { readonly file: DataFile; readonly records: number[] }[] {
  const groups: { file: DataFile; number: number; records: number[] }[] = [];
  for (let r = 0; r < read.file.length; r++) {
    const number = read.file[r]!;
    const group = groups.at(-1);
    if (group?.number === number) group.records.push(r);
    else groups.push({ file: cube.files[number]!, number, records: [r] });
  }
  return groups;
}

async function gatherRanges(
  cube: Datacube,
  read: PlannedRead,
  ranges: (record: number) => ByteRange[],
  signal?: AbortSignal,
): Promise<Decoded> {
  const segments: Segment[] = [];
  const payloadOffset = read.batch.payloadOffset.slice();
  const groups = recordsByFile(cube, read);
  const fetched = await Promise.all(
    groups.map(({ file, records }) => remoteFiles(file.path).read(file, records.flatMap(ranges), signal)),
  );
  let base = 0;
  for (const [g, { file, records }] of groups.entries()) {
    for (const { offset, bytes } of fetched[g]!) segments.push({ offset: base + offset, bytes });
    for (const r of records) payloadOffset[r]! += base;
    base += file.size;
  }
  return gather({ segments, size: base }, { ...read.batch, payloadOffset }, read.points, read.starts);
}

/** Values of the records of a read in objects. */
export async function gatherRemote(cube: Datacube, read: PlannedRead, signal?: AbortSignal): Promise<Decoded> {
  const gathered = await gatherRanges(cube, read, (r) => rangesOf(read, r), signal);
  if (!gathered.status.includes(NOT_FETCHED)) return gathered;
  const { payloadOffset, payloadBytes } = read.batch;
  return gatherRanges(cube, read, (r) => [{ offset: payloadOffset[r]!, bytes: payloadBytes[r]! }], signal);
}

/** Whole records of one object, in the types that they hold. */
export async function decodeRemote(file: DataFile, batch: RecordBatch, signal?: AbortSignal): Promise<DecodedNative> {
  const ranges = Array.from(batch.payloadOffset, (offset, r) => ({ offset, bytes: batch.payloadBytes[r]! }));
  const segments = await remoteFiles(file.path).read(file, ranges, signal);
  return decodeNative({ segments, size: file.size }, batch);
}
