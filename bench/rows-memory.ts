/** Memory: the peak of a process over its idle size while it answers, against twice the largest batch and 64 MiB. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import { firstStep, folderOf, keysOf, openProduct } from './product.js';
import type { BenchRow } from './row.js';
import { linesOf } from './row.js';
import { type Bench, levelsPath, seriesFolder } from './rows-extract.js';
import { requestOf, ringOf } from './workloads.js';

const ALLOWED = 64 * 2 ** 20;
const MIB = 2 ** 20;

interface Used {
  readonly idle: number;
  readonly peak: number;
  readonly largest: number;
  readonly bytes: number;
  readonly values: number;
}

function measured(bench: Bench, place: string, request: unknown): Used {
  const script = join(root, 'dist', 'bench', 'memory-child.js');
  const args = ['--expose-gc', script, bench.folder, place, JSON.stringify(request)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n').at(-1)!) as Used;
}

/** Rows `W1-memory` to `W5-memory`, and `memory-big`: an area of 0.7 million cells through 12 steps. `ratio`: allowed over used. */
export async function* memoryRows(bench: Bench): AsyncGenerator<BenchRow> {
  if (!existsSync('/proc/self/clear_refs')) {
    process.stderr.write('memory rows left out: the peak cannot be reset here\n');
    return;
  }
  for (const data of ['u', 'c'] as const) {
    for (const row of bench.quick ? ['W3'] : ['W1', 'W2', 'W3', 'W4', 'W5', 'big']) {
      const place =
        row === 'W4' ? await folderOf(bench.folder, await levelsPath(bench, data)) : await seriesFolder(bench, data);
      const product = await openProduct(bench.folder, place);
      const keys = keysOf(product, 'TT');
      const big = { ...keys, step: '0/to/11', feature: { type: 'polygon', shape: ringOf(480) } };
      const request = row === 'big' ? big : requestOf(row, row === 'W4' ? { ...keys, step: firstStep(product) } : keys);
      const start = performance.now();
      const used = measured(bench, place, request);
      const ms = performance.now() - start;
      const [over, allowed] = [used.peak - used.idle, 2 * used.largest + ALLOWED];
      const more = {
        idle_mib: used.idle / MIB,
        over_mib: over / MIB,
        allowed_mib: allowed / MIB,
        batch_mib: used.largest / MIB,
      };
      yield* linesOf(
        {
          row: row === 'big' ? 'memory-big' : `${row}-memory`,
          data,
          values: used.values,
          checked: used.bytes > 0,
          sum: over,
          ...more,
        },
        'opened',
        'covjson',
        { medianMs: ms, minMs: ms, n: 1 },
      ).map((line) => ({ ...line, peer: 'allowed memory', peer_ms: null, ratio: allowed / over }));
    }
  }
}
