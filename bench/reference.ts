/** What a correct answer holds, by whole decoding of the records, which the reference files of the tests hold to the bit. */
import { batchOf } from '../cli/rows.js';
import type { CoverageBlock } from '../formats/coverage-block.js';
import { decode, scan } from '../native/index.js';
import type { ValuePlace } from './spans.js';
import { AREA, expectedCells, LEVELS, offsetOf, SIDE } from './workloads.js';

/** Every value of every range, in order. */
export function allValues(blocks: readonly CoverageBlock[]): Float32Array {
  const lists = blocks.flatMap(({ ranges }) => ranges.map(({ values }) => values));
  const out = new Float32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    out.set(list, at);
    at += list.length;
  }
  return out;
}

/** Sum in float64, NaN as 0. */
export function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) if (!Number.isNaN(value)) sum += value;
  return sum;
}

/** Every field of the size of the workloads in a file, decoded whole. */
export async function decodedFields(path: string): Promise<Float32Array[]> {
  const table = await scan({ path });
  const out: Float32Array[] = [];
  for (let row = 0; row < table.count; row++) {
    if (table.ni[row] === SIDE && table.nj[row] === SIDE)
      out.push((await decode({ path }, batchOf(table, [row]))).values);
  }
  return out;
}

const cellOf = (lat: number, lon: number): number =>
  offsetOf([Math.round((lon - (lon < 0 ? 230 - 360 : 230)) / 0.1), Math.round((lat - 25) / 0.05)]);

/** Whether the points of an area are those of the workload, each once; their order is the answer's own. */
function isArea(offsets: readonly number[]): boolean {
  const sorted = [...offsets].sort((one, other) => one - other);
  return sorted.length === AREA.length && sorted.every((offset, n) => offset === AREA[n]);
}

/** Places of every value of an answer; undefined when it has other points than the workload. */
export function placesOf(row: string, blocks: readonly CoverageBlock[]): readonly ValuePlace[] | undefined {
  if (row === 'W4') return LEVELS.map((_, file) => ({ file, offset: expectedCells('W1')![0]!.offset }));
  if (row !== 'W3') return expectedCells(row);
  const places: ValuePlace[] = [];
  for (const [file, { domain }] of blocks.entries()) {
    if (domain.type !== 'MultiPoint') return undefined;
    const offsets = Array.from(domain.points.lat, (lat, p) => cellOf(lat, domain.points.lon[p]!));
    if (!isArea(offsets)) return undefined;
    for (const offset of offsets) places.push({ file, offset });
  }
  return places;
}

/** Whether an answer has the values of the fields, bit for bit. Fields are decoded one by one. */
export async function isRight(
  row: string,
  blocks: readonly CoverageBlock[],
  files: readonly string[],
): Promise<boolean> {
  const values = allValues(blocks);
  const places = placesOf(row, blocks);
  if (places?.length !== values.length) return false;
  const wanted = new Map<number, number[]>();
  places.forEach(({ file }, n) => {
    const list = wanted.get(file);
    if (list === undefined) wanted.set(file, [n]);
    else list.push(n);
  });
  const levels = row === 'W4' ? await decodedFields(files[0]!) : undefined;
  for (const [file, numbers] of wanted) {
    const field = levels ? levels[file] : (await decodedFields(files[file]!))[0];
    if (field === undefined) return false;
    for (const n of numbers) if (!Object.is(field[places[n]!.offset], values[n])) return false;
  }
  return true;
}
