/** The demo run in memory: its datacube, and the values of a plan's reads without any file. */
import { demoFiles } from '../cli/demo-run.js';
import { mergeRun, splitByBase } from '../extraction/catalogue/merge-run.js';
import { type Datacube, makeDatacube, recordsOf } from '../extraction/datacube.js';
import type { Plan } from '../extraction/plan/types.js';
import { readsOf } from '../extraction/read/batches.js';
import type { ReadSlab } from '../extraction/read.js';
import type { NativeField } from '../native/index.js';
import { collectionConfigSchema } from '../schemas/collection.js';
import type { RecordTable } from '../schemas/vocabulary.js';
import { tableOf } from './tables.js';

export interface DemoCube {
  readonly cube: Datacube;
  /** slabs of a plan on the cube, in the plan's order */
  slabs(plan: Plan): AsyncGenerator<ReadSlab>;
}

const RULES = {
  class: 'rd',
  expver: '0001',
  domain: 'g',
  rules: [
    { etiket: 'R1DEMO__N', stream: 'oper', type: 'fc' },
    { etiket: 'E1DEMO__N*', stream: 'enfo', number: 'ip3' as const },
  ],
};

/** The cube; `rules` change the collection's policies. */
export function demoCube(rules: Record<string, unknown> = {}): DemoCube {
  const collection = { name: 'demo', ...collectionConfigSchema.parse({ roots: ['/demo'], ...RULES, ...rules }) };
  const fields = new Map<string, readonly NativeField[]>();
  const parts = new Map<number, { file: ReturnType<typeof fileOf>; table: RecordTable; rows: Uint32Array }[]>();
  for (const demo of demoFiles()) {
    const file = fileOf(`/demo/${demo.name}`);
    const table = tableOf(demo.fields);
    fields.set(file.path, demo.fields);
    for (const [base, rows] of splitByBase(table)) parts.set(base, [...(parts.get(base) ?? []), { file, table, rows }]);
  }
  const runs = [...parts].flatMap(([base, run]) => mergeRun(base, run, collection) ?? []);
  const cube = makeDatacube(collection, 'demo', runs);
  return {
    cube,
    async *slabs(plan) {
      for (const read of readsOf(plan, { cores: 2 })) {
        const rows = read.slots.map((slot) => plan.groups[read.group]!.rows[slot]!);
        const records = recordsOf(cube, rows);
        const values = Array.from(records.record).flatMap((record, r) => {
          const own = fields.get(cube.files[records.file[r]!]!.path)!;
          const [from, to] = read.starts ? [read.starts[r]!, read.starts[r + 1]!] : [0, read.points.length];
          return Array.from(read.points.subarray(from, to), (k) => Number(own[record]!.values[k]!));
        });
        yield await Promise.resolve({ read, values: Float32Array.from(values) });
      }
    },
  };
}

function fileOf(path: string) {
  return { path, dev: 1, ino: 1, size: 1, mtimeMs: 1, container: 'xdf' as const };
}
