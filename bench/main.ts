/**
 * `npm run bench`: the workloads W1-W8 beside their floors, other data, growth and memory, and file work by itself. `--json`
 * prints one object a line; `--data DIR` measures on DIR/fst16 and DIR/fst16c; `--only W1,W2` chooses; `--peers` adds the other
 * programs (`npm run bench:peers`); `--report FILE` writes the Markdown tables; `--store` keeps the ratios; `--quick` is small.
 * Exit: 0 fine, 1 a wrong answer, 2 usage, 4 a ratio fell more than 15 % below the stored one.
 */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../test/paths.js';
import { consumed } from './harness.js';
import { keysOf, openProduct } from './product.js';
import { lossesOf, storeRatios } from './ratios.js';
import { markdownReport } from './report.js';
import type { BenchRow } from './row.js';
import { type Bench, extractRows, seriesFolder } from './rows-extract.js';
import { decodingRows, listingRows } from './rows-fields.js';
import { decodeRows, scanRows } from './rows-files.js';
import { growthRows } from './rows-growth.js';
import { memoryRows } from './rows-memory.js';
import { queueRows } from './rows-queue.js';
import { serveRows } from './rows-serve.js';
import { sideRows } from './rows-side.js';
import { variantRows } from './rows-variants.js';
import { requestOf } from './workloads.js';

const EXIT = { ok: 0, wrong: 1, usage: 2, slower: 4 } as const;
/** Rows that only data of our own has come after these. */
const WORKLOADS = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7', 'W8'] as const;
const OWN = ['side', 'variants', 'growth', 'memory', 'queue', 'files'] as const;

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    store: { type: 'boolean', default: false },
    report: { type: 'string' },
    data: { type: 'string' },
    only: { type: 'string' },
    folder: { type: 'string', default: join(root, '.polyfst', 'bench') },
    runs: { type: 'string' },
  },
});

const names = flags.only?.split(',') ?? (flags.data === undefined ? [...WORKLOADS, ...OWN] : [...WORKLOADS, 'side']);
const bench: Bench = {
  ...{ folder: flags.folder, data: flags.data, peers: flags.peers, quick: flags.quick },
  ...{ n: Number(flags.runs ?? (flags.quick ? 5 : 15)), only: new Set(names) },
};

const short = (value: unknown): string => (typeof value === 'number' ? value.toPrecision(4) : String(value));

function print(row: BenchRow): void {
  if (flags.json) process.stdout.write(`${JSON.stringify(row)}\n`);
  else {
    const parts = Object.entries(row).filter(([, value]) => value !== null);
    process.stdout.write(`${parts.map(([key, value]) => `${key}=${short(value)}`).join('  ')}\n`);
  }
}

async function* serving(): AsyncGenerator<BenchRow> {
  const place = await seriesFolder(bench, 'u');
  const request = requestOf('W1', keysOf(await openProduct(bench.folder, place), 'TT'));
  yield* serveRows(bench, place, request);
}

async function* allRows(): AsyncGenerator<BenchRow> {
  const { only } = bench;
  yield* extractRows(bench);
  if (only.has('side')) yield* sideRows(bench);
  if (only.has('W6')) yield* listingRows(bench);
  if (only.has('W7'))
    for (const data of ['u', 'c'] as const) yield* decodingRows(bench, data, await seriesFolder(bench, data));
  if (only.has('W8')) yield* serving();
  if (only.has('variants') && !bench.quick) yield* variantRows(bench);
  if (only.has('growth')) yield* growthRows(bench);
  if (only.has('memory')) yield* memoryRows(bench);
  if (only.has('queue')) yield* queueRows(bench);
  if (!only.has('files')) return;
  for (const container of ['xdf', 'rsf'] as const) {
    yield* scanRows(bench, container);
    if (!bench.quick) yield* decodeRows(bench, container);
  }
}

async function main(): Promise<number> {
  const before = loadavg()[0]!;
  const rows: BenchRow[] = [];
  for await (const row of allRows()) {
    rows.push(row);
    print(row);
  }
  const command = `npm run bench${bench.peers ? ':peers' : ''} -- ${process.argv
    .slice(2)
    .filter((flag) => flag !== '--peers')
    .join(' ')}`;
  if (flags.report !== undefined) writeFileSync(flags.report, markdownReport(rows, command.trim(), before));
  const wrong = rows.filter(({ checked }) => !checked);
  for (const { row, data, how, what } of wrong) process.stderr.write(`${row} ${data} ${how} ${what}: wrong answer\n`);
  // files of others have other ratios
  const losses = bench.data === undefined && !flags.store ? lossesOf(rows) : [];
  for (const { key, before: then, now } of losses) {
    process.stderr.write(`${key}: ratio ${short(now)}, stored ${short(then)}: more than 15 % lost\n`);
  }
  if (flags.store) storeRatios(rows);
  if (wrong.length > 0 || !consumed()) return EXIT.wrong;
  return losses.length > 0 ? EXIT.slower : EXIT.ok;
}

process.exitCode = Number.isInteger(bench.n) && bench.n > 0 ? await main() : EXIT.usage;
