/** The reference library of the PyPI package `fstd2nc-deps`, timed in its own process on the same files, when a venv has it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface PeerTiming {
  readonly median_ms: number;
  readonly min_ms: number;
  readonly n: number;
  readonly records: number;
  readonly version: string;
}

/** Python of the benchmark's venv (`npm run bench:peers` makes it), or undefined. */
export function peerPython(root: string): string | undefined {
  const python = join(process.env['POLYFST_BENCH_VENV'] ?? join(root, '.venv-bench'), 'bin', 'python');
  return existsSync(python) ? python : undefined;
}

/** Times one kind of work of the reference library. */
export function timePeer(
  python: string,
  root: string,
  kind: 'scan' | 'decode',
  n: number,
  files: readonly string[],
): PeerTiming {
  const out = execFileSync(python, [join(root, 'bench', 'peer-rmn.py'), kind, String(n), ...files], {
    encoding: 'utf8',
  });
  return JSON.parse(out.trim().split('\n').at(-1)!) as PeerTiming;
}
