/**
 * Keeps a catalogue up to date. Folders are looked at again and again instead of being watched: change notices do not exist
 * on network file systems, and a look costs one stat a file. A failed look is reported and the next one tries again.
 */
import { channel } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { toProblem } from '../../schemas/problem.js';
import type { Catalogue } from '../catalogue.js';

/** Published on the diagnostics channel `fst:watch` when a look failed. */
export interface WatchFailure {
  readonly detail: string;
  readonly error: unknown;
}

const failures = channel('fst:watch');

/** A look may take at most this share of the time. */
const REST_FACTOR = 20;

export interface WatchOptions {
  /** shortest pause between two looks, ms */
  readonly intervalMs?: number;
  /** `refresh` looks at the data folders, `sync` at what another process published */
  readonly mode?: 'refresh' | 'sync';
}

/** Looks until the signal aborts; then the promise resolves. */
export async function watchCatalogue(
  catalogue: Pick<Catalogue, 'refresh' | 'sync'>,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const { intervalMs = 2000, mode = 'refresh' } = options;
  let pause = intervalMs;
  while (!signal.aborted) {
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const start = performance.now();
    try {
      await catalogue[mode](signal);
    } catch (error) {
      if (signal.aborted) return;
      failures.publish({ detail: toProblem(error).detail, error } satisfies WatchFailure);
    }
    pause = Math.max(intervalMs, REST_FACTOR * (performance.now() - start));
  }
}
