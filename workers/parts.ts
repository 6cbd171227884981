/**
 * Parts of a big job: each is worked on by itself and leaves its bytes and a record of them beside those of the job. The
 * record is created at most once, so a part that ran twice counts once; bytes without a record count for nothing.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { crashPoint } from './crash-point.js';
import { createOnce, folderOf, type ResultFormat, type ResultStore, readJson, writeObject } from './result-store.js';

const partSchema = z.strictObject({
  key: z.string().min(1).max(1024),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** version of the data that it was read from */
  version: z.string().max(256),
  contentType: z.string(),
  extension: z.string(),
  notes: z.array(z.string()),
});
/** What is known of a part that is done. */
export type PartRecord = Readonly<z.infer<typeof partSchema>>;

const PIECE_BYTES = 1 << 20;

const recordKey = (id: string, part: number): string => `${folderOf(id)}part-${part}.json`;

export interface PartBytes {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly version: string;
  readonly notes: readonly string[];
}

/** Writes a part and its record; the record that stands. Refuses parts over `maxBytes`. */
export async function writePart(
  store: ResultStore,
  id: string,
  part: number,
  made: PartBytes,
  format: ResultFormat,
  maxBytes: number,
): Promise<PartRecord> {
  const written = await writeObject(store, `${folderOf(id)}part-${part}`, made.chunks, maxBytes);
  const { contentType, extension } = format;
  const record = { ...written, version: made.version, contentType, extension, notes: [...made.notes] };
  crashPoint('part.before-publish');
  const won = await createOnce(store, recordKey(id, part), Buffer.from(JSON.stringify(record)));
  crashPoint('part.after-publish');
  if (won) return record;
  const standing = await readPart(store, id, part);
  if (standing === undefined) return record;
  await store.remove(record.key);
  return standing;
}

/** The record of a part; undefined while it is not done. */
export async function readPart(store: ResultStore, id: string, part: number): Promise<PartRecord | undefined> {
  const json = await readJson(store, recordKey(id, part));
  return json === undefined ? undefined : partSchema.parse(json);
}

/** Bytes of parts one after another. Throws when those of a part are not the ones that were written. */
export async function* joinParts(
  store: ResultStore,
  parts: readonly PartRecord[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const { key, bytes, sha256 } of parts) {
    const hash = createHash('sha256');
    for (let at = 0; at < bytes; ) {
      signal.throwIfAborted();
      const piece = await store.read(key, at, Math.min(PIECE_BYTES, bytes - at), signal);
      if (piece.length === 0) break;
      hash.update(piece);
      at += piece.length;
      yield piece;
    }
    if (hash.digest('hex') !== sha256) throw new Error(`the bytes of ${key} are not those that were written`);
  }
}
