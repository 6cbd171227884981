/** The animation: the next frame is shown when its time has come and its picture is whole, whichever is later. */
import type { Page } from './page.js';

export class Player {
  #timer = 0;
  #due = 0;

  constructor(readonly page: Page) {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && page.state.playing) page.store.dispatch({ type: 'set', part: { playing: false } });
    });
  }

  sync(): void {
    const { page } = this;
    if (!page.state.playing) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      return;
    }
    if (this.#timer === 0) this.#wait(performance.now());
  }

  #wait(from: number): void {
    this.#due = from + 1000 / this.page.rate;
    this.#timer = window.setTimeout(() => this.#tick(), Math.max(0, this.#due - performance.now()));
  }

  #tick(): void {
    const { page } = this;
    const { times, at } = page;
    if (!page.state.playing || times.length === 0) return;
    const next = times[(at + 1) % times.length]!;
    const shown = document.body.dataset['shown'];
    // held until what is asked for is on the screen
    const current = Date.parse(shown ?? '');
    if (Number.isNaN(current) || current === page.time) page.showTime(next);
    this.#wait(performance.now());
  }
}
