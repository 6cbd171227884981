/**
 * Reads the journals of a state directory: all of it at start, later only what others have appended since. A line that
 * was cut by a crash is skipped: nobody was told that it was kept.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type JournalLine, journalLineSchema } from './journal.js';

interface Segment {
  readonly name: string;
  /** bytes read so far: always the end of a line */
  offset: number;
  lastChange: number;
}

export interface ReadLine {
  readonly line: JournalLine;
  readonly segment: string;
}

/** Bytes read at a time; a line is at most some 70 KB. */
const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

export class JournalReader {
  readonly #folder: string;
  readonly #segments = new Map<string, Segment>();
  #folderChange = -1;
  /** lines that were not understood: cut by a crash, or of a later version */
  skipped = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get segments(): readonly string[] {
    return [...this.#segments.keys()];
  }

  /** ms since the epoch of the last append seen in a segment. */
  lastChange(segment: string): number {
    return this.#segments.get(segment)?.lastChange ?? 0;
  }

  forget(segment: string): void {
    this.#segments.delete(segment);
  }

  /**
   * What was appended since the last call, `own` left out. Synchronous: with nothing new it is one stat a segment,
   * and a caller must not see an older state than the one another process has already answered from.
   */
  *fresh(own: string): Generator<ReadLine> {
    this.#look();
    for (const segment of this.#segments.values()) {
      if (segment.name !== own) yield* this.#rest(segment);
    }
  }

  #look(): void {
    let change: number;
    try {
      change = statSync(this.#folder).mtimeMs;
    } catch {
      return;
    }
    // A folder's time stamp is coarse: a file made in the same tick must not be missed.
    if (change === this.#folderChange && Date.now() - change > 2000) return;
    this.#folderChange = change;
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith('.ndjson') && !this.#segments.has(name)) {
        this.#segments.set(name, { name, offset: 0, lastChange: 0 });
      }
    }
  }

  *#rest(segment: Segment): Generator<ReadLine> {
    const path = join(this.#folder, segment.name);
    let size: number;
    try {
      const stat = statSync(path);
      size = stat.size;
      segment.lastChange = stat.mtimeMs;
    } catch {
      this.#segments.delete(segment.name);
      return;
    }
    if (size <= segment.offset) return;
    const file = openSync(path, 'r');
    try {
      size = fstatSync(file).size;
      while (segment.offset < size) {
        const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - segment.offset));
        const read = readSync(file, buffer, 0, buffer.length, segment.offset);
        const end = buffer.lastIndexOf(NEWLINE, read - 1);
        if (read === 0 || end < 0) return;
        segment.offset += end + 1;
        for (const text of buffer.toString('utf8', 0, end).split('\n')) {
          const line = this.#parse(text);
          if (line !== undefined) yield { line, segment: segment.name };
        }
      }
    } finally {
      closeSync(file);
    }
  }

  #parse(text: string): JournalLine | undefined {
    if (text === '') return undefined;
    try {
      return journalLineSchema.parse(JSON.parse(text));
    } catch {
      this.skipped += 1;
      return undefined;
    }
  }
}
