/** Reads the PNG files of the renderer, indexed or truecolour: for tests only. */
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';

export interface ReadPicture {
  readonly width: number;
  readonly height: number;
  /** `#rrggbbaa` of a pixel */
  at(i: number, j: number): string;
  /** every colour that occurs */
  colours(): ReadonlySet<string>;
}

const hex = (bytes: readonly number[]): string =>
  `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

function chunks(bytes: Buffer): Map<string, Buffer> {
  assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  const found = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    assert.ok(!found.has(type), `one ${type}`);
    found.set(type, bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  assert.ok(found.has('IEND'));
  return found;
}

/** Bytes of the rows, filters 0 (none) and 2 (up) undone. */
function unfilter(raw: Buffer, stride: number, height: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let j = 0; j < height; j++) {
    const filter = raw[j * (stride + 1)];
    assert.ok(filter === 0 || filter === 2);
    for (let k = 0; k < stride; k++) {
      const above = filter === 2 && j > 0 ? out[(j - 1) * stride + k]! : 0;
      out[j * stride + k] = raw[j * (stride + 1) + 1 + k]! + above;
    }
  }
  return out;
}

export function readPng(bytes: Uint8Array): ReadPicture {
  const parts = chunks(Buffer.from(bytes));
  const head = parts.get('IHDR')!;
  const [width, height, type] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9]];
  assert.ok(head[8] === 8 && (type === 3 || type === 6));
  const size = type === 3 ? 1 : 4;
  const data = unfilter(inflateSync(parts.get('IDAT')!), width * size, height);
  const palette = parts.get('PLTE');
  const alpha = parts.get('tRNS');
  const at = (i: number, j: number): string => {
    const from = (j * width + i) * size;
    if (type === 6) return hex([...data.subarray(from, from + 4)]);
    const n = data[from]!;
    return hex([...palette!.subarray(3 * n, 3 * n + 3), alpha?.[n] ?? 255]);
  };
  const colours = (): ReadonlySet<string> => {
    const found = new Set<string>();
    for (let j = 0; j < height; j++) for (let i = 0; i < width; i++) found.add(at(i, j));
    return found;
  };
  return { width, height, at, colours };
}
