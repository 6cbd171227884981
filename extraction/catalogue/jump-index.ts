/**
 * Jump indexes of compressed records: a file beside the run index for each data file, made in the background after indexing,
 * with at most a tenth of the bytes of the data. They only make reading faster: without one a record is decoded whole.
 */
import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJumps } from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { type CubeRecords, type Datacube, recordsOf } from '../datacube.js';
import { batchOf } from '../read/batches.js';
import { type DataFile, FLAG } from '../run-index.js';
import { isRemote } from '../store/remote-files.js';
import { fileSet } from './file-set.js';

/** Largest index as a share of the payload of its record. */
const SHARE = 0.1;
/** Smaller fields are decoded whole about as fast. */
const LEAST_POINTS = 20_000;
/** How often the folder is looked at for indexes that another process made, ms. */
const LOOK_MS = 5000;
const SUFFIX = '.jump';
const TURBO = 128;
/** Tokens in parallelograms: the types that have an index. */
const TOKEN_TYPES = new Set([1, 2, 6]);

/** Name of the index of a file: its identity, as the native side writes it. */
function nameOf({ dev, ino, size, mtimeMs }: DataFile): string {
  const view = new DataView(new ArrayBuffer(32));
  for (const [n, part] of [dev, ino, size, mtimeMs].entries()) view.setFloat64(8 * n, part);
  return Buffer.from(view.buffer).toString('hex') + SUFFIX;
}

export function canJump(datyp: number, points: number): boolean {
  return (datyp & TURBO) !== 0 && TOKEN_TYPES.has(datyp & 63) && points >= LEAST_POINTS;
}

export interface JumpReport {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
}

/** The indexes in one folder. */
export class JumpIndexes {
  readonly #known = new WeakMap<DataFile, boolean>();
  #names: ReadonlySet<string> = new Set();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(readonly folder: string) {}

  /** Whether a file has an index; another process may have made it a few seconds ago without this being known here. */
  has(file: DataFile): boolean {
    if (this.#known.get(file) === true) return true;
    if (performance.now() - this.#lookedAt > LOOK_MS) {
      this.#lookedAt = performance.now();
      void this.look();
    }
    const found = this.#names.has(nameOf(file));
    if (found) this.#known.set(file, true);
    return found;
  }

  /** Lists the folder. */
  async look(): Promise<void> {
    this.#names = new Set(await readdir(this.folder).catch(() => []));
    this.#lookedAt = performance.now();
  }

  /** Makes what is missing, one file after the other. A file that cannot be indexed is passed over: it is read without. */
  async build(cube: Datacube, signal?: AbortSignal): Promise<JumpReport> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.look();
    const report = { files: 0, records: 0, bytes: 0 };
    for (const { file, records, slots } of compressedFiles(cube)) {
      signal?.throwIfAborted();
      if (this.has(file)) continue;
      const { files } = fileSet(cube, records.file.subarray(slots[0]!, slots[0]! + 1));
      try {
        const made = await writeJumps(this.folder, files, batchOf(records, file.container, slots), SHARE);
        report.files++;
        report.records += made.records;
        report.bytes += made.bytes;
      } catch (error) {
        // the disk is full, or the file has changed and will be indexed anew
        if (!(error instanceof FeatureError)) throw error;
        if (error.code === 'storage_full') break;
      }
    }
    await this.look();
    return report;
  }

  /** Removes indexes of files that are in none of the cubes. */
  async sweep(cubes: readonly Datacube[]): Promise<void> {
    const wanted = new Set(cubes.flatMap(({ files }) => files.map(nameOf)));
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) {
      if (name.endsWith(SUFFIX) && !wanted.has(name)) await unlink(join(this.folder, name)).catch(() => undefined);
    }
  }
}

/** Local files of a cube with compressed records of some size, and the slots of these. */
function* compressedFiles(cube: Datacube): Generator<{ file: DataFile; records: CubeRecords; slots: Uint32Array }> {
  for (const run of cube.runs) {
    const { columns, count, files } = run.index;
    const rowsOf = new Map<number, number[]>();
    for (let row = 0; row < count; row++) {
      if ((columns.flags[row]! & FLAG.descriptor) !== 0) continue;
      if (isRemote(files[columns.file[row]!]!.path)) continue;
      if (!canJump(columns.datyp[row]!, columns.ni[row]! * columns.nj[row]!)) continue;
      const rows = rowsOf.get(columns.file[row]!);
      if (rows === undefined) rowsOf.set(columns.file[row]!, [row]);
      else rows.push(row);
    }
    for (const [file, rows] of rowsOf) {
      const records = recordsOf(
        cube,
        Uint32Array.from(rows, (row) => row + run.firstRow),
      );
      yield { file: files[file]!, records, slots: Uint32Array.from(rows, (_, n) => n) };
    }
  }
}
