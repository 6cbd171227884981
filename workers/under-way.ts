/** Work that nobody may be waiting for any more, but that has to be through before what it works on is closed. */
export class UnderWay {
  readonly #all = new Set<Promise<unknown>>();

  track<T>(work: Promise<T>): Promise<T> {
    const end: Promise<unknown> = work.then(
      () => this.#all.delete(end),
      () => this.#all.delete(end),
    );
    this.#all.add(end);
    return work;
  }

  /** Resolves when nothing is under way, however it ended. */
  async settled(): Promise<void> {
    while (this.#all.size > 0) await Promise.all(this.#all);
  }
}
