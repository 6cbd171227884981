/**
 * Which points of a grid lie in a shape: one way for each class of grid, facts of grids kept by grid id, answers kept by
 * grid id and shape. A forecast of any number of members and steps asks once.
 */
import { type BoxTree, boxTreeOf, boxTreeRegion } from './box-tree.js';
import { noOperations, type Operations, type RegionGrid } from './grid-view.js';
import { BoundaryMarker } from './marking.js';
import { joinPanels, type OwnedSpans, ownedSpans } from './panels.js';
import { regionFromMarks } from './runs.js';
import { type SeparableAxes, separableAxes, separableRegion } from './separable.js';
import { contains, type Shape } from './shape.js';
import { NO_SPANS, type Spans } from './spans.js';
import { type Tiles, tilesOf } from './tiles.js';

/** A cache of promises with the least recently used entry dropped first; failures are not kept. */
export class PromiseCache<T> {
  readonly #entries = new Map<string, Promise<T>>();

  constructor(readonly capacity: number) {}

  get(key: string, make: () => Promise<T>): Promise<T> {
    const found = this.#entries.get(key);
    if (found) this.#entries.delete(key);
    const entry = found ?? make();
    this.#entries.set(key, entry);
    if (!found) {
      entry.catch(() => this.#entries.delete(key));
      if (this.#entries.size > this.capacity) this.#entries.delete(this.#entries.keys().next().value!);
    }
    return entry;
  }
}

const GRIDS = 64;
const ANSWERS = 256;

export class RegionFinder {
  /** work of all searches that were not answered from the cache */
  readonly operations: Operations = noOperations();
  readonly #axes = new PromiseCache<SeparableAxes>(GRIDS);
  readonly #tiles = new PromiseCache<Tiles>(GRIDS);
  readonly #owned = new PromiseCache<OwnedSpans>(GRIDS);
  readonly #trees = new PromiseCache<BoxTree>(4);
  readonly #answers = new PromiseCache<Spans>(ANSWERS);

  /** Points in the shape, sorted; `key` must tell shapes apart. */
  find(grid: RegionGrid, shape: Shape, key: string): Promise<Spans> {
    return this.#answers.get(`${grid.id} ${key}`, () => this.#search(grid, shape));
  }

  async #search(grid: RegionGrid, shape: Shape): Promise<Spans> {
    switch (grid.kind) {
      case 'separable': {
        const axes = await this.#axes.get(grid.id, () => separableAxes(grid));
        return separableRegion(grid, axes, shape, this.operations);
      }
      case 'projected':
        return this.#projected(grid, shape);
      case 'panels': {
        const { yin, yang } = grid.panels!;
        const owned = await this.#owned.get(grid.id, async () =>
          ownedSpans(grid, await this.#tilesOf(yang), noOperations()),
        );
        return joinPanels(grid, await this.#projected(yin, shape), await this.#projected(yang, shape), owned);
      }
      case 'curvilinear':
      case 'scattered':
        return boxTreeRegion(await this.#trees.get(grid.id, () => boxTreeOf(grid)), shape, this.operations);
    }
  }

  #tilesOf(grid: RegionGrid): Promise<Tiles> {
    return this.#tiles.get(grid.id, () => tilesOf(grid));
  }

  async #projected(grid: RegionGrid, shape: Shape): Promise<Spans> {
    if (grid.ni === 0 || grid.nj === 0) return NO_SPANS;
    const marker = new BoundaryMarker(grid, await this.#tilesOf(grid), this.operations);
    await marker.mark(shape.outline());
    const inside = (lat: Float64Array, lon: Float64Array): Uint8Array =>
      Uint8Array.from(lat, (value, p) => (contains(shape, value, lon[p]!) ? 1 : 0));
    return regionFromMarks(grid, marker.marks, inside, this.operations);
  }
}
