/** `polyfst copy IN… OUT`: chosen records into one new file, verbatim or packed anew. */
import { type CopyOptions, checkCopyOptions, copyRecords } from '../extraction/fst/copy.js';
import { FeatureError } from '../schemas/problem.js';
import { interruptible } from './interrupt.js';
import { complain, EXIT, LineWriter, UsageError } from './output.js';

interface Flags {
  readonly format?: string;
  readonly datyp?: string;
  readonly nbits?: string;
  readonly where: readonly string[];
  readonly json?: boolean;
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value)) throw new UsageError(`${flag} ${text}: not a whole number`);
  return value;
}

function optionsOf({ format, datyp, nbits, where }: Flags): CopyOptions {
  if (format !== undefined && format !== 'xdf' && format !== 'rsf') {
    throw new UsageError(`--format ${format}: give xdf or rsf`);
  }
  const options: CopyOptions = {
    where,
    ...(format === undefined ? {} : { format }),
    ...(datyp === undefined ? {} : { datyp: whole('--datyp', datyp) }),
    ...(nbits === undefined ? {} : { nbits: whole('--nbits', nbits) }),
  };
  try {
    checkCopyOptions(options);
  } catch (error) {
    throw error instanceof FeatureError ? new UsageError(error.message) : error;
  }
  return options;
}

/** Exit 3, with a sentence for each, when something could not be kept. Interrupted, it leaves nothing behind. */
export async function copy(paths: readonly string[], flags: Flags): Promise<number> {
  const out = paths.at(-1);
  if (out === undefined || paths.length < 2) throw new UsageError('copy: name one or more inputs, then the output');
  const options = optionsOf(flags);
  const report = await interruptible(`copy to ${out} was interrupted; ${out} is as it was`, (signal) =>
    copyRecords(paths.slice(0, -1), out, { ...options, signal }),
  );
  for (const { detail } of report.lost) complain(detail);
  if (flags.json === true) {
    const { container: format, records, recoded, bytes, lost } = report;
    const lines = new LineWriter();
    await lines.json({ format, out, records, recoded, bytes, lost });
    await lines.flush();
  }
  return report.lost.length === 0 ? EXIT.ok : EXIT.partial;
}
