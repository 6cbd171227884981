/** One point through the steps of any run, timed and held against whole decoding: the rows for containers, widths, grids, sizes. */
import { batchOf } from '../cli/rows.js';
import { decode, scan } from '../native/index.js';
import { preadFloor, type Span } from './floors.js';
import { timeWarm } from './harness.js';
import { bytesOf, keysOf, openProduct, type Product, valuesOf } from './product.js';
import { allValues, sumOf } from './reference.js';
import { type BenchRow, type DataKind, floorPeer, linesOf } from './row.js';
import type { Bench } from './rows-extract.js';
import { sumOfText } from './rows-extract.js';
import { levelOfRow, textOfRow } from './run-rows.js';
import type { VariantRun } from './run-variants.js';

export interface SeriesAsk extends VariantRun {
  readonly row: string;
  readonly data: DataKind;
  readonly level: number;
  /** further figures of the row */
  readonly more?: Readonly<Record<string, number>>;
}

interface Stored {
  readonly value: number;
  readonly span: Span;
}

/** Values of TT on a level at one storage offset, by step, from whole records. */
async function storedSeries({ cube }: Product, level: number, offset: number): Promise<Stored[]> {
  const { index } = cube.runs[0]!;
  const { columns, files } = index;
  const rows = [...columns.step.keys()].filter(
    (row) => textOfRow(columns.nomvar, 4, row) === 'TT' && levelOfRow(index, row) === level,
  );
  rows.sort((one, other) => columns.step[one]! - columns.step[other]!);
  const out: Stored[] = [];
  for (const row of rows) {
    const { path } = files[columns.file[row]!]!;
    const { values } = await decode({ path }, batchOf(await scan({ path }), [columns.row[row]!]));
    const place = columns.payloadOffset[row]! + (columns.payloadBytes[row]! * offset) / values.length;
    out.push({ value: values[offset]!, span: { path, offset: Math.floor(place), bytes: 8 } });
  }
  return out;
}

/** Values and CoverageJSON of the series, opened, beside the floor of its reads. */
export async function* seriesRows(bench: Bench, ask: SeriesAsk): AsyncGenerator<BenchRow> {
  const product = await openProduct(bench.folder, ask.folder);
  if (ask.data === 'c') await product.deps.jumps.build(product.cube);
  const stored = await storedSeries(product, ask.level, ask.offset);
  const request = {
    ...{ ...keysOf(product, 'TT'), levelist: ask.level, step: `0/to/${stored.length - 1}` },
    feature: { type: 'timeseries', points: [[ask.lat, ask.lon]], time_axis: 'step' },
  };
  const values = allValues(await valuesOf(product, request));
  const checked = values.length === stored.length && stored.every(({ value }, n) => Object.is(value, values[n]));
  const measured = { row: ask.row, data: ask.data, values: values.length, checked, sum: sumOf(values), ...ask.more };
  const floor = [
    floorPeer(
      preadFloor(
        bench.folder,
        bench.n,
        stored.map(({ span }) => span),
      ),
    ),
  ];
  const plain = await timeWarm(bench.n, async () => (await valuesOf(product, request)).length);
  yield* linesOf(measured, 'opened', 'values', plain, floor);
  const text = sumOfText(await bytesOf(product, request));
  const right = checked && Math.abs(text - measured.sum) <= 1e-9 * Math.abs(measured.sum);
  const written = await timeWarm(bench.n, async () => (await bytesOf(product, request)).length);
  yield* linesOf({ ...measured, checked: right }, 'opened', 'covjson', written, floor);
}
