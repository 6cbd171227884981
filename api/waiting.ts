/**
 * Polls that are held open. Over the limits (all, or one user's) a poll is not refused but answered at once, so the number
 * of held connections is bounded and nobody sees an error for it.
 */
import { setMaxListeners } from 'node:events';
import type { Response } from 'express';
import type { JobRecord } from '../schemas/job.js';
import { isFinal } from '../schemas/job.js';
import type { Limits } from '../schemas/limits.js';
import type { JobQueue } from '../workers/queue.js';

export class Waiting {
  readonly #queue: Pick<JobQueue, 'wait'>;
  readonly #limits: Limits;
  readonly #stopping: AbortSignal | undefined;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(queue: Pick<JobQueue, 'wait'>, limits: Limits, stopping: AbortSignal | undefined) {
    this.#queue = queue;
    this.#limits = limits;
    this.#stopping = stopping;
    // Every held poll listens to it: there may be as many as the limits allow.
    if (stopping !== undefined) setMaxListeners(0, stopping);
  }

  /** Number of polls held now. */
  get held(): number {
    return this.#total;
  }

  /**
   * The record after its next change (`any`) or its end (`end`), at the latest after the configured time, at once where
   * the limits are reached, and when the client leaves or the service stops.
   */
  async until(what: 'any' | 'end', record: JobRecord, res: Response): Promise<JobRecord | undefined> {
    const { user, id } = record.job;
    const own = this.#held.get(user) ?? 0;
    const { longPolls, longPollsPerUser, longPollMs } = this.#limits;
    if (isFinal(record.state) || this.#total >= longPolls || own >= longPollsPerUser || longPollMs === 0) return record;
    this.#held.set(user, own + 1);
    this.#total++;
    const left = new AbortController();
    const leave = (): void => left.abort();
    res.once('close', leave);
    this.#stopping?.addEventListener('abort', leave, { once: true });
    if (this.#stopping?.aborted === true) leave();
    try {
      const end = performance.now() + longPollMs;
      for (let latest: JobRecord | undefined = record; ; ) {
        const ms = end - performance.now();
        if (ms <= 0 || left.signal.aborted) return latest;
        const before: JobRecord = latest ?? record;
        latest = await this.#queue.wait(id, ms, left.signal);
        // Unchanged: the time is over, or the queue went away meanwhile, and then the next poll is refused.
        if (latest === undefined || isFinal(latest.state) || latest.state === before.state) return latest;
        if (what === 'any' && latest.state !== record.state) return latest;
      }
    } finally {
      res.removeListener('close', leave);
      this.#stopping?.removeEventListener('abort', leave);
      this.#release(user);
    }
  }

  #release(user: string): void {
    this.#total--;
    const own = (this.#held.get(user) ?? 1) - 1;
    if (own <= 0) this.#held.delete(user);
    else this.#held.set(user, own);
  }
}
