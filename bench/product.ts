/** The product as the benchmarks drive it: a folder becomes a catalogue, a request its values or its CoverageJSON bytes. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { extractDeps, planBody } from '../cli/answer.js';
import { openData } from '../cli/compose.js';
import type { Catalogue } from '../extraction/catalogue.js';
import type { Datacube } from '../extraction/datacube.js';
import { coveragesOf, encodePlan } from '../extraction/extract.js';
import { FLAG, LEVTYPES } from '../extraction/run-index.js';
import type { CoverageBlock } from '../formats/coverage-block.js';
import { type Config, parseConfig } from '../schemas/config.js';
import type { Keys } from './workloads.js';

const COLLECTION = 'default';

/** A folder of files, indexed and open. */
export interface Product {
  readonly data: string;
  readonly state: string;
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly cube: Datacube;
  readonly deps: ReturnType<typeof extractDeps>;
}

/** Indexes the files of a folder; the state is kept below `folder` from run to run. `sideFiles`: variables kept time-major. */
export async function openProduct(folder: string, data: string, sideFiles?: readonly string[]): Promise<Product> {
  const state = join(
    folder,
    `${sideFiles ? 'side' : 'state'}-${basename(data)}-${Buffer.from(data).toString('base64url').slice(-8)}`,
  );
  const file = sideFiles && { collections: { [COLLECTION]: { roots: [data], sideFiles } } };
  const config = parseConfig(file, {}, { ...(file ? {} : { data: [data] }), state, logLevel: 'error' });
  const { catalogue } = await openData(config);
  await catalogue.refresh();
  return { data, state, config, catalogue, cube: catalogue.cube(COLLECTION), deps: extractDeps(config) };
}

/** A folder that holds one file, as a link. */
export async function folderOf(folder: string, file: string): Promise<string> {
  const place = join(folder, `only-${basename(file, '.fst')}`);
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  await symlink(file, join(place, basename(file)));
  return place;
}

/** Keys of the first field of TT: the run's base time and, with one level only, that level. */
export function keysOf({ cube }: Product, nomvar: string): Keys {
  const run = cube.runs[0]!.index;
  const { level, levtype, nomvar: names } = run.columns;
  const levels = new Set<number>();
  let type: string | null = null;
  for (let row = 0; row < run.count; row++) {
    const name = Buffer.from(names.subarray(4 * row, 4 * row + 4))
      .toString('latin1')
      .trim();
    if (name !== nomvar) continue;
    levels.add(level[row]!);
    type = LEVTYPES[levtype[row]!] ?? null;
  }
  const iso = new Date(run.base).toISOString();
  const date = { date: iso.slice(0, 10).replaceAll('-', ''), time: iso.slice(11, 16).replace(':', '') };
  const [one] = levels;
  const isLevel = type !== null && type !== 'sfc';
  return {
    nomvar,
    ...date,
    ...(isLevel ? { levtype: type! } : {}),
    ...(isLevel && levels.size === 1 ? { levelist: one! } : {}),
  };
}

/** Lead time of the first field, hours. */
export function firstStep({ cube }: Product): number {
  const { step, flags } = cube.runs[0]!.index.columns;
  return step[flags.findIndex((flag) => (flag & FLAG.descriptor) === 0)]! / 3600;
}

/** Values of a request: planned, read and put in their coverages. */
export async function valuesOf(product: Product, body: unknown): Promise<CoverageBlock[]> {
  const plan = await planBody(body, COLLECTION, product.catalogue, product.config, product.deps);
  const blocks: CoverageBlock[] = [];
  for await (const block of coveragesOf(plan, product.deps)) blocks.push(block);
  return blocks;
}

/** Bytes of a request's answer: planned, read and written as CoverageJSON. */
export async function bytesOf(product: Product, body: unknown): Promise<Uint8Array[]> {
  const plan = await planBody(body, COLLECTION, product.catalogue, product.config, product.deps);
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodePlan(plan, product.deps)) chunks.push(chunk);
  return chunks;
}
