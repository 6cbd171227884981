/** A finger held still: browsers differ in whether they make a context menu of it, so it is timed here. */

const HOLD_MS = 550;
/** pixels that a finger may tremble */
const STILL = 10;

export class LongPress {
  #timer = 0;
  #taken = false;

  /** `held` is told where, in pixels of the element. */
  constructor(element: HTMLElement, held: (x: number, y: number) => void) {
    let [startX, startY] = [0, 0];
    element.addEventListener('pointerdown', (event) => {
      this.drop();
      this.#taken = false;
      if (event.pointerType !== 'touch' || !event.isPrimary) return;
      [startX, startY] = [event.clientX, event.clientY];
      this.#timer = window.setTimeout(() => {
        this.#taken = true;
        const { left, top } = element.getBoundingClientRect();
        held(startX - left, startY - top);
      }, HOLD_MS);
    });
    element.addEventListener('pointermove', (event) => {
      if (Math.hypot(event.clientX - startX, event.clientY - startY) > STILL) this.drop();
    });
    for (const end of ['pointerup', 'pointercancel'] as const) element.addEventListener(end, () => this.drop());
  }

  drop(): void {
    clearTimeout(this.#timer);
  }

  /** Whether the press that is ending was held: its click then means nothing. */
  taken(): boolean {
    const was = this.#taken;
    this.#taken = false;
    return was;
  }
}
