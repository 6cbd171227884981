/**
 * Order of the queue: small jobs first, and of equal size those of the user with the fewest waiting before them. So a
 * user with ten thousand requests does not hold up another's first one, and a stream of small jobs cannot hold up a big
 * one for ever: each of a user's waiting requests costs the next a place.
 */

/** BullMQ's lowest priority. */
const LOWEST = 2 ** 21 - 1;
/** One doubling of the cost weighs as much as this many waiting requests of the user. */
const WEIGHT = 64;

/** Values up to which a job is a small one: done in a moment, and not to be held up by others. */
const SMALL_VALUES = 200_000;

export function isSmall(cost: number): boolean {
  return cost <= SMALL_VALUES;
}

function costClass(cost: number): number {
  return Math.floor(Math.log2(1 + Math.max(0, cost)));
}

/** Priority of a job; a lower number runs first. `costsAhead`: costs of the user's unfinished jobs. */
export function priorityOf(cost: number, costsAhead: Iterable<number>): number {
  const own = costClass(cost);
  let rank = 0;
  for (const ahead of costsAhead) if (costClass(ahead) <= own) rank += 1;
  return Math.min(LOWEST, 1 + own * WEIGHT + rank);
}
