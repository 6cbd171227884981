/**
 * A journal of finished pieces of work: one JSON object a line, each synced before the work counts as done. A line that a kill
 * cut short is dropped, and the next one starts afresh.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';

export class AppendJournal<Entry extends object> implements AsyncDisposable {
  private constructor(
    private readonly file: FileHandle,
    /** entries of earlier runs, in order */
    readonly earlier: readonly Entry[],
  ) {}

  static async open<Entry extends object>(path: string): Promise<AppendJournal<Entry>> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const entries = whole.split('\n').flatMap((line) => parsed<Entry>(line));
    const file = await open(path, 'a');
    const journal = new AppendJournal<Entry>(file, entries);
    if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
    return journal;
  }

  async add(entry: Entry): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.file.datasync();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.file.close();
}

function parsed<Entry>(line: string): Entry[] {
  if (line === '') return [];
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? [entry as Entry] : [];
  } catch {
    return [];
  }
}
