/** `polyfst bench`: the measurements of bench/, as a program of its own so that nothing else is in its memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT, UsageError } from './output.js';

interface Flags {
  readonly json?: boolean;
  readonly peers?: boolean;
  readonly data?: string;
  readonly only?: string;
  readonly runs?: string;
}

/** Ends with the code of the measuring program. */
export async function bench({ json, peers, data, only, runs }: Flags): Promise<number> {
  const program = fileURLToPath(new URL('../bench/main.js', import.meta.url));
  if (!existsSync(program)) throw new UsageError('bench: this package comes without bench/; run it in a clone');
  if (runs !== undefined && !/^[1-9]\d{0,3}$/.test(runs)) throw new UsageError(`--runs ${runs}: give 1 to 9999`);
  const named = Object.entries({ data, only, runs }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, value],
  );
  const plain = [...(json === true ? ['--json'] : []), ...(peers === true ? ['--peers'] : [])];
  const child = spawn(process.execPath, [program, ...plain, ...named], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? EXIT.failed;
}
