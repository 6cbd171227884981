/** Values as the stored bytes of HDF5 chunks: cut into bands of rows, shuffled by byte, deflated in the thread pool. */
import { bytesOf, type CfNumbers, type CfVariable, sizeOf } from '../cf.js';
import type { Deflate } from '../deflate-chunk.js';

/** A field of more points than this is stored in several chunks, so that readers need not hold all of it. */
const MOST_POINTS = 4 * 2 ** 20;
const BAND_POINTS = 2 ** 20;
/** Chunks along a dimension that may grow. */
const GROWTH = 512;

/** Extents of the chunks of a field: one record, or bands of its rows. */
export function planeChunk(shape: readonly number[], planeDims: number): number[] {
  const leading = shape.length - planeDims;
  const plane = shape.slice(leading).map((extent) => Math.max(1, extent));
  const points = sizeOf(plane);
  if (points > MOST_POINTS) plane[0] = Math.max(1, Math.floor((BAND_POINTS * plane[0]!) / points));
  return [...new Array<number>(leading).fill(1), ...plane];
}

/** Extents of the chunks of other values: everything along fixed dimensions, a piece along those that grow. */
export function valueChunk(shape: readonly number[], unlimited: readonly boolean[]): number[] {
  return shape.map((extent, at) => (unlimited[at] ? GROWTH : Math.max(1, extent)));
}

/** Stored bytes of a chunk. */
export async function encodeChunk(
  bytes: Uint8Array,
  width: number,
  level: number | undefined,
  deflate: Deflate,
): Promise<Uint8Array> {
  return level === undefined ? bytes : deflate(bytes, width, level, 'zlib');
}

/** Values that fill a whole chunk: those given, and the fill value behind them. */
export function padded(variable: CfVariable, values: CfNumbers, count: number): Uint8Array {
  if (values.length === count) return bytesOf(values);
  const out = new (values.constructor as new (length: number) => CfNumbers)(count);
  if (variable.fill !== undefined && variable.fill !== 0) out.fill(variable.fill as never);
  out.set(values as never);
  return bytesOf(out);
}
