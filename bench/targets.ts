/** What the rows must reach: least ratios to peers, and the bars of W8, memory and growth; each is met, missed or not measured. */
import { type BenchRow, FLOOR } from './row.js';

interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly row: string;
  readonly data?: 'u' | 'c';
  readonly how?: BenchRow['how'];
  readonly what?: BenchRow['what'];
  readonly side?: BenchRow['side'];
  /** beginning of the peer's name */
  readonly peer?: string;
  readonly threads?: number;
  /** figure that decides; the ratio where none is named */
  readonly figure?: string;
  readonly least?: number;
  readonly most?: number;
}

const ratio = (
  name: string,
  row: string,
  data: 'u' | 'c',
  what: BenchRow['what'],
  bars: readonly (readonly [peer: string, least: number])[],
  how: BenchRow['how'] = 'opened',
): Target[] =>
  bars.map(([peer, least]) => ({ name, wanted: `>= ${least} x ${peer}`, row, data, how, what, peer, least }));

export const TARGETS: readonly Target[] = [
  ...ratio('W1-u', 'W1', 'u', 'covjson', [
    ['fstd2nc', 300],
    ['gribjump', 6],
  ]),
  {
    name: 'W1-u',
    wanted: '<= 5 x floor',
    row: 'W1',
    data: 'u',
    how: 'opened',
    what: 'covjson',
    peer: FLOOR,
    least: 0.2,
  },
  ...ratio('W1-c', 'W1', 'c', 'covjson', [
    ['fstd2nc', 300],
    ['gribjump', 5],
  ]),
  ...ratio('W1-c, first touch', 'W1', 'c', 'values', [['whole records, librmn', 4]], 'first'),
  {
    ...{ name: 'W1 with side-file', wanted: '<= 2 x @openmeteo/file-reader', row: 'W1', how: 'opened', what: 'values' },
    ...{ side: 'om', peer: '@openmeteo', least: 0.5 },
  },
  {
    ...{ name: 'W1 with side-file, its reading alone', wanted: '<= 2 x @openmeteo/file-reader', row: 'W1-om-read' },
    ...{ side: 'om', peer: '@openmeteo', least: 0.5 },
  },
  ...ratio('W2-u', 'W2', 'u', 'values', [
    ['fstd2nc', 50],
    ['gribjump', 2.5],
  ]),
  ...ratio('W2-c', 'W2', 'c', 'values', [
    ['fstd2nc', 8],
    ['gribjump', 2],
  ]),
  ...ratio('W3-u, values', 'W3', 'u', 'values', [['gribjump', 3]]),
  ...ratio('W3-u, CoverageJSON', 'W3', 'u', 'covjson', [['polytope + covjsonkit', 100]]),
  ...ratio('W3-c, values', 'W3', 'c', 'values', [['gribjump', 1]]),
  ...ratio('W3-c, CoverageJSON', 'W3', 'c', 'covjson', [['polytope + covjsonkit', 50]]),
  ...ratio('W4-u', 'W4', 'u', 'values', [
    ['fstd2nc', 100],
    ['gribjump', 5],
  ]),
  ...ratio('W4-c', 'W4', 'c', 'values', [
    ['fstd2nc', 200],
    ['gribjump', 3],
  ]),
  ...ratio('W5-u', 'W5', 'u', 'values', [
    ['fstd2nc', 200],
    ['gribjump', 10],
  ]),
  ...ratio('W5-c', 'W5', 'c', 'values', [
    ['fstd2nc', 200],
    ['gribjump', 4],
  ]),
  ...ratio('W6', 'W6', 'u', 'values', [['librmn', 0.5]]),
  {
    name: 'W7-u, one thread',
    wanted: '>= 4 x librmn',
    row: 'W7',
    data: 'u',
    how: 'opened',
    peer: 'librmn',
    threads: 1,
    least: 4,
  },
  {
    name: 'W7-c, one thread',
    wanted: '>= 3 x librmn',
    row: 'W7',
    data: 'c',
    how: 'opened',
    peer: 'librmn',
    threads: 1,
    least: 3,
  },
  { name: 'W7-u, two threads', wanted: '>= 1.7 x one', row: 'W7', data: 'u', how: 'opened', threads: 2, least: 1.7 },
  { name: 'W7-c, two threads', wanted: '>= 1.7 x one', row: 'W7', data: 'c', how: 'opened', threads: 2, least: 1.7 },
  { name: 'W8, cached', wanted: '>= 0.5 x node:http', row: 'W8', peer: 'node:http', least: 0.5 },
  { name: 'W8, cached', wanted: 'p99 <= 3 ms', row: 'W8', peer: 'node:http', figure: 'p99_ms', most: 3 },
  { name: 'Polytope v1, POST to result', wanted: '<= 2 ms over BullMQ', row: 'queue', figure: 'over_ms', most: 2 },
  { name: 'jobs a second', wanted: '>= 0.2 x BullMQ', row: 'queue-rate', peer: 'BullMQ', least: 0.2 },
  { name: 'W1-u, cold', wanted: '<= 1.5 x floor', row: 'W1', data: 'u', how: 'cold', peer: 'cold', least: 1 / 1.5 },
  {
    name: 'memory, 8.3 M values',
    wanted: '<= 2 x batch + 64 MiB',
    row: 'memory-big',
    peer: 'allowed memory',
    least: 1,
  },
  { name: 'memory, W1-W5', wanted: '<= 2 x batch + 64 MiB', row: '*-memory', peer: 'allowed memory', least: 1 },
  {
    name: 'W1, 10^2 to 10^5 records',
    wanted: 'logarithmic: <= 2.5',
    row: 'W1-records',
    what: 'covjson',
    figure: 'growth',
    most: 2.5,
  },
  {
    name: 'W1, 10^5 to 10^7 points',
    wanted: 'logarithmic: <= 1.5',
    row: 'W1-grid',
    what: 'covjson',
    figure: 'growth',
    most: 1.5,
  },
];

const starts = (text: string | null, begin: string | undefined): boolean =>
  begin === undefined || (text ?? '').startsWith(begin);

function isOf(row: BenchRow, target: Target): boolean {
  const named = target.row.startsWith('*') ? row.row.endsWith(target.row.slice(1)) : row.row === target.row;
  return (
    named &&
    (target.data ?? row.data) === row.data &&
    (target.how ?? row.how) === row.how &&
    (target.what ?? row.what) === row.what &&
    (target.side ?? 'none') === row.side &&
    (target.threads ?? row['threads']) === row['threads'] &&
    starts(row.peer, target.peer)
  );
}

export interface Verdict {
  readonly name: string;
  readonly wanted: string;
  readonly verdict: 'met' | 'missed' | 'not measured' | 'wrong answer';
  /** the figure that decides; the worst of several rows */
  readonly figure?: number;
  readonly row?: BenchRow;
}

/** Every target against the rows of a run; of several rows the worst one decides. */
export function verdictsOf(rows: readonly BenchRow[]): Verdict[] {
  return TARGETS.map((target) => {
    const { name, wanted, least, most } = target;
    const figureOf = (row: BenchRow): number => Number(target.figure === undefined ? row.ratio : row[target.figure]);
    const found = rows.filter((row) => isOf(row, target) && Number.isFinite(figureOf(row)));
    if (found.length === 0) return { name, wanted, verdict: 'not measured' };
    found.sort((one, other) => (most === undefined ? 1 : -1) * (figureOf(one) - figureOf(other)));
    const row = found[0]!;
    const figure = figureOf(row);
    const isMet = figure >= (least ?? Number.NEGATIVE_INFINITY) && figure <= (most ?? Number.POSITIVE_INFINITY);
    return { name, wanted, verdict: row.checked ? (isMet ? 'met' : 'missed') : 'wrong answer', figure, row };
  });
}
