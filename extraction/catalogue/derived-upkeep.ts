/** Keeps what is derived from the data up with the catalogue: after every change what is stale is removed, what is missing made. */
import type { Catalogue } from '../catalogue.js';
import type { Datacube } from '../datacube.js';

/** Files beside the run indexes that only make reading faster: jump indexes, side-files. */
export interface Derived {
  build(cube: Datacube, signal?: AbortSignal): Promise<unknown>;
  sweep(cubes: readonly Datacube[]): Promise<void>;
}

/** Starts at once, in the background; the returned function stops it after the file at hand. */
export function keepDerived(catalogue: Catalogue, derived: Derived, onFault: (error: unknown) => void): () => void {
  const stopped = new AbortController();
  let working = Promise.resolve();
  const work = async (name: string): Promise<void> => {
    const cubes = catalogue.collections().map((collection) => catalogue.cube(collection.name));
    const changed = cubes.find(({ collection }) => collection.name === name);
    await derived.sweep(cubes);
    if (changed !== undefined) await derived.build(changed, stopped.signal);
  };
  const later = (name: string): void => {
    working = working
      .then(() => work(name))
      .catch((error: unknown) => {
        if (!stopped.signal.aborted) onFault(error);
      });
  };
  const stopListening = catalogue.onChange(later);
  for (const { name } of catalogue.collections()) later(name);
  return () => {
    stopListening();
    stopped.abort();
  };
}
