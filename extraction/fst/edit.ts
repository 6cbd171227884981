/** Changes in place: records deleted, their keys or extended metadata replaced. One file's changes are made all or none. */

import type { RecordEdit } from '../../native/index.js';
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { metadataText } from './extended-metadata.js';
import { stampOf } from './field.js';
import type { FstRecord } from './record.js';
import { checkSame, onCore } from './scanned-file.js';

type NativeKeys = NonNullable<RecordEdit['keys']>;

/** Keys that can be changed in place; what is left out stays. Extents and packing belong to the values. */
export type KeyChanges = Omit<NativeKeys, 'dateo'> & { readonly dateo?: number | string | Date };

/** What to do with one record. */
export interface RecordChange {
  readonly record: FstRecord;
  readonly remove?: boolean;
  readonly keys?: KeyChanges;
  /** RSF only, and not longer than the room that the record has for them */
  readonly metadata?: Readonly<Record<string, unknown>> | string;
}

const TEXTS: ReadonlySet<string> = new Set(['nomvar', 'typvar', 'etiket', 'grtyp']);
const NUMBERS: ReadonlySet<string> = new Set(['ip1', 'ip2', 'ip3', 'ig1', 'ig2', 'ig3', 'ig4', 'deet', 'npas']);

/** Keys as the core takes them. Throws `unknown_key` for what cannot be changed in place, `bad_value` for what is no such key. */
function checkedKeys(keys: KeyChanges): NativeKeys {
  const { dateo, ...others } = keys;
  for (const [name, value] of Object.entries(others)) {
    if (!TEXTS.has(name) && !NUMBERS.has(name)) {
      const choices = [...TEXTS, ...NUMBERS, 'dateo'].join(', ');
      throw new FeatureError('unknown_key', `${name} cannot be changed in place; change ${choices}, or write anew.`);
    }
    if (value === undefined) continue;
    if (TEXTS.has(name) ? typeof value !== 'string' : !Number.isInteger(value) || value !== (Number(value) | 0)) {
      const wanted = TEXTS.has(name) ? 'a text' : 'a whole number of 32 bits';
      throw new FeatureError('bad_value', `${name} ${String(value).slice(0, 40)}: give ${wanted}.`);
    }
  }
  return { ...others, ...(dateo === undefined ? {} : { dateo: stampOf(dateo) }) };
}

function editOf({ record, remove, keys, metadata }: RecordChange): RecordEdit {
  if (record.file.table.container === 'xdf' && metadata !== undefined) {
    throw new FeatureError(
      'unsupported_type',
      `${record.path}: XDF records have no extended metadata; copy the file to RSF first (polyfst copy --format rsf).`,
      { data: { file: record.path, row: record.index, offset: record.offset } },
    );
  }
  return {
    offset: record.offset,
    ...(remove === true ? { remove } : {}),
    ...(keys === undefined ? {} : { keys: checkedKeys(keys) }),
    ...(metadata === undefined ? {} : { metadata: metadataText(metadata) }),
  };
}

/** Makes changes, file by file in the order in which the files first appear. Returns the paths of the files. */
export async function changeRecords(changes: readonly RecordChange[], signal?: AbortSignal): Promise<string[]> {
  const byPath = new Map<string, RecordEdit[]>();
  for (const change of changes) {
    checkSame(change.record.file);
    const edits = byPath.get(change.record.path) ?? [];
    edits.push(editOf(change));
    byPath.set(change.record.path, edits);
  }
  for (const [path, edits] of byPath) {
    signal?.throwIfAborted();
    await onCore(() => native.edit(path, edits), signal);
  }
  return [...byPath.keys()];
}
