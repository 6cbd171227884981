/** Rows with a time-major side-file (`side` om): W1 and W2 through it, its reading alone beside other readers, and its making. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { planBody } from '../cli/answer.js';
import { readSide, sideReadsOf } from '../extraction/side/read.js';
import { root } from '../test/paths.js';
import { median, timeWarm } from './harness.js';
import { askPeer, venvPython } from './peers.js';
import { bytesOf, keysOf, openProduct, type Product, valuesOf } from './product.js';
import { allValues, sumOf } from './reference.js';
import { type BenchRow, type DataKind, linesOf, type Peer } from './row.js';
import { type Bench, seriesFolder, sumOfText } from './rows-extract.js';
import { offsetOf, requestOf, W1_CELL } from './workloads.js';

interface Line {
  readonly row: string;
  readonly median_ms: number;
  readonly values: number;
  readonly sum: number;
  readonly peer: string;
}

/** Readers of others on the very file. */
function peersOf(bench: Bench, side: string): Line[] {
  const lines: Line[] = [];
  const grib = bench.peers ? venvPython('grib') : undefined;
  const ask = { files: [], levels: '', rows: ['W1', 'W2'], n: 5, side };
  if (grib !== undefined) lines.push(...askPeer(grib, 'om_rows.py', ask));
  const modules = join(process.env['POLYFST_BENCH_VENV'] ?? join(root, '.venv-bench'), 'npm', 'node_modules');
  if (bench.peers && existsSync(modules)) {
    const script = join(root, 'bench', 'peers', 'om-reader.mjs');
    const args = [script, modules, side, String(offsetOf(W1_CELL)), '200'];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8' });
    lines.push(JSON.parse(out.trim().split('\n').at(-1)!) as Line);
  }
  return lines;
}

const near = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-6 * Math.abs(other);

/** The series out of the open side-file, without planning and text: what readers of the file can be held against. */
async function* readingRows(bench: Bench, product: Product, request: unknown, lines: readonly Line[], data: DataKind) {
  const { sides } = product.deps;
  const plan = await planBody(request, 'default', product.catalogue, product.config, product.deps);
  const reads = sideReadsOf(plan, 0, sides) ?? [];
  const work = async (): Promise<Float32Array> => readSide(reads[0]!, sides);
  const values = await work();
  const beside: Peer[] = lines
    .filter((line) => line.values === values.length && near(line.sum, sumOf(values)))
    .map(({ peer, median_ms }) => ({ name: peer, ms: median_ms }));
  const direct = allValues(await valuesOf({ ...product, deps: directOf(product) }, request));
  const checked = reads.length === 1 && values.every((value, n) => Object.is(value, direct[n]));
  const measured = { row: 'W1-om-read', data, values: values.length, checked, sum: sumOf(values), side: 'om' } as const;
  yield* linesOf(measured, 'opened', 'values', await timeWarm(bench.n, async () => (await work()).length), beside);
}

function directOf({ deps }: Product): Product['deps'] {
  const { sides: _, ...rest } = deps;
  return rest as Product['deps'];
}

/** W1 and W2 with side-files, on both kinds of data; the files are made when they are not there. */
export async function* sideRows(bench: Bench): AsyncGenerator<BenchRow> {
  for (const data of bench.quick ? (['c'] as const) : (['u', 'c'] as const)) {
    const product = await openProduct(bench.folder, await seriesFolder(bench, data), ['TT']);
    await product.deps.jumps.build(product.cube);
    const start = performance.now();
    const { files } = await product.deps.sides.build(product.cube);
    const took = median([performance.now() - start]);
    const { folder } = product.deps.sides;
    const [name] = await readdir(folder);
    if (name === undefined) continue;
    const { size } = await stat(join(folder, name));
    const keys = keysOf(product, 'TT');
    if (files > 0) {
      const measured = {
        row: 'side-build',
        data,
        values: product.cube.rowCount * 1e6,
        checked: true,
        sum: size,
        side: 'om',
      } as const;
      yield* linesOf({ ...measured, mib: size / 2 ** 20 }, 'opened', 'values', took);
    }
    const lines = peersOf(bench, join(folder, name));
    const linesOfRow = (row: string): Line[] => lines.filter((line) => line.row === row);
    yield* readingRows(bench, product, requestOf('W1', keys), linesOfRow('W1'), data);
    for (const row of ['W1', 'W2']) {
      const request = requestOf(row, keys);
      const direct = allValues(await valuesOf({ ...product, deps: directOf(product) }, request));
      const found = allValues(await valuesOf(product, request));
      const checked = found.length === direct.length && found.every((value, n) => Object.is(value, direct[n]));
      const measured = { row, data, values: found.length, checked, sum: sumOf(found), side: 'om' } as const;
      const beside = linesOfRow(row).map(({ peer, median_ms }) => ({ name: peer, ms: median_ms }));
      const plain = await timeWarm(bench.n, async () => (await valuesOf(product, request)).length);
      yield* linesOf(measured, 'opened', 'values', plain, beside);
      const text = near(sumOfText(await bytesOf(product, request)), measured.sum);
      const written = await timeWarm(bench.n, async () => (await bytesOf(product, request)).length);
      yield* linesOf({ ...measured, checked: checked && text }, 'opened', 'covjson', written, beside);
    }
    await product.deps.sides.close();
  }
}
