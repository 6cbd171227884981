/** Values and files that the tests of OM files share. */
import { cut } from './cut.js';
import { COMPRESSIONS, type OmType } from './records.js';
import { encodeChunk, makeValues, type OmValues } from './values.js';
import { type ArraySpec, OmWriter } from './write.js';

/** Smooth values with a few jumps, in the range of the type. */
export function sampleOf(type: OmType, count: number): OmValues {
  const values = makeValues(type, count);
  const wide = values instanceof BigInt64Array || values instanceof BigUint64Array;
  for (let n = 0; n < count; n++) {
    const smooth = 20 + 15 * Math.sin(n / 9) * Math.cos(n / 170) + (n % 211 === 0 ? 70 : 0);
    if (wide) values[n] = n % 300 === 0 ? (1n << 62n) + BigInt(n) : BigInt(Math.round(smooth * 1000));
    else values[n] = values instanceof Float32Array || values instanceof Float64Array ? smooth : Math.round(smooth);
  }
  return values;
}

/** A file that is one array. */
export async function writeOne(path: string, spec: ArraySpec, values: OmValues): Promise<void> {
  await using writer = await OmWriter.create(path);
  const row = values.length / spec.shape[0]!;
  const slabs: OmValues[] = [];
  for (let from = 0; from < spec.shape[0]!; from += spec.chunks[0]!) {
    slabs.push(values.slice(from * row, (from + spec.chunks[0]!) * row) as OmValues);
  }
  await writer.finish(await writer.array(spec, slabs));
}

/** A file of version 1 or 2: header, plain table of chunk ends, chunks. */
export function legacyOm(
  version: 1 | 2,
  compression: number,
  values: Float32Array,
  shape: readonly [number, number],
  chunks: readonly [number, number],
  scaleFactor: number,
): Uint8Array {
  const layout = { shape, chunks, compression: COMPRESSIONS[compression]!, scaleFactor, addOffset: 0 };
  const parts = [...cut(values, shape, chunks)].map(({ values: block, length }) =>
    encodeChunk('float32', { ...layout, lut: { offset: 40, size: 0 } }, block, length),
  );
  const table = 40 + 8 * parts.length;
  const file = new Uint8Array(table + parts.reduce((sum, part) => sum + part.length, 0));
  const view = new DataView(file.buffer);
  file.set([0x4f, 0x4d, version, version === 1 ? 0 : compression]);
  view.setFloat32(4, scaleFactor, true);
  for (const [at, length] of [...shape, ...chunks].entries()) view.setBigUint64(8 + 8 * at, BigInt(length), true);
  let end = 0;
  for (const [at, part] of parts.entries()) {
    file.set(part, table + end);
    end += part.length;
    view.setBigUint64(40 + 8 * at, BigInt(end), true);
  }
  return file;
}
