/** A line of the benchmark: what was measured, whether the answer was right, and what stood beside it in the same run. */
import type { Timing } from './harness.js';

/** `u`: records of one width a value; `c`: second-stage compression. */
export type DataKind = 'u' | 'c';

/** `process`: a new process, its start included; `cold`: page cache dropped; `first`: no jump index yet. */
export type How = 'opened' | 'process' | 'cold' | 'first';

export interface BenchRow {
  readonly row: string;
  readonly data: DataKind;
  readonly how: How;
  readonly what: 'values' | 'covjson';
  readonly side: 'none' | 'om';
  readonly median_ms: number;
  readonly min_ms: number;
  readonly n: number;
  readonly values: number;
  readonly checked: boolean;
  /** float64 sum of all values, NaN as 0 */
  readonly sum: number;
  readonly peer: string | null;
  readonly peer_ms: number | null;
  /** peer_ms / median_ms: above 1 this program is faster; W8: requests a second over those of the peer */
  readonly ratio: number | null;
  readonly mvalues_s?: number;
  readonly requests_s?: number;
  readonly p99_ms?: number;
  /** further figures of a row, by name */
  readonly [figure: string]: string | number | boolean | null | undefined;
}

/** What another program, or nothing but the system calls, took for the same values. */
export interface Peer {
  readonly name: string;
  readonly ms: number;
}

export const FLOOR = 'pread floor';

export const floorPeer = ({ medianMs }: Timing): Peer => ({ name: FLOOR, ms: medianMs });

export type Measured = Pick<BenchRow, 'row' | 'data' | 'values' | 'checked' | 'sum'> & Partial<BenchRow>;

/** One line a peer; a line without one when there is none. */
export function linesOf(
  measured: Measured,
  how: How,
  what: BenchRow['what'],
  timing: Timing,
  peers: readonly Peer[] = [],
): BenchRow[] {
  const { row, data, values, checked, sum, side, ...more } = measured;
  const own = {
    ...{ row, data, how, what, side: side ?? ('none' as const) },
    ...{ median_ms: timing.medianMs, min_ms: timing.minMs, n: timing.n, values, checked, sum },
  };
  if (peers.length === 0) return [{ ...own, peer: null, peer_ms: null, ratio: null, ...more }];
  return peers.map(({ name, ms }) => ({ ...own, peer: name, peer_ms: ms, ratio: ms / timing.medianMs, ...more }));
}

/** Names a measured thing from run to run: row, data, how, what, side file, peer without its version. */
export function keyOf({ row, data, how, what, side, peer, threads }: BenchRow): string {
  const name = peer === null ? '-' : peer.replace(/ \d[\d.a-z+]*$/, '');
  return [row, data, how, what, side, ...(threads === undefined ? [] : [`${threads} threads`]), name].join(' | ');
}
