/** HDF5 object header messages (format specification 3.0, section IV): types, spaces, attributes, links, storage. */
import { bytesOf, type CfAttribute, type CfDtype, type CfNumbers, DTYPE_BYTES, dtypeOf } from '../cf.js';
import { ByteWriter, UNDEFINED_ADDRESS } from './bytes.js';

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fill: 0x05,
  link: 0x06,
  layout: 0x08,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  attributeInfo: 0x15,
} as const;

export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

const UNLIMITED = 0xffff_ffff_ffff_ffffn;

/** Numbers, little-endian. */
export function numberType(dtype: Exclude<CfDtype, 'string'>): Uint8Array {
  const size = DTYPE_BYTES[dtype];
  if (dtype === 'float32' || dtype === 'float64') {
    const [exponentAt, exponent, mantissa, bias] = dtype === 'float32' ? [23, 8, 23, 127] : [52, 11, 52, 1023];
    const out = new ByteWriter().u8(0x11, 0x20, size * 8 - 1, 0).u32(size);
    return out
      .u16(0)
      .u16(size * 8)
      .u8(exponentAt!, exponent!, 0, mantissa!)
      .u32(bias!)
      .done();
  }
  const signed = dtype.startsWith('int') ? 0x08 : 0;
  return new ByteWriter()
    .u8(0x10, signed, 0, 0)
    .u32(size)
    .u16(0)
    .u16(size * 8)
    .done();
}

/** Texts of a fixed number of bytes, UTF-8, filled up with NULs. */
export function textType(width: number): Uint8Array {
  return new ByteWriter().u8(0x13, 0x11, 0, 0).u32(width).done();
}

/** Text that a NUL ends, as the dimension scale convention has it. */
export function terminatedType(width: number): Uint8Array {
  return new ByteWriter().u8(0x13, 0, 0, 0).u32(width).done();
}

const REFERENCE = new ByteWriter().u8(0x17, 0, 0, 0).u32(8).done();

/** Lists of object references, kept in a global heap. */
export function referenceListType(): Uint8Array {
  return new ByteWriter().u8(0x19, 0, 0, 0).u32(16).bytes(REFERENCE).done();
}

/** (object reference, number of the dimension) pairs. */
export function scaleUseType(): Uint8Array {
  const out = new ByteWriter().u8(0x36, 2, 0, 0).u32(16);
  out.letters('dataset\0').u8(0).bytes(REFERENCE);
  return out.letters('dimension\0').u8(8).bytes(numberType('int32')).done();
}

/** Extents; `unlimited` marks those that may grow. */
export function dataspace(shape: readonly number[], unlimited: readonly boolean[] = []): Uint8Array {
  const grows = unlimited.includes(true);
  const out = new ByteWriter().u8(2, shape.length, grows ? 1 : 0, shape.length === 0 ? 0 : 1);
  for (const extent of shape) out.u64(extent);
  if (grows) for (const [at, extent] of shape.entries()) out.u64(unlimited[at] ? UNLIMITED : extent);
  return out.done();
}

/** An attribute from its encoded type, space and data. */
export function attribute(name: string, type: Uint8Array, space: Uint8Array, data: Uint8Array): Message {
  const label = Buffer.from(`${name}\0`);
  const out = new ByteWriter().u8(3, 0).u16(label.length).u16(type.length).u16(space.length).u8(1);
  return { type: MESSAGE.attribute, body: out.bytes(label).bytes(type).bytes(space).bytes(data).done() };
}

export function numberAttribute(name: string, values: CfNumbers, asList = values.length > 1): Message {
  return attribute(name, numberType(dtypeOf(values)), dataspace(asList ? [values.length] : []), bytesOf(values));
}

export function cfAttribute(name: string, value: CfAttribute): Message {
  if (typeof value === 'number') return numberAttribute(name, Float64Array.of(value));
  if (typeof value !== 'string') return numberAttribute(name, value);
  const bytes = Buffer.from(value === '' ? '\0' : value);
  return attribute(name, textType(bytes.length), dataspace([]), bytes);
}

/** ASCII with its NUL. */
export function terminatedAttribute(name: string, text: string): Message {
  const bytes = Buffer.from(`${text}\0`);
  return attribute(name, terminatedType(bytes.length), dataspace([]), bytes);
}

export function link(name: string, address: number, order: number): Message {
  const label = Buffer.from(name);
  const out = new ByteWriter()
    .u8(1, 0x04 | 0x10)
    .u64(order)
    .u8(1)
    .u8(label.length);
  return { type: MESSAGE.link, body: out.bytes(label).u64(address).done() };
}

/** Links in the header itself, with their order. */
export function linkInfo(count: number): Message {
  const out = new ByteWriter().u8(0, 3).u64(count);
  return {
    type: MESSAGE.linkInfo,
    body: out.u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS).done(),
  };
}

export const groupInfo: Message = { type: MESSAGE.groupInfo, body: Uint8Array.of(0, 0) };

/** Attributes in the header itself, with their order. */
export function attributeInfo(count: number): Message {
  const out = new ByteWriter().u8(0, 3).u16(count);
  return {
    type: MESSAGE.attributeInfo,
    body: out.u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS).done(),
  };
}

/** What points that were never written hold. `isChunked` decides when room is made. */
export function fillMessage(value: Uint8Array | undefined, isChunked: boolean): Message {
  const allocation = isChunked ? 3 : 2;
  const whenSet = 2 << 2;
  const out = new ByteWriter().u8(3);
  if (value === undefined) return { type: MESSAGE.fill, body: out.u8(allocation | whenSet).done() };
  return {
    type: MESSAGE.fill,
    body: out
      .u8(allocation | whenSet | 0x20)
      .u32(value.length)
      .bytes(value)
      .done(),
  };
}

export function contiguousLayout(address: number | bigint, size: number): Message {
  return { type: MESSAGE.layout, body: new ByteWriter().u8(3, 1).u64(address).u64(size).done() };
}

export function chunkedLayout(tree: number | bigint, chunk: readonly number[], elementBytes: number): Message {
  const out = new ByteWriter().u8(3, 2, chunk.length + 1).u64(tree);
  for (const extent of chunk) out.u32(extent);
  return { type: MESSAGE.layout, body: out.u32(elementBytes).done() };
}

/** Byte shuffle, then deflate. */
export function deflateFilters(elementBytes: number, level: number): Message {
  const out = new ByteWriter().u8(2, 2);
  out.u16(2).u16(1).u16(1).u32(elementBytes);
  return { type: MESSAGE.filters, body: out.u16(1).u16(1).u16(1).u32(level).done() };
}
