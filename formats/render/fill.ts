/** Binned colours: each pixel gets the colour of the bin of its value, unblended; bins without colour leave what is below. */
import { type Canvas, CLEAR, type Colour } from './canvas.js';

/** Ascending float32 breaks; one more colour than breaks, CLEAR for none. */
export interface Bins {
  readonly breaks: Float32Array;
  readonly colours: Uint32Array;
  /** instead of the first and last colour, for values beyond the ends */
  readonly below?: Colour;
  readonly above?: Colour;
}

/** Paints values, one a pixel; NaN is not painted. */
export function paintBins({ rgba }: Canvas, values: Float32Array, { breaks, colours }: Bins): void {
  const count = breaks.length;
  let last = Number.NaN;
  let colour = CLEAR;
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (value !== last) {
      // NaN comes here each time, and equals nothing
      if (Number.isNaN(value)) continue;
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (breaks[middle]! <= value) low = middle + 1;
        else high = middle;
      }
      last = value;
      colour = colours[low]!;
    }
    if (colour !== CLEAR) rgba[n] = colour;
  }
}
