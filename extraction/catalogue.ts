/**
 * The collections that this process knows and their datacubes. `refresh` looks at the data folders, indexes what changed
 * and publishes it; `sync` adopts what another process published. Both replace cubes, they never change one.
 */
import type { Collection } from '../schemas/collection.js';
import { FeatureError } from '../schemas/problem.js';
import { type DataSources, loadCollections } from './catalogue/collection.js';
import { walkRoots } from './catalogue/data-file.js';
import { loadPublished, type Published, publish, unnamed } from './catalogue/published.js';
import { type Datacube, makeDatacube } from './datacube.js';
import { EMPTY_STATE, type IndexProgress, type Scan, type Skipped, updateIndex } from './index-run.js';
import type { ObjectStore } from './store.js';

export interface RefreshReport {
  /** names of the collections that changed */
  readonly changed: readonly string[];
  /** data files in the indexes */
  readonly files: number;
  readonly records: number;
  readonly runs: number;
  /** files that are not there yet: being written, or cut short */
  readonly unfinished: readonly string[];
}

export interface Catalogue {
  collections(): readonly Collection[];
  /** Throws FeatureError `not_found` for a name that is no collection. */
  cube(name: string): Datacube;
  /** Indexes what is new, changed or gone in the data folders. Refreshes never overlap. */
  refresh(signal?: AbortSignal): Promise<RefreshReport>;
  /** Adopts what is published in the store; whether anything was new. */
  sync(signal?: AbortSignal): Promise<boolean>;
  /** Calls back with the name of a collection after its cube was replaced; returns the way to stop that. */
  onChange(listener: (name: string) => void): () => void;
}

export interface CatalogueOptions {
  readonly store: ObjectStore;
  readonly sources: DataSources;
  /** folders inside data folders that hold no data: the state directory */
  readonly skip?: readonly string[];
  readonly scan?: Scan;
  readonly progress?: (progress: IndexProgress) => void;
}

interface Entry {
  published: Published;
  cube: Datacube;
  skipped: ReadonlyMap<string, Skipped>;
  /** index files that no manifest names, with the time (ms) when that was first seen */
  unnamed: ReadonlyMap<string, number>;
}

/** How long a replaced index file stays: another process may be about to read it, or to name it. */
const KEEP_UNNAMED_MS = 120_000;

const definition = (collection: Collection): string => JSON.stringify(collection);

function keyRules({ class: mars, stream, type, expver, domain, rules }: Collection): string {
  return JSON.stringify([mars, stream, type, expver, domain, rules]);
}

/** A catalogue with everything that is published already; `refresh` brings it up to date. */
export async function openCatalogue(options: CatalogueOptions, signal?: AbortSignal): Promise<Catalogue> {
  const catalogue = new StoreCatalogue(options);
  await catalogue.sync(signal);
  return catalogue;
}

class StoreCatalogue implements Catalogue {
  #entries = new Map<string, Entry>();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(name: string) => void>();

  constructor(readonly options: CatalogueOptions) {}

  collections(): readonly Collection[] {
    return [...this.#entries.values()].map(({ cube }) => cube.collection);
  }

  cube(name: string): Datacube {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry.cube;
    const known = [...this.#entries.keys()];
    const choice = known.length === 0 ? 'no collection has data yet' : `use one of ${known.join(', ')}`;
    throw new FeatureError('not_found', `collection "${name.slice(0, 80)}" is unknown; ${choice}.`);
  }

  onChange(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  refresh(signal?: AbortSignal): Promise<RefreshReport> {
    return this.#inTurn(() => this.#refresh(signal));
  }

  sync(signal?: AbortSignal): Promise<boolean> {
    return this.#inTurn(() => this.#sync(signal));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #sync(signal?: AbortSignal): Promise<boolean> {
    const collections = await loadCollections(this.options.sources);
    let changed = this.#forget(collections);
    for (const collection of collections) {
      const before = this.#entries.get(collection.name);
      const published = await loadPublished(this.options.store, collection, before?.published, signal);
      if (published === undefined || published === before?.published) continue;
      this.#adopt(published, before?.skipped ?? new Map());
      changed = true;
    }
    return changed;
  }

  async #refresh(signal?: AbortSignal): Promise<RefreshReport> {
    const { store, sources } = this.options;
    const collections = await loadCollections(sources);
    this.#forget(collections);
    const changed: string[] = [];
    for (const collection of collections) {
      const known = this.#entries.get(collection.name);
      const sameRoots = known !== undefined && String(known.cube.collection.roots) === String(collection.roots);
      const before = sameRoots ? known.published : await loadPublished(store, collection, undefined, signal);
      const state = await this.#index(collection, before, sameRoots ? known.skipped : new Map(), signal);
      const isSame =
        before !== undefined &&
        definition(before.collection) === definition(collection) &&
        before.runs.length === state.runs.length &&
        before.runs.every((run, at) => run === state.runs[at]);
      const published = isSame ? before : await publish(store, collection, state.runs, before, signal);
      if (known?.published === published) known.skipped = state.skipped;
      else {
        this.#adopt(published, state.skipped);
        changed.push(collection.name);
      }
      await this.#sweep(collection.name, signal);
    }
    return this.#report(changed);
  }

  async #index(
    collection: Collection,
    before: Published | undefined,
    skipped: ReadonlyMap<string, Skipped>,
    signal?: AbortSignal,
  ) {
    const { scan, progress, skip = [] } = this.options;
    const walk = await walkRoots(collection.roots, skip, signal);
    const rederive = before !== undefined && keyRules(before.collection) !== keyRules(collection);
    return updateIndex(
      { ...EMPTY_STATE, runs: before?.runs ?? [], skipped },
      walk.files,
      {
        rules: collection,
        rederive,
        ...(scan === undefined ? {} : { scan }),
        ...(progress === undefined ? {} : { progress }),
      },
      signal,
    );
  }

  /** Drops collections that are no longer configured. */
  #forget(collections: readonly Collection[]): boolean {
    const names = new Set(collections.map(({ name }) => name));
    const gone = [...this.#entries.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#entries.delete(name);
    return gone.length > 0;
  }

  #adopt(published: Published, skipped: ReadonlyMap<string, Skipped>): void {
    const { collection, runs, etag } = published;
    const unnamedBefore = this.#entries.get(collection.name)?.unnamed ?? new Map<string, number>();
    const cube = makeDatacube(collection, etag, runs);
    this.#entries.set(collection.name, { published, cube, skipped, unnamed: unnamedBefore });
    for (const listener of this.#listeners) listener(collection.name);
  }

  async #sweep(name: string, signal?: AbortSignal): Promise<void> {
    const entry = this.#entries.get(name)!;
    const now = performance.now();
    const kept = new Map<string, number>();
    for (const key of await unnamed(this.options.store, entry.published, signal)) {
      const since = entry.unnamed.get(key) ?? now;
      if (now - since < KEEP_UNNAMED_MS) kept.set(key, since);
      else await this.options.store.remove(key, signal);
    }
    entry.unnamed = kept;
  }

  #report(changed: readonly string[]): RefreshReport {
    const entries = [...this.#entries.values()];
    const runs = entries.flatMap(({ published }) => published.runs);
    return {
      changed,
      files: new Set(runs.flatMap((run) => run.files.map((file) => file.path))).size,
      records: runs.reduce((sum, run) => sum + run.count, 0),
      runs: runs.length,
      unfinished: entries.flatMap(({ skipped }) =>
        [...skipped.values()].filter((f) => f.unfinished).map((f) => f.path),
      ),
    };
  }
}
