/** How much less of a request that is too large would be accepted. Pure. */

/**
 * Every how manyth of all times fits, from what the service says of a request of some of them; undefined where it names no
 * limit, or not even one time fits.
 */
export function fittingStride(sentence: string, asked: number, all: number): number | undefined {
  const found = /(\d+) values, over the limit of (\d+)/.exec(sentence);
  const steps = Math.floor((Number(found?.[2]) * asked) / Number(found?.[1]));
  return steps >= 1 ? Math.ceil(all / steps) : undefined;
}
