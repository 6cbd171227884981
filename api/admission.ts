/**
 * How much one user may have under way: requests a minute, unfinished requests, values in them; and all users together. The
 * unfinished are counted in the journal, so the limits survive restarts and hold across processes on one state folder; the
 * minute is counted by the queue (workers/submit-rate.ts).
 */
import { type User, userId } from '../schemas/job.js';
import type { Limits } from '../schemas/limits.js';
import { type ErrorCode, FeatureError } from '../schemas/problem.js';
import type { JobQueue } from '../workers/queue.js';
import type { SubmitRate } from '../workers/submit-rate.js';
import type { PricedRequest } from './context.js';
import type { Metrics } from './metrics.js';

type Counts = Pick<JobQueue, 'unfinished' | 'unfinishedValues' | 'submitRate'>;
type AdmissionLimit = 'requestsPerMinute' | 'unfinished' | 'unfinishedPerUser' | 'valuesPerUser';

export class Admission {
  readonly #limits: Limits;
  readonly #queue: Counts;
  readonly #minute: SubmitRate | undefined;
  readonly #metrics: Pick<Metrics, 'refusals'>;

  constructor(limits: Limits, queue: Counts, metrics: Pick<Metrics, 'refusals'>) {
    this.#limits = limits;
    this.#queue = queue;
    this.#metrics = metrics;
    const perMinute = limits.requestsPerMinute;
    this.#minute = perMinute === 0 ? undefined : queue.submitRate(perMinute);
  }

  /** Counts a submit. Throws `rate_limited` over the limit a minute. */
  async submit(user: User): Promise<void> {
    if (this.#minute === undefined || (await this.#minute.take(userId(user)))) return;
    const { requestsPerMinute } = this.#limits;
    throw this.#refusal(
      'requestsPerMinute',
      'rate_limited',
      `More than ${requestsPerMinute} requests a minute; wait a moment.`,
    );
  }

  /** Throws `rate_limited` or `overloaded` when one more request is too many. Costs little, so it comes before planning. */
  count(user: User): void {
    const { unfinished, unfinishedPerUser } = this.#limits;
    if (this.#queue.unfinished() >= unfinished) {
      const detail = 'The service has as many requests as it can hold; try again later.';
      throw this.#refusal('unfinished', 'overloaded', detail);
    }
    if (this.#queue.unfinished(userId(user)) >= unfinishedPerUser) {
      const detail = `You have ${unfinishedPerUser} unfinished requests, the most allowed; wait for some or revoke them.`;
      throw this.#refusal('unfinishedPerUser', 'rate_limited', detail);
    }
  }

  /** Throws `rate_limited`, `overloaded` or `too_large` when there is no room for the request. */
  room(user: User, priced: PricedRequest): void {
    this.count(user);
    const { valuesPerUser } = this.#limits;
    if (valuesPerUser === 0) return;
    if (priced.cost > valuesPerUser) {
      const detail = `The request has ${priced.cost} values, a user may have ${valuesPerUser} under way; split it.`;
      throw this.#refusal('valuesPerUser', 'too_large', detail);
    }
    const held = this.#queue.unfinishedValues(userId(user));
    if (held + priced.cost > valuesPerUser) {
      const detail = `Your unfinished requests have ${held} values, this one ${priced.cost}; ${valuesPerUser} may be under way: wait for some.`;
      throw this.#refusal('valuesPerUser', 'rate_limited', detail);
    }
  }

  #refusal(limit: AdmissionLimit, code: ErrorCode, detail: string): FeatureError {
    this.#metrics.refusals.inc({ limit });
    return new FeatureError(code, detail);
  }
}
