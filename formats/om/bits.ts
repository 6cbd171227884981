/**
 * Bit streams and variable-length integers of OM files (docs/formats/om.md#integers). Streams are filled from the least significant bit
 * of the first byte; widths are 0..32 here, wider values are in wide.ts.
 */

/** Growing output of bytes. */
export class ByteWriter {
  bytes: Uint8Array = new Uint8Array(1 << 12);
  length = 0;

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  put(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Position in input bytes; reading past the end is an error with the place in it. */
export class ByteReader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  need(count: number): void {
    if (this.at + count > this.bytes.length) {
      throw new RangeError(`OM chunk ends at byte ${this.bytes.length}, ${count} more wanted at ${this.at}`);
    }
  }

  next(): number {
    this.need(1);
    return this.bytes[this.at++]!;
  }
}

/** Number of bits of a 32-bit unsigned value; 0 for 0. */
export const bitLength = (value: number): number => 32 - Math.clz32(value);

/** Appends `count` values of `width` bits as one stream, padded to a byte. */
export function packHorizontal(out: ByteWriter, values: Uint32Array, from: number, count: number, width: number): void {
  out.reserve(Math.ceil((count * width) / 8));
  let held = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    let value = values[from + i]!;
    let left = width;
    while (left > 0) {
      const room = 8 - bits;
      held |= (value << bits) & 0xff;
      if (left < room) {
        bits += left;
        break;
      }
      out.bytes[out.length++] = held;
      held = 0;
      bits = 0;
      value >>>= room;
      left -= room;
    }
  }
  if (bits > 0) out.bytes[out.length++] = held;
}

/** The inverse of `packHorizontal`; `values[from + i]` is overwritten. */
export function unpackHorizontal(
  input: ByteReader,
  values: Uint32Array,
  from: number,
  count: number,
  width: number,
): void {
  const size = Math.ceil((count * width) / 8);
  input.need(size);
  const { bytes } = input;
  let bit = input.at * 8;
  for (let i = 0; i < count; i++, bit += width) values[from + i] = bitsAt(bytes, bit, width);
  input.at += size;
}

function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let value = 0;
  let got = 0;
  let at = bit >>> 3;
  let shift = bit & 7;
  while (got < width) {
    const take = Math.min(8 - shift, width - got);
    value |= ((bytes[at]! >>> shift) & ((1 << take) - 1)) << got;
    got += take;
    at++;
    shift = 0;
  }
  return value >>> 0;
}

/**
 * Appends 128 values of `width` bits in lanes: value i belongs to lane i mod (128/lane bits·…); each lane is a stream of
 * words of `laneBits`, words are written round-robin over the lanes.
 */
export function packVertical(
  out: ByteWriter,
  values: Uint32Array,
  from: number,
  width: number,
  laneBits: 16 | 32,
): void {
  const lanes = 128 / laneBits;
  const wordBytes = laneBits / 8;
  out.reserve(16 * width);
  const start = out.length;
  out.bytes.fill(0, start, start + 16 * width);
  for (let i = 0; i < 128; i++) {
    const lane = i % lanes;
    let bit = Math.floor(i / lanes) * width;
    let value = values[from + i]!;
    let left = width;
    while (left > 0) {
      const within = bit % laneBits;
      const at = start + (Math.floor(bit / laneBits) * lanes + lane) * wordBytes + (within >> 3);
      const take = Math.min(8 - (within & 7), left);
      out.bytes[at]! |= (value << (within & 7)) & 0xff;
      value = take === 32 ? 0 : value >>> take;
      bit += take;
      left -= take;
    }
  }
  out.length += 16 * width;
}

/** The inverse of `packVertical`. */
export function unpackVertical(
  input: ByteReader,
  values: Uint32Array,
  from: number,
  width: number,
  laneBits: 16 | 32,
): void {
  input.need(16 * width);
  const lanes = 128 / laneBits;
  const wordBytes = laneBits / 8;
  const { bytes, at: start } = input;
  for (let i = 0; i < 128; i++) {
    const lane = i % lanes;
    let bit = Math.floor(i / lanes) * width;
    let value = 0;
    let got = 0;
    while (got < width) {
      const within = bit % laneBits;
      const at = start + (Math.floor(bit / laneBits) * lanes + lane) * wordBytes + (within >> 3);
      const take = Math.min(8 - (within & 7), width - got);
      value |= ((bytes[at]! >>> (within & 7)) & ((1 << take) - 1)) << got;
      got += take;
      bit += take;
    }
    values[from + i] = value >>> 0;
  }
  input.at += 16 * width;
}

/** Writes the first value of a chunk: 1 to 5 bytes for 32 bits. */
export function writeFirst(out: ByteWriter, value: number): void {
  const x = value >>> 0;
  out.reserve(5);
  if (x < 1 << 7) out.put(x);
  else if (x < 1 << 14) {
    out.put(0x80 | (x >>> 8));
    out.put(x & 0xff);
  } else if (x < 1 << 21) {
    out.put(0xc0 | (x >>> 16));
    out.put(x & 0xff);
    out.put((x >>> 8) & 0xff);
  } else if (x < 1 << 28) {
    for (const shift of [24, 16, 8, 0]) out.put((shift === 24 ? 0xe0 : 0) | ((x >>> shift) & 0xff));
  } else {
    out.put(0xf0);
    for (const shift of [0, 8, 16, 24]) out.put((x >>> shift) & 0xff);
  }
}

/** Reads what `writeFirst` wrote. */
export function readFirst(input: ByteReader): number {
  const head = input.next();
  if (head < 0x80) return head;
  if (head < 0xc0) return ((head & 0x3f) << 8) | input.next();
  if (head < 0xe0) return ((head & 0x1f) << 16) | input.next() | (input.next() << 8);
  if (head < 0xf0) return (((head & 0x0f) << 24) | (input.next() << 16) | (input.next() << 8) | input.next()) >>> 0;
  if (head === 0xf0) return (input.next() | (input.next() << 8) | (input.next() << 16) | (input.next() << 24)) >>> 0;
  throw new RangeError(`OM chunk starts with a value wider than 32 bits (byte ${head})`);
}

/** Byte-wise list of exceptions; a list longer than four bytes a value is stored raw. */
export function writeBytewise(out: ByteWriter, values: readonly number[]): void {
  const start = out.length;
  for (const x of values) {
    if (x < 177) out.put(x);
    else if (x < 16561) {
      const y = x - 177;
      out.put(177 + (y >>> 8));
      out.put(y & 0xff);
    } else if (x < 540849) {
      const y = x - 16561;
      out.put(241 + (y >>> 16));
      out.put(y & 0xff);
      out.put((y >>> 8) & 0xff);
    } else {
      const length = Math.ceil(bitLength(x) / 8);
      out.put(249 + length - 3);
      for (let i = 0; i < length; i++) out.put((x >>> (8 * i)) & 0xff);
    }
  }
  if (out.length - start <= 4 * values.length) return;
  out.length = start;
  out.put(255);
  for (const x of values) for (let i = 0; i < 4; i++) out.put((x >>> (8 * i)) & 0xff);
}

/** Reads what `writeBytewise` wrote. */
export function readBytewise(input: ByteReader, count: number): Uint32Array {
  const values = new Uint32Array(count);
  const little = (length: number): number => {
    let x = 0;
    for (let i = 0; i < length; i++) x |= input.next() << (8 * i);
    return x >>> 0;
  };
  if (count > 0 && input.bytes[input.at] === 255) {
    input.at++;
    for (let i = 0; i < count; i++) values[i] = little(4);
    return values;
  }
  for (let i = 0; i < count; i++) {
    const head = input.next();
    if (head < 177) values[i] = head;
    else if (head < 241) values[i] = 177 + ((head - 177) << 8) + input.next();
    else if (head < 249) values[i] = 16561 + ((head - 241) << 16) + little(2);
    else values[i] = little(head - 249 + 3);
  }
  return values;
}
