/**
 * Variable records of OM version 3 files (docs/formats/om.md#records): a tree of groups, scalars, strings and arrays; children
 * are stored before their parents and referred to by offset and size. All numbers are little-endian.
 */

/** Codes of data types; arrays are the scalar code plus 11. */
export const TYPES = [
  'none',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'string',
] as const;
export type OmType = (typeof TYPES)[number];
const ARRAY = 11;

export const COMPRESSIONS = [
  'pfor_delta_2d_int16',
  'fpx_xor_2d',
  'pfor_delta_2d',
  'pfor_delta_2d_int16_logarithmic',
  'none',
] as const;
export type OmCompression = (typeof COMPRESSIONS)[number];

/** Array part of a variable. */
export interface OmArray {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly compression: OmCompression;
  readonly scaleFactor: number;
  readonly addOffset: number;
  readonly lut: { readonly offset: number; readonly size: number };
}

export interface OmVariable {
  readonly name: string;
  readonly type: OmType;
  readonly array?: OmArray;
  /** scalars and strings */
  readonly value?: number | bigint | string;
  readonly children: readonly { readonly offset: number; readonly size: number }[];
}

const MAX_DIMENSIONS = 16;
const utf8 = new TextDecoder('utf-8', { fatal: false });

/** Sequential reader over one record; a record that is too short for what it says is an error. */
class Cursor {
  #at = 0;
  readonly #view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  #take(count: number): number {
    if (this.#at + count > this.bytes.length)
      throw new RangeError(`OM record of ${this.bytes.length} bytes ends early`);
    const at = this.#at;
    this.#at += count;
    return at;
  }
  u8 = (): number => this.#view.getUint8(this.#take(1));
  u16 = (): number => this.#view.getUint16(this.#take(2), true);
  u32 = (): number => this.#view.getUint32(this.#take(4), true);
  f32 = (): number => this.#view.getFloat32(this.#take(4), true);
  u64(): number {
    const value = Number(this.#view.getBigUint64(this.#take(8), true));
    if (!Number.isSafeInteger(value)) throw new RangeError(`OM record holds ${value}, more than a file can have`);
    return value;
  }
  u64s = (count: number): number[] => Array.from({ length: count }, () => this.u64());
  text(length: number): string {
    const at = this.#take(length);
    return utf8.decode(this.bytes.subarray(at, at + length));
  }
  scalar(type: OmType): number | bigint {
    const view = this.#view;
    switch (type) {
      case 'int8':
        return view.getInt8(this.#take(1));
      case 'uint8':
        return view.getUint8(this.#take(1));
      case 'int16':
        return view.getInt16(this.#take(2), true);
      case 'uint16':
        return view.getUint16(this.#take(2), true);
      case 'int32':
        return view.getInt32(this.#take(4), true);
      case 'uint32':
        return view.getUint32(this.#take(4), true);
      case 'int64':
        return view.getBigInt64(this.#take(8), true);
      case 'uint64':
        return view.getBigUint64(this.#take(8), true);
      case 'float32':
        return view.getFloat32(this.#take(4), true);
      default:
        return view.getFloat64(this.#take(8), true);
    }
  }
}

function pairs(sizes: readonly number[], offsets: readonly number[]): { offset: number; size: number }[] {
  return sizes.map((size, i) => ({ size, offset: offsets[i]! }));
}

/** Reads one record. */
export function parseRecord(bytes: Uint8Array): OmVariable {
  const input = new Cursor(bytes);
  const code = input.u8();
  const compression = COMPRESSIONS[input.u8()];
  const nameLength = input.u16();
  const childCount = input.u32();
  if (childCount * 16 > bytes.length)
    throw new RangeError(`OM record of ${bytes.length} bytes says it has ${childCount} children`);
  const isArray = code > ARRAY;
  const type = TYPES[isArray ? code - ARRAY : code];
  if (type === undefined || compression === undefined) throw new RangeError(`OM record of unknown type ${code}`);
  if (isArray) {
    const lutSize = input.u64();
    const lutOffset = input.u64();
    const dimensions = input.u64();
    if (dimensions > MAX_DIMENSIONS)
      throw new RangeError(`OM array with ${dimensions} dimensions; at most ${MAX_DIMENSIONS} are read`);
    const scaleFactor = input.f32();
    const addOffset = input.f32();
    const children = pairs(input.u64s(childCount), input.u64s(childCount));
    const shape = input.u64s(dimensions);
    const chunks = input.u64s(dimensions);
    const array = { shape, chunks, compression, scaleFactor, addOffset, lut: { offset: lutOffset, size: lutSize } };
    return { name: input.text(nameLength), type, array, children };
  }
  const children = pairs(input.u64s(childCount), input.u64s(childCount));
  if (type === 'none') return { name: input.text(nameLength), type, children };
  const value = type === 'string' ? input.text(input.u64()) : input.scalar(type);
  return { name: input.text(nameLength), type, value, children };
}
