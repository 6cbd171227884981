/** Thousands of damaged files through reading, index and query, in processes of their own: none may end one or hold it up. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from './damage-child.js';

const PROCESSES = 2;
/** A file that keeps a process busy for longer is taken for an endless one. */
const PATIENCE_MS = 20_000;

export interface DamageReport {
  readonly files: number;
  readonly readable: number;
  readonly answered: number;
  readonly slowestMs: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
}

interface Tally {
  readonly outcomes: Outcome[];
  readonly broken: string[];
}

/** Runs seeds [first, first + count); a process that ends early is replaced and goes on behind the file that ended it. */
async function runShare(folder: string, first: number, count: number, tally: Tally): Promise<void> {
  let next = first;
  while (next < first + count) {
    const child = fork(new URL('./damage-child.js', import.meta.url), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2000);
    });
    const ended = await follow(child, { folder, first: next, count: first + count - next }, (outcome) => {
      tally.outcomes.push(outcome);
      next = outcome.seed + 1;
    });
    if (ended === undefined) return;
    tally.broken.push(`seed ${next}: ${ended} ${words.trim().slice(-300)}`);
    next++;
  }
}

/** Undefined when the process came to its end; otherwise how it ended. */
function follow(child: ChildProcess, task: object, onOutcome: (outcome: Outcome) => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    let timer = setTimeout(() => undefined, 0);
    let isHung = false;
    const patience = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        isHung = true;
        child.kill('SIGKILL');
      }, PATIENCE_MS);
    };
    child.on('message', (message) => {
      patience();
      if (!('begun' in (message as object))) onOutcome(message as Outcome);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : isHung ? `not done after ${PATIENCE_MS} ms` : `ended with ${signal ?? code}`);
    });
    patience();
    child.send(task);
  });
}

export async function damageFiles(count: number, seed: number): Promise<DamageReport> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-damage-'));
  const tally: Tally = { outcomes: [], broken: [] };
  try {
    const share = Math.ceil(count / PROCESSES);
    await Promise.all(Array.from({ length: PROCESSES }, (_, n) => runShare(folder, seed + n * share, share, tally)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const codes: Record<string, number> = {};
  for (const outcome of tally.outcomes) {
    for (const code of outcome.codes) codes[code] = (codes[code] ?? 0) + 1;
    if (outcome.bug !== undefined) tally.broken.push(`seed ${outcome.seed}: ${outcome.bug.slice(0, 600)}`);
  }
  return {
    files: tally.outcomes.length,
    readable: tally.outcomes.filter((one) => one.records > 0).length,
    answered: tally.outcomes.filter((one) => one.answered > 0).length,
    slowestMs: Math.round(tally.outcomes.reduce((most, one) => Math.max(most, one.ms), 0)),
    codes,
    broken: tally.broken,
  };
}
