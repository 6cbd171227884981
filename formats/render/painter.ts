/**
 * Lines and small shapes with soft edges. Shapes of one colour are first collected as coverage, the larger where they
 * overlap, and then laid over the picture once, so that crossings and joints do not darken.
 */
import { blend, type Canvas, type Colour } from './canvas.js';

/** x, y pairs in pixels from the top left corner of the picture. */
export type Points = Float64Array | readonly number[];

export class Painter {
  readonly #mask: Uint8Array;
  /** box of what the mask covers */
  #left = Infinity;
  #top = Infinity;
  #right = -1;
  #bottom = -1;

  constructor(readonly canvas: Canvas) {
    this.#mask = new Uint8Array(canvas.width * canvas.height);
  }

  /** Adds a line of a width through points, with round ends and joints. */
  line(points: Points, width: number): this {
    if (points.length === 2) this.#segment(points[0]!, points[1]!, points[0]!, points[1]!, width / 2);
    for (let k = 0; k + 3 < points.length; k += 2) {
      this.#segment(points[k]!, points[k + 1]!, points[k + 2]!, points[k + 3]!, width / 2);
    }
    return this;
  }

  /** Adds a convex polygon. */
  polygon(points: Points): this {
    const count = points.length / 2;
    let area = 0;
    for (let k = 0; k < count; k++) {
      const n = (k + 1) % count;
      area += points[2 * k]! * points[2 * n + 1]! - points[2 * n]! * points[2 * k + 1]!;
    }
    const sense = area < 0 ? -1 : 1;
    const xs = Array.from({ length: count }, (_, k) => points[2 * k]!);
    const ys = Array.from({ length: count }, (_, k) => points[2 * k + 1]!);
    const inside = (x: number, y: number): number => {
      let least = Infinity;
      for (let k = 0; k < count; k++) {
        const n = (k + 1) % count;
        const [dx, dy] = [xs[n]! - xs[k]!, ys[n]! - ys[k]!];
        const length = Math.hypot(dx, dy);
        if (length > 0) least = Math.min(least, (sense * (dx * (y - ys[k]!) - dy * (x - xs[k]!))) / length);
      }
      return least;
    };
    this.#cover(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (x, y) => inside(x, y) + 0.5);
    return this;
  }

  /** Adds a ring. */
  ring(x: number, y: number, radius: number, width: number): this {
    const reach = radius + width;
    this.#cover(x - reach, y - reach, x + reach, y + reach, (px, py) => {
      return width / 2 + 0.5 - Math.abs(Math.hypot(px - x, py - y) - radius);
    });
    return this;
  }

  /** Lays what was added over the picture, and starts anew. */
  paint(colour: Colour): void {
    const { canvas } = this;
    for (let j = this.#top; j <= this.#bottom; j++) {
      for (let i = this.#left; i <= this.#right; i++) {
        const at = j * canvas.width + i;
        const covered = this.#mask[at]!;
        if (covered === 0) continue;
        blend(canvas, at, colour, covered / 255);
        this.#mask[at] = 0;
      }
    }
    this.#left = this.#top = Infinity;
    this.#right = this.#bottom = -1;
  }

  #segment(x0: number, y0: number, x1: number, y1: number, half: number): void {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const square = dx * dx + dy * dy;
    const share = (x: number, y: number): number =>
      square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
    this.#cover(
      Math.min(x0, x1) - half,
      Math.min(y0, y1) - half,
      Math.max(x0, x1) + half,
      Math.max(y0, y1) + half,
      (x, y) => {
        const t = share(x, y);
        return half + 0.5 - Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
      },
    );
  }

  /** Raises the coverage of the pixels of a box to what `coverage` says of their centres. */
  #cover(left: number, top: number, right: number, bottom: number, coverage: (x: number, y: number) => number): void {
    const { width, height } = this.canvas;
    const [i0, i1] = [Math.max(0, Math.floor(left - 1)), Math.min(width - 1, Math.ceil(right + 1))];
    const [j0, j1] = [Math.max(0, Math.floor(top - 1)), Math.min(height - 1, Math.ceil(bottom + 1))];
    if (!(i0 <= i1 && j0 <= j1)) return;
    this.#left = Math.min(this.#left, i0);
    this.#top = Math.min(this.#top, j0);
    this.#right = Math.max(this.#right, i1);
    this.#bottom = Math.max(this.#bottom, j1);
    for (let j = j0; j <= j1; j++) {
      for (let i = i0; i <= i1; i++) {
        const share = coverage(i + 0.5, j + 0.5);
        if (share <= 0) continue;
        const level = share >= 1 ? 255 : Math.round(255 * share);
        const at = j * width + i;
        if (level > this.#mask[at]!) this.#mask[at] = level;
      }
    }
  }
}
