/**
 * Few pictures are loaded at once, those that are looked at before those for later: a browser keeps six connections to a
 * server, and a click must find one of them free.
 */

const AT_ONCE = 4;

interface Waiting {
  readonly tile: HTMLImageElement;
  /** whether it is for what is on the screen, or about to be */
  readonly isWanted: () => boolean;
  readonly start: () => void;
}

export class TileQueue {
  #waiting: Waiting[] = [];
  #running = 0;
  /** whether pictures for later have to wait: data are asked for */
  isHeld: () => boolean = () => false;

  /** Starts a tile when its turn comes. Whatever is loaded in its place, or no more, frees its turn as well. */
  add(tile: HTMLImageElement, isWanted: () => boolean, start: () => void): void {
    this.#waiting.push({ tile, isWanted, start });
    this.pump();
  }

  /** Forgets a tile that has not started. */
  drop(tile: HTMLImageElement): void {
    this.#waiting = this.#waiting.filter((one) => one.tile !== tile);
  }

  /** Starts what may be started. */
  pump(): void {
    while (this.#running < AT_ONCE) {
      const next = this.#waiting.find((one) => one.isWanted()) ?? (this.isHeld() ? undefined : this.#waiting[0]);
      if (next === undefined) return;
      this.drop(next.tile);
      this.#start(next);
    }
  }

  #start({ tile, start }: Waiting): void {
    this.#running++;
    const life = new AbortController();
    const free = (): void => {
      life.abort();
      this.#running--;
      this.pump();
    };
    for (const end of ['load', 'error'] as const) tile.addEventListener(end, free, { signal: life.signal });
    start();
  }
}
