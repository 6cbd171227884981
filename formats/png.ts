/**
 * PNG pictures: 8-bit indexed where the picture has up to 256 colours, else truecolour with alpha. Written by hand because
 * maps have few colours and speed counts (RFC 2083; one IDAT, filter 0 for indexed rows, up for truecolour).
 */
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const compress = promisify(deflate);

/** Pixels as 0xAABBGGRR (RGBA bytes on a little-endian machine), row by row from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint32Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLOURS = 256;
const LEVEL = 3;
const SLOTS = 1024;

interface Indexed {
  /** rows with their filter byte */
  readonly rows: Uint8Array;
  /** colours in order of appearance */
  readonly palette: Uint32Array;
}

/** Numbers the colours; undefined when there are too many. */
function toIndexed({ width, height, rgba }: Pixels): Indexed | undefined {
  const palette = new Uint32Array(MOST_COLOURS);
  const slots = new Int16Array(SLOTS).fill(-1);
  const rows = new Uint8Array((width + 1) * height);
  let count = 0;
  let last = 0;
  let number = -1;
  for (let j = 0, from = 0; j < height; j++) {
    let at = j * (width + 1) + 1;
    for (const end = from + width; from < end; from++, at++) {
      const colour = rgba[from]!;
      if (colour !== last || number < 0) {
        last = colour;
        let slot = (Math.imul(colour, 0x9e3779b1) >>> 22) & (SLOTS - 1);
        while (slots[slot]! >= 0 && palette[slots[slot]!] !== colour) slot = (slot + 1) & (SLOTS - 1);
        if (slots[slot]! < 0) {
          if (count === MOST_COLOURS) return undefined;
          palette[count] = colour;
          slots[slot] = count++;
        }
        number = slots[slot]!;
      }
      rows[at] = number;
    }
  }
  return { rows, palette: palette.subarray(0, count) };
}

/** Rows of RGBA bytes, each as its difference from the row above. */
function toRows({ width, height, rgba }: Pixels): Uint8Array {
  const bytes = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  const stride = 4 * width;
  const rows = new Uint8Array((stride + 1) * height);
  for (let j = 0; j < height; j++) {
    const to = j * (stride + 1);
    rows[to] = 2;
    for (let k = 0; k < stride; k++) {
      const above = j === 0 ? 0 : bytes[(j - 1) * stride + k]!;
      rows[to + 1 + k] = (bytes[j * stride + k]! - above) & 0xff;
    }
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of zlib where the runtime has it (Node 20.15, 22.2), else by table. */
function crc(bytes: Uint8Array): number {
  if (typeof crc32 === 'function') return crc32(bytes);
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function header(width: number, height: number, colourType: number): Buffer {
  const out = Buffer.alloc(13);
  out.writeUInt32BE(width, 0);
  out.writeUInt32BE(height, 4);
  out[8] = 8;
  out[9] = colourType;
  return chunk('IHDR', out);
}

function paletteChunks(palette: Uint32Array): Buffer[] {
  const rgb = new Uint8Array(3 * palette.length);
  const alpha = new Uint8Array(palette.length);
  palette.forEach((colour, n) => {
    rgb.set([colour & 0xff, (colour >>> 8) & 0xff, (colour >>> 16) & 0xff], 3 * n);
    alpha[n] = colour >>> 24;
  });
  const isOpaque = alpha.every((value) => value === 255);
  return [chunk('PLTE', rgb), ...(isOpaque ? [] : [chunk('tRNS', alpha)])];
}

/** Bytes of a PNG file. */
export async function encodePng(pixels: Pixels): Promise<Uint8Array> {
  const { width, height } = pixels;
  const indexed = toIndexed(pixels);
  const data = await compress(indexed?.rows ?? toRows(pixels), { level: LEVEL });
  return Buffer.concat([
    SIGNATURE,
    header(width, height, indexed === undefined ? 6 : 3),
    ...(indexed === undefined ? [] : paletteChunks(indexed.palette)),
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ]);
}
