/** One record of an open file, as an object: a row of the file's columns and names for what they hold. */
import { FeatureError } from '../../schemas/problem.js';
import { textAt } from '../catalogue/fixed-text.js';
import { errorOfStatus } from './errors.js';
import { parseMetadata } from './extended-metadata.js';
import { type DecodedIp, decodeIp } from './ip.js';
import { hourOf } from './record-text.js';
import type { ScannedFile } from './scanned-file.js';
import { stampToMs } from './time.js';

function dateOf(stamp: number): Date | null {
  const ms = stampToMs(stamp);
  return Number.isNaN(ms) ? null : new Date(ms);
}

/** Keys of a record. Texts come without trailing blanks; stamps are CMC stamps; extents count points. */
export class FstRecord {
  constructor(
    readonly file: ScannedFile,
    /** 0-based number of the record in its file */
    readonly index: number,
    /** 0-based number of the record among all files that were opened together */
    readonly row: number,
  ) {}

  get path(): string {
    return this.file.path;
  }
  get nomvar(): string {
    return textAt(this.file.table.nomvar, 4, this.index);
  }
  get typvar(): string {
    return textAt(this.file.table.typvar, 2, this.index);
  }
  get etiket(): string {
    return textAt(this.file.table.etiket, 12, this.index);
  }
  get grtyp(): string {
    return textAt(this.file.table.grtyp, 1, this.index);
  }
  get ip1(): number {
    return this.file.table.ip1[this.index]!;
  }
  get ip2(): number {
    return this.file.table.ip2[this.index]!;
  }
  get ip3(): number {
    return this.file.table.ip3[this.index]!;
  }
  get ni(): number {
    return this.file.table.ni[this.index]!;
  }
  get nj(): number {
    return this.file.table.nj[this.index]!;
  }
  get nk(): number {
    return this.file.table.nk[this.index]!;
  }
  /** seconds */
  get deet(): number {
    return this.file.table.deet[this.index]!;
  }
  get npas(): number {
    return this.file.table.npas[this.index]!;
  }
  get ig1(): number {
    return this.file.table.ig1[this.index]!;
  }
  get ig2(): number {
    return this.file.table.ig2[this.index]!;
  }
  get ig3(): number {
    return this.file.table.ig3[this.index]!;
  }
  get ig4(): number {
    return this.file.table.ig4[this.index]!;
  }
  /** stored type with its flags: +64 missing points, +128 turbo */
  get datyp(): number {
    return this.file.table.datyp[this.index]!;
  }
  get nbits(): number {
    return this.file.table.nbits[this.index]!;
  }
  get dateo(): number {
    return this.file.table.dateo[this.index]!;
  }
  get datev(): number {
    return this.file.table.datev[this.index]!;
  }
  /** origin; null where the stamp is no date */
  get origin(): Date | null {
    return dateOf(this.dateo);
  }
  /** validity; null where the stamp is no date */
  get validity(): Date | null {
    return dateOf(this.datev);
  }
  /** lead time, hours */
  get hour(): number {
    return hourOf(this.file.table, this.index);
  }
  /** what ip1 stands for; null where it is no valid encoding */
  get level(): DecodedIp | null {
    return decodeIp(this.ip1);
  }
  /** byte of the file where the record begins */
  get offset(): number {
    return this.file.table.offset[this.index]!;
  }
  /** stored bytes, keys included */
  get bytes(): number {
    return this.file.table.bytes[this.index]!;
  }
  /** Extended metadata as stored, empty where there are none (XDF has none). */
  get metadataText(): string {
    const { metadata, metadataStart } = this.file.table;
    const [from, to] = [metadataStart[this.index]!, metadataStart[this.index + 1]!];
    return new TextDecoder().decode(metadata.subarray(from, to));
  }
  /** Extended metadata as an object, bare NaN and infinities as null. Throws FeatureError `damaged_file` for text that is no JSON. */
  get metadata(): Readonly<Record<string, unknown>> | null {
    try {
      return parseMetadata(this.metadataText);
    } catch (cause) {
      throw new FeatureError(
        'damaged_file',
        `${this.path}: the extended metadata of record ${this.index} (${this.nomvar}) are not JSON; write them again.`,
        { data: { file: this.path, row: this.index, offset: this.offset }, cause },
      );
    }
  }
  /** The error of a record that could not be decoded. */
  failure(status: number): FeatureError {
    return errorOfStatus(status, this.path, this.index, this.nomvar, this.offset);
  }
}
