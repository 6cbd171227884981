/**
 * Values alone: little-endian float32, back to back in the order of the coverages, in each of its parameters, in each in the
 * order of CoverageJSON's ranges. NaN: no value. Coordinates are those of the same request as CoverageJSON.
 */
import { endianness } from 'node:os';
import type { CollectionHead, CoverageBlock } from './coverage-block.js';
import type { OgcAnswer } from './ogc-coverage.js';

const IS_LITTLE = endianness() === 'LE';

/** The bytes of values; a view of them where the machine has the order of the format. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return IS_LITTLE ? bytes : Buffer.from(bytes).swap32();
}

export async function* coveragesFloat32(
  _head: CollectionHead,
  blocks: AsyncIterable<CoverageBlock>,
): AsyncGenerator<Uint8Array> {
  for await (const { ranges } of blocks) for (const { values } of ranges) yield littleEndian(values);
}

/** The same of an answer that is whole in memory. */
export function writeOgcFloat32({ coverages }: OgcAnswer): Uint8Array {
  return Buffer.concat(coverages.flatMap(({ ranges }) => ranges.map(({ values }) => littleEndian(values))));
}
