/** Boxes of index ranges in OM arrays: which chunks a box meets, and where their values go. */
import type { OmArray } from './records.js';
import type { OmValues } from './values.js';

/** Half-open, one a dimension. */
export type OmRange = readonly [from: number, to: number];

export const product = (lengths: readonly number[]): number => lengths.reduce((all, length) => all * length, 1);

/** Ranges inside the array; all of it without any. Throws RangeError. */
export function checkRanges(
  path: string,
  { shape }: OmArray,
  ranges: readonly OmRange[] | undefined,
): readonly OmRange[] {
  if (ranges === undefined) return shape.map((length): OmRange => [0, length]);
  if (ranges.length !== shape.length)
    throw new RangeError(`"${path}" has ${shape.length} dimensions (${shape}), ${ranges.length} ranges given`);
  for (const [d, [from, to]] of ranges.entries()) {
    if (!(from >= 0 && from < to && to <= shape[d]!))
      throw new RangeError(`range ${from}:${to} of dimension ${d}; it has ${shape[d]} values`);
  }
  return ranges;
}

/** Chunks along each dimension. */
export function chunkCounts({ shape, chunks }: OmArray): number[] {
  return shape.map((length, d) => Math.ceil(length / chunks[d]!));
}

/** Indices of the chunks that a box meets, last dimension fastest. */
export function* chunksIn({ chunks }: OmArray, box: readonly OmRange[]): Generator<number[]> {
  const first = box.map(([from], d) => Math.floor(from / chunks[d]!));
  const last = box.map(([, to], d) => Math.floor((to - 1) / chunks[d]!));
  const index = [...first];
  for (;;) {
    yield [...index];
    let d = index.length - 1;
    while (d >= 0 && index[d] === last[d]) {
      index[d] = first[d]!;
      d--;
    }
    if (d < 0) return;
    index[d]!++;
  }
}

/** Decodes a chunk and copies the part that lies in the box to its place in `values`. */
export function place(
  array: OmArray,
  index: readonly number[],
  box: readonly OmRange[],
  shape: readonly number[],
  values: OmValues,
  decode: (count: number, row: number) => OmValues,
): void {
  const start = index.map((at, d) => at * array.chunks[d]!);
  const lengths = start.map((at, d) => Math.min(array.chunks[d]!, array.shape[d]! - at));
  const row = lengths.at(-1) ?? 1;
  const chunk = decode(product(lengths), row);
  const from = start.map((at, d) => Math.max(at, box[d]![0]));
  const to = start.map((at, d) => Math.min(at + lengths[d]!, box[d]![1]));
  const at = [...from];
  const last = at.length - 1;
  for (;;) {
    let source = 0;
    let target = 0;
    for (let d = 0; d < at.length; d++) {
      source = source * lengths[d]! + at[d]! - start[d]!;
      target = target * shape[d]! + at[d]! - box[d]![0];
    }
    const run = last < 0 ? 1 : to[last]! - from[last]!;
    (values as Float64Array).set(chunk.subarray(source, source + run) as Float64Array, target);
    let d = last - 1;
    while (d >= 0 && at[d] === to[d]! - 1) {
      at[d] = from[d]!;
      d--;
    }
    if (d < 0) return;
    at[d]!++;
  }
}
