/** Zarr stores of a CF dataset, version 2 or 3, written plane by plane into a folder or a ZIP archive. */
import { bytesOf, type CfDataset, type CfNumbers, type CfVariable, groupsOf, loadValues } from './cf.js';
import { deflatedByZlib } from './deflate-chunk.js';
import {
  chunkKey,
  placedKey,
  textBytes,
  type ZarrOptions,
  type ZarrVersion,
  zarrMetadata,
  zarrVariables,
} from './zarr-metadata.js';
import type { ZarrSink } from './zarr-sink.js';

export class ZarrWriter {
  readonly #places = new Map<CfVariable, string>();

  constructor(
    readonly sink: ZarrSink,
    readonly dataset: CfDataset,
    readonly version: ZarrVersion,
    readonly options: ZarrOptions = {},
  ) {
    for (const { path, group } of groupsOf(dataset)) {
      for (const variable of group.variables) this.#places.set(variable, path);
    }
  }

  async #store(key: string, bytes: Uint8Array): Promise<void> {
    const { gzip: level, deflate = deflatedByZlib } = this.options;
    await this.sink.put(key, level === undefined ? bytes : await deflate(bytes, 1, level, 'gzip'));
  }

  #chunk(variable: CfVariable, cell: number, bytes: Uint8Array): Promise<void> {
    return this.#store(chunkKey(this.#places.get(variable) ?? '', variable, cell, this.version), bytes);
  }

  /** Writes a whole chunk of a field whose chunks are not its records. */
  putChunk(variable: CfVariable, place: readonly number[], values: CfNumbers): Promise<void> {
    return this.#store(placedKey(this.#places.get(variable) ?? '', variable, place, this.version), bytesOf(values));
  }

  /** Writes one plane of a field; several may be under way at once, in any order. */
  put(variable: CfVariable, cell: number, values: CfNumbers): Promise<void> {
    return this.#chunk(variable, cell, bytesOf(values));
  }

  /** Writes coordinates and metadata; the consolidated metadata come last. Returns the bytes written. */
  async close(signal?: AbortSignal): Promise<number> {
    for (const { group } of groupsOf(this.dataset)) {
      const kept = new Set(zarrVariables(group, this.version).map(({ name }) => name));
      for (const variable of group.variables) {
        if (variable.data.kind === 'planes' || !kept.has(variable.name)) continue;
        const values = await loadValues(variable, signal);
        const bytes = Array.isArray(values) ? textBytes(values as readonly string[]) : bytesOf(values as CfNumbers);
        if (bytes.length > 0) await this.#chunk(variable, 0, bytes);
      }
    }
    const documents = [...zarrMetadata(this.dataset, this.version, this.options)];
    const last = (key: string): boolean => key === 'zarr.json' || key === '.zmetadata';
    for (const [key, document] of [
      ...documents.filter(([key]) => !last(key)),
      ...documents.filter(([key]) => last(key)),
    ]) {
      await this.sink.put(key, Buffer.from(JSON.stringify(document)));
    }
    return this.sink.close();
  }

  abandon(): Promise<void> {
    return this.sink.abandon();
  }
}
