/** `polyfst extract REQUEST.json OUT`: the answer to a request without a server, as a file of any format of points. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FILE_ENCODERS } from '../extraction/encoders.js';
import { encodePlan } from '../extraction/extract.js';
import type { Plan } from '../extraction/plan/types.js';
import { readFormat } from '../schemas/format-name.js';
import type { OutputFormat } from '../schemas/vocabulary.js';
import { extractDeps, planBody } from './answer.js';
import { refreshWithProgress } from './index-data.js';
import { interruptible } from './interrupt.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { EXIT, UsageError } from './output.js';
import { readRequest } from './query.js';

interface Flags extends ServiceFlags {
  readonly format?: string;
  readonly collection?: string;
}

const SUFFIXES: readonly (readonly [suffix: string, format: OutputFormat])[] = [
  ['.covjson', 'covjson'],
  ['.json', 'covjson'],
  ['.csv', 'csv'],
  ['.geojson', 'geojson'],
  ['.parquet', 'parquet'],
  ['.arrow', 'arrow'],
  ['.nc', 'netcdf'],
  ['.zarr.zip', 'zarr'],
  ['.tif', 'geotiff'],
  ['.tiff', 'geotiff'],
  ['.om', 'om'],
];

export const FORMATS: readonly string[] = [
  'covjson',
  'covjson-ogc',
  'csv',
  'geojson',
  'parquet',
  'arrow',
  'netcdf',
  'netcdf3',
  'zarr',
  'geotiff',
  'om',
];

function formatOf(out: string, named: string | undefined, body: unknown): OutputFormat {
  if (named !== undefined && !FORMATS.includes(named)) {
    throw new UsageError(`--format ${named}: choose of ${FORMATS.join(', ')}`);
  }
  if (named !== undefined) return readFormat(named);
  const suffix = SUFFIXES.find(([end]) => out.toLowerCase().endsWith(end));
  if (suffix !== undefined) return suffix[1];
  const asked = typeof body === 'object' && body !== null ? (body as { format?: unknown }).format : undefined;
  if (asked !== undefined) return readFormat(asked);
  throw new UsageError(`extract: the suffix of ${out} names no format; choose with --format ${FORMATS.join(' | ')}`);
}

/** Writes under a temporary name and renames. */
export async function writeAnswer(out: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const made = join(dirname(out), `.${randomUUID().slice(0, 8)}.${basename(out)}`);
  const file = await open(made, 'wx');
  try {
    try {
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
    await rename(made, out);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}

export async function extract(path: string, out: string, flags: Flags): Promise<number> {
  const { format: named, collection: chosen, ...rest } = flags;
  const body = await readRequest(path);
  const format = formatOf(out, named, body);
  const config = await loadConfig(rest);
  const { catalogue } = await refreshWithProgress(config);
  const names = catalogue.collections().map(({ name }) => name);
  const collection = chosen ?? names[0];
  if (collection === undefined) throw new UsageError('extract: no data; name a folder with --data DIR');
  if (chosen === undefined && names.length > 1) {
    throw new UsageError(`extract: there are several collections; choose with --collection ${names.join(' | ')}`);
  }
  const deps = { ...extractDeps(config), encoders: FILE_ENCODERS };
  const asked = typeof body === 'object' && body !== null ? { ...body, format } : body;
  const plan: Plan = await planBody(asked, collection, catalogue, config, deps);
  await interruptible(`extract to ${out} was interrupted; ${out} is as it was`, (signal) =>
    writeAnswer(out, encodePlan(plan, deps, signal), signal),
  );
  return EXIT.ok;
}
