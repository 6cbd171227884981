/**
 * Things that are dear to make, kept until their bytes are needed for newer ones: least recently used goes first. Whoever
 * asks for what is being made waits for that one making. Under memory pressure the cache gives back most of what it holds.
 */

interface Entry<T> {
  readonly value: T;
  readonly bytes: number;
}

/** Least share of the room that stays under pressure. */
const UNDER_PRESSURE = 0.25;

export interface ByteCacheOptions<T> {
  /** most bytes kept; 0: nothing is */
  readonly maxBytes: number;
  readonly bytesOf: (value: T) => number;
  /** whether the process is short of memory now; asked when something is added */
  readonly isShort?: () => boolean;
}

export class ByteCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #making = new Map<string, Promise<T>>();
  #bytes = 0;

  constructor(readonly options: ByteCacheOptions<T>) {}

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is kept under a key, which becomes the most recently used. */
  peek(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** What is kept under a key, or is made now. A failure is not kept. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const kept = this.peek(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const underWay = this.#making.get(key);
    if (underWay !== undefined) return underWay;
    const making = make()
      .then((value) => {
        this.add(key, value);
        return value;
      })
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  add(key: string, value: T): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = this.options.bytesOf(value);
    const { maxBytes, isShort } = this.options;
    const room = isShort?.() === true ? maxBytes * UNDER_PRESSURE : maxBytes;
    for (const [old, entry] of this.#entries) {
      if (this.#bytes + bytes <= room) break;
      this.#drop(old, entry);
    }
    if (bytes > room) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #drop(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
