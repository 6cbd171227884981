/** Other programs on the same data, each in its own process, when `npm run bench:peers` has made their environments. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import type { DataKind, Peer } from './row.js';
import { gribTwins } from './twins.js';

export interface PeerTiming {
  readonly median_ms: number;
  readonly min_ms: number;
  readonly n: number;
  readonly records: number;
  readonly version: string;
}

/** Environments by name: `fst` has fstd2nc and its library, `grib` what ECMWF and Open-Meteo publish. */
export type Venv = 'fst' | 'grib';

/** Interpreter of an environment, or undefined. */
export function venvPython(name: Venv): string | undefined {
  const python = join(process.env['POLYFST_BENCH_VENV'] ?? join(root, '.venv-bench'), name, 'bin', 'python');
  return existsSync(python) ? python : undefined;
}

/** Times one kind of work of the reference library that `fstd2nc-deps` bundles. */
export function timePeer(python: string, kind: 'scan' | 'decode', n: number, files: readonly string[]): PeerTiming {
  const out = execFileSync(python, [join(root, 'bench', 'peers', 'rmn.py'), kind, String(n), ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(out.trim().split('\n').at(-1)!) as PeerTiming;
}

interface PeerLine extends PeerTiming {
  readonly row: string;
  readonly sum: number;
  readonly values: number;
  readonly peer: string;
}

/** What a peer is asked: see bench/peers/places.py. */
interface PeerAsk {
  readonly files: readonly string[];
  readonly levels: string;
  readonly rows: readonly string[];
  readonly n: number;
}

const LONGEST_MS = 900_000;

/** Lines that a peer script prints; a script that fails is told on standard error and gives none. */
export function askPeer(
  python: string,
  script: string,
  ask: PeerAsk & { readonly [key: string]: unknown },
): PeerLine[] {
  const places = join(root, 'bench', 'workloads.json');
  try {
    const out = execFileSync(python, [join(root, 'bench', 'peers', script), JSON.stringify({ places, ...ask })], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      timeout: LONGEST_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return out
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as PeerLine);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    process.stderr.write(`${script}: ${(stderr ?? String(error)).trim().split('\n').slice(-3).join(' ')}\n`);
    return [];
  }
}

export interface PeerFiles {
  readonly folder: string;
  readonly files: readonly string[];
  readonly levels: string;
}

/** Sums agree when packing to GRIB and back moved no value by more than a quantum of 16 bits. */
const SUM_TOLERANCE = 2e-3;

/** All peers of the rows W1-W5 on one kind of data, by row. Peers that answered something else are left out, and named. */
export async function extractPeers(
  data: DataKind,
  rows: readonly string[],
  sums: ReadonlyMap<string, { readonly values: number; readonly sum: number }>,
  { folder, files, levels }: PeerFiles,
): Promise<ReadonlyMap<string, readonly Peer[]>> {
  const lines: PeerLine[] = [];
  const [fst, grib] = [venvPython('fst'), venvPython('grib')];
  if (fst !== undefined) lines.push(...askPeer(fst, 'fstd2nc_rows.py', { files, levels, rows, n: 3 }));
  if (grib !== undefined) {
    const twins = await gribTwins(folder, data === 'u' ? 'simple' : 'ccsds', grib, files, levels);
    lines.push(...askPeer(grib, 'gribjump_rows.py', { ...twins, rows, n: 9 }));
    lines.push(...askPeer(grib, 'polytope_rows.py', { ...twins, rows, n: 3, folder: join(folder, 'grib'), data }));
  }
  const out = new Map<string, Peer[]>();
  for (const line of lines) {
    const ours = sums.get(line.row);
    const near = ours !== undefined && Math.abs(line.sum - ours.sum) <= SUM_TOLERANCE * ours.values;
    if (ours === undefined || line.values !== ours.values || !near) {
      process.stderr.write(`${line.peer} ${line.row}: ${line.values} values of sum ${line.sum}; not compared\n`);
      continue;
    }
    const list = out.get(line.row) ?? [];
    list.push({ name: line.peer, ms: line.median_ms });
    out.set(line.row, list);
  }
  return out;
}
