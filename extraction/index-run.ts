/**
 * Data files → run indexes, incrementally: a file is scanned when its path, device, inode, size or mtime is new. A file that
 * is still being written, or is cut short, stays out until it is whole. Events go to the diagnostics channel `fst:index`.
 */
import { channel } from 'node:diagnostics_channel';
import { availableParallelism } from 'node:os';
import { FeatureError } from '../schemas/problem.js';
import type { RecordTable, Source } from '../schemas/vocabulary.js';
import { type FileIdentity, identityOf, sameFile } from './catalogue/data-file.js';
import { type FilePart, mergeRun, partOf, splitByBase } from './catalogue/merge-run.js';
import type { KeyRules } from './keys.js';
import { type DataFile, type RunIndex, runId } from './run-index.js';
import { scanDataFile } from './store/data-source.js';
import { isRemote } from './store/remote-files.js';

/** A line for the log about one file. */
export interface IndexEvent {
  readonly level: 'debug' | 'warn';
  readonly file: string;
  readonly message: string;
}

const events = channel('fst:index');

/** Objects scanned at once: their time is that of the way to the store. */
const REMOTE_AT_ONCE = 16;

export type Scan = (source: Source) => Promise<RecordTable>;

/** The addon is loaded by the first scan: a process that only reads published indexes does not need it for that. */
const nativeScan: Scan = async (source) => (await import('../native/index.js')).scan(source);

export interface IndexProgress {
  readonly files: number;
  readonly done: number;
  readonly records: number;
}

/** Files without records to show, as they were when last looked at: not FST, empty, unreadable or unfinished. */
export interface Skipped extends FileIdentity {
  /** looked at again every time */
  readonly unfinished: boolean;
}

/** What an index holds: its runs, and the files that were passed over. */
export interface IndexState {
  readonly runs: readonly RunIndex[];
  readonly skipped: ReadonlyMap<string, Skipped>;
}

export const EMPTY_STATE: IndexState = { runs: [], skipped: new Map() };

export interface IndexOptions {
  readonly rules: KeyRules;
  /** derive the keys of every run again, because the rules changed */
  readonly rederive?: boolean;
  readonly scan?: Scan;
  readonly progress?: (progress: IndexProgress) => void;
}

interface Scanned {
  readonly file: DataFile;
  readonly table: RecordTable;
}

/** The state after the files that are there now. Runs that did not change are the same objects as before. */
export async function updateIndex(
  before: IndexState,
  files: readonly FileIdentity[],
  options: IndexOptions,
  signal?: AbortSignal,
): Promise<IndexState> {
  const present = new Map(files.map((file) => [file.path, file]));
  const indexed = new Map(before.runs.flatMap((run) => run.files.map((file) => [file.path, file] as const)));
  const isKnown = (file: FileIdentity): boolean => {
    const passed = before.skipped.get(file.path);
    const known = indexed.get(file.path);
    return (known !== undefined && sameFile(known, file)) || (passed?.unfinished === false && sameFile(passed, file));
  };
  const skipped = new Map([...before.skipped].filter(([path, file]) => sameFile(file, present.get(path))));
  const scanned = await scanAll(
    files.filter((file) => !isKnown(file)),
    skipped,
    options,
    signal,
  );
  const fresh = new Map<string, { base: number; parts: FilePart[] }>();
  for (const { file, table } of scanned) {
    for (const [base, rows] of splitByBase(table)) {
      const id = runId(base);
      const run = fresh.get(id) ?? { base, parts: [] };
      fresh.set(id, run);
      run.parts.push({ file, table, rows });
    }
  }
  const runs: RunIndex[] = [];
  for (const run of before.runs) {
    const stays = run.files.map((file) => sameFile(file, present.get(file.path)) && !skipped.has(file.path));
    const added = fresh.get(run.id)?.parts ?? [];
    fresh.delete(run.id);
    if (added.length === 0 && stays.every(Boolean) && options.rederive !== true) {
      runs.push(run);
      continue;
    }
    const kept = run.files.flatMap((_, number) => (stays[number] ? [partOf(run, number)] : []));
    const merged = mergeRun(run.base, [...kept, ...added], options.rules);
    if (merged !== undefined) runs.push(merged);
  }
  for (const { base, parts } of fresh.values()) {
    const merged = mergeRun(base, parts, options.rules);
    if (merged !== undefined) runs.push(merged);
  }
  runs.sort((one, other) => (one.id < other.id ? -1 : 1));
  return { runs, skipped };
}

async function scanAll(
  files: readonly FileIdentity[],
  skipped: Map<string, Skipped>,
  options: IndexOptions,
  signal?: AbortSignal,
): Promise<Scanned[]> {
  const scanned: Scanned[] = [];
  let next = 0;
  let done = 0;
  let records = 0;
  const work = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      signal?.throwIfAborted();
      const result = await scanOne(file, skipped, options.scan ?? nativeScan, signal);
      if (result !== undefined) scanned.push(result);
      records += result?.table.count ?? 0;
      options.progress?.({ files: files.length, done: ++done, records });
    }
  };
  const atOnce = files.some(({ path }) => isRemote(path)) ? REMOTE_AT_ONCE : Math.min(4, availableParallelism());
  await Promise.all(Array.from({ length: atOnce }, work));
  return scanned;
}

/** Scans a file; one that gives nothing is noted in `skipped`, with one event the first time it is seen so. */
async function scanOne(
  file: FileIdentity,
  skipped: Map<string, Skipped>,
  scanFile: Scan,
  signal?: AbortSignal,
): Promise<Scanned | undefined> {
  const before = skipped.get(file.path);
  const pass = (unfinished: boolean, level: IndexEvent['level'], message: string): undefined => {
    if (before === undefined) events.publish({ level, file: file.path, message } satisfies IndexEvent);
    skipped.set(file.path, { ...file, unfinished });
  };
  let table: RecordTable;
  try {
    table = await scanDataFile(file, scanFile, signal);
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error;
    // Nothing is known about the file then, nor about the others.
    if (error.code === 'storage_unavailable') throw error;
    if (error.code === 'not_fst') return pass(false, 'debug', 'skipped: not an RPN standard file');
    return pass(true, 'warn', `not indexed: ${error.message}`);
  }
  // An object does not grow; another one under its name would have shown on the way.
  if (!table.complete || !(isRemote(file.path) || sameFile(file, await identityOf(file.path)))) {
    return pass(true, 'debug', 'not indexed yet: the file is not complete');
  }
  if (table.count === 0) return pass(false, 'debug', 'skipped: no records');
  skipped.delete(file.path);
  return { file: { ...file, container: table.container }, table };
}
