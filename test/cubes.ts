/** Datacubes over hand-made records. */

import { mergeRun, splitByBase } from '../extraction/catalogue/merge-run.js';
import { type Datacube, makeDatacube } from '../extraction/datacube.js';
import { type Collection, collectionConfigSchema } from '../schemas/collection.js';
import { type TestRecord, tableOf } from './tables.js';

/** A cube over hand-made records, all of one file. */
export function cubeOf(
  records: readonly TestRecord[],
  rules: Partial<Omit<Collection, 'name' | 'roots'>> = {},
): Datacube {
  const table = tableOf(records);
  const collection = { name: 'test', ...collectionConfigSchema.parse({ roots: ['/data'], ...rules }) };
  const file = { path: '/data/a', dev: 1, ino: 1, size: 1, mtimeMs: 1, container: 'xdf' as const };
  const runs = [...splitByBase(table)].flatMap(
    ([base, rows]) => mergeRun(base, [{ file, table, rows }], collection) ?? [],
  );
  return makeDatacube(collection, 'v', runs);
}
