/**
 * How many submits a user has made in the last minute. On Redis all processes count together; elsewhere a process counts by
 * itself and begins with what the journal knows, so that a restart gives nobody a fresh minute.
 */

import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';

export interface SubmitRate {
  /** Counts a submit; false when it is one too many. */
  take(user: string): Promise<boolean>;
}

const MINUTE_S = 60;

async function consume(limiter: RateLimiterAbstract, user: string): Promise<boolean> {
  return limiter.consume(user).then(
    () => true,
    (refused: unknown) => {
      // What is not a refusal is a fault of the store; the insurance limiter has answered for it already.
      if (refused instanceof Error) return true;
      return false;
    },
  );
}

/** `recent`: submits of the user within the last minute that are on record. */
export function seededRate(perMinute: number, recent: (user: string) => number): SubmitRate {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: MINUTE_S });
  const seeded = new Set<string>();
  const endOfSeeding = performance.now() + MINUTE_S * 1000;
  return {
    async take(user) {
      if (performance.now() < endOfSeeding && !seeded.has(user)) {
        seeded.add(user);
        await limiter.penalty(user, recent(user));
      }
      return consume(limiter, user);
    },
  };
}

/** Counts in Redis; while that is away every process counts for itself. */
export function redisRate(perMinute: number, storeClient: Redis): SubmitRate {
  const limiter = new RateLimiterRedis({
    storeClient,
    keyPrefix: 'polyfst:submits',
    points: perMinute,
    duration: MINUTE_S,
    insuranceLimiter: new RateLimiterMemory({ points: perMinute, duration: MINUTE_S }),
  });
  return { take: (user) => consume(limiter, user) };
}
