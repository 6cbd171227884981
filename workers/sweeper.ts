/**
 * Clears away what has had its time: results and records after their life, segments of the journal that hold nothing any
 * more. A record outlives its result by one more life, so that a late poll hears "expired" and not "never heard of it".
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueueBackend } from './backend.js';
import { crashPoint } from './crash-point.js';
import { endOf, type Records } from './records.js';
import { type ResultStore, removeResults } from './result-store.js';

export interface SweeperOptions {
  readonly records: Records;
  readonly store: ResultStore;
  readonly backend: QueueBackend;
  /** folder of the journal */
  readonly journal: string;
  readonly ttlMs: number;
  readonly onFault: (error: unknown) => void;
}

const LONGEST_PAUSE_MS = 60_000;
const SHORTEST_PAUSE_MS = 500;
/** A segment of a process that may yet write to it is left alone. */
const QUIET_MS = 600_000;
/** Longest time that bytes stay for those who began to read them before their time was over. */
const LAST_READERS_MS = 600_000;

const lastReadersMs = (ttlMs: number): number => Math.min(LAST_READERS_MS, ttlMs / 2);

export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #swept = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    const pause = Math.max(SHORTEST_PAUSE_MS, Math.min(LONGEST_PAUSE_MS, this.#options.ttlMs / 4));
    this.#timer = setInterval(() => void this.sweep(Date.now()), pause);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async sweep(now: number): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      await this.#results(now);
      await this.#segments(now);
      await this.#options.backend.maintain();
    } catch (error) {
      this.#options.onFault(error);
    } finally {
      this.#running = false;
    }
  }

  async #results(now: number): Promise<void> {
    const { records, store, ttlMs } = this.#options;
    for (const entry of [...records.ledger.entries()]) {
      const finishedAt = endOf(entry)?.finishedAt ?? (entry.isVoid === true ? (entry.accepted?.at ?? 0) : undefined);
      if (finishedAt === undefined || now - finishedAt <= ttlMs + lastReadersMs(ttlMs)) continue;
      if (!this.#swept.has(entry.id)) {
        await removeResults(store, entry.id);
        this.#swept.add(entry.id);
      }
      if (now - finishedAt > 2 * ttlMs) {
        records.ledger.forget(entry.id);
        this.#swept.delete(entry.id);
      }
    }
  }

  async #segments(now: number): Promise<void> {
    const { records, journal } = this.#options;
    for (const name of records.deadSegments(now - QUIET_MS)) {
      crashPoint('segment.before-delete');
      await unlink(join(journal, name)).catch(() => undefined);
      records.forgetSegment(name);
    }
  }
}
