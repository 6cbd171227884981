/** Cuts a block of values into chunks, in row-major order of the chunks. */
import type { OmValues } from './values.js';

/** Chunks of a slab in order, copied out of it, with the length of their last dimension. */
export function* cut(
  slab: OmValues,
  shape: readonly number[],
  chunks: readonly number[],
): Generator<{ values: OmValues; length: number }> {
  const counts = shape.map((length, d) => Math.ceil(length / chunks[d]!));
  const total = counts.reduce((all, count) => all * count, 1);
  if (slab.length !== shape.reduce((all, length) => all * length, 1)) {
    throw new RangeError(`OM slab of ${slab.length} values for a shape of ${shape}`);
  }
  for (let number = 0; number < total; number++) {
    const start = new Array<number>(shape.length);
    for (let d = shape.length - 1, rest = number; d >= 0; d--) {
      start[d] = (rest % counts[d]!) * chunks[d]!;
      rest = Math.floor(rest / counts[d]!);
    }
    const lengths = start.map((at, d) => Math.min(chunks[d]!, shape[d]! - at));
    yield { values: copyBlock(slab, shape, start, lengths), length: lengths.at(-1)! };
  }
}

function copyBlock(
  slab: OmValues,
  shape: readonly number[],
  start: readonly number[],
  lengths: readonly number[],
): OmValues {
  const length = lengths.at(-1)!;
  const rows = lengths.slice(0, -1).reduce((all, one) => all * one, 1);
  const block = slab.slice(0, rows * length) as OmValues;
  for (let row = 0; row < rows; row++) {
    let from = 0;
    let rest = row;
    let stride = shape.at(-1)!;
    from = start.at(-1)!;
    for (let d = lengths.length - 2; d >= 0; d--) {
      from += (start[d]! + (rest % lengths[d]!)) * stride;
      rest = Math.floor(rest / lengths[d]!);
      stride *= shape[d]!;
    }
    (block as Float64Array).set(slab.subarray(from, from + length) as Float64Array, row * length);
  }
  return block;
}
