/** Keeps the jump indexes up with the catalogue: after every change of a collection what is missing is made, what is stale removed. */
import type { Catalogue } from './catalogue.js';
import type { JumpIndexes } from './jump-index.js';

/** Starts at once, in the background; the returned function stops it after the file at hand. */
export function keepJumps(catalogue: Catalogue, jumps: JumpIndexes, onFault: (error: unknown) => void): () => void {
  const stopped = new AbortController();
  let working = Promise.resolve();
  const work = async (name: string): Promise<void> => {
    const cubes = catalogue.collections().map((collection) => catalogue.cube(collection.name));
    const changed = cubes.find(({ collection }) => collection.name === name);
    if (changed !== undefined) await jumps.build(changed, stopped.signal);
    await jumps.sweep(cubes);
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
