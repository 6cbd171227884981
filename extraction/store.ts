/**
 * The object store port: where run indexes and results live. Two implementations (FsStore, S3Store) pass one contract suite
 * (test/contract/store-suite.ts). Keys are made by this program, never by a client.
 */
import { FeatureError } from '../schemas/problem.js';

export interface ObjectInfo {
  readonly bytes: number;
  /** changes whenever the bytes change */
  readonly etag: string;
}

export interface ObjectStore {
  /** undefined when there is no such object */
  head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  /** Exactly `length` bytes from `offset`; FeatureError `file_not_found` without the object, `truncated_file` when it is shorter. */
  read(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The object appears, or replaces its predecessor, only when every chunk is stored; a failure leaves what was there. */
  write(
    key: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<ObjectInfo>;
  /** Keys that start with `prefix`, ascending. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<string>;
  /** Removing what is not there is not an error. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** Capability: a local file with the object's bytes, for readers that take a path. */
  localPath?(key: string): string;
}

const KEY_PART = /^[A-Za-z0-9_=+@~-][A-Za-z0-9._=+@~-]{0,199}$/;
const KEY_MAX = 1000;

/** Refuses keys that could mean anything but one object below the root (empty parts, dots in front, control characters). */
export function checkKey(key: string): string {
  if (key.length > KEY_MAX || !key.split('/').every((part) => KEY_PART.test(part))) {
    throw new FeatureError('general_error', `object key ${JSON.stringify(key.slice(0, 80))} is not a valid key.`);
  }
  return key;
}

/** A prefix is a key, or a key with a slash behind it, or empty. */
export function checkPrefix(prefix: string): string {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
  return prefix;
}

/** The whole object. */
export async function readWhole(store: ObjectStore, key: string, signal?: AbortSignal): Promise<Uint8Array> {
  const info = await store.head(key, signal);
  if (info === undefined) throw new FeatureError('file_not_found', `object ${key} does not exist.`);
  return store.read(key, 0, info.bytes, signal);
}
