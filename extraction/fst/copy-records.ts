/** Records of one file made ready for another: their stored words where nothing about the values changes, packed anew otherwise. */
import * as native from '../../native/index.js';
import { type ErrorCode, FeatureError } from '../../schemas/problem.js';
import type { Container } from '../../schemas/vocabulary.js';
import { nativeField } from './field.js';
import { sharedMemory } from './memory.js';
import { readOne } from './read-many.js';
import { isInteger, isReal, type Packing, recode } from './recode.js';
import { FstRecord } from './record.js';
import { checkSame, onCore, type ScannedFile } from './scanned-file.js';

/** Something that the copy has not. */
export interface Lost {
  readonly file: string;
  /** number of the record in its file; -1 for the file as a whole */
  readonly row: number;
  readonly nomvar: string;
  readonly code: ErrorCode;
  readonly detail: string;
  /** false where the record itself is in the copy, without what `detail` names */
  readonly skipped: boolean;
}

export interface Target {
  readonly container: Container;
  readonly datyp?: number;
  readonly nbits?: number;
}

/** Names whose values other records rely on bit for bit: never packed anew. */
const EXACT = new Set(['>>', '^^', '^>', '##', '!!', '!!SF', 'HY', 'META', 'PROJ', 'MTRX', 'LA', 'LO']);

/** The packing that a record is to get; undefined when its words stay. */
function packingOf(record: FstRecord, { datyp, nbits }: Target): Packing | undefined {
  if (datyp === undefined && nbits === undefined) return undefined;
  const number = isReal(record.datyp) || isInteger(record.datyp);
  if (!number || EXACT.has(record.nomvar)) return undefined;
  const wanted = { datyp: (datyp ?? record.datyp) | (record.datyp & 64), nbits: nbits ?? record.nbits };
  return wanted.datyp === record.datyp && wanted.nbits === record.nbits ? undefined : wanted;
}

export interface Prepared {
  readonly records: readonly Uint8Array[];
  readonly lost: readonly Lost[];
  readonly recoded: number;
}

class Preparation {
  readonly lost: Lost[] = [];
  recoded = 0;

  constructor(
    readonly file: ScannedFile,
    readonly target: Target,
    readonly signal: AbortSignal | undefined,
  ) {}

  #lose(record: FstRecord, error: unknown, skipped: boolean, what: string): void {
    if (!(error instanceof FeatureError)) throw error;
    const { path: file, index: row, nomvar } = record;
    const detail = `${file}: record ${row} (${nomvar}) ${what}: ${error.message}`;
    this.lost.push({ file, row, nomvar, code: error.code, detail, skipped });
  }

  async raw(records: readonly FstRecord[]): Promise<Uint8Array[]> {
    const { path, table } = this.file;
    const rows = {
      container: table.container,
      offset: Float64Array.from(records, ({ offset }) => offset),
      bytes: Float64Array.from(records, ({ bytes }) => bytes),
    };
    return onCore(() => native.extractRaw({ path }, rows, this.target.container), this.signal);
  }

  async packed(record: FstRecord, packing: Packing): Promise<Uint8Array> {
    const field = await readOne(record, sharedMemory(), { signal: this.signal });
    const { nomvar, typvar, etiket, grtyp, ip1, ip2, ip3, ni, nj, nk, deet, npas, ig1, ig2, ig3, ig4, dateo } = record;
    const keys = { nomvar, typvar, etiket, grtyp, ip1, ip2, ip3, ni, nj, nk, deet, npas, ig1, ig2, ig3, ig4, dateo };
    const made = { ...nativeField({ ...keys, ...recode(field, packing) }), metadata: record.metadataText };
    const bytes = await onCore(() => native.encode(this.target.container, made), this.signal);
    this.recoded++;
    return bytes;
  }

  /** The stored words of one record; packed anew where the other container has no room for them. */
  async one(record: FstRecord): Promise<Uint8Array | undefined> {
    try {
      return (await this.raw([record]))[0];
    } catch (error) {
      const wide = error instanceof FeatureError && error.code === 'type_mismatch' && isInteger(record.datyp);
      try {
        if (wide) return await this.packed(record, { datyp: record.datyp, nbits: 32 });
      } catch (narrowing) {
        this.#lose(record, narrowing, true, 'is left out');
        return undefined;
      }
      this.#lose(record, error, true, 'is left out');
      return undefined;
    }
  }

  async changed(record: FstRecord, packing: Packing): Promise<Uint8Array | undefined> {
    try {
      return await this.packed(record, packing);
    } catch (error) {
      this.signal?.throwIfAborted();
      this.#lose(record, error, false, `keeps its type ${record.datyp}/${record.nbits}`);
      return this.one(record);
    }
  }

  noteMetadata(record: FstRecord): void {
    if (this.target.container === 'rsf' || record.metadataText === '') return;
    const error = new FeatureError('unsupported_type', 'XDF has no room for them; copy to RSF.');
    this.#lose(record, error, false, 'loses its extended metadata');
  }

  noteDamage(record: FstRecord): void {
    this.#lose(record, new FeatureError('damaged_file', 'its bytes cannot be trusted.'), true, 'is left out');
  }
}

/** Bytes of the rows of a file, in their order. */
export async function prepareRecords(
  file: ScannedFile,
  rows: readonly number[],
  target: Target,
  signal?: AbortSignal,
): Promise<Prepared> {
  checkSame(file);
  const work = new Preparation(file, target, signal);
  const out: (Uint8Array | undefined)[] = new Array<undefined>(rows.length).fill(undefined);
  const verbatim: { readonly at: number; readonly record: FstRecord }[] = [];
  for (const [at, row] of rows.entries()) {
    const record = new FstRecord(file, row, row);
    const packing = packingOf(record, target);
    if (file.table.payloadBytes[row] === 0 && record.ni * record.nj * record.nk > 0) {
      work.noteDamage(record);
      continue;
    }
    work.noteMetadata(record);
    if (packing === undefined) verbatim.push({ at, record });
    else out[at] = await work.changed(record, packing);
  }
  await copyVerbatim(work, verbatim, out);
  return { records: out.filter((bytes) => bytes !== undefined), lost: work.lost, recoded: work.recoded };
}

async function copyVerbatim(
  work: Preparation,
  verbatim: readonly { readonly at: number; readonly record: FstRecord }[],
  out: (Uint8Array | undefined)[],
): Promise<void> {
  if (verbatim.length === 0) return;
  try {
    const copies = await work.raw(verbatim.map(({ record }) => record));
    for (const [n, { at }] of verbatim.entries()) out[at] = copies[n];
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error;
    // one record spoils the batch: each then answers for itself
    for (const { at, record } of verbatim) out[at] = await work.one(record);
  }
}
