/**
 * Time-major side-files: for the variables that a collection names, a copy of each series turned to time last, in OM files of
 * our own writer beside the run index, within a budget of bytes. They are a cache: made in the background, named after the
 * identity of their sources (side-series.ts), left aside when they are missing, damaged or of other sources.
 */
import { fork } from 'node:child_process';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OmFile } from '../../formats/om/read.js';
import { fileSet } from '../catalogue/file-set.js';
import { type CubeRun, type Datacube, recordsOf } from '../datacube.js';
import { batchOf } from '../read/batches.js';
import { isRemote } from '../store/remote-files.js';
import { type SideSeries, SUFFIX, seriesOfRun } from './series.js';
import type { SideTask } from './write.js';
import type { SideReply } from './writer.js';

/** How often the folder is looked at for files that another process made, ms. */
const LOOK_MS = 5000;
const MOST_OPEN = 32;
/** A file being written grows more often than this, ms. */
const ABANDONED_MS = 600_000;

export interface SideReport {
  readonly files: number;
  readonly bytes: number;
  /** series without a file: over the budget, unreadable, no room */
  readonly left: number;
}

export class SideFiles {
  #names: ReadonlySet<string> = new Set();
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #open = new Map<string, Promise<OmFile>>();

  /** `maxBytes`: of all files together; `jumps`: folder of the jump indexes, which make writing faster. */
  constructor(
    readonly folder: string,
    readonly maxBytes: number,
    private readonly jumps?: string,
  ) {}

  /** Whether a series has its file; another process may have made it a few seconds ago without this being known here. */
  has(name: string): boolean {
    if (performance.now() - this.#lookedAt > LOOK_MS) {
      this.#lookedAt = performance.now();
      void this.look();
    }
    return this.#names.has(name);
  }

  /** Lists the folder; files that are gone are closed. */
  async look(): Promise<void> {
    this.#names = new Set(await readdir(this.folder).catch(() => []));
    this.#lookedAt = performance.now();
    for (const name of this.#open.keys()) if (!this.#names.has(name)) await this.#close(name);
  }

  /** An open file; throws when it cannot be read, and does not offer it again. */
  async opened(name: string): Promise<OmFile> {
    const before = this.#open.get(name);
    if (before !== undefined) return before;
    for (const oldest of this.#open.keys()) if (this.#open.size >= MOST_OPEN) await this.#close(oldest);
    const file = OmFile.open(join(this.folder, name));
    this.#open.set(name, file);
    file.catch(() => this.distrust(name));
    return file;
  }

  /** A file that could not be read is not offered again, and removed, so that it is made anew. */
  distrust(name: string): void {
    this.#names = new Set([...this.#names].filter((one) => one !== name));
    void this.#close(name);
    void unlink(join(this.folder, name)).catch(() => undefined);
  }

  async #close(name: string): Promise<void> {
    const file = this.#open.get(name);
    this.#open.delete(name);
    await file?.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
  }

  async close(): Promise<void> {
    for (const name of [...this.#open.keys()]) await this.#close(name);
  }

  /** Makes what is missing, the newest run first, as long as the budget lasts. */
  async build(cube: Datacube, signal?: AbortSignal): Promise<SideReport> {
    const wanted = wantedSeries(cube).filter(({ run }) => !run.index.files.some(({ path }) => isRemote(path)));
    const report = { files: 0, bytes: 0, left: 0 };
    if (wanted.length === 0) return report;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.look();
    let used = await this.#bytes();
    for (const { run, series } of wanted) {
      signal?.throwIfAborted();
      if (this.#names.has(series.name)) continue;
      if (used + leastBytes(run, series) > this.maxBytes) {
        report.left++;
        continue;
      }
      const made = await writtenApart(this.#taskOf(cube, run, series), signal);
      if ('bytes' in made && used + made.bytes <= this.maxBytes) {
        used += made.bytes;
        report.files++;
        report.bytes += made.bytes;
        continue;
      }
      report.left++;
      if ('bytes' in made) await unlink(join(this.folder, series.name)).catch(() => undefined);
      else if (made.code === 'storage_full') break;
    }
    await this.look();
    return report;
  }

  #taskOf(cube: Datacube, run: CubeRun, { name, rows, ni, nj }: SideSeries): SideTask {
    const records = recordsOf(
      cube,
      rows.map((row) => row + run.firstRow),
    );
    const container = cube.files[records.file[0]!]!.container;
    const batch = batchOf(
      records,
      container,
      rows.map((_, n) => n),
    );
    const path = join(this.folder, name);
    const { files, fileOf } = fileSet(cube, records.file);
    return { path, files, fileOf, batch, ni, nj, ...(this.jumps === undefined ? {} : { jumps: this.jumps }) };
  }

  async #bytes(): Promise<number> {
    let sum = 0;
    for (const name of this.#names) sum += (await stat(join(this.folder, name)).catch(() => undefined))?.size ?? 0;
    return sum;
  }

  /** Removes files of series that are in none of the cubes, and what an interrupted writer left. */
  async sweep(cubes: readonly Datacube[]): Promise<void> {
    const wanted = new Set(cubes.flatMap((cube) => wantedSeries(cube).map(({ series }) => series.name)));
    for (const name of await readdir(this.folder).catch(() => [])) {
      const isStale = name.includes(`${SUFFIX}.part-`)
        ? await isOld(join(this.folder, name))
        : name.endsWith(SUFFIX) && !wanted.has(name);
      if (isStale) await unlink(join(this.folder, name)).catch(() => undefined);
    }
    await this.look();
  }
}

/** Whether nobody writes to a file any more. */
async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** Series of the named variables of a cube, the newest run first; files of several containers are left out. */
function wantedSeries(cube: Datacube): { run: CubeRun; series: SideSeries }[] {
  const { sideFiles } = cube.collection;
  if (sideFiles.length === 0) return [];
  return cube.runs.toReversed().flatMap((run) =>
    seriesOfRun(run.index, sideFiles)
      .series.filter(({ rows }) => {
        const containers = new Set(Array.from(rows, (row) => run.index.files[run.index.columns.file[row]!]!.container));
        return containers.size === 1;
      })
      .map((series) => ({ run, series })),
  );
}

/** A side-file is not smaller than half of its packed records; those over the budget are not begun. */
function leastBytes({ index }: CubeRun, { rows }: SideSeries): number {
  return rows.reduce((sum, row) => sum + index.columns.payloadBytes[row]!, 0) / 2;
}

/** Writes in a process of its own, which is ended with the signal. */
function writtenApart(task: SideTask, signal?: AbortSignal): Promise<SideReply> {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'writer.js');
  const child = fork(script, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  return new Promise<SideReply>((done, fail) => {
    const stop = (): void => {
      child.kill('SIGKILL');
      fail(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
    child.once('message', (reply) => {
      signal?.removeEventListener('abort', stop);
      done(reply as SideReply);
      child.disconnect();
    });
    child.once('error', fail);
    child.once('exit', () => {
      signal?.removeEventListener('abort', stop);
      done({ code: 'worker_lost', message: 'the process that writes side-files ended' });
    });
    child.send(task);
  });
}
