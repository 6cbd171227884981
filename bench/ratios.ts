/**
 * Ratios of earlier runs, kept in bench/ratios.json: a row whose ratio is more than 15 % below the stored one has got slower.
 * Only ratios are compared, and only to what was measured beside the row in the same run; times depend on the machine.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import { type BenchRow, keyOf } from './row.js';

const PATH = join(root, 'bench', 'ratios.json');
const LOSS = 0.15;

interface Stored {
  readonly machine: string;
  readonly date: string;
  readonly ratios: Readonly<Record<string, number>>;
}

function stored(): Stored | undefined {
  return existsSync(PATH) ? (JSON.parse(readFileSync(PATH, 'utf8')) as Stored) : undefined;
}

/** Rows with a ratio, by key. Rows of another program's start, of a cold cache and of memory swing too much to decide. */
function decisive(rows: readonly BenchRow[]): Map<string, number> {
  const steady = rows.filter(({ how, ratio }) => ratio !== null && (how === 'opened' || how === 'first'));
  return new Map(steady.map((row) => [keyOf(row), row.ratio!]));
}

export interface Loss {
  readonly key: string;
  readonly before: number;
  readonly now: number;
}

/** Rows that lost more than is allowed. */
export function lossesOf(rows: readonly BenchRow[]): Loss[] {
  const before = stored()?.ratios ?? {};
  const out: Loss[] = [];
  for (const [key, now] of decisive(rows)) {
    const then = before[key];
    if (then !== undefined && now < (1 - LOSS) * then) out.push({ key, before: then, now });
  }
  return out;
}

/** Keeps the ratios of this run for the next ones; rows that were not measured keep theirs. */
export function storeRatios(rows: readonly BenchRow[]): void {
  const ratios = { ...stored()?.ratios };
  for (const [key, ratio] of decisive(rows)) ratios[key] = Number(ratio.toPrecision(4));
  const sorted = Object.fromEntries(Object.entries(ratios).sort(([one], [other]) => (one < other ? -1 : 1)));
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const kept: Stored = { machine, date: new Date().toISOString().slice(0, 10), ratios: sorted };
  writeFileSync(PATH, `${JSON.stringify(kept, null, 2)}\n`);
}
