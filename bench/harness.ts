/** Timing: warm-up, several runs, median and minimum; a sink keeps results alive so that no work is optimised away. */

export interface Timing {
  readonly medianMs: number;
  readonly minMs: number;
  readonly n: number;
}

let sink = 0;

/** Runs `work` `n` times after `warmup` runs; `work` returns a number that depends on what it computed. */
export async function time(n: number, work: () => Promise<number>, warmup = 1): Promise<Timing> {
  for (let run = 0; run < warmup; run++) sink += await work();
  const elapsed: number[] = [];
  for (let run = 0; run < n; run++) {
    const start = performance.now();
    sink += await work();
    elapsed.push(performance.now() - start);
  }
  return median(elapsed);
}

/** Median and least of some times. */
export function median(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  return { medianMs: sorted[sorted.length >> 1]!, minMs: sorted[0]!, n: sorted.length };
}

/** Least time of warming up, ms, and most runs of it: code that runs once a request is compiled well only after some dozens. */
const WARM_MS = 600;
const MOST_WARM = 200;

/** Like `time`, after a warm-up that is as long as a service has had when it is asked; fast work is repeated more often. */
export async function timeWarm(n: number, work: () => Promise<number>): Promise<Timing> {
  const start = performance.now();
  let runs = 0;
  for (; runs < 3 || (performance.now() - start < WARM_MS && runs < MOST_WARM); runs++) sink += await work();
  const each = (performance.now() - start) / runs;
  return time(each < 10 ? Math.max(n, 25) : n, work, 0);
}

/** Something derived from all timed results; printing it keeps them observable. */
export const consumed = (): boolean => Number.isFinite(sink);

/** Every `stride`-th value summed: cheap proof that an array was filled. */
export function touch(values: Float32Array, stride = 4096): number {
  let sum = 0;
  for (let k = 0; k < values.length; k += stride) sum += values[k]!;
  return sum;
}
