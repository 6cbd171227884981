/**
 * Writer of OM version 3 files, sequential: chunks as they come, then look-up tables, then records, children before parents. Values
 * come as slabs of whole chunk rows, so that an array never has to be in memory as a whole.
 */
import { open, rename, rm } from 'node:fs/promises';
import { cut } from './cut.js';
import { writeLut } from './lut.js';
import { COMPRESSIONS, type OmArray, type OmCompression, type OmType, TYPES } from './records.js';
import { encodeChunk, type OmValues } from './values.js';

/** A record already written. */
export interface OmRef {
  readonly offset: number;
  readonly size: number;
}

export interface ArraySpec {
  readonly name: string;
  readonly type: Exclude<OmType, 'none' | 'string'>;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly compression?: OmCompression;
  readonly scaleFactor?: number;
  readonly addOffset?: number;
  readonly children?: readonly OmRef[];
}

const utf8 = new TextEncoder();
const ALIGNMENT = 8;

/** Fixed-size little-endian parts of a record. */
function pack(
  parts: readonly (
    | readonly [kind: 'u8' | 'u16' | 'u32' | 'u64' | 'f32' | 'f64' | 'i64', value: number | bigint]
    | Uint8Array
  )[],
): Uint8Array {
  const sizes = { u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, f32: 4, f64: 8 } as const;
  const length = parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : sizes[part[0]]), 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      bytes.set(part, at);
      at += part.length;
      continue;
    }
    const [kind, value] = part;
    if (kind === 'u8') view.setUint8(at, Number(value));
    else if (kind === 'u16') view.setUint16(at, Number(value), true);
    else if (kind === 'u32') view.setUint32(at, Number(value), true);
    else if (kind === 'f32') view.setFloat32(at, Number(value), true);
    else if (kind === 'f64') view.setFloat64(at, Number(value), true);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    at += sizes[kind];
  }
  return bytes;
}

export class OmWriter implements AsyncDisposable {
  #offset = 3;
  #done = false;

  private constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly handle: Awaited<ReturnType<typeof open>>,
  ) {}

  /** The file appears under `path` when `finish` has been called, not before. */
  static async create(path: string): Promise<OmWriter> {
    const temporary = `${path}.part-${process.pid}`;
    const handle = await open(temporary, 'w');
    await handle.writeFile(Uint8Array.of(0x4f, 0x4d, 3));
    return new OmWriter(path, temporary, handle);
  }

  async #append(bytes: Uint8Array): Promise<number> {
    const at = this.#offset;
    await this.handle.writeFile(bytes);
    this.#offset += bytes.length;
    return at;
  }

  async #record(bytes: Uint8Array): Promise<OmRef> {
    const padding = (ALIGNMENT - (this.#offset % ALIGNMENT)) % ALIGNMENT;
    if (padding > 0) await this.#append(new Uint8Array(padding));
    return { offset: await this.#append(bytes), size: bytes.length };
  }

  /**
   * An array. `slabs` yields its values in C order, cut along the first dimension: each slab has chunks[0] rows (the last one what is left).
   */
  async array(spec: ArraySpec, slabs: AsyncIterable<OmValues> | Iterable<OmValues>): Promise<OmRef> {
    const { shape, chunks } = spec;
    for (const [d, length] of shape.entries()) {
      if (!(Number.isInteger(length) && length > 0 && chunks[d]! > 0 && chunks[d]! <= length)) {
        throw new RangeError(
          `OM array ${spec.name}: shape ${shape} in chunks of ${chunks}; a chunk is 1 to the length of its dimension`,
        );
      }
    }
    const layout: OmArray = {
      ...{ shape, chunks, compression: spec.compression ?? 'pfor_delta_2d', scaleFactor: spec.scaleFactor ?? 1 },
      ...{ addOffset: spec.addOffset ?? 0, lut: { offset: 0, size: 0 } },
    };
    const offsets: number[] = [];
    let row = 0;
    for await (const slab of slabs) {
      const rows = Math.min(chunks[0]!, shape[0]! - row);
      for (const { values, length } of cut(slab, [rows, ...shape.slice(1)], [rows, ...chunks.slice(1)])) {
        offsets.push(await this.#append(encodeChunk(spec.type, layout, values, length)));
      }
      row += rows;
    }
    if (row !== shape[0]) throw new RangeError(`OM array ${spec.name}: ${row} of ${shape[0]} rows given`);
    offsets.push(this.#offset);
    const lut = writeLut(offsets);
    const lutOffset = await this.#append(lut);
    const name = utf8.encode(spec.name);
    const children = spec.children ?? [];
    return this.#record(
      pack([
        ['u8', TYPES.indexOf(spec.type) + 11],
        ['u8', COMPRESSIONS.indexOf(layout.compression)],
        ['u16', name.length],
        ['u32', children.length],
        ['u64', lut.length],
        ['u64', lutOffset],
        ['u64', shape.length],
        ['f32', layout.scaleFactor],
        ['f32', layout.addOffset],
        ...children.map(({ size }) => ['u64', size] as const),
        ...children.map(({ offset }) => ['u64', offset] as const),
        ...shape.map((length) => ['u64', length] as const),
        ...chunks.map((length) => ['u64', length] as const),
        name,
      ]),
    );
  }

  /** A text, number (float64) or whole number (int64). */
  scalar(name: string, value: string | number | bigint): Promise<OmRef> {
    const label = utf8.encode(name);
    const type: OmType = typeof value === 'string' ? 'string' : typeof value === 'bigint' ? 'int64' : 'float64';
    const head = [
      ['u8', TYPES.indexOf(type)],
      ['u8', 4],
      ['u16', label.length],
      ['u32', 0],
    ] as const;
    if (typeof value !== 'string')
      return this.#record(pack([...head, [type === 'int64' ? 'i64' : 'f64', value], label]));
    const text = utf8.encode(value);
    return this.#record(pack([...head, ['u64', text.length], text, label]));
  }

  group(name: string, children: readonly OmRef[]): Promise<OmRef> {
    const label = utf8.encode(name);
    return this.#record(
      pack([
        ['u8', 0],
        ['u8', 4],
        ['u16', label.length],
        ['u32', children.length],
        ...children.map(({ size }) => ['u64', size] as const),
        ...children.map(({ offset }) => ['u64', offset] as const),
        label,
      ]),
    );
  }

  /** Writes the trailer, syncs and gives the file its name; returns its size. */
  async finish(root: OmRef): Promise<number> {
    await this.#record(pack([Uint8Array.of(0x4f, 0x4d, 3, 0), ['u32', 0], ['u64', root.offset], ['u64', root.size]]));
    await this.handle.sync();
    await this.handle.close();
    await rename(this.temporary, this.path);
    this.#done = true;
    return this.#offset;
  }

  /** Leaves nothing behind when `finish` was not reached. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }
}
