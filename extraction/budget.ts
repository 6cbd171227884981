/**
 * Budgets that all work of a process shares: bytes of values in memory, and file handles. First come, first served, except
 * that a small request may pass a large one that waits, a limited number of times.
 */
import { FeatureError } from '../schemas/problem.js';

/** How often a waiting request may be passed. */
const MOST_PASSES = 16;

interface Waiting {
  readonly amount: number;
  passes: number;
  grant(): void;
}

/** A counted amount that is lent out. */
export class Budget {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  get free(): number {
    return this.#free;
  }

  /**
   * Waits for an amount; the returned function gives it back (once). More than the whole budget counts as the whole.
   * Rejects with the signal's reason when aborted while waiting.
   */
  async acquire(wanted: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    const amount = Math.min(this.total, Math.max(0, Math.ceil(wanted)));
    if (!(this.#mayPass(amount) && this.#take(amount))) await this.#wait(amount, signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#free += amount;
      this.#serve();
    };
  }

  #take(amount: number): boolean {
    if (amount > this.#free) return false;
    this.#free -= amount;
    return true;
  }

  /** A newcomer passes those who wait only when it is smaller than the first of them and that one has patience left. */
  #mayPass(amount: number): boolean {
    const first = this.#waiting[0];
    if (first === undefined) return true;
    if (amount > this.#free || amount >= first.amount / 4 || first.passes >= MOST_PASSES) return false;
    first.passes++;
    return true;
  }

  #wait(amount: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal?.reason as Error);
        this.#serve();
      };
      const entry: Waiting = {
        amount,
        passes: 0,
        grant: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(entry);
    });
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#take(this.#waiting[0]!.amount)) this.#waiting.shift()!.grant();
  }
}

/** Refuses what could never fit, with the numbers. */
export function checkFits(budget: Budget, bytes: number): void {
  if (bytes > budget.total) {
    throw new FeatureError(
      'out_of_memory',
      `The request needs ${bytes} bytes of memory at once, over the budget of ${budget.total}; ask for less, or raise "memory.maxBytes".`,
    );
  }
}
