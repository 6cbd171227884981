/** The run as Markdown: machine, what must be reached row by row, then every row with its spread. */
import { cpus, loadavg, totalmem } from 'node:os';
import type { BenchRow } from './row.js';
import { verdictsOf } from './targets.js';

const short = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return '';
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Members of a row that have columns of their own. */
const SHOWN = new Set('row data how what side median_ms min_ms n values checked sum peer peer_ms ratio'.split(' '));

const extras = (row: BenchRow): string =>
  Object.entries(row)
    .filter(([name]) => !SHOWN.has(name))
    .map(([name, value]) => `${name} ${typeof value === 'number' ? short(value) : String(value)}`)
    .join(', ');

/** The whole report. `command`: how it was called; `before`: load of the machine when it began. */
export function markdownReport(rows: readonly BenchRow[], command: string, before: number): string {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const out = [
    `${machine}, Node ${process.versions.node}, ${process.platform}; load ${before.toFixed(1)} at the start, ${loadavg()[0]!.toFixed(1)} at the end. \`${command}\`.`,
    '',
    line(['must', 'wanted', 'reached', 'product, ms', 'peer, ms', 'n', 'verdict']),
    line(Array(7).fill('---')),
  ];
  for (const { name, wanted, verdict, figure, row } of verdictsOf(rows)) {
    const beside = row?.peer === undefined || row.peer === null ? '' : `${row.peer} ${short(row.peer_ms)}`;
    out.push(line([name, wanted, short(figure), short(row?.median_ms), beside, short(row?.n), verdict]));
  }
  const heads = [
    'row',
    'data',
    'how',
    'what',
    'side',
    'median ms',
    'least ms',
    'n',
    'values',
    'peer',
    'peer ms',
    'ratio',
    'more',
  ];
  out.push('', line(heads), line(Array(heads.length).fill('---')));
  for (const row of rows) {
    const { how, what, side, median_ms, min_ms, n, values, peer, peer_ms, ratio } = row;
    const times = [short(median_ms), short(min_ms), String(n), String(values)];
    const wrong = row.checked ? '' : 'WRONG ANSWER ';
    out.push(
      line([
        row.row,
        row.data,
        how,
        what,
        side,
        ...times,
        peer ?? '',
        short(peer_ms),
        short(ratio),
        wrong + extras(row),
      ]),
    );
  }
  return `${out.join('\n')}\n`;
}
