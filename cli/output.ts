/**
 * What commands print: NDJSON on stdout, everything else on stderr. Lines are gathered into large writes and wait for
 * a slow reader, so that a listing of millions of records needs little memory.
 */
import { once } from 'node:events';
import { FeatureError } from '../schemas/problem.js';

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2, partial: 3 } as const;

/** A mistake in the arguments: one sentence, exit 2. */
export class UsageError extends Error {}

const CHUNK = 64 * 1024;

/** Writes lines to a stream in large pieces; `end` flushes. */
export class LineWriter {
  #pending = '';
  constructor(private readonly stream: NodeJS.WritableStream = process.stdout) {}

  async line(text: string): Promise<void> {
    this.#pending += `${text}\n`;
    if (this.#pending.length >= CHUNK) await this.flush();
  }

  json(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value));
  }

  async flush(): Promise<void> {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }
}

/** One sentence on stderr. */
export function complain(text: string): void {
  process.stderr.write(`polyfst: ${text}\n`);
}

/** Turns anything thrown by a command into its sentence and exit code. */
export function report(error: unknown): number {
  if (error instanceof UsageError) {
    complain(error.message);
    return EXIT.usage;
  }
  if (error instanceof FeatureError) {
    complain(error.message);
    return EXIT.failed;
  }
  const failure = error as NodeJS.ErrnoException;
  if (typeof failure?.code === 'string' && typeof failure.path === 'string') {
    complain(
      `${failure.path}: ${failure.code === 'ENOENT' ? 'no such file or folder' : failure.message}; check the path`,
    );
    return EXIT.failed;
  }
  complain(
    error instanceof Error ? (process.env['POLYFST_DEBUG'] ? (error.stack ?? '') : error.message) : String(error),
  );
  return EXIT.failed;
}
