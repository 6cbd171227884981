/**
 * Sets of grid points as spans of storage offsets: sorted, disjoint, merged where they touch, also across the ends of
 * rows. This is the form in which every region is found, cached and priced.
 */

export interface Spans {
  /** first storage offset of each span, ascending */
  readonly start: Uint32Array;
  /** points in each span, at least 1 */
  readonly length: Uint32Array;
  /** points in all spans */
  readonly count: number;
}

export const NO_SPANS: Spans = { start: new Uint32Array(0), length: new Uint32Array(0), count: 0 };

/** Collects spans in ascending order of offset and merges those that touch. */
export class SpanBuilder {
  readonly #start: number[] = [];
  readonly #length: number[] = [];
  #count = 0;

  add(start: number, length: number): void {
    if (length <= 0) return;
    const last = this.#start.length - 1;
    const end = last < 0 ? -1 : this.#start[last]! + this.#length[last]!;
    if (start < end) throw new RangeError(`spans must ascend: ${start} after ${end}`);
    this.#count += length;
    if (start === end) this.#length[last] = this.#length[last]! + length;
    else {
      this.#start.push(start);
      this.#length.push(length);
    }
  }

  finish(): Spans {
    return { start: Uint32Array.from(this.#start), length: Uint32Array.from(this.#length), count: this.#count };
  }
}

/** All offsets of the spans, ascending. */
export function expand(spans: Spans): Uint32Array {
  const points = new Uint32Array(spans.count);
  let at = 0;
  for (let s = 0; s < spans.start.length; s++) {
    const start = spans.start[s]!;
    const length = spans.length[s]!;
    for (let n = 0; n < length; n++) points[at++] = start + n;
  }
  return points;
}

/** Spans of ascending, distinct offsets. */
export function spansOf(offsets: Iterable<number>): Spans {
  const builder = new SpanBuilder();
  for (const offset of offsets) builder.add(offset, 1);
  return builder.finish();
}

/** Points that lie in both sets. */
export function intersect(a: Spans, b: Spans): Spans {
  const builder = new SpanBuilder();
  let i = 0;
  let j = 0;
  while (i < a.start.length && j < b.start.length) {
    const endA = a.start[i]! + a.length[i]!;
    const endB = b.start[j]! + b.length[j]!;
    const start = Math.max(a.start[i]!, b.start[j]!);
    const end = Math.min(endA, endB);
    if (start < end) builder.add(start, end - start);
    if (endA <= endB) i++;
    else j++;
  }
  return builder.finish();
}

/** `first`, then `second` moved up by `shift` offsets; every offset of the second must come after those of the first. */
export function concatenate(first: Spans, second: Spans, shift: number): Spans {
  const builder = new SpanBuilder();
  for (let s = 0; s < first.start.length; s++) builder.add(first.start[s]!, first.length[s]!);
  for (let s = 0; s < second.start.length; s++) builder.add(second.start[s]! + shift, second.length[s]!);
  return builder.finish();
}
