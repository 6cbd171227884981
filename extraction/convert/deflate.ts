/** Chunks deflated through libdeflate where the machine has it, else through Node's zlib; in the thread pool either way. */
import { type Deflate, deflatedByZlib } from '../../formats/deflate-chunk.js';
import { deflateChunk, hasDeflate } from '../../native/index.js';

export const deflate: Deflate = (bytes, width, level, wrapper) =>
  (hasDeflate() ? deflateChunk : deflatedByZlib)(bytes, width, level, wrapper);
