/** Refuses new work before the disk of the state directory is full: a full disk freezes the embedded queue for good. */
import { statfs } from 'node:fs/promises';
import { FeatureError } from '../schemas/problem.js';

/** Bytes of the file system that a folder is on. */
type Measure = (folder: string) => Promise<{ readonly size: number; readonly free: number }>;

const CHECK_EVERY_MS = 1000;
const SMALL_DISK_SHARE = 0.05;

export class FreeSpaceGuard {
  readonly #folder: string;
  readonly #minimum: number;
  readonly #measure: Measure;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #problem: FeatureError | undefined;

  /** `minimum`: bytes that must stay free; of a small disk, five hundredths are enough. */
  constructor(folder: string, minimum: number, measure: Measure = measureDisk) {
    this.#folder = folder;
    this.#minimum = minimum;
    this.#measure = measure;
  }

  /** Throws `overloaded` when there is too little room. */
  async check(): Promise<void> {
    if (performance.now() - this.#checkedAt > CHECK_EVERY_MS) {
      this.#checkedAt = performance.now();
      this.#problem = await this.#look();
    }
    if (this.#problem !== undefined) throw this.#problem;
  }

  async #look(): Promise<FeatureError | undefined> {
    const { size, free } = await this.#measure(this.#folder);
    const needed = Math.min(this.#minimum, size * SMALL_DISK_SHARE);
    if (free >= needed) return undefined;
    const mib = (bytes: number): string => `${Math.floor(bytes / 1048576)} MiB`;
    return new FeatureError(
      'overloaded',
      `The disk of the service has ${mib(free)} of free space left and needs ${mib(needed)} (limits.freeBytes); try again later.`,
    );
  }
}

async function measureDisk(folder: string): Promise<{ size: number; free: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { size: blocks * bsize, free: bavail * bsize };
}
