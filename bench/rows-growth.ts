/** How cost grows: W1 with the records of a run and with the points of its grid, W3 with the points returned. */
import { timeWarm } from './harness.js';
import { bytesOf, keysOf, openProduct, valuesOf } from './product.js';
import { allValues, sumOf } from './reference.js';
import { type BenchRow, linesOf } from './row.js';
import { type Bench, seriesFolder } from './rows-extract.js';
import { PLAIN } from './run-files.js';
import { recordsRun, rotatedRun } from './run-variants.js';
import { seriesRows } from './series-row.js';
import { ringOf } from './workloads.js';

const GRID_STEPS = 8;

/** Factor from the smallest size of a growth row to this one, as a figure of the row. */
async function* grown(
  rows: readonly (readonly [size: number, rows: AsyncGenerator<BenchRow>])[],
): AsyncGenerator<BenchRow> {
  const first = new Map<string, number>();
  for (const [size, some] of rows) {
    for await (const row of some) {
      const key = `${row.data} ${row.what}`;
      const smallest = first.get(key) ?? row.median_ms;
      first.set(key, smallest);
      yield { ...row, size, growth: row.median_ms / smallest };
    }
  }
}

async function* byRecords(bench: Bench, records: number): AsyncGenerator<BenchRow> {
  const run = await recordsRun(bench.folder, records);
  yield* seriesRows(bench, { ...run, row: 'W1-records', data: 'u', level: 1000 });
}

async function* byGrid(bench: Bench, side: number, data: 'u' | 'c'): AsyncGenerator<BenchRow> {
  const packing = data === 'u' ? PLAIN : ({ container: 'xdf', datyp: 134, nbits: 16 } as const);
  const run = await rotatedRun(bench.folder, `grid-${side}-${data}`, packing, {
    ni: side,
    nj: side,
    steps: GRID_STEPS,
  });
  yield* seriesRows(bench, { ...run, row: 'W1-grid', data, level: 500 });
}

/** Corners of a 12-gon around a point; radius in degrees of latitude. */
function ringAround(lat: number, lon: number, radius: number): readonly (readonly [number, number])[] {
  return Array.from({ length: 12 }, (_, k) => {
    const angle = (k * Math.PI) / 6;
    const east = (radius * Math.cos(angle)) / Math.cos((lat * Math.PI) / 180);
    return [lat + radius * Math.sin(angle), lon + east] as const;
  });
}

interface Area {
  readonly row: string;
  readonly folder: string;
  readonly shape: readonly (readonly [number, number])[];
}

/** An area of one field: time, and how many points planning compared with the exact shape. */
async function* byArea(bench: Bench, { row, folder, shape }: Area): AsyncGenerator<BenchRow> {
  const product = await openProduct(bench.folder, folder);
  const request = { ...keysOf(product, 'TT'), step: '0', feature: { type: 'polygon', shape } };
  const { regions } = product.deps;
  const before = regions.operations.exactTests;
  const values = allValues(await valuesOf(product, request));
  const exact_tests = regions.operations.exactTests - before;
  const text = await bytesOf(product, request);
  const { coverages } = JSON.parse(Buffer.concat(text).toString()) as {
    coverages: { ranges: Record<string, { values: (number | null)[] }> }[];
  };
  const written = coverages.flatMap(({ ranges }) => Object.values(ranges).flatMap((range) => range.values));
  const checked =
    written.length === values.length && written.every((value, n) => Math.fround(value ?? Number.NaN) === values[n]);
  const timing = await timeWarm(bench.n, async () => (await bytesOf(product, request)).length);
  const more = { exact_tests, ns_a_value: (1e6 * timing.medianMs) / values.length };
  yield* linesOf(
    { row, data: 'u', values: values.length, checked, sum: sumOf(values), ...more },
    'opened',
    'covjson',
    timing,
  );
}

export async function* growthRows(bench: Bench): AsyncGenerator<BenchRow> {
  const records = bench.quick ? [100, 1000, 10_000] : [100, 1000, 10_000, 100_000];
  yield* grown(records.map((count) => [count, byRecords(bench, count)] as const));
  const sides = bench.quick ? [316, 1000] : [316, 1000, 3162];
  for (const data of ['u', 'c'] as const)
    yield* grown(sides.map((side) => [side * side, byGrid(bench, side, data)] as const));
  const straight = await seriesFolder(bench, 'u');
  const areas = [5.75, 18.2, 57.5, 182, 480].map((radius) => ({ radius, shape: ringOf(radius) }));
  const row = 'W3-points';
  yield* grown(areas.map(({ radius, shape }) => [radius, byArea(bench, { row, folder: straight, shape })] as const));
  const turned = await rotatedRun(bench.folder, 'grid-1000-u', PLAIN, { ni: 1000, nj: 1000, steps: GRID_STEPS });
  const around = [0.3, 1, 3, 10].map((radius) => ({ radius, shape: ringAround(turned.lat, turned.lon, radius) }));
  const rotated = { row: 'W3-points-rotated', folder: turned.folder };
  yield* grown(around.map(({ radius, shape }) => [radius, byArea(bench, { ...rotated, shape })] as const));
}
