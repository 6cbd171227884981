/** Copies of records into one new file: chosen by conditions, in either container, packed as they are or anew. */
import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Container } from '../../schemas/vocabulary.js';
import { type Lost, prepareRecords, type Target } from './copy-records.js';
import { expandPaths } from './paths.js';
import { isInteger, isReal } from './recode.js';
import { onCore, scanFiles } from './scanned-file.js';
import { parseWhere, rowsWhere } from './where.js';

export type { Lost } from './copy-records.js';

export interface CopyOptions {
  /** container of the copy; default: what the suffix `.rsf` or `.xdf` says, else that of the first file */
  readonly format?: Container;
  /** packing of real and integer records (docs/formats/packing.md); descriptors, text, binary and complex records keep theirs */
  readonly datyp?: number;
  readonly nbits?: number;
  /** conditions `KEY=GLOB` (where.ts) */
  readonly where?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface CopyReport {
  readonly container: Container;
  readonly records: number;
  /** records that were packed anew */
  readonly recoded: number;
  readonly bytes: number;
  /** what could not be kept */
  readonly lost: readonly Lost[];
}

const MOST_RECORDS = 4096;
/** Records of one append: few segments in RSF, and memory stays bounded. */
const MOST_BYTES = 128 * 2 ** 20;

function containerOf(out: string, format: Container | undefined, first: Container | undefined): Container {
  if (format !== undefined) return format;
  const suffix = extname(out).toLowerCase();
  if (suffix === '.rsf' || suffix === '.xdf') return suffix === '.rsf' ? 'rsf' : 'xdf';
  return first ?? 'xdf';
}

/** Throws FeatureError `bad_value` or `unknown_key` for options that no copy can have. */
export function checkCopyOptions({ datyp, nbits, where }: CopyOptions): void {
  parseWhere(where ?? []);
  if (datyp !== undefined && !(Number.isInteger(datyp) && datyp < 256 && (isReal(datyp) || isInteger(datyp)))) {
    throw new FeatureError(
      'bad_value',
      `datyp ${datyp}: give 1, 5 or 6 for reals, 2 or 4 for integers, plus 64 for missing points and 128 for turbo.`,
    );
  }
  if (nbits !== undefined && !(Number.isInteger(nbits) && nbits >= 1 && nbits <= 64)) {
    throw new FeatureError('bad_value', `nbits ${nbits}: give a whole number from 1 to 64.`);
  }
}

/** Rows cut into pieces of bounded size. */
function* pieces(bytes: Float64Array, rows: readonly number[]): Generator<number[]> {
  let piece: number[] = [];
  let size = 0;
  for (const row of rows) {
    if (piece.length > 0 && (piece.length >= MOST_RECORDS || size + bytes[row]! > MOST_BYTES)) {
      yield piece;
      piece = [];
      size = 0;
    }
    piece.push(row);
    size += bytes[row]!;
  }
  if (piece.length > 0) yield piece;
}

/** Gathers records and appends them in large groups. */
class Appender {
  records = 0;
  #pending: Uint8Array[] = [];
  #bytes = 0;
  constructor(
    readonly path: string,
    readonly container: Container,
    readonly signal: AbortSignal | undefined,
  ) {}

  async add(records: readonly Uint8Array[]): Promise<void> {
    for (const record of records) {
      this.#pending.push(record);
      this.#bytes += record.byteLength;
      if (this.#bytes > MOST_BYTES) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const ready = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    if (ready.length > 0) await onCore(() => native.append(this.path, this.container, ready), this.signal);
    this.records += ready.length;
  }
}

/**
 * Copies records of files, folders and globs into the file `out`, which is replaced when the copy is whole. Throws FeatureError
 * `record_not_found` when no record is left to copy, and what scanning and writing throw; `out` is then as it was before.
 */
export async function copyRecords(
  inputs: readonly string[],
  out: string,
  options: CopyOptions = {},
): Promise<CopyReport> {
  const { signal } = options;
  checkCopyOptions(options);
  const where = parseWhere(options.where ?? []);
  const files = await scanFiles(await expandPaths(inputs, signal), signal);
  const container = containerOf(out, options.format, files[0]?.table.container);
  const target: Target = {
    container,
    ...(options.datyp === undefined ? {} : { datyp: options.datyp }),
    ...(options.nbits === undefined ? {} : { nbits: options.nbits }),
  };
  const unfinished = join(dirname(out), `.${basename(out)}.${randomUUID().slice(0, 8)}.tmp`);
  const appender = new Appender(unfinished, container, signal);
  const lost: Lost[] = [];
  let recoded = 0;
  try {
    for (const file of files) {
      if (!file.table.complete) lost.push(unfinishedFile(file.path));
      for (const rows of pieces(file.table.bytes, rowsWhere(file, where))) {
        signal?.throwIfAborted();
        const prepared = await prepareRecords(file, rows, target, signal);
        lost.push(...prepared.lost);
        recoded += prepared.recoded;
        await appender.add(prepared.records);
      }
    }
    await appender.flush();
    if (appender.records === 0) throw nothingLeft(inputs, options, lost);
    const { size: bytes } = await stat(unfinished);
    await rename(unfinished, out);
    return { container, records: appender.records, recoded, bytes, lost };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** What a file that is cut short, or still being written, has not given. */
function unfinishedFile(file: string): Lost {
  const detail = `${file}: cut short, or still open for writing; only its committed records are copied.`;
  return { file, row: -1, nomvar: '', code: 'truncated_file', detail, skipped: true };
}

function nothingLeft(inputs: readonly string[], options: CopyOptions, lost: readonly Lost[]): FeatureError {
  const [first] = lost;
  if (first !== undefined) return new FeatureError(first.code, first.detail);
  const where = (options.where ?? []).join(' and ');
  return new FeatureError(
    'record_not_found',
    `${inputs.join(' ')}: no record${where === '' ? '' : ` with ${where}`}; list what there is with polyfst ls.`,
  );
}
