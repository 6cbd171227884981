/**
 * The journal: what was accepted, what ended and what was revoked, one JSON line each, in files of this process's own
 * (segments) below `<state>/journal`. A promise of `append` is kept before it resolves: the lines are on the disk
 * (fdatasync, one for everyone who waits). The journal is the truth about acceptance; the queue only schedules.
 * Other processes on the same state directory read these files (workers/journal-reader.ts).
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { JOB_ID, jobResultSchema, jobSchema } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import { crashPoint } from './crash-point.js';
import { syncFolder } from './folder-sync.js';

const id = z.string().regex(JOB_ID);
const instant = z.number().int().nonnegative();

/** How a job ended. Times are ms since the epoch. */
export const endingSchema = z.strictObject({
  result: jobResultSchema,
  attempt: z.number().int().nonnegative(),
  startedAt: instant.optional(),
  finishedAt: instant,
});
export type Ending = Readonly<z.infer<typeof endingSchema>>;

export const journalLineSchema = z.discriminatedUnion('e', [
  /** accepted; durable before the client is told */
  z.strictObject({ e: z.literal('accept'), job: jobSchema }),
  /** ended, with the outcome that was published */
  z.strictObject({ e: z.literal('end'), id, end: endingSchema }),
  /** taken back by its owner; durable before the client is told */
  z.strictObject({ e: z.literal('revoke'), id, at: instant }),
  /** written down, but the client was told that it was not accepted */
  z.strictObject({ e: z.literal('void'), id }),
]);
export type JournalLine = z.infer<typeof journalLineSchema>;

export interface JournalOptions {
  /** folder of the segments */
  readonly folder: string;
  /** false: lines survive the death of the process, not the loss of power */
  readonly sync: boolean;
  /** bytes after which the next segment is begun */
  readonly segmentBytes?: number;
}

interface Waiting {
  readonly text: string;
  readonly sync: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A segment that was written to within this time cannot have been swept. */
const QUIET_MS = 60_000;
const DEFAULT_SEGMENT_BYTES = 32 * 1024 * 1024;

export class Journal {
  readonly #options: JournalOptions;
  #file: FileHandle | undefined;
  #name = '';
  #bytes = 0;
  #torn = false;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  private constructor(options: JournalOptions) {
    this.#options = options;
  }

  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options);
    await mkdir(options.folder, { recursive: true });
    await journal.#nextSegment();
    return journal;
  }

  /** File name of the segment being written; readers skip it. */
  get segment(): string {
    return this.#name;
  }

  /**
   * Resolves when the lines are kept. `durable: false` is for what can be found out again (an ending, which is
   * also in the store): written, but nobody waits for the disk.
   */
  append(lines: readonly JournalLine[], durable = true): Promise<void> {
    if (this.#closed) return Promise.reject(new FeatureError('overloaded', 'The service is shutting down; try again.'));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const kept = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ text, sync: durable && this.#options.sync, resolve, reject });
    });
    this.#writing ??= this.#drain();
    return kept;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #drain(): Promise<void> {
    // One turn of the loop lets requests that arrive together share a sync.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch);
        for (const one of batch) one.resolve();
      } catch (error) {
        this.#torn = true;
        const problem = refusal(error);
        for (const one of batch) one.reject(problem);
      }
    }
    this.#writing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#bytes >= (this.#options.segmentBytes ?? DEFAULT_SEGMENT_BYTES)) await this.#nextSegment();
    let file = this.#file!;
    // A sweeper elsewhere may have taken this segment for a dead one, if it was quiet for long (workers/sweeper.ts).
    const isQuiet = performance.now() - this.#writtenAt > QUIET_MS;
    if (isQuiet && (await file.stat()).nlink === 0) {
      await this.#nextSegment();
      file = this.#file!;
    }
    crashPoint('journal.before-write');
    // After a failed write the file may end within a line; a newline of our own keeps the next one whole.
    const text = (this.#torn ? '\n' : '') + batch.map((one) => one.text).join('');
    const bytes = Buffer.from(text);
    await writeAll(file, bytes);
    this.#writtenAt = performance.now();
    this.#torn = false;
    this.#bytes += bytes.length;
    crashPoint('journal.after-write');
    if (batch.some((one) => one.sync)) await file.datasync();
    crashPoint('journal.after-sync');
  }

  async #nextSegment(): Promise<void> {
    const name = `${Date.now().toString(36)}-${process.pid}-${randomBytes(6).toString('hex')}.ndjson`;
    const file = await open(join(this.#options.folder, name), 'ax', 0o600);
    if (this.#options.sync) await syncFolder(this.#options.folder);
    const old = this.#file;
    this.#file = file;
    this.#name = name;
    this.#bytes = 0;
    this.#torn = false;
    await old?.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

function refusal(error: unknown): FeatureError {
  return new FeatureError(
    'overloaded',
    'The request could not be written down, probably because the disk of the state directory is full; try again later.',
    { cause: error },
  );
}
