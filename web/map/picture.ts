/** Isolines and barbs: one transparent picture of the view and its margin, so that labels and barbs are never cut by tiles. */

import { projectedBox } from './crs.js';
import type { AddressOf } from './fill.js';
import { type Frame, ViewportLayer } from './viewport-layer.js';

/** Address of a picture of a box in projected units; undefined: nothing to show. */
export type PictureSource = (
  code: string,
  box: readonly [number, number, number, number],
  size: readonly [width: number, height: number],
  ratio: number,
) => string | undefined;

const MAX_SIDE = 4000;

export class PictureLayer extends ViewportLayer {
  readonly #image: HTMLImageElement;
  #source: PictureSource = () => undefined;
  #loading: HTMLImageElement | undefined;
  #addressOf: AddressOf = (url) => Promise.resolve(url);

  constructor() {
    const image = document.createElement('img');
    image.alt = '';
    super(image, 'lines');
    this.#image = image;
    image.hidden = true;
  }

  show(source: PictureSource, addressOf: AddressOf): void {
    this.#source = source;
    this.#addressOf = addressOf;
    this.refresh();
  }

  protected draw(frame: Frame, shown: () => void): void {
    const map = this.map!;
    const ratio = Math.min(2, Math.max(1, Math.round(window.devicePixelRatio || 1)));
    const size = [frame.size.x * ratio, frame.size.y * ratio] as const;
    const box = projectedBox(map, frame.origin, frame.origin.add(frame.size));
    const url = size.some((side) => side < 1 || side > MAX_SIDE)
      ? undefined
      : this.#source(map.options.crs!.code!, box, size, ratio);
    // a picture that nobody waits for any more takes time from those that somebody does
    if (this.#loading !== undefined) this.#loading.src = '';
    this.#loading = undefined;
    if (url === undefined) {
      this.#image.hidden = true;
      shown();
      return;
    }
    const next = new Image();
    this.#loading = next;
    next.onload = () => {
      if (this.#loading !== next) return;
      this.#loading = undefined;
      if (this.#image.src.startsWith('blob:')) URL.revokeObjectURL(this.#image.src);
      this.#image.src = next.src;
      this.#image.hidden = false;
      shown();
    };
    // a picture that cannot be had leaves the one before
    this.#addressOf(url).then(
      (address) => {
        if (this.#loading === next) next.src = address;
        else if (address.startsWith('blob:')) URL.revokeObjectURL(address);
      },
      () => undefined,
    );
  }
}
