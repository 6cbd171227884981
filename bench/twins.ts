/** GRIB2 twins of the run for peers that read GRIB: the same decoded values, packed by ecCodes at 16 bits, once a folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../test/paths.js';
import { decodedFields } from './reference.js';
import { LEVELS, STEPS } from './workloads.js';

export interface Twins {
  /** hourly files */
  readonly files: readonly string[];
  /** one file with a message a level */
  readonly levels: string;
}

/** Grid packing of the twin: simple for plain records, CCSDS for compressed ones. */
export type GribPacking = 'simple' | 'ccsds';

const DATE = '20250115';

async function write(python: string, args: readonly string[], paths: readonly string[]): Promise<void> {
  const script = join(root, 'bench', 'peers', 'grib_write.py');
  const child = spawn(python, [script, ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  for (const path of paths) {
    for (const values of await decodedFields(path)) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain'), ended]);
    }
  }
  child.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`the GRIB2 twins could not be written (exit ${code})`);
}

/** The twins of the hourly files and of the file with levels; written when they are not there. */
export async function gribTwins(
  folder: string,
  packing: GribPacking,
  python: string,
  files: readonly string[],
  levelsPath: string,
): Promise<Twins> {
  const series = join(folder, 'grib', packing);
  const levels = join(folder, 'grib', `${packing}_levels`);
  await mkdir(dirname(series), { recursive: true });
  if (!existsSync(series)) {
    await rm(`${series}.part`, { recursive: true, force: true });
    await write(python, [`${series}.part`, packing, 'series', String(STEPS), DATE], files);
    await rename(`${series}.part`, series);
  }
  if (!existsSync(`${levels}.grib2`))
    await write(python, [levels, packing, 'levels', String(LEVELS.length), DATE], [levelsPath]);
  const names = Array.from({ length: STEPS }, (_, hour) => join(series, `${String(hour).padStart(3, '0')}.grib2`));
  return { files: names, levels: `${levels}.grib2` };
}
