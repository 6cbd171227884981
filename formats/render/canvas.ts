/** A picture being made: pixels of RGBA bytes, and the one way to lay colour over them. */

/** 0xAABBGGRR: RGBA bytes in memory order of a little-endian machine. */
export type Colour = number;

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint32Array;
}

/** Nothing at all: every pixel that is fully transparent has this value. */
export const CLEAR: Colour = 0;

/** Colour of `#rrggbb` and an opacity of 0 to 1. */
export function colourOf(hex: string, opacity = 1): Colour {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  return ((Math.round(255 * opacity) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function makeCanvas(width: number, height: number, background: Colour = CLEAR): Canvas {
  const rgba = new Uint32Array(width * height);
  if (background !== CLEAR) rgba.fill(background);
  return { width, height, rgba };
}

/** `colour` with `share` (0..1) of its opacity over the pixel `at`. */
export function blend({ rgba }: Canvas, at: number, colour: Colour, share: number): void {
  const below = rgba[at]!;
  const a = ((colour >>> 24) / 255) * share;
  if (a <= 0) return;
  const b = (below >>> 24) / 255;
  const alpha = a + b * (1 - a);
  const mix = (shift: number): number => {
    const over = (colour >>> shift) & 0xff;
    const under = (below >>> shift) & 0xff;
    return Math.round((over * a + under * b * (1 - a)) / alpha);
  };
  rgba[at] = ((Math.round(255 * alpha) << 24) | (mix(16) << 16) | (mix(8) << 8) | mix(0)) >>> 0;
}

/** Fills a rectangle of whole pixels, without blending. */
export function fillRect(canvas: Canvas, x: number, y: number, width: number, height: number, colour: Colour): void {
  for (let j = Math.max(0, y); j < Math.min(canvas.height, y + height); j++) {
    const from = j * canvas.width;
    canvas.rgba.fill(colour, from + Math.max(0, x), from + Math.min(canvas.width, x + width));
  }
}
