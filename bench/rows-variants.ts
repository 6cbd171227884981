/** W1 on other data: RSF, 12 bits, a rotated grid, a run of 24 files with 500 records each; rows `W1-rsf`, `W1-12`, and so on. */
import type { BenchRow } from './row.js';
import type { Bench } from './rows-extract.js';
import { hourlyFiles, manyRecords, type Packing } from './run-files.js';
import { rotatedRun, type VariantRun } from './run-variants.js';
import { type SeriesAsk, seriesRows } from './series-row.js';
import { offsetOf, W1_CELL, W1_POINT } from './workloads.js';

const STEPS = 24;
const ROTATED = { ni: 2540, nj: 1290, steps: STEPS } as const;

const latLon = (folder: string): VariantRun => ({
  folder,
  offset: offsetOf(W1_CELL),
  lat: W1_POINT[0],
  lon: W1_POINT[1],
});

const packings: readonly (readonly [name: string, data: 'u' | 'c', packing: Packing])[] = [
  ['rsf', 'u', { container: 'rsf', datyp: 1, nbits: 16 }],
  ['rsf', 'c', { container: 'rsf', datyp: 134, nbits: 16 }],
  ['12', 'u', { container: 'xdf', datyp: 1, nbits: 12 }],
  ['12', 'c', { container: 'xdf', datyp: 134, nbits: 12 }],
  ['32', 'u', { container: 'xdf', datyp: 5, nbits: 32 }],
  ['32', 'c', { container: 'xdf', datyp: 133, nbits: 32 }],
];

/** Rows of all variants, 24 hourly steps each. */
export async function* variantRows(bench: Bench): AsyncGenerator<BenchRow> {
  const ask = (name: string, data: 'u' | 'c', run: VariantRun, level = 500): SeriesAsk => ({
    ...run,
    ...{ row: `W1-${name}`, data, level },
  });
  for (const [name, data, packing] of packings) {
    const folder = await hourlyFiles(bench.folder, `fst-${name}-${data}`, packing, STEPS);
    yield* seriesRows(bench, ask(name, data, latLon(folder)));
  }
  for (const [data, datyp] of [
    ['u', 1],
    ['c', 134],
  ] as const) {
    const packing = { container: 'xdf', datyp, nbits: 16 } as const;
    const run = await rotatedRun(bench.folder, `rotated-${data}`, packing, ROTATED);
    yield* seriesRows(bench, ask('rotated', data, run));
  }
  // column 41, row 58 of its 100 x 100 points
  const many = { folder: await manyRecords(bench.folder), offset: 58 * 100 + 41, lat: 27.9, lon: 234.1 - 360 };
  yield* seriesRows(bench, ask('many', 'u', many, 250));
}
