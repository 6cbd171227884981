/** A process that indexes, reads and queries damaged files; its parent notices when one of them ends it (damage.ts). */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Budget } from '../../extraction/budget.js';
import { textAt } from '../../extraction/catalogue/fixed-text.js';
import { type Catalogue, openCatalogue } from '../../extraction/catalogue.js';
import { type ExtractDeps, extract } from '../../extraction/extract.js';
import { openFst } from '../../extraction/fst/file.js';
import { RegionFinder } from '../../extraction/region/region.js';
import { DEFAULT_LIMITS } from '../../schemas/limits.js';
import { FeatureError } from '../../schemas/problem.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import { damaged, wholeFiles } from './damage-files.js';
import { Chooser } from './hostile.js';
import { MemoryStore } from './memory-store.js';

/** What became of one file. */
export interface Outcome {
  readonly seed: number;
  readonly ms: number;
  readonly records: number;
  readonly answered: number;
  readonly codes: readonly string[];
  /** an error that is not of the table: a bug */
  readonly bug?: string;
}

const MEMORY = 512 * 1024 * 1024;
const QUERIES = 4;
const SHAPES = [
  { type: 'timeseries', points: [[43, -80]], time_axis: 'step' },
  {
    type: 'boundingbox',
    points: [
      [60, -120],
      [20, -60],
    ],
  },
] as const;

async function readAll(path: string, note: (error: unknown) => void): Promise<number> {
  const file = await openFst(path);
  let records = 0;
  try {
    const options = { onBad: note };
    for await (const _ of file.readMany(file.find(), options)) records++;
  } finally {
    await file.close();
  }
  return records;
}

/** Raw-key requests for fields that the index of the damaged file offers. */
function requestsOf(catalogue: Catalogue, chooser: Chooser): object[] {
  const found: object[] = [];
  for (const { name } of catalogue.collections()) {
    for (const { index } of catalogue.cube(name).runs) {
      for (let n = 0; n < QUERIES && index.count > 0; n++) {
        const row = chooser.whole(index.count);
        const nomvar = textAt(index.columns.nomvar, 4, row).trim();
        const stamp = Number.isNaN(index.base) ? {} : dateOf(index.base);
        const grtyp = textAt(index.columns.grtyp, 1, row);
        const raw = { nomvar, grtyp, ip1: String(index.columns.ip1[row]), ip2: String(index.columns.ip2[row]) };
        found.push({ ...raw, ...stamp, feature: SHAPES[n % SHAPES.length] });
      }
    }
  }
  return found.slice(0, 2 * QUERIES);
}

function dateOf(base: number): object {
  const iso = new Date(base).toISOString();
  return { date: iso.slice(0, 10).replaceAll('-', ''), time: iso.slice(11, 16).replace(':', '') };
}

async function query(catalogue: Catalogue, request: object, deps: ExtractDeps): Promise<void> {
  const parsed = parseFeatureRequest(request, { now: new Date('2025-01-17T00:00:00Z') });
  const name = catalogue.collections()[0]!.name;
  for await (const chunk of extract(parsed, catalogue.cube(name), deps)) if (chunk.length === 0) break;
}

async function tryOne(seed: number, files: readonly Uint8Array[], folder: string): Promise<Outcome> {
  const chooser = new Chooser(seed);
  const data = join(folder, `data${seed}`);
  await mkdir(data, { recursive: true });
  const path = join(data, 'damaged.fst');
  await writeFile(path, damaged(chooser, files));
  const codes: string[] = [];
  let bug: string | undefined;
  const note = (error: unknown): void => {
    if (error instanceof FeatureError) codes.push(error.code);
    else bug ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  };
  const begun = performance.now();
  let records = 0;
  let answered = 0;
  records = await readAll(path, note).catch((error: unknown) => {
    note(error);
    return 0;
  });
  const deps: ExtractDeps = {
    limits: DEFAULT_LIMITS,
    regions: new RegionFinder(),
    memory: new Budget(MEMORY),
    cores: 1,
  };
  try {
    const catalogue = await openCatalogue({ store: new MemoryStore(), sources: { data: [data], collections: {} } });
    await catalogue.refresh();
    for (const request of requestsOf(catalogue, chooser))
      await query(catalogue, request, deps).then(() => answered++, note);
  } catch (error) {
    note(error);
  }
  const ms = performance.now() - begun;
  await rm(data, { recursive: true, force: true });
  return { seed, ms, records, answered, codes: [...new Set(codes)], ...(bug === undefined ? {} : { bug }) };
}

process.once('message', async (message) => {
  const { folder, first, count } = message as { folder: string; first: number; count: number };
  const files = await wholeFiles(join(folder, `whole${first}`));
  for (let seed = first; seed < first + count; seed++) {
    process.send?.({ begun: seed });
    process.send?.(await tryOne(seed, files, folder));
  }
  process.disconnect();
});
