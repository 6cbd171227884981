/**
 * The bytes of data files for native calls: a path where the file is local, fetched ranges where it is an object. What a
 * native call will touch is told before, as ranges; a directory is followed range by range.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { RecordTable, Source } from '../../schemas/vocabulary.js';
import type { FileIdentity } from '../catalogue/data-file.js';
import { type ByteRange, isRemote, remoteFiles, type Segment } from './remote-files.js';

/** First guess at a directory, and the least that is asked for after it. */
const FIRST_BYTES = 64 * 1024;
/** Reading on where the last range ended doubles it, up to this. */
const MOST_AT_ONCE = 8 * 2 ** 20;
/** A directory in more pieces than that is damaged; then larger parts are taken at once. */
const MANY_PIECES = 200;
/** A directory over this is not followed. */
const MOST_DIRECTORY = 2 ** 30;

/** Source of a file with the ranges that a call will read. */
export async function sourceOf(
  file: FileIdentity,
  ranges: readonly ByteRange[],
  signal?: AbortSignal,
): Promise<Source> {
  if (!isRemote(file.path)) return { path: file.path };
  return { segments: await remoteFiles(file.path).read(file, ranges, signal), size: file.size };
}

/** Some rows of columns with payloads, as ranges. */
export function payloadRanges(
  { payloadOffset, payloadBytes }: { readonly payloadOffset: Float64Array; readonly payloadBytes: Float64Array },
  rows: Iterable<number>,
): ByteRange[] {
  return Array.from(rows, (row) => ({ offset: payloadOffset[row]!, bytes: payloadBytes[row]! }));
}

/** Offset of the first byte that a call missed in what was fetched; undefined when it failed for another reason. */
function missedAt(error: unknown): number | undefined {
  if (!(error instanceof FeatureError) || error.code !== 'general_error') return undefined;
  const { offset } = (error.data ?? {}) as { readonly offset?: unknown };
  return typeof offset === 'number' && offset >= 0 ? offset : undefined;
}

/** Scans a file, wherever it is. Of an object only the directory is fetched. */
export async function scanDataFile(
  file: FileIdentity,
  scan: (source: Source) => Promise<RecordTable>,
  signal?: AbortSignal,
): Promise<RecordTable> {
  if (!isRemote(file.path)) return scan({ path: file.path });
  const files = remoteFiles(file.path);
  const segments: Segment[] = [...(await files.read(file, [{ offset: 0, bytes: FIRST_BYTES }], signal))];
  let fetched = FIRST_BYTES;
  let end = endOf(segments);
  let bytes = FIRST_BYTES;
  for (let pieces = 1; ; pieces++) {
    signal?.throwIfAborted();
    try {
      return await scan({ segments, size: file.size });
    } catch (error) {
      const offset = missedAt(error);
      if (offset === undefined || offset >= file.size) throw named(file, error);
      bytes = offset === end ? Math.min(MOST_AT_ONCE, 2 * bytes) : pieces > MANY_PIECES ? MOST_AT_ONCE : FIRST_BYTES;
      fetched += bytes;
      if (fetched > MOST_DIRECTORY) {
        throw new FeatureError('too_large', `${file.path}: its directory takes more than 1 GiB; make smaller files.`);
      }
      const more = await files.read(file, [{ offset, bytes }], signal);
      segments.push(...more);
      end = endOf(more);
    }
  }
}

const endOf = (segments: readonly Segment[]): number =>
  segments.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes.length), 0);

/** Errors about fetched ranges, with the name of the file. */
function named({ path }: FileIdentity, error: unknown): unknown {
  if (!(error instanceof FeatureError)) return error;
  const message = error.message.replace(/^fetched ranges/, path);
  return new FeatureError(error.code, message, {
    data: { ...(error.data as object | undefined), file: path },
    cause: error,
  });
}
