/** An object store in memory, for tests that make thousands of them. */

import type { ObjectInfo, ObjectStore } from '../../extraction/store.js';
import { FeatureError } from '../../schemas/problem.js';

export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, { readonly bytes: Uint8Array; readonly etag: string }>();
  #writes = 0;

  async head(key: string): Promise<ObjectInfo | undefined> {
    const found = this.#objects.get(key);
    return found === undefined ? undefined : { bytes: found.bytes.length, etag: found.etag };
  }

  async read(key: string, offset: number, length: number): Promise<Uint8Array> {
    const found = this.#objects.get(key);
    if (found === undefined) throw new FeatureError('file_not_found', `object ${key} does not exist.`);
    if (offset + length > found.bytes.length) throw new FeatureError('truncated_file', `object ${key} is shorter.`);
    return found.bytes.slice(offset, offset + length);
  }

  async write(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ObjectInfo> {
    const pieces: Uint8Array[] = [];
    for await (const chunk of chunks) pieces.push(chunk);
    const bytes = Buffer.concat(pieces);
    this.#objects.set(key, { bytes, etag: `e${++this.#writes}` });
    return { bytes: bytes.length, etag: `e${this.#writes}` };
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async remove(key: string): Promise<void> {
    this.#objects.delete(key);
  }
}
