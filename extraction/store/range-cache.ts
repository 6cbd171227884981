/**
 * Blocks of remote files, kept in memory by identity of the file: neighbours that are missing are fetched by one call, and
 * whoever needs a block that is on its way waits for that one fetch.
 */
import { setMaxListeners } from 'node:events';
import type { FileIdentity } from '../catalogue/data-file.js';
import { ByteCache } from './byte-cache.js';
import type { ByteRange, Segment } from './remote-files.js';

const BLOCK_BYTES = 64 * 1024;
/** Longest fetch: a cut line costs at most this much again. */
const FETCH_BYTES = 8 * 2 ** 20;

/** Exactly [offset, offset + bytes) of the file. */
export type FetchRange = (file: FileIdentity, range: ByteRange, signal?: AbortSignal) => Promise<Uint8Array>;

export interface RangeCacheOptions {
  /** most bytes kept; 0: none */
  readonly maxBytes: number;
  readonly fetch: FetchRange;
}

/** Numbers of the blocks that hold some ranges, ascending and distinct; what is beyond the end has none. */
export function blocksOf(ranges: readonly ByteRange[], size: number): number[] {
  const blocks = new Set<number>();
  for (const { offset, bytes } of ranges) {
    const end = Math.min(offset + bytes, size);
    if (end <= offset) continue;
    for (let block = Math.floor(offset / BLOCK_BYTES); block * BLOCK_BYTES < end; block++) blocks.add(block);
  }
  return [...blocks].sort((a, b) => a - b);
}

/** Runs of neighbours, each short enough for one fetch. */
export function runsOf(blocks: readonly number[]): { readonly first: number; readonly count: number }[] {
  const runs: { first: number; count: number }[] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    if (run !== undefined && run.first + run.count === block && run.count * BLOCK_BYTES < FETCH_BYTES) run.count++;
    else runs.push({ first: block, count: 1 });
  }
  return runs;
}

export class RangeCache {
  readonly #blocks: ByteCache<Uint8Array>;
  readonly #underWay = new Map<string, Promise<Uint8Array>>();
  #hits = 0;

  constructor(readonly options: RangeCacheOptions) {
    this.#blocks = new ByteCache({ maxBytes: options.maxBytes, bytesOf: (block) => block.byteLength });
  }

  get bytes(): number {
    return this.#blocks.bytes;
  }

  /** Blocks that were there when they were asked for. */
  get hits(): number {
    return this.#hits;
  }

  async read(file: FileIdentity, ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Segment[]> {
    const { path, ino, size, mtimeMs } = file;
    const keyOf = (block: number): string => `${ino} ${size} ${mtimeMs} ${block} ${path}`;
    const found = new Map<number, Uint8Array | Promise<Uint8Array>>();
    const missing: number[] = [];
    const blocks = blocksOf(ranges, size);
    for (const block of blocks) {
      const here = this.#blocks.peek(keyOf(block)) ?? this.#underWay.get(keyOf(block));
      if (here === undefined) missing.push(block);
      else {
        this.#hits++;
        found.set(block, here);
      }
    }
    for (const { first, count } of runsOf(missing)) {
      // Others may wait for these bytes, so the fetch is not tied to the signal of the one who asked first.
      const offset = first * BLOCK_BYTES;
      const bytes = Math.min(count * BLOCK_BYTES, size - offset);
      const fetched = this.options.fetch(file, { offset, bytes });
      for (let n = 0; n < count; n++) found.set(first + n, this.#keep(keyOf(first + n), fetched, n));
    }
    const abort = abortOf(signal);
    try {
      return await Promise.all(
        blocks.map(async (block) => ({
          offset: block * BLOCK_BYTES,
          bytes: await Promise.race([found.get(block)!, abort.promise]),
        })),
      );
    } finally {
      abort.forget();
    }
  }

  /** Block `n` of a fetch, known to others until it is kept. */
  #keep(key: string, fetched: Promise<Uint8Array>, n: number): Promise<Uint8Array> {
    const block = fetched.then((all) => all.slice(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES));
    this.#underWay.set(key, block);
    block.then((bytes) => this.#blocks.add(key, bytes)).catch(() => undefined);
    block.finally(() => this.#underWay.delete(key)).catch(() => undefined);
    return block;
  }
}

/** A promise that rejects when a signal aborts, and the way to stop listening. */
function abortOf(signal: AbortSignal | undefined): { readonly promise: Promise<never>; forget(): void } {
  let forget = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    if (signal === undefined) return;
    const abort = (): void => reject(signal.reason as Error);
    // one for each read of a job, and a job reads many files at once
    setMaxListeners(0, signal);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    forget = () => signal.removeEventListener('abort', abort);
  });
  promise.catch(() => undefined);
  return { promise, forget };
}
