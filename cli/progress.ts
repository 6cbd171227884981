/** A progress bar on a terminal, nothing on a pipe. */
import { Presets, SingleBar } from 'cli-progress';

export class Progress {
  readonly #bar: SingleBar | undefined;
  constructor(title: string, total: number) {
    if (!process.stderr.isTTY || total < 2) return;
    this.#bar = new SingleBar(
      {
        format: `${title} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      },
      Presets.shades_classic,
    );
    this.#bar.start(total, 0);
  }
  step(count = 1): void {
    this.#bar?.increment(count);
  }
  /** Sets the position, for work that reports where it is. */
  at(value: number, total?: number): void {
    if (total !== undefined) this.#bar?.setTotal(total);
    this.#bar?.update(value);
  }
  end(): void {
    this.#bar?.stop();
  }
}
