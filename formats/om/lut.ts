/**
 * The look-up table of an OM array: where each chunk starts, and the end of the last. Entries are coded in groups of 64, every group padded
 * to the longest, so that one entry can be found by reading one group.
 */
import { ByteReader, ByteWriter } from './bits.js';
import { readWideBlocks, readWideFirst, writeWideBlocks, writeWideFirst } from './wide.js';

const GROUP = 64;

/** Coded table of `offsets` (chunks + 1 of them, ascending). */
export function writeLut(offsets: readonly number[]): Uint8Array {
  const groups: Uint8Array[] = [];
  for (let from = 0; from < offsets.length; from += GROUP) {
    const part = offsets.slice(from, from + GROUP);
    const out = new ByteWriter();
    writeWideFirst(out, BigInt(part[0]!));
    writeWideBlocks(
      out,
      BigUint64Array.from(part.slice(1), (offset, i) => BigInt(offset - part[i]!)),
    );
    groups.push(out.take());
  }
  const longest = Math.max(...groups.map((group) => group.length));
  const table = new Uint8Array(longest * groups.length);
  for (const [g, group] of groups.entries()) table.set(group, g * longest);
  return table;
}

/** Groups of a table for an array of `chunks` chunks. */
export const lutGroups = (chunks: number): number => Math.ceil((chunks + 1) / GROUP);

/** Group that holds entry `chunk`. */
export const lutGroup = (chunk: number): number => Math.floor(chunk / GROUP);

/** Entries of one coded group. */
export function readLutGroup(bytes: Uint8Array, group: number, chunks: number): Float64Array {
  const count = Math.min(GROUP, chunks + 1 - group * GROUP);
  const input = new ByteReader(bytes);
  const offsets = new Float64Array(count);
  offsets[0] = Number(readWideFirst(input));
  const steps = readWideBlocks(input, count - 1);
  for (let i = 1; i < count; i++) offsets[i] = offsets[i - 1]! + Number(steps[i - 1]!);
  return offsets;
}
