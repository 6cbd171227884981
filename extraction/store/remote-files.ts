/**
 * Data files that are objects of a store elsewhere (s3://bucket/key). Like the file system they are there for the whole
 * process: the program that starts it mounts them once, and their names are paths from then on.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { FileIdentity } from '../catalogue/data-file.js';

/** Bytes [offset, offset + bytes) of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

/** Fetched bytes and where in the file they begin. */
export interface Segment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface RemoteFiles {
  /** Every object below a root, in no order. Throws FeatureError `file_not_found` when there is no such bucket. */
  list(root: string, signal?: AbortSignal): AsyncIterable<FileIdentity>;
  /** Identity of an object as it is now; undefined when it is gone. */
  identity(path: string, signal?: AbortSignal): Promise<FileIdentity | undefined>;
  /** A small object as UTF-8 text; undefined when there is none. */
  text(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Segments that together hold the ranges, and mostly more; what lies beyond the end of the file is left out. Throws
   * FeatureError `run_changed` when the object is another one by now, `storage_unavailable` when the store does not answer.
   */
  read(file: FileIdentity, ranges: readonly ByteRange[], signal?: AbortSignal): Promise<readonly Segment[]>;
}

let mounted: RemoteFiles | undefined;

export const isRemote = (path: string): boolean => path.startsWith('s3://');

/** What remote paths mean in this process from now on. */
export function mountRemoteFiles(files: RemoteFiles | undefined): void {
  mounted = files;
}

/** The store of a remote path. Throws FeatureError `file_not_found` when none is mounted. */
export function remoteFiles(path: string): RemoteFiles {
  if (mounted !== undefined) return mounted;
  throw new FeatureError(
    'file_not_found',
    `${path}: objects are read by serve, work, index and query only; name a local file, or give the bucket with --data.`,
  );
}
