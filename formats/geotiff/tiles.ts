/** Rasters cut into compressed tiles: deflate after the floating-point predictor (TIFF Technical Note 3), and halved overviews. */
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

const compress = promisify(deflate);
const LEVEL = 6;

/** Rows from north to south, columns from west to east; NaN missing. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** How overviews are made: the mean of the values that are there, or the first of four for codes and angles. */
export type Resampling = 'mean' | 'nearest';

/** Bytes of a float row in four planes, most significant first, then differences over the whole row. */
function predicted(row: Float32Array, out: Uint8Array, at: number): void {
  const bytes = new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
  const width = row.length;
  for (let plane = 0; plane < 4; plane++) {
    for (let k = 0; k < width; k++) out[at + plane * width + k] = bytes[4 * k + 3 - plane]!;
  }
  for (let k = 4 * width - 1; k > 0; k--) out[at + k] = out[at + k]! - out[at + k - 1]!;
}

/** One tile; points outside the raster are missing. */
function tileBytes(raster: Raster, column: number, row: number, size: number): Uint8Array {
  const out = new Uint8Array(size * size * 4);
  const line = new Float32Array(size);
  const [left, top] = [column * size, row * size];
  for (let y = 0; y < size; y++) {
    line.fill(Number.NaN);
    if (top + y < raster.height) {
      const from = (top + y) * raster.width + left;
      line.set(raster.values.subarray(from, from + Math.min(size, raster.width - left)));
    }
    predicted(line, out, y * size * 4);
  }
  return out;
}

/** Compressed tiles, row by row. */
export async function tilesOf(raster: Raster, size: number): Promise<Uint8Array[]> {
  const tiles: Promise<Uint8Array>[] = [];
  for (let row = 0; row * size < raster.height; row++) {
    for (let column = 0; column * size < raster.width; column++) {
      tiles.push(compress(tileBytes(raster, column, row, size), { level: LEVEL }));
    }
  }
  return Promise.all(tiles);
}

/** The raster at half its resolution. */
export function halved({ width, height, values }: Raster, resampling: Resampling): Raster {
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let [sum, count] = [0, 0];
      for (let k = 0; k < 4; k++) {
        const [i, j] = [2 * x + (k & 1), 2 * y + (k >> 1)];
        if (i >= width || j >= height) continue;
        const value = values[j * width + i]!;
        if (Number.isNaN(value) || (resampling === 'nearest' && count > 0)) continue;
        sum += value;
        count++;
      }
      out[y * w + x] = count === 0 ? Number.NaN : sum / count;
    }
  }
  return { width: w, height: h, values: out };
}
