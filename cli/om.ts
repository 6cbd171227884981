/** `polyfst om ls` and `polyfst om read`: what an OM file holds, and values of an array in it, also from an http(s) address or S3. */
import { writeFile } from 'node:fs/promises';
import type { OmRange } from '../formats/om/box.js';
import type { OmNode } from '../formats/om/read.js';
import { openOmPlace } from './om-place.js';
import { EXIT, LineWriter, UsageError } from './output.js';

/** Numbers beyond the doubles stay exact; NaN and infinities, which JSON lacks, become texts. */
function jsonValue(value: number | bigint | string): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function lineOf({ path, variable }: OmNode): Record<string, unknown> {
  const { type: dtype, array, value } = variable;
  if (array === undefined) return value === undefined ? { path, dtype } : { path, dtype, value: jsonValue(value) };
  const { shape, chunks, compression, scaleFactor, addOffset } = array;
  return { path, dtype, shape, chunks, compression, scale_factor: scaleFactor, add_offset: addOffset };
}

function textOf({ path, variable }: OmNode): string {
  const { type, array, value } = variable;
  const name = path === '' ? '/' : path;
  if (array === undefined) return value === undefined ? `${name}  group` : `${name}  ${type}  ${value}`;
  const { shape, chunks, compression, scaleFactor, addOffset } = array;
  return `${name}  ${type} [${shape}] in [${chunks}]  ${compression}  scale ${scaleFactor}, offset ${addOffset}`;
}

/** An error of the reader names the file. */
async function named<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UsageError || 'code' in error || error.message.includes(file))
      throw error;
    throw new Error(`${file}: ${error.message}`, { cause: error });
  }
}

export function omLs(file: string, { json }: { readonly json?: boolean }): Promise<number> {
  return named(file, async () => {
    await using om = await openOmPlace(file);
    const out = new LineWriter();
    for (const node of om.nodes) await (json === true ? out.json(lineOf(node)) : out.line(textOf(node)));
    await out.flush();
    return EXIT.ok;
  });
}

/** `A:B,C:D`, half-open; `:B`, `A:` and `:` run from the start or to the end. */
export function parseRanges(text: string, shape: readonly number[]): OmRange[] {
  return text.split(',').map((part, d) => {
    const found = /^\s*(\d*)\s*:\s*(\d*)\s*$/.exec(part);
    if (found === null)
      throw new UsageError(`--range ${text}: "${part}" is not A:B; give one range for each dimension`);
    return [Number(found[1]), found[2] === '' ? (shape[d] ?? 0) : Number(found[2])];
  });
}

export interface OmReadFlags {
  readonly range?: string;
  readonly out: string;
  readonly json?: boolean;
}

export function omRead(file: string, path: string, { range, out, json }: OmReadFlags): Promise<number> {
  return named(file, async () => {
    await using om = await openOmPlace(file);
    const { path: own, variable } = om.node(path);
    const ranges = range === undefined ? undefined : parseRanges(range, variable.array?.shape ?? []);
    const { values, shape } = await om.read(path, ranges);
    await writeFile(out, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const dtype = variable.type;
    const line = { path: own, dtype, shape, count: values.length };
    if (json === true) process.stdout.write(`${JSON.stringify(line)}\n`);
    else process.stderr.write(`${values.length} values of ${dtype}, shape ${shape.join(' x ')}, in ${out}\n`);
    return EXIT.ok;
  });
}
