/**
 * How much one user may have under way: requests a minute, unfinished requests, values in them; and all users together. The
 * unfinished are counted in the journal, so the limits survive restarts and hold across processes on one state folder.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type User, userId } from '../schemas/job.js';
import type { Limits } from '../schemas/limits.js';
import { FeatureError } from '../schemas/problem.js';
import type { JobQueue } from '../workers/queue.js';
import type { PricedRequest } from './context.js';

export class Admission {
  readonly #limits: Limits;
  readonly #queue: Pick<JobQueue, 'unfinished'>;
  readonly #minute: RateLimiterMemory | undefined;

  constructor(limits: Limits, queue: Pick<JobQueue, 'unfinished'>) {
    this.#limits = limits;
    this.#queue = queue;
    const points = limits.requestsPerMinute;
    this.#minute = points === 0 ? undefined : new RateLimiterMemory({ points, duration: 60 });
  }

  /** Counts a submit. Throws `rate_limited` over the limit a minute. */
  async submit(user: User): Promise<void> {
    if (this.#minute === undefined) return;
    try {
      await this.#minute.consume(userId(user));
    } catch {
      const { requestsPerMinute } = this.#limits;
      throw new FeatureError('rate_limited', `More than ${requestsPerMinute} requests a minute; wait a moment.`);
    }
  }

  /** Throws `rate_limited` or `overloaded` when there is no room for the request. */
  room(user: User, priced: PricedRequest): void {
    const { unfinished, unfinishedPerUser, valuesPerUser } = this.#limits;
    if (this.#queue.unfinished() >= unfinished) {
      throw new FeatureError('overloaded', 'The service has as many requests as it can hold; try again later.');
    }
    if (this.#queue.unfinished(userId(user)) >= unfinishedPerUser) {
      const detail = `You have ${unfinishedPerUser} unfinished requests, the most allowed; wait for some or revoke them.`;
      throw new FeatureError('rate_limited', detail);
    }
    if (valuesPerUser > 0 && priced.cost > valuesPerUser) {
      const detail = `The request has ${priced.cost} values, a user may have ${valuesPerUser} under way; split it.`;
      throw new FeatureError('too_large', detail);
    }
  }
}
