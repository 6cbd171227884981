/** The vertical descriptor that a record belongs to: by the tags of its grid, else the only one that there is. */
import { FeatureError } from '../../schemas/problem.js';
import type { FstRecord } from './record.js';
import type { FieldValues } from './values.js';
import { levelIndex, parseVertical, type VerticalTable, verticalFromHy } from './vertical.js';

/** Throws FeatureError `record_not_found` when no descriptor fits, `grid_error` when one contradicts itself. */
export async function verticalOf(
  records: readonly FstRecord[],
  record: FstRecord,
  read: (descriptor: FstRecord) => Promise<FieldValues>,
): Promise<VerticalTable> {
  const ownFirst = (one: FstRecord, other: FstRecord): number =>
    Number(other.file === record.file) - Number(one.file === record.file);
  const tables = records.filter(({ nomvar }) => nomvar === '!!').sort(ownFirst);
  const linked = tables.filter(({ ip1, ip2 }) => ip1 === record.ig1 && ip2 === record.ig2);
  for (const descriptor of linked.length > 0 ? linked : tables.length === 1 ? tables : []) {
    const { values } = await read(descriptor);
    const table = parseVertical(Float64Array.from(values as Float64Array), descriptor.ni, descriptor.nj);
    if (linked.length === 1 || levelIndex(table, record.ip1) >= 0) return table;
  }
  const [older] = records.filter(({ nomvar }) => nomvar === 'HY').sort(ownFirst);
  if (older !== undefined) {
    const same = records.filter(({ nomvar, etiket }) => nomvar === record.nomvar && etiket === record.etiket);
    return verticalFromHy(older, [...new Set(same.map(({ ip1 }) => ip1))]);
  }
  throw new FeatureError(
    'record_not_found',
    `${record.path}: no "!!" record has the tags ${record.ig1}, ${record.ig2} of ${record.nomvar} (record ${record.index}); open the file that holds it too.`,
  );
}
