/**
 * Values that float32 rounds, read once more in the type of their records: 64-bit reals, and integers that turned out to be
 * large. Records are decoded whole, a few at a time; 64-bit integers beyond 2^53 become the nearest float64.
 */
import { type DecodedNative, decodeNative, recycle } from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { checkUnchanged } from '../catalogue/data-file.js';
import type { Datacube } from '../datacube.js';
import { typedView } from '../fst/values.js';
import { isWide } from '../plan/wide.js';
import { isRemote } from '../store/remote-files.js';
import type { PlannedRead } from './batches.js';
import { columnsOf } from './record-order.js';
import { decodeRemote } from './remote.js';

/** Records of one native call, and the bytes of their values; one larger record stands alone. */
const MOST_RECORDS = 64;
export const MOST_DECODED_BYTES = 8 * 2 ** 20;
/** Smaller whole numbers are the same in float32, and what float32 rounds up to it is not smaller. */
const FIRST_ROUNDED = 2 ** 24;
const REAL = 5;
const TYPE = 63;

/** Where the values of record `r` of a read begin, and those of the record before it end. */
function startOf({ starts, points }: PlannedRead, r: number): number {
  return starts === undefined ? r * points.length : starts[r]!;
}

/** Records whose values float32 has rounded, or may have. */
function roundedRecords(read: PlannedRead, values: Float32Array): number[] {
  const { datyp, nbits } = read.batch;
  const found: number[] = [];
  for (let r = 0; r < datyp.length; r++) {
    if (!isWide(datyp[r]!, nbits[r]!)) continue;
    const own = values.subarray(startOf(read, r), startOf(read, r + 1));
    if (own.length === 0) continue;
    if ((datyp[r]! & TYPE) === REAL || own.some((value) => Math.abs(value) >= FIRST_ROUNDED)) found.push(r);
  }
  return found;
}

/** Stretches of records of one file, small enough for a call. */
function* callsOf({ file, batch }: PlannedRead, records: readonly number[]): Generator<number[]> {
  let call: number[] = [];
  let bytes = 0;
  for (const r of records) {
    const own = 8 * batch.ni[r]! * batch.nj[r]! * batch.nk[r]!;
    const isFull = call.length === MOST_RECORDS || bytes + own > MOST_DECODED_BYTES;
    if (call.length > 0 && (isFull || file[call[0]!] !== file[r])) {
      yield call;
      [call, bytes] = [[], 0];
    }
    call.push(r);
    bytes += own;
  }
  if (call.length > 0) yield call;
}

async function decoded(
  cube: Datacube,
  read: PlannedRead,
  records: readonly number[],
  signal?: AbortSignal,
): Promise<DecodedNative> {
  const file = cube.files[read.file[records[0]!]!]!;
  const batch = { container: read.batch.container, ...columnsOf(read.batch, Uint32Array.from(records)) };
  const found = isRemote(file.path)
    ? await decodeRemote(file, batch, signal)
    : await decodeNative({ path: file.path }, batch);
  // afterwards: what was decoded is then of the file that the index describes
  await checkUnchanged(file);
  const bad = found.status.findIndex((status) => status !== 0);
  if (bad < 0) return found;
  const offset = batch.payloadOffset[bad]!;
  throw new FeatureError(
    'decode_failed',
    `${file.path}: the record with data at byte ${offset} cannot be read (code ${found.status[bad]!}); replace the file or leave the field out.`,
    { data: { file: file.path, offset } },
  );
}

/**
 * The values of a read in float64, or undefined where float32 has rounded none; `values` are those of float32. A value that is
 * missing there is missing here: integers of the record's own type tell it by a number.
 */
export async function readExact(
  cube: Datacube,
  read: PlannedRead,
  values: Float32Array,
  signal?: AbortSignal,
): Promise<Float64Array | undefined> {
  const rounded = roundedRecords(read, values);
  if (rounded.length === 0) return undefined;
  const out = Float64Array.from(values);
  for (const records of callsOf(read, rounded)) {
    signal?.throwIfAborted();
    const { bytes, start, dtype } = await decoded(cube, read, records, signal);
    for (const [n, r] of records.entries()) {
      const whole = typedView(bytes.subarray(start[n]!, start[n + 1]!), dtype[n]!);
      const [from, to] = [startOf(read, r), startOf(read, r + 1)];
      for (let at = from; at < to; at++) {
        const point = read.points[read.starts === undefined ? at - from : at]!;
        if (!Number.isNaN(out[at]!)) out[at] = Number(whole[point]!);
      }
    }
    recycle(bytes);
  }
  return out;
}
