/** `polyfst demo DIR`: writes the demo run (demo-run.ts) and its collection.json. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { append, encode } from '../native/index.js';
import type { collectionFileSchema } from '../schemas/collection.js';
import type { Container } from '../schemas/vocabulary.js';
import { demoFiles } from './demo-run.js';
import { UsageError } from './output.js';
import { Progress } from './progress.js';

/** Rules that tell the deterministic run from the members (schemas/collection.ts). */
const COLLECTION: z.input<typeof collectionFileSchema> = {
  name: 'demo',
  class: 'rd',
  expver: '0001',
  domain: 'g',
  rules: [
    { etiket: 'R1DEMO__N', stream: 'oper', type: 'fc' },
    { etiket: 'E1DEMO__N*', stream: 'enfo', number: 'ip3' },
  ],
};

/** Writes the run below `dir` (created when absent). Each file appears under its name only when it is whole. */
export async function writeDemo(dir: string, container: Container): Promise<{ files: number; records: number }> {
  await mkdir(dir, { recursive: true });
  const files = [...demoFiles()].length;
  const progress = new Progress('writing the demo run', files);
  let records = 0;
  for (const file of demoFiles()) {
    const path = join(dir, file.name);
    const temporary = `${path}.part`;
    await rm(temporary, { force: true });
    await append(temporary, container, await Promise.all(file.fields.map((field) => encode(container, field))));
    await rename(temporary, path);
    records += file.fields.length;
    progress.step();
  }
  await writeFile(join(dir, 'collection.json'), `${JSON.stringify(COLLECTION, null, 2)}\n`);
  progress.end();
  return { files, records };
}

/** Writes the demo run unless it is there, whole. */
export async function ensureDemo(dir: string): Promise<void> {
  if (!existsSync(join(dir, 'collection.json'))) await writeDemo(dir, 'xdf');
}

/** The command: refuses a format it does not know, says what it wrote. */
export async function demo(dir: string, options: { format: string }): Promise<number> {
  if (options.format !== 'xdf' && options.format !== 'rsf') {
    throw new UsageError(`--format ${options.format}: not a container; use xdf or rsf`);
  }
  const again = existsSync(join(dir, 'collection.json'));
  const { files, records } = await writeDemo(dir, options.format);
  process.stderr.write(`${again ? 'rewrote' : 'wrote'} ${records} records in ${files} files below ${dir}\n`);
  return 0;
}
