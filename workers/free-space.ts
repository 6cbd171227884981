/** Refuses new work before the disk of the state directory is full: a full disk freezes the embedded queue for good. */
import { statfs } from 'node:fs/promises';
import { FeatureError } from '../schemas/problem.js';

const CHECK_EVERY_MS = 1000;
const SMALL_DISK_SHARE = 0.05;

export class FreeSpaceGuard {
  readonly #folder: string;
  readonly #minimum: number;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #problem: FeatureError | undefined;

  /** `minimum`: bytes that must stay free; of a small disk, five hundredths are enough. */
  constructor(folder: string, minimum: number) {
    this.#folder = folder;
    this.#minimum = minimum;
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
    const { bavail, blocks, bsize } = await statfs(this.#folder);
    const needed = Math.min(this.#minimum, blocks * bsize * SMALL_DISK_SHARE);
    const free = bavail * bsize;
    if (free >= needed) return undefined;
    const mib = (bytes: number): string => `${Math.floor(bytes / 1048576)} MiB`;
    return new FeatureError(
      'overloaded',
      `The disk of the service has ${mib(free)} of free space left and needs ${mib(needed)} (limits.freeBytes); try again later.`,
    );
  }
}
