/** Rows W1-W5: values and CoverageJSON of the workloads, opened, from a new process, with a cold page cache, without indexes. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import { dropCache, preadFloor } from './floors.js';
import { median, type Timing, time, timeWarm } from './harness.js';
import { extractPeers, timePeer, venvPython } from './peers.js';
import { bytesOf, firstStep, folderOf, keysOf, openProduct, type Product, valuesOf } from './product.js';
import { allValues, isRight, placesOf, sumOf } from './reference.js';
import { type BenchRow, type DataKind, floorPeer, linesOf, type Measured, type Peer } from './row.js';
import { COMPRESSED, hourlyFiles, levelsFile, PLAIN } from './run-files.js';
import { spansOf } from './spans.js';
import { requestOf } from './workloads.js';

/** A run that the rows read. */
interface Run {
  readonly data: DataKind;
  readonly product: Product;
  readonly files: readonly string[];
}

export interface Bench {
  readonly folder: string;
  /** folder with fst16 and fst16c, or undefined for data of our own */
  readonly data: string | undefined;
  /** repetitions */
  readonly n: number;
  readonly only: ReadonlySet<string>;
  readonly peers: boolean;
  /** fewer and smaller rows */
  readonly quick: boolean;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.fst'))
    .sort()
    .map((name) => join(folder, name));

/** Folder of the hourly files of one kind. */
export async function seriesFolder(bench: Bench, data: DataKind): Promise<string> {
  const name = data === 'u' ? 'fst16' : 'fst16c';
  if (bench.data !== undefined) return join(bench.data, name);
  return hourlyFiles(bench.folder, name, data === 'u' ? PLAIN : COMPRESSED);
}

async function seriesRun(bench: Bench, data: DataKind): Promise<Run> {
  const place = await seriesFolder(bench, data);
  return { data, product: await openProduct(bench.folder, place), files: filesOf(place) };
}

/** The file with 80 levels of one kind. */
export async function levelsPath(bench: Bench, data: DataKind): Promise<string> {
  const name = data === 'u' ? 'fst16_levels' : 'fst16c_levels';
  if (bench.data !== undefined) return join(bench.data, `${name}.fst`);
  return levelsFile(bench.folder, name, data === 'u' ? PLAIN : COMPRESSED);
}

async function levelsRun(bench: Bench, data: DataKind): Promise<Run> {
  const path = await levelsPath(bench, data);
  return { data, product: await openProduct(bench.folder, await folderOf(bench.folder, path)), files: [path] };
}

const bytesIn = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0);

/** Numbers of all ranges in CoverageJSON text, summed as float32. */
export function sumOfText(chunks: readonly Uint8Array[]): number {
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
function processTiming(bench: Bench, run: Run, request: unknown): Timing & { right: (sum: number) => boolean } {
  const body = join(bench.folder, `request-${process.pid}.json`);
  writeFileSync(body, JSON.stringify(request));
  const { data, state } = run.product;
  const command = [join(root, 'dist', 'cli', 'main.js'), 'query', body, '--data', data, '--state', state];
  let answer = Buffer.alloc(0);
  const times: number[] = [];
  for (let n = 0; n <= (bench.quick ? 1 : 3); n++) {
    const start = performance.now();
    answer = execFileSync(process.execPath, command, { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
    if (n > 0) times.push(performance.now() - start);
  }
  const found = sumOfText([answer]);
  return { ...median(times), right: (sum) => Math.abs(found - sum) <= 1e-9 * Math.abs(sum) };
}

/** Files are dropped from the page cache and read again; `work` gives the time where it has its own clock. */
export async function coldTiming(
  bench: Bench,
  files: readonly string[],
  work: () => Promise<number | undefined>,
): Promise<Timing> {
  const times: number[] = [];
  for (let n = 0; n < (bench.quick ? 3 : 5); n++) {
    dropCache(bench.folder, files);
    const start = performance.now();
    const own = await work();
    times.push(own ?? performance.now() - start);
  }
  return median(times);
}

/** A workload on a run, with the answer that was held against whole decoding. */
interface Asked {
  readonly run: Run;
  readonly request: Readonly<Record<string, unknown>>;
  readonly all: Float32Array;
  readonly measured: Measured;
  readonly floor: readonly Peer[];
  readonly spans: Parameters<typeof preadFloor>[2];
}

async function ask(bench: Bench, run: Run, row: string): Promise<Asked> {
  const keys = keysOf(run.product, 'TT');
  const request = requestOf(row, row === 'W4' ? { ...keys, step: firstStep(run.product) } : keys);
  const blocks = await valuesOf(run.product, request);
  const all = allValues(blocks);
  const checked = await isRight(row, blocks, run.files);
  const spans = await spansOf(placesOf(row, blocks) ?? [], run.files, row === 'W4');
  const floor = [floorPeer(preadFloor(bench.folder, bench.n, spans))];
  return {
    run,
    request,
    all,
    floor,
    spans,
    measured: { row, data: run.data, values: all.length, checked, sum: sumOf(all) },
  };
}

/** Compressed records without their jump index, as they are found; then the index is made. */
async function* firstRows(bench: Bench, { run, request, measured }: Asked): AsyncGenerator<BenchRow> {
  const { jumps, ...deps } = run.product.deps;
  const without = { ...run.product, deps: deps as Product['deps'] };
  const work = async (): Promise<number> => (await valuesOf(without, request)).length;
  const timing = await time(Math.min(bench.n, 5), work);
  const fst = bench.peers ? venvPython('fst') : undefined;
  const isSeries = measured.row === 'W1' || measured.row === 'W4';
  const peer = fst !== undefined && isSeries ? timePeer(fst, 'decode', 3, run.files) : undefined;
  const peers = peer === undefined ? [] : [{ name: `whole records, librmn ${peer.version}`, ms: peer.median_ms }];
  yield* linesOf(measured, 'first', 'values', timing, peers);
  await jumps.build(run.product.cube);
}

async function* openedRows(bench: Bench, asked: Asked, peers: readonly Peer[]): AsyncGenerator<BenchRow> {
  const { run, request, all, measured, floor } = asked;
  const beside = [...floor, ...peers];
  const values = await valuesOf(run.product, request);
  const same = allValues(values).every((value, n) => Object.is(value, all[n]));
  const again = { ...measured, checked: measured.checked && same };
  const plain = await timeWarm(bench.n, async () => (await valuesOf(run.product, request)).length);
  yield* linesOf(again, 'opened', 'values', plain, beside);
  const text = sumOfText(await bytesOf(run.product, request));
  const right = again.checked && Math.abs(text - measured.sum) <= 1e-9 * Math.abs(measured.sum);
  const written = await timeWarm(bench.n, async () => bytesIn(await bytesOf(run.product, request)));
  yield* linesOf({ ...measured, checked: right }, 'opened', 'covjson', written, beside);
}

async function* otherRows(bench: Bench, { run, request, measured, spans }: Asked): AsyncGenerator<BenchRow> {
  const { right, ...timing } = processTiming(bench, run, request);
  const checked = measured.checked && right(measured.sum);
  yield* linesOf({ ...measured, checked }, 'process', 'covjson', timing);
  const cold = await coldTiming(bench, run.files, async () => void (await valuesOf(run.product, request)));
  const floor = await coldTiming(bench, run.files, async () => preadFloor(bench.folder, 0, spans).medianMs);
  yield* linesOf(measured, 'cold', 'values', cold, [{ name: 'cold pread floor', ms: floor.medianMs }]);
}

/** All rows that are asked for. */
export async function* extractRows(bench: Bench): AsyncGenerator<BenchRow> {
  for (const data of ['u', 'c'] as const) {
    const series = ['W1', 'W2', 'W3', 'W5'].filter((row) => bench.only.has(row));
    const runs: (readonly [string, Run])[] = [];
    if (series.length > 0) {
      const run = await seriesRun(bench, data);
      // the first rows of compressed data are those without an index
      if (data === 'c') await rm(join(run.product.state, 'jump'), { recursive: true, force: true });
      runs.push(...series.map((row) => [row, run] as const));
    }
    if (bench.only.has('W4')) runs.push(['W4', await levelsRun(bench, data)]);
    if (runs.length === 0) continue;
    const asked: Asked[] = [];
    for (const [row, run] of runs) asked.push(await ask(bench, run, row));
    const sums = new Map(asked.map(({ measured }) => [measured.row, measured]));
    const files = runs.find(([row]) => row !== 'W4')?.[1].files ?? [];
    const place = { folder: bench.folder, files, levels: await levelsPath(bench, data) };
    const peers = bench.peers ? await extractPeers(data, [...sums.keys()], sums, place) : new Map<string, Peer[]>();
    for (const one of asked) {
      if (data === 'c') yield* firstRows(bench, one);
      yield* openedRows(bench, one, peers.get(one.measured.row) ?? []);
      yield* otherRows(bench, one);
    }
  }
}
