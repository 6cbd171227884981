/**
 * `polyfst auto-convert`: looks at folders and converts each run that is new and complete, by the rules of the configuration. What was
 * converted is in a journal in the state folder, so that it goes on after any end; outputs appear whole.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { walkRoots } from '../extraction/catalogue/data-file.js';
import { convert, isFstFile } from '../extraction/convert/convert.js';
import { readyRuns, type SeenFile, type SeenRun } from '../extraction/convert/watch-runs.js';
import type { Config } from '../schemas/config.js';
import { toProblem } from '../schemas/problem.js';
import { AppendJournal } from './append-journal.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { complain, EXIT, LineWriter, UsageError } from './output.js';
import { clearPartial } from './partial-files.js';

interface Flags extends ServiceFlags {
  readonly once?: boolean;
  readonly json?: boolean;
}

type Rule = Config['autoConvert'][number];

interface Converted {
  readonly out: string;
  readonly signature: string;
  readonly state: 'done' | 'failed';
  readonly records?: number;
  readonly bytes?: number;
  readonly lost?: number;
  readonly detail?: string;
}

const SUFFIXES: Readonly<Record<string, string>> = {
  netcdf: '.nc',
  netcdf3: '.nc',
  zarr: '.zarr',
  zarr2: '.zarr',
  geotiff: '.tif',
  grib2: '.grib2',
  tensors: '.npy',
  xdf: '.fst',
};

const suffixOf = (format: string): string => SUFFIXES[format] ?? `.${format}`;

async function filesOf(folder: string, signal: AbortSignal): Promise<SeenFile[]> {
  const { files } = await walkRoots([folder], [], signal);
  const seen: SeenFile[] = [];
  for (const { path } of files) {
    const found = await stat(path).catch(() => undefined);
    const isRecords = found !== undefined && (await isFstFile(path).catch(() => false));
    if (isRecords) seen.push({ path, bytes: found.size, changed: found.mtimeMs });
  }
  return seen;
}

async function convertRun(rule: Rule, run: SeenRun, out: string, signal: AbortSignal): Promise<Converted> {
  const base = { out, signature: run.signature };
  try {
    const { records, bytes, lost, skipped } = await convert({
      inputs: run.files.map(({ path }) => path),
      out,
      format: rule.format,
      where: rule.where,
      options: new Map(Object.entries(rule.set)),
      signal,
    });
    for (const { detail } of [...skipped, ...lost]) complain(`${out}: ${detail}`);
    return { ...base, state: 'done', records, bytes, lost: lost.length + skipped.length };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...base, state: 'failed', detail: toProblem(error).detail };
  }
}

interface Looks {
  readonly journal: AppendJournal<Converted>;
  /** the last entry of each output */
  readonly known: Map<string, Converted>;
  readonly tell: (converted: Converted) => Promise<void>;
}

async function lookAt(rule: Rule, { journal, known, tell }: Looks, signal: AbortSignal): Promise<number> {
  let failed = 0;
  for (const run of readyRuns(await filesOf(rule.from, signal), rule, Date.now())) {
    signal.throwIfAborted();
    const out = join(rule.to, `${run.name}${suffixOf(rule.format)}`);
    const before = known.get(out);
    const isThere = before?.state === 'failed' || (await stat(out).catch(() => undefined)) !== undefined;
    if (before?.signature === run.signature && isThere) continue;
    const converted = await convertRun(rule, run, out, signal);
    await journal.add(converted);
    known.set(out, converted);
    if (converted.state === 'failed') failed++;
    await tell(converted);
  }
  return failed;
}

function teller(isJson: boolean): Looks['tell'] {
  const lines = new LineWriter();
  return async (converted) => {
    const { out, state, records, detail } = converted;
    if (state === 'failed') complain(`${out}: ${detail}`);
    else if (!isJson) process.stderr.write(`${out}: ${records} records\n`);
    if (!isJson) return;
    await lines.json(converted);
    await lines.flush();
  };
}

/** Until SIGINT or SIGTERM, which end it with 0; with `--once` 1 when a run could not be converted. */
export async function autoConvert(flags: Flags): Promise<number> {
  const { once = false, json = false, ...rest } = flags;
  const config = await loadConfig(rest);
  if (config.autoConvert.length === 0) {
    throw new UsageError(
      'auto-convert: no rules; put them under the key autoConvert of --config FILE (docs/config.md)',
    );
  }
  const state = resolve(config.state);
  await mkdir(state, { recursive: true });
  await using journal = await AppendJournal.open<Converted>(join(state, 'auto-convert.journal'));
  const known = new Map(journal.earlier.map((entry) => [entry.out, entry]));
  const looks = { journal, known, tell: teller(json) };
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  for (const { to } of config.autoConvert) {
    await mkdir(to, { recursive: true });
    await clearPartial(to);
  }
  const pause = Math.max(config.files.rescanMs, 100);
  try {
    for (;;) {
      let failed = 0;
      for (const rule of config.autoConvert) failed += await lookAt(rule, looks, stopped.signal);
      if (once) return failed === 0 ? EXIT.ok : EXIT.failed;
      await delay(pause, undefined, { signal: stopped.signal });
    }
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    return EXIT.ok;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
