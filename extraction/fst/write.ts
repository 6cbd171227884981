/** Records packed and appended. An append is seen whole or not at all, also after a crash (docs/formats/xdf.md, rsf.md). */
import * as native from '../../native/index.js';
import type { Container } from '../../schemas/vocabulary.js';
import { type FstField, nativeField } from './field.js';
import { onCore } from './scanned-file.js';

/** Packed bytes that gather before they are appended when fields come as a stream. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Packs fields and appends them to a file, making it when it is absent. A list is one append; of a stream every 256 MiB are.
 * Returns the number of records. Throws what packing and appending throw (native/index.ts).
 */
export async function writeFields(
  path: string,
  container: Container,
  fields: Iterable<FstField> | AsyncIterable<FstField>,
  signal?: AbortSignal,
): Promise<number> {
  const streamed = Symbol.asyncIterator in fields;
  let records: Uint8Array[] = [];
  let bytes = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    const ready = records;
    records = [];
    bytes = 0;
    if (ready.length > 0) await onCore(() => native.append(path, container, ready), signal);
    count += ready.length;
  };
  for await (const field of fields) {
    signal?.throwIfAborted();
    const record = await onCore(() => native.encode(container, nativeField(field)), signal);
    records.push(record);
    bytes += record.byteLength;
    if (streamed && bytes > MOST_BYTES) await flush();
  }
  await flush();
  return count;
}
