/** `polyfst convert IN… OUT`: FST to and from other formats. */
import type { ConvertOutcome } from '../extraction/convert/convert.js';
import { FeatureError } from '../schemas/problem.js';
import { complain, EXIT, LineWriter, UsageError } from './output.js';
import { Progress } from './progress.js';

interface Flags {
  readonly format?: string;
  readonly where: readonly string[];
  readonly set: readonly string[];
  readonly json?: boolean;
}

/** `KEY=VALUE` of `--set`, the last one of a key. */
export function settings(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--set ${text}: write KEY=VALUE, for example units=si`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()] as const;
    }),
  );
}

/** Mistakes in flags: exit 2. Everything else that fails is exit 1. */
const USAGE = new Set(['unknown_key', 'unsupported_format', 'bad_value']);

function asUsage(error: unknown): unknown {
  const flag = error instanceof FeatureError && USAGE.has(error.code) && /^--(set|where|format) /.test(error.message);
  const name =
    error instanceof FeatureError && error.code === 'unsupported_format' && /names no format/.test(error.message);
  return flag || name ? new UsageError((error as FeatureError).message) : error;
}

/** One sentence for each thing that was not kept, and the exit code that follows. */
export function tellOutcome(outcome: Pick<ConvertOutcome, 'skipped' | 'lost'>): number {
  for (const { detail } of outcome.skipped) complain(detail);
  for (const { key, detail } of outcome.lost) complain(`${key} is not kept: ${detail}`);
  return outcome.skipped.length + outcome.lost.length === 0 ? EXIT.ok : EXIT.partial;
}

/** Exit 3, with a sentence for each, when something could not be kept. Interrupted, it leaves nothing behind. */
export async function convert(paths: readonly string[], flags: Flags): Promise<number> {
  const out = paths.at(-1);
  if (out === undefined || paths.length < 2) {
    throw new UsageError('convert: name one or more inputs, then the output');
  }
  const options = settings(flags.set);
  const { convert: run } = await import('../extraction/convert/convert.js');
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort(new Error(`conversion to ${out} was interrupted; ${out} is as it was`));
  process.once('SIGINT', abort).once('SIGTERM', abort);
  let bar: Progress | undefined;
  try {
    const outcome = await run({
      inputs: paths.slice(0, -1),
      out,
      ...(flags.format === undefined ? {} : { format: flags.format }),
      where: flags.where,
      options,
      signal: interrupted.signal,
      progress: (done, total) => {
        bar ??= new Progress('converting', total);
        bar.at(done, total);
      },
    });
    bar?.end();
    const code = tellOutcome(outcome);
    if (flags.json === true) {
      const { format, records, skipped, lost, bytes } = outcome;
      const lines = new LineWriter();
      await lines.json({ format, out, records, skipped, lost, bytes });
      await lines.flush();
    }
    return code;
  } catch (error) {
    throw asUsage(error);
  } finally {
    bar?.end();
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}
