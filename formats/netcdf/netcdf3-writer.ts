/**
 * Classic NetCDF files (64-bit offset CDF-2, or 64-bit data CDF-5 where types or sizes ask for it), written in place: every
 * dimension is fixed, so each plane has its address before the first value is there. Numbers are big-endian in the file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { FeatureError } from '../../schemas/problem.js';
import {
  bytesOf,
  type CfAttribute,
  type CfAttributes,
  type CfDataset,
  type CfNumbers,
  type CfVariable,
  DTYPE_BYTES,
  dtypeOf,
  loadValues,
  newNumbers,
  planeSize,
  sizeOf,
} from '../cf.js';
import { swapBytes } from './netcdf3-reader.js';

const TYPE = {
  int8: 1,
  char: 2,
  int16: 3,
  int32: 4,
  float32: 5,
  float64: 6,
  uint8: 7,
  uint16: 8,
  uint32: 9,
  int64: 10,
  uint64: 11,
} as const;

const TAG = { dimension: 10, variable: 11, attribute: 12 };
/** Types above this number, and variables above this size, need CDF-5. */
const LAST_CLASSIC_TYPE = TYPE.float64;
const MOST_CLASSIC_BYTES = 2 ** 32 - 4;
const FILL_BYTES = 4 * 2 ** 20;

interface Dim {
  readonly name: string;
  readonly size: number;
}

interface Slot {
  readonly variable: CfVariable;
  readonly dims: readonly number[];
  readonly type: keyof typeof TYPE;
  readonly bytes: number;
  begin: number;
}

const four = (size: number): number => 4 * Math.ceil(size / 4);

/** Big-endian pieces of a header. */
class Pieces {
  readonly #parts: Buffer[] = [];

  constructor(readonly wide: boolean) {}

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value);
    this.#parts.push(part);
    return this;
  }

  u64(value: number): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64BE(BigInt(value));
    this.#parts.push(part);
    return this;
  }

  /** A count or length. */
  count(value: number): this {
    return this.wide ? this.u64(value) : this.u32(value);
  }

  padded(bytes: Uint8Array): this {
    const part = Buffer.alloc(four(bytes.length));
    part.set(bytes);
    this.#parts.push(part);
    return this;
  }

  name(text: string): this {
    const bytes = Buffer.from(text.normalize('NFC'));
    return this.count(bytes.length).padded(bytes);
  }

  /** Start of a list; nothing at all when it is empty. */
  list(tag: number, count: number): this {
    return this.u32(count === 0 ? 0 : tag).count(count);
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function swapped(values: CfNumbers): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(values));
  swapBytes(bytes, values.BYTES_PER_ELEMENT);
  return bytes;
}

const attributeNumbers = (value: Exclude<CfAttribute, string>): CfNumbers =>
  typeof value === 'number' ? Float64Array.of(value) : value;

function needsWide(attributes: CfAttributes): boolean {
  return Object.values(attributes).some(
    (value) => typeof value !== 'string' && TYPE[dtypeOf(attributeNumbers(value))] > LAST_CLASSIC_TYPE,
  );
}

/** Longest of some texts in bytes: the extent of the dimension that their letters lie along. */
function letters(values: readonly string[]): number {
  return Math.max(1, ...values.map((text) => Buffer.byteLength(text)));
}

export class NetCdf3Writer {
  readonly #dims: Dim[];
  readonly #slots: Slot[] = [];
  readonly #wide: boolean;
  #end = 0;

  private constructor(
    readonly file: FileHandle,
    readonly dataset: CfDataset,
  ) {
    this.#dims = dataset.dims.map(({ name, size }) => ({ name, size }));
    for (const variable of dataset.variables) this.#slots.push(this.#slotOf(variable));
    this.#wide =
      needsWide(dataset.attributes) ||
      this.#slots.some(
        ({ variable, type, bytes }) =>
          needsWide(variable.attributes) || TYPE[type] > LAST_CLASSIC_TYPE || bytes > MOST_CLASSIC_BYTES,
      );
    let at = this.#header().length;
    for (const slot of this.#slots) {
      slot.begin = at;
      at += four(slot.bytes);
    }
    this.#end = at;
  }

  /** Starts a new file: header and missing values. Throws FeatureError for a dataset of several groups. */
  static async create(path: string, dataset: CfDataset): Promise<NetCdf3Writer> {
    if (dataset.groups.length > 0) {
      throw new FeatureError('unsupported_format', 'netcdf3 has no groups; choose one grid with --where, or netcdf.');
    }
    const writer = new NetCdf3Writer(await open(path, 'wx'), dataset);
    try {
      await writer.#write(writer.#header(), 0);
      await writer.file.truncate(writer.#end);
      for (const slot of writer.#slots) await writer.#fill(slot);
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return writer;
  }

  #slotOf(variable: CfVariable): Slot {
    const dims = variable.dims.map((name) => this.#dims.findIndex((dim) => dim.name === name));
    if (variable.dtype !== 'string') {
      const bytes = sizeOf(variable.shape) * DTYPE_BYTES[variable.dtype];
      return { variable, dims, type: variable.dtype, bytes, begin: 0 };
    }
    const values = variable.data.kind === 'values' ? (variable.data.values as readonly string[]) : [];
    const size = letters(values);
    dims.push(this.#dims.push({ name: `${variable.name}_length`, size }) - 1);
    return { variable, dims, type: 'char', bytes: sizeOf(variable.shape) * size, begin: 0 };
  }

  #attributes(out: Pieces, attributes: CfAttributes, variable?: CfVariable): void {
    const { dtype, fill } = variable ?? {};
    const entries = Object.entries(attributes).filter(([name]) => name !== '_FillValue');
    if (fill !== undefined && dtype !== undefined && dtype !== 'string') {
      entries.push(['_FillValue', newNumbers(dtype, 1).fill(fill as never)]);
    }
    out.list(TAG.attribute, entries.length);
    for (const [name, value] of entries) {
      out.name(name);
      if (typeof value === 'string') {
        const bytes = Buffer.from(value);
        out.u32(TYPE.char).count(bytes.length).padded(bytes);
        continue;
      }
      const numbers = attributeNumbers(value);
      out.u32(TYPE[dtypeOf(numbers)]).count(numbers.length).padded(swapped(numbers));
    }
  }

  #header(): Buffer {
    const out = new Pieces(this.#wide);
    out.u32(0x43_44_46_00 + (this.#wide ? 5 : 2)).count(0);
    out.list(TAG.dimension, this.#dims.length);
    for (const { name, size } of this.#dims) out.name(name).count(size);
    this.#attributes(out, this.dataset.attributes);
    out.list(TAG.variable, this.#slots.length);
    for (const { variable, dims, type, bytes, begin } of this.#slots) {
      out.name(variable.name).count(dims.length);
      for (const dim of dims) out.count(dim);
      this.#attributes(out, variable.attributes, variable);
      out.u32(TYPE[type]).count(four(bytes)).u64(begin);
    }
    return out.done();
  }

  async #write(bytes: Uint8Array, address: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, address + at);
      at += bytesWritten;
    }
  }

  /** Planes that no record may fill hold the missing value; elsewhere zeros would look like data. */
  async #fill({ variable, begin }: Slot): Promise<void> {
    const { data, dtype, fill } = variable;
    if (data.kind !== 'planes' || dtype === 'string' || fill === undefined) return;
    const { plane } = planeSize(variable, data);
    const size = plane * DTYPE_BYTES[dtype];
    const piece = swapped(newNumbers(dtype, Math.min(plane, FILL_BYTES / DTYPE_BYTES[dtype])).fill(fill as never));
    for (const [cell, row] of data.rows.entries()) {
      if (row >= 0) continue;
      for (let at = 0; at < size; at += piece.length) {
        await this.#write(piece.subarray(0, Math.min(piece.length, size - at)), begin + cell * size + at);
      }
    }
  }

  /** Writes one plane of a field; several may be under way at once, in any order. */
  async put(variable: CfVariable, cell: number, values: CfNumbers): Promise<void> {
    const slot = this.#slots.find((one) => one.variable === variable)!;
    const bytes = swapped(values);
    await this.#write(bytes, slot.begin + cell * bytes.length);
  }

  /** Writes everything but fields and closes the file. Returns its size. */
  async close(signal?: AbortSignal): Promise<number> {
    try {
      for (const { variable, begin, bytes, dims } of this.#slots) {
        if (variable.data.kind === 'planes' || bytes === 0) continue;
        const values = await loadValues(variable, signal);
        if (Array.isArray(values)) {
          const width = this.#dims[dims.at(-1)!]!.size;
          const out = Buffer.alloc(bytes);
          for (const [n, text] of (values as readonly string[]).entries()) out.write(text, n * width);
          await this.#write(out, begin);
        } else await this.#write(swapped(values as CfNumbers), begin);
      }
      await this.file.sync();
      return this.#end;
    } finally {
      await this.file.close();
    }
  }

  /** Gives up: the file is of no use. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }
}
