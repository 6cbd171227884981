/** Chunks deflated in the thread pool, their bytes shuffled first where asked. Writers may be given a faster function of the same kind. */
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';

const BY_ZLIB = { zlib: promisify(deflate), gzip: promisify(gzip) } as const;
/** Larger tables of zlib: a fifth faster, for 256 KiB a chunk under way. */
const MOST_MEMORY = 9;
/** Room for what zlib makes at once: with less it returns to the main thread for each piece. */
const LEAST_ROOM = 16384;

/** Bytes grouped by their place in the element: the first bytes of all elements, then the second ones … */
export function shuffle(bytes: Uint8Array, width: number): Uint8Array {
  if (width === 1) return bytes;
  const count = bytes.length / width;
  const out = new Uint8Array(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    const start = plane * count;
    for (let n = 0, at = plane; n < count; n++, at += width) out[start + n] = bytes[at]!;
  }
  return out;
}

export type Wrapper = 'zlib' | 'gzip';

/**
 * Deflates at a level from 1 to 9; `width` above 1: bytes of elements of so many bytes, shuffled first. The bytes must stay as
 * they are until then.
 */
export type Deflate = (bytes: Uint8Array, width: number, level: number, wrapper: Wrapper) => Promise<Uint8Array>;

/** Through Node's zlib. */
export const deflatedByZlib: Deflate = (bytes, width, level, wrapper) => {
  const options = { level, memLevel: MOST_MEMORY, chunkSize: Math.max(LEAST_ROOM, bytes.length) };
  return BY_ZLIB[wrapper](shuffle(bytes, width), options);
};
