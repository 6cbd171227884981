/**
 * The records of requests as this process sees them: the journal (its own and that of others on the state directory)
 * merged with what is known of running jobs. Whatever changes is told to those who wait for that request.
 */
import type { Job, JobRecord } from '../schemas/job.js';
import { type Ending, Journal, type JournalLine } from './journal.js';
import { JournalReader } from './journal-reader.js';
import { type Entry, Ledger } from './ledger.js';
import { CANCELLED } from './run.js';

export interface RecordsOptions {
  /** folder of the journal */
  readonly folder: string;
  readonly sync: boolean;
  readonly ttlMs: number;
  /** true: no other process writes here, so others' journals are read once */
  readonly exclusive: boolean;
}

/** What is known of a job that has not ended. */
export interface Live {
  readonly attempt: number;
  readonly startedAt: number;
  /** 0..1 */
  readonly progress: number;
  /** progress of its parts, by number */
  readonly shares?: Map<number, number>;
}

/** Progress of a request whose parts are all done and have yet to be joined. */
const UNTIL_JOINED = 0.95;

export class Records {
  readonly ledger: Ledger = new Ledger();
  readonly #options: RecordsOptions;
  readonly #journal: Journal;
  readonly #reader: JournalReader;
  readonly #live = new Map<string, Live>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #anyListeners = new Set<() => void>();
  /** unfinished requests that this process accepted: it is the one that counts how they end */
  readonly #own = new Set<string>();
  readonly #endListeners = new Set<(record: JobRecord) => void>();

  private constructor(options: RecordsOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
    this.#reader = new JournalReader(options.folder);
  }

  static async open(options: RecordsOptions): Promise<Records> {
    const records = new Records(options, await Journal.open(options));
    records.#read();
    return records;
  }

  /** Takes in what other processes have written; cheap when there is nothing. */
  refresh(): void {
    if (!this.#options.exclusive) this.#read();
  }

  /** Accepted for good once this resolves. */
  async accept(job: Job): Promise<void> {
    this.#own.add(job.id);
    await this.#write({ e: 'accept', job });
  }

  /** Accepted and ended in one: an answer that needed no worker. */
  async acceptEnded(job: Job, end: Ending): Promise<void> {
    const lines: JournalLine[] = [
      { e: 'accept', job },
      { e: 'end', id: job.id, end },
    ];
    await this.#journal.append(lines);
    for (const line of lines) this.#apply(line, this.#journal.segment);
  }

  /** The client is told that the request was not accepted. */
  async withdraw(id: string): Promise<void> {
    this.#apply({ e: 'void', id }, this.#journal.segment);
    await this.#journal.append([{ e: 'void', id }], false);
  }

  /** The outcome is in the store already, so nobody here waits for the line; it resolves when others can read it. */
  async end(id: string, end: Ending): Promise<void> {
    this.#live.delete(id);
    const line = { e: 'end', id, end } as const;
    this.#apply(line, this.#journal.segment);
    await this.#journal.append([line], false);
    // The line may have come to stand in the next segment.
    this.ledger.apply(line, this.#journal.segment);
  }

  /** Revoked for good once this resolves. */
  async revoke(id: string, at: number): Promise<void> {
    await this.#write({ e: 'revoke', id, at });
  }

  isRevoked(id: string): boolean {
    return this.ledger.get(id)?.revokedAt !== undefined;
  }

  live(id: string): Live | undefined {
    return this.#live.get(id);
  }

  /** Takes in how far a run is; `of`: the run is one of several parts of the request. */
  setLive(id: string, live: Live, of?: { readonly part: number; readonly parts: number }): void {
    const before = this.#live.get(id);
    if (of === undefined) this.#live.set(id, live);
    else {
      const shares = before?.shares ?? new Map<number, number>();
      shares.set(of.part, live.progress);
      const progress = ([...shares.values()].reduce((sum, share) => sum + share, 0) / of.parts) * UNTIL_JOINED;
      this.#live.set(id, { ...live, progress, shares, startedAt: before?.startedAt ?? live.startedAt });
    }
    this.#tell(id);
  }

  /** The record of a request; undefined when it is not known or no longer. */
  view(id: string, now: number): JobRecord | undefined {
    const entry = this.ledger.get(id);
    const job = this.ledger.job(id);
    if (entry === undefined || job === undefined || entry.isVoid === true) return undefined;
    const ended = endOf(entry);
    if (ended !== undefined) return finalRecord(job, ended, ended.finishedAt + this.#options.ttlMs, now);
    const live = this.#live.get(id);
    if (live === undefined) return { job, state: 'queued', attempt: 0, progress: 0 };
    return { job, state: 'processing', attempt: live.attempt, progress: live.progress, startedAt: live.startedAt };
  }

  /** Calls back on each change of a request, until the returned function is called. */
  onChange(id: string, callback: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(callback));
    return () => {
      listeners.delete(callback);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }

  /** Resolves at the next change of any request, at the latest after `ms`. */
  change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#anyListeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#anyListeners.add(done);
    });
  }

  /** Calls back with each request that this process accepted when it ends, once. */
  onEnd(listener: (record: JobRecord) => void): void {
    this.#endListeners.add(listener);
  }

  /** Other processes' segments of the journal that hold nothing any more and have not changed since `before`. */
  deadSegments(before: number): readonly string[] {
    return this.#reader.segments.filter(
      (name) => name !== this.#journal.segment && this.ledger.isDone(name) && this.#reader.lastChange(name) < before,
    );
  }

  forgetSegment(name: string): void {
    this.#reader.forget(name);
  }

  get skippedLines(): number {
    return this.#reader.skipped;
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #read(): void {
    for (const { line, segment } of this.#reader.fresh(this.#journal.segment)) this.#apply(line, segment);
  }

  async #write(line: JournalLine): Promise<void> {
    await this.#journal.append([line]);
    this.#apply(line, this.#journal.segment);
  }

  #apply(line: JournalLine, segment: string): void {
    if (!this.ledger.apply(line, segment)) return;
    const id = line.e === 'accept' ? line.job.id : line.id;
    if (line.e !== 'accept') {
      this.#live.delete(id);
      this.#tellEnd(id);
    }
    this.#tell(id);
  }

  #tellEnd(id: string): void {
    if (!this.#own.delete(id)) return;
    const record = this.view(id, Date.now());
    if (record !== undefined) for (const listener of this.#endListeners) listener(record);
  }

  #tell(id: string): void {
    for (const callback of [...(this.#listeners.get(id) ?? []), ...this.#anyListeners]) callback();
  }
}

/** How a request ended, revocation first; undefined while it has not. */
export function endOf(entry: Entry): Ending | undefined {
  if (entry.revokedAt === undefined) return entry.end;
  return { result: CANCELLED, attempt: entry.end?.attempt ?? 0, finishedAt: entry.revokedAt };
}

function finalRecord(job: Job, end: Ending, expiresAt: number, now: number): JobRecord {
  const { result, attempt, startedAt, finishedAt } = end;
  const times = { finishedAt, expiresAt, ...(startedAt === undefined ? {} : { startedAt }) };
  if (now > expiresAt) return { job, state: 'expired', attempt, progress: 1, ...times };
  const state = result.ok ? 'processed' : result.code === 'cancelled' ? 'cancelled' : 'failed';
  return { job, state, attempt, progress: 1, ...times, result };
}
