/** What a target cannot hold, each thing once, with how many records it concerns. */
import type { LostKey } from './formats.js';

export class LostKeys {
  readonly #counts = new Map<string, { readonly key: string; readonly detail: string; count: number }>();

  note(key: string, detail: string): void {
    const id = `${key} ${detail}`;
    const known = this.#counts.get(id);
    if (known === undefined) this.#counts.set(id, { key, detail, count: 1 });
    else known.count++;
  }

  list(): LostKey[] {
    return [...this.#counts.values()].map(({ key, detail, count }) => ({
      key,
      detail: `${key}: ${detail} (${count} record${count === 1 ? '' : 's'})`,
    }));
  }
}
