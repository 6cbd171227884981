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

function editOf({ record, remove, keys, metadata }: RecordChange): RecordEdit {
  if (record.file.table.container === 'xdf' && metadata !== undefined) {
    throw new FeatureError(
      'unsupported_type',
      `${record.path}: XDF records have no extended metadata; copy the file to RSF first (polyfst copy --format rsf).`,
      { data: { file: record.path, row: record.index, offset: record.offset } },
    );
  }
  const { dateo, ...others } = keys ?? {};
  return {
    offset: record.offset,
    ...(remove === true ? { remove } : {}),
    ...(keys === undefined ? {} : { keys: { ...others, ...(dateo === undefined ? {} : { dateo: stampOf(dateo) }) } }),
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
