/**
 * `polyfst batch REQUESTS.jsonl --out DIR`: many requests as one job, a file each. A journal beside the answers remembers what
 * is done: started again, after a kill too, it goes on where it was.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FILE_ENCODERS } from '../extraction/encoders.js';
import { encodePlan } from '../extraction/extract.js';
import { readFormat } from '../schemas/format-name.js';
import { toProblem } from '../schemas/problem.js';
import type { OutputFormat } from '../schemas/vocabulary.js';
import { extractDeps, planBody } from './answer.js';
import { AppendJournal } from './append-journal.js';
import { FORMATS, writeAnswer } from './extract.js';
import { refreshWithProgress } from './index-data.js';
import { interruptible } from './interrupt.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { complain, EXIT, LineWriter, UsageError } from './output.js';
import { clearPartial } from './partial-files.js';
import { Progress } from './progress.js';
import { resultType } from './result-type.js';

interface Flags extends ServiceFlags {
  readonly out: string;
  readonly format?: string;
  readonly collection?: string;
  readonly concurrency?: string;
  readonly json?: boolean;
}

/** One request of the file. */
interface Child {
  /** number of its line, from 1 */
  readonly line: number;
  readonly id: string;
  readonly body: unknown;
  readonly format: OutputFormat;
  /** of everything that decides its answer */
  readonly digest: string;
}

interface Finished {
  readonly line: number;
  readonly id: string;
  readonly digest: string;
  readonly state: 'done' | 'failed';
  readonly out?: string;
  readonly bytes?: number;
  readonly detail?: string;
}

export const JOURNAL = 'batch.journal';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function idOf(where: string, given: unknown, line: number): string {
  if (given === undefined) return String(line).padStart(6, '0');
  if (typeof given === 'string' && NAME.test(given)) return given;
  throw new UsageError(`${where}: id ${JSON.stringify(given)}: give letters, digits, dots, _ or -`);
}

type Plain = Readonly<Record<string, unknown>>;

function childOf(where: string, text: string, line: number, format: string | undefined): Child {
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where}: not JSON (${(error as Error).message}); give one request a line`);
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new UsageError(`${where}: give an object: a request, or {"id": …, "request": …}`);
  }
  const wrapped = (tree as Plain)['request'] !== undefined;
  const body = (wrapped ? (tree as Plain)['request'] : tree) as Plain;
  const id = idOf(where, wrapped ? (tree as Plain)['id'] : undefined, line);
  const asked = format ?? (wrapped ? (tree as Plain)['format'] : undefined) ?? body['format'] ?? 'covjson';
  if (typeof asked !== 'string' || !FORMATS.includes(asked)) {
    throw new UsageError(`${where}: format ${String(asked)}: choose of ${FORMATS.join(', ')}`);
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([id, body, asked]))
    .digest('hex');
  return { line, id, body, format: readFormat(asked), digest };
}

/** Requests of a file; two of one id would write one file. */
export function childrenOf(path: string, text: string, format?: string): Child[] {
  const children: Child[] = [];
  const lines = new Map<string, number>();
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const child = childOf(`${path}:${at + 1}`, line, at + 1, format);
    const other = lines.get(child.id);
    if (other !== undefined) throw new UsageError(`${path}:${at + 1}: id ${child.id} is that of line ${other} too`);
    lines.set(child.id, child.line);
    children.push(child);
  }
  if (children.length === 0) throw new UsageError(`${path}: no request; give one a line`);
  return children;
}

/** Children that an earlier run finished and whose files are still there. */
async function finishedBefore(earlier: readonly Finished[]): Promise<ReadonlyMap<string, Finished>> {
  const done = new Map<string, Finished>();
  for (const entry of earlier) {
    if (entry.state !== 'done' || entry.out === undefined) continue;
    const size = await stat(entry.out).then(
      (found) => found.size,
      () => -1,
    );
    if (size === entry.bytes) done.set(entry.digest, entry);
  }
  return done;
}

type Run = (child: Child, signal: AbortSignal) => Promise<Finished>;

/** Works a list off with some at a time; stops taking more when the signal aborts. */
async function inParallel(
  children: readonly Child[],
  most: number,
  signal: AbortSignal,
  run: (child: Child) => Promise<void>,
) {
  const queue = children.values();
  const worker = async (): Promise<void> => {
    for (const child of queue) {
      signal.throwIfAborted();
      await run(child);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, children.length) }, worker));
}

async function runner(flags: Flags): Promise<Run> {
  const { format: _, out, collection: named, concurrency: __, json: ___, ...rest } = flags;
  const config = await loadConfig(rest);
  const { catalogue } = await refreshWithProgress(config);
  const names = catalogue.collections().map(({ name }) => name);
  const collection = named ?? names[0];
  if (collection === undefined) throw new UsageError('batch: no data; name a folder with --data DIR');
  if (named === undefined && names.length > 1) {
    throw new UsageError(`batch: there are several collections; choose with --collection ${names.join(' | ')}`);
  }
  const deps = { ...extractDeps(config), encoders: FILE_ENCODERS };
  return async ({ line, id, body, format, digest }, signal) => {
    const target = join(out, `${id}.${resultType(format).extension}`);
    try {
      const plan = await planBody({ ...(body as Plain), format }, collection, catalogue, config, deps);
      await writeAnswer(target, encodePlan(plan, deps, signal), signal);
      return { line, id, digest, state: 'done', out: target, bytes: (await stat(target)).size };
    } catch (error) {
      if (signal.aborted) throw error;
      return { line, id, digest, state: 'failed', detail: toProblem(error).detail };
    }
  };
}

function concurrencyOf(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UsageError(`--concurrency ${text}: give a number from 1 to 999`);
}

/** Exit 3 when some requests failed, 1 when all did; each is told on standard error. */
export async function batch(path: string, flags: Flags): Promise<number> {
  const most = concurrencyOf(flags.concurrency);
  const children = childrenOf(path, await readFile(path === '-' ? '/dev/stdin' : path, 'utf8'), flags.format);
  const run = await runner(flags);
  await mkdir(flags.out, { recursive: true });
  await clearPartial(flags.out);
  await using journal = await AppendJournal.open<Finished>(join(flags.out, JOURNAL));
  const before = await finishedBefore(journal.earlier);
  const open = children.filter(({ digest }) => !before.has(digest));
  const lines = new LineWriter();
  const bar = new Progress('requests', children.length);
  bar.at(children.length - open.length);
  let failed = 0;
  const tell = async ({ digest: _, ...finished }: Finished, skipped: boolean): Promise<void> => {
    if (finished.state === 'failed') complain(`${path}:${finished.line}: ${finished.detail}`);
    if (flags.json === true) await lines.json(skipped ? { ...finished, skipped } : finished);
  };
  for (const { digest } of children) if (before.has(digest)) await tell(before.get(digest)!, true);
  try {
    await interruptible(`batch was interrupted; run it again to go on from ${join(flags.out, JOURNAL)}`, (signal) =>
      inParallel(open, most, signal, async (child) => {
        const finished = await run(child, signal);
        await journal.add(finished);
        if (finished.state === 'failed') failed++;
        await tell(finished, false);
        await lines.flush();
        bar.step();
      }),
    );
  } finally {
    bar.end();
    await lines.flush();
  }
  if (flags.json !== true) {
    const done = children.length - failed;
    process.stderr.write(
      `${done} of ${children.length} requests done in ${flags.out}, ${before.size} of them earlier\n`,
    );
  }
  if (failed === 0) return EXIT.ok;
  return failed === children.length ? EXIT.failed : EXIT.partial;
}
