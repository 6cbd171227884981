/** `polyfst diff A B`: records and values that differ. Exit 0 when there are none, 1 when there are. */
import { compareFiles } from '../extraction/fst/compare.js';
import { openFst } from '../extraction/fst/file.js';
import { EXIT, LineWriter, UsageError } from './output.js';

interface Flags {
  readonly abs?: string;
  readonly rel?: string;
  readonly json?: boolean;
}

function tolerance(flag: string, text: string | undefined): number {
  if (text === undefined) return 0;
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new UsageError(`${flag} ${text}: give a number from 0`);
}

export async function diff(first: string, second: string, flags: Flags): Promise<number> {
  const options = { absolute: tolerance('--abs', flags.abs), relative: tolerance('--rel', flags.rel) };
  await using one = await openFst(first);
  await using other = await openFst(second);
  const out = new LineWriter();
  let count = 0;
  for await (const found of compareFiles(one, other, options)) {
    count++;
    const { nomvar, ip1, ip2, ip3, detail } = found;
    if (flags.json === true) await out.json(found);
    else await out.line(`${nomvar.padEnd(4)} ip1 ${ip1} ip2 ${ip2} ip3 ${ip3}: ${detail}`);
  }
  if (count === 0 && flags.json !== true) await out.line(`no difference in ${one.count} records`);
  await out.flush();
  return count === 0 ? EXIT.ok : EXIT.failed;
}
