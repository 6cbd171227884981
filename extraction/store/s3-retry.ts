/**
 * Calls to a store over the network: a deadline for the whole, retries with jitter for what passes by itself, and a circuit
 * that refuses at once while the store keeps failing. Errors come out as codes of the table.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FeatureError } from '../../schemas/problem.js';

export interface RetryOptions {
  /** longest time of one call, retries included, ms */
  readonly timeoutMs: number;
  /** calls that may fail one after the other before the circuit opens */
  readonly failuresToOpen?: number;
  /** how long it stays open, ms */
  readonly openMs?: number;
}

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 1500;
/** Share of the deadline after which an attempt is given up for another one. */
const ATTEMPT_SHARE = 0.4;

/** What the SDK tells of an error. */
interface ServiceFault {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function statusOf(error: unknown): number | undefined {
  return (error as ServiceFault | undefined)?.$metadata?.httpStatusCode;
}

const nameOf = (error: unknown): string => String((error as ServiceFault | undefined)?.name ?? '');

/** Faults of the store or of the way to it; 409 is a conditional write that met another one. */
function isPassing(error: unknown): boolean {
  if (error instanceof FeatureError) return false;
  const status = statusOf(error);
  return status === undefined || status >= 500 || status === 429 || status === 408 || status === 409;
}

export class RetryingCalls {
  readonly #options: Required<RetryOptions>;
  #failures = 0;
  #openUntil = 0;

  constructor(options: RetryOptions) {
    this.#options = { failuresToOpen: 5, openMs: 5000, ...options };
  }

  /**
   * The result of `call`, which is given the signal of one attempt and its number from 0. Throws `storage_unavailable` when
   * time or attempts are used up, `permission_denied` for 401 and 403, the caller's reason when it aborts; other answers of
   * the store as they are.
   */
  async run<T>(
    what: string,
    call: (signal: AbortSignal, attempt: number) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    this.#refuseWhenOpen(what);
    const end = performance.now() + this.#options.timeoutMs;
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS && performance.now() < end; attempt++) {
      if (attempt > 0) await pause(attempt, end, signal);
      const ms = Math.max(1, Math.min(end - performance.now(), this.#options.timeoutMs * ATTEMPT_SHARE));
      const limit = AbortSignal.timeout(Math.ceil(ms));
      try {
        const result = await call(signal === undefined ? limit : AbortSignal.any([signal, limit]), attempt);
        this.#failures = 0;
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isPassing(error)) {
          this.#failures = 0;
          throw translate(error, what);
        }
        last = error;
      }
    }
    this.#failures += 1;
    if (this.#failures >= this.#options.failuresToOpen) this.#openUntil = performance.now() + this.#options.openMs;
    throw unavailable(what, last);
  }

  /** While open everything is refused; afterwards one failure opens it again. */
  #refuseWhenOpen(what: string): void {
    if (performance.now() < this.#openUntil) throw unavailable(what, undefined);
  }
}

async function pause(attempt: number, end: number, signal?: AbortSignal): Promise<void> {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt, Math.max(0, end - performance.now()));
  await sleep(Math.random() * most, undefined, signal === undefined ? {} : { signal });
}

function translate(error: unknown, what: string): unknown {
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return new FeatureError('permission_denied', `${what}: the store refuses access (${status}); check its policy.`, {
      cause: error,
    });
  }
  return error;
}

function unavailable(what: string, cause: unknown): FeatureError {
  const reason = cause === undefined ? 'it has been failing' : (statusOf(cause) ?? nameOf(cause));
  return new FeatureError('storage_unavailable', `${what}: the store does not answer (${reason}); try again later.`, {
    cause,
  });
}
