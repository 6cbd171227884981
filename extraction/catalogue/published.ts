/**
 * Published indexes in the object store. `index/<place>/manifest.json` names the index files of one version; it is
 * written last, so a reader finds the whole old version or the whole new one. Index files are named by their content and
 * never change; one that no manifest names any more is removed some time later.
 */
import { createHash } from 'node:crypto';
import type { Collection } from '../../schemas/collection.js';
import { FeatureError } from '../../schemas/problem.js';
import { decodeRunIndex, encodeRunIndex, type RunIndex } from '../run-index.js';
import { type ObjectStore, readWhole } from '../store.js';

const PREFIX = 'index/';
const MANIFEST = 'manifest.json';

interface Manifest {
  readonly version: 1;
  readonly collection: Collection;
  readonly runs: readonly { readonly id: string; readonly key: string }[];
}

/** One version of a collection's index. */
export interface Published {
  readonly collection: Collection;
  readonly runs: readonly RunIndex[];
  /** store key of each run */
  readonly keys: readonly string[];
  /** etag of the manifest */
  readonly etag: string;
}

/** Where a collection's index is kept: by name and roots, so that equal names over different folders do not meet. */
export function placeOf(collection: Pick<Collection, 'name' | 'roots'>): string {
  const roots = createHash('sha256')
    .update(JSON.stringify([...collection.roots].sort()))
    .digest('hex');
  return `${PREFIX}${collection.name}-${roots.slice(0, 12)}/`;
}

/**
 * The published version of a collection: `before` itself when that is still it, undefined when there is none. Runs that
 * both versions have are taken from `before`. An index that cannot be read counts as absent: it is made again.
 */
export async function loadPublished(
  store: ObjectStore,
  collection: Pick<Collection, 'name' | 'roots'>,
  before: Published | undefined,
  signal?: AbortSignal,
): Promise<Published | undefined> {
  const key = placeOf(collection) + MANIFEST;
  for (let attempt = 1; ; attempt++) {
    const head = await store.head(key, signal);
    if (head === undefined) return undefined;
    if (head.etag === before?.etag) return before;
    try {
      const manifest = parseManifest(await readWhole(store, key, signal));
      const runs = await Promise.all(manifest.runs.map((run) => loadRun(store, run.key, before, signal)));
      const keys = manifest.runs.map((run) => run.key);
      return { collection: manifest.collection, runs, keys, etag: head.etag };
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error;
      // A newer version was published, and the files of this one removed, while it was read.
      if (error.code === 'file_not_found' && attempt < 5) continue;
      if (error.code === 'damaged_file' || error.code === 'file_not_found') return undefined;
      throw error;
    }
  }
}

function parseManifest(bytes: Uint8Array): Manifest {
  try {
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
    if (manifest.version === 1 && Array.isArray(manifest.runs)) return manifest;
  } catch {
    // falls through: the same answer as for another version
  }
  throw new FeatureError('damaged_file', 'run index: its manifest cannot be read; index again.');
}

async function loadRun(
  store: ObjectStore,
  key: string,
  before: Published | undefined,
  signal?: AbortSignal,
): Promise<RunIndex> {
  const known = before?.keys.indexOf(key) ?? -1;
  if (known >= 0) return before!.runs[known]!;
  return decodeRunIndex(await readWhole(store, key, signal));
}

/** Stores the runs that are not stored yet, then the manifest. Runs of `before` keep their files. */
export async function publish(
  store: ObjectStore,
  collection: Collection,
  runs: readonly RunIndex[],
  before: Published | undefined,
  signal?: AbortSignal,
): Promise<Published> {
  const keys: string[] = [];
  for (const run of runs) {
    const known = before?.runs.indexOf(run) ?? -1;
    keys.push(known >= 0 ? before!.keys[known]! : await storeRun(store, collection, run, signal));
  }
  const manifest: Manifest = { version: 1, collection, runs: runs.map((run, at) => ({ id: run.id, key: keys[at]! })) };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const { etag } = await store.write(placeOf(collection) + MANIFEST, [bytes], signal);
  return { collection, runs, keys, etag };
}

async function storeRun(
  store: ObjectStore,
  collection: Collection,
  run: RunIndex,
  signal?: AbortSignal,
): Promise<string> {
  const bytes = encodeRunIndex(run);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
  const key = `${placeOf(collection)}${run.id}-${hash}.arrow`;
  if ((await store.head(key, signal)) === undefined) await store.write(key, [bytes], signal);
  return key;
}

/** Index files that the current manifest does not name. */
export async function unnamed(store: ObjectStore, published: Published, signal?: AbortSignal): Promise<Set<string>> {
  const keys = new Set<string>();
  const place = placeOf(published.collection);
  const named = new Set([...published.keys, place + MANIFEST]);
  for await (const key of store.list(place, signal)) {
    if (!named.has(key)) keys.add(key);
  }
  return keys;
}
