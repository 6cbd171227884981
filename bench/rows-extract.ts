/** Rows W1-W5: values and CoverageJSON of the workloads, opened, from a new process, with a cold page cache, without indexes. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import { dropCache, preadFloor } from './floors.js';
import { type Timing, time, timeWarm } from './harness.js';
import { bytesOf, firstStep, folderOf, keysOf, openProduct, type Product, valuesOf } from './product.js';
import { allValues, isRight, sumOf } from './reference.js';
import { COMPRESSED, hourlyFiles, levelsFile, PLAIN } from './run-files.js';
import { requestOf } from './workloads.js';

export interface BenchRow {
  readonly row: string;
  readonly data: 'u' | 'c';
  readonly how: 'opened' | 'process' | 'cold' | 'first';
  readonly what: 'values' | 'covjson';
  readonly side: 'none';
  readonly median_ms: number;
  readonly min_ms: number;
  readonly n: number;
  readonly values: number;
  readonly checked: boolean;
  readonly sum: number;
  readonly peer: string | null;
  readonly peer_ms: number | null;
  readonly ratio: number | null;
}

/** A run that the rows read. */
interface Run {
  readonly data: 'u' | 'c';
  readonly product: Product;
  readonly files: readonly string[];
}

export interface ExtractBench {
  readonly folder: string;
  /** folder with fst16 and fst16c, or undefined for data of our own */
  readonly data: string | undefined;
  readonly n: number;
  readonly only: ReadonlySet<string>;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.fst'))
    .sort()
    .map((name) => join(folder, name));

async function seriesRun(bench: ExtractBench, data: 'u' | 'c'): Promise<Run> {
  const name = data === 'u' ? 'fst16' : 'fst16c';
  const own = async () => hourlyFiles(bench.folder, name, data === 'u' ? PLAIN : COMPRESSED);
  const place = bench.data === undefined ? await own() : join(bench.data, name);
  return { data, product: await openProduct(bench.folder, place), files: filesOf(place) };
}

async function levelsRun(bench: ExtractBench, data: 'u' | 'c'): Promise<Run> {
  const name = data === 'u' ? 'fst16_levels' : 'fst16c_levels';
  const own = async () => levelsFile(bench.folder, name, data === 'u' ? PLAIN : COMPRESSED);
  const path = bench.data === undefined ? await own() : join(bench.data, `${name}.fst`);
  return { data, product: await openProduct(bench.folder, await folderOf(bench.folder, path)), files: [path] };
}

type Answer = Pick<BenchRow, 'row' | 'data' | 'values' | 'checked' | 'sum'>;

function line(
  answer: Answer,
  how: BenchRow['how'],
  what: BenchRow['what'],
  timing: Timing,
  floor: Timing | undefined,
): BenchRow {
  const { row, data, values, checked, sum } = answer;
  const peer = floor === undefined ? null : { ms: floor.medianMs, ratio: floor.medianMs / timing.medianMs };
  return {
    row, data, how, what, side: 'none', median_ms: timing.medianMs, min_ms: timing.minMs, n: timing.n, values, checked, sum,
    peer: peer === null ? null : 'pread floor', peer_ms: peer?.ms ?? null, ratio: peer?.ratio ?? null,
  }; // biome-ignore format: one row
}

const bytesIn = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0);

/** Numbers of all ranges in CoverageJSON text, summed as float32. */
function sumOfText(chunks: readonly Uint8Array[]): number {
  const { coverages } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
    coverages: { ranges: Record<string, { values: (number | null)[] }> }[];
  };
  let sum = 0;
  for (const { ranges } of coverages) {
    for (const { values } of Object.values(ranges)) for (const value of values) sum += Math.fround(value ?? 0);
  }
  return sum;
}

/** A new process that answers the request with what is on disk: the start of the program is in the time. */
function processTiming(bench: ExtractBench, run: Run, request: unknown): Timing {
  const body = join(bench.folder, 'request.json');
  writeFileSync(body, JSON.stringify(request));
  const { data, state } = run.product;
  const command = [join(root, 'dist', 'cli', 'main.js'), 'query', body, '--data', data, '--state', state];
  const times = Array.from({ length: 4 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, command, { maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });
    return performance.now() - start;
  })
    .slice(1)
    .sort((a, b) => a - b);
  return { medianMs: times[1]!, minMs: times[0]!, n: times.length };
}

/** Files are dropped and read again, five times. */
async function coldTiming(bench: ExtractBench, run: Run, request: unknown): Promise<Timing> {
  const times: number[] = [];
  for (let n = 0; n < 5; n++) {
    dropCache(bench.folder, run.files);
    const start = performance.now();
    await valuesOf(run.product, request);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { medianMs: times[2]!, minMs: times[0]!, n: times.length };
}

async function* rowsOf(bench: ExtractBench, run: Run, row: string): AsyncGenerator<BenchRow> {
  const keys = keysOf(run.product, 'TT');
  const request = requestOf(row, row === 'W4' ? { ...keys, step: firstStep(run.product) } : keys);
  const reference = await valuesOf(run.product, request);
  const all = allValues(reference);
  const checked = await isRight(row, reference, run.files);
  const answer: Answer = { row, data: run.data, values: all.length, checked, sum: sumOf(all) };
  if (run.data === 'c') {
    const { jumps: _, ...deps } = run.product.deps;
    const without = { ...run.product, deps };
    const timing = await time(Math.min(bench.n, 5), async () => (await valuesOf(without, request)).length);
    yield line(answer, 'first', 'values', timing, undefined);
    await run.product.deps.jumps?.build(run.product.cube);
  }
  const indexed = await valuesOf(run.product, request);
  const again = { ...answer, checked: checked && allValues(indexed).every((value, n) => Object.is(value, all[n])) };
  const { medianMs, minMs, n } = await timeWarm(bench.n, async () => (await valuesOf(run.product, request)).length);
  const hasFloor = run.data === 'u' && run.files.length > 1;
  const floor = hasFloor ? preadFloor(bench.folder, 'read', bench.n, run.files) : undefined;
  yield line(again, 'opened', 'values', { medianMs, minMs, n }, floor);
  const text = await bytesOf(run.product, request);
  const same = Math.abs(sumOfText(text) - answer.sum) <= 1e-9 * Math.abs(answer.sum);
  const withText = { ...again, checked: again.checked && same };
  yield line(
    withText,
    'opened',
    'covjson',
    await timeWarm(bench.n, async () => bytesIn(await bytesOf(run.product, request))),
    floor,
  );
  if (row !== 'W1') return;
  yield line(withText, 'process', 'covjson', processTiming(bench, run, request), undefined);
  yield line(again, 'cold', 'values', await coldTiming(bench, run, request), undefined);
}

/** All rows that are asked for. */
export async function* extractRows(bench: ExtractBench): AsyncGenerator<BenchRow> {
  for (const data of ['u', 'c'] as const) {
    const series = ['W1', 'W2', 'W3', 'W5'].filter((row) => bench.only.has(row));
    if (series.length > 0) {
      const run = await seriesRun(bench, data);
      // the first rows of compressed data are those without an index
      if (data === 'c') await rm(join(run.product.state, 'jump'), { recursive: true, force: true });
      for (const row of series) yield* rowsOf(bench, run, row);
    }
    if (bench.only.has('W4')) yield* rowsOf(bench, await levelsRun(bench, data), 'W4');
  }
}
