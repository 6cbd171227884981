/** Octets of a GRIB message, written and read: big-endian, negative numbers as a sign bit and a size. */
import { FeatureError } from '../../schemas/problem.js';

/** Grows as it is written to. */
export class OctetWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  #room(more: number): number {
    const at = this.#length;
    if (at + more > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, at + more));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = at + more;
    return at;
  }

  /** One octet for each number. */
  u8(...values: readonly number[]): void {
    const at = this.#room(values.length);
    for (const [k, value] of values.entries()) this.#bytes[at + k] = value;
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
  }

  u64(value: number): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt(value));
  }

  s8(value: number): void {
    this.u8(value < 0 ? 0x80 | -value : value);
  }

  s16(value: number): void {
    this.u16(value < 0 ? 0x8000 | -value : value);
  }

  s32(value: number): void {
    this.u32(value < 0 ? 0x80000000 + -value : value);
  }

  f32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value);
  }

  bytes(block: Uint8Array): void {
    const at = this.#room(block.length);
    this.#bytes.set(block, at);
  }

  /** Sets four octets that were written before. */
  patch32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  patch64(at: number, value: number): void {
    this.#view.setBigUint64(at, BigInt(value));
  }

  /** What was written; later writes do not change it. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads at octets counted from 1, as the tables of the format count them. Throws `damaged_file` beyond the end. */
export class OctetReader {
  readonly #view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #at(octet: number, count: number): number {
    if (octet < 1 || octet - 1 + count > this.bytes.length) {
      throw new FeatureError('damaged_file', `A GRIB section ends before octet ${octet}; fetch the file again.`);
    }
    return octet - 1;
  }

  u8(octet: number): number {
    return this.#view.getUint8(this.#at(octet, 1));
  }

  u16(octet: number): number {
    return this.#view.getUint16(this.#at(octet, 2));
  }

  u32(octet: number): number {
    return this.#view.getUint32(this.#at(octet, 4));
  }

  u64(octet: number): number {
    return Number(this.#view.getBigUint64(this.#at(octet, 8)));
  }

  s8(octet: number): number {
    const raw = this.u8(octet);
    return raw & 0x80 ? -(raw & 0x7f) : raw;
  }

  s16(octet: number): number {
    const raw = this.u16(octet);
    return raw & 0x8000 ? -(raw & 0x7fff) : raw;
  }

  s32(octet: number): number {
    const raw = this.u32(octet);
    return raw >= 0x80000000 ? -(raw - 0x80000000) : raw;
  }

  f32(octet: number): number {
    return this.#view.getFloat32(this.#at(octet, 4));
  }

  /** Octets from one on to the end. */
  from(octet: number): Uint8Array {
    return this.bytes.subarray(this.#at(octet, 0));
  }
}
