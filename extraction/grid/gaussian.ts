/** Gaussian latitudes: arcsines of the roots of Legendre polynomials, found by Newton's method and kept by degree. */
import { FeatureError } from '../../schemas/problem.js';
import { DEGREE } from './sphere.js';

const MOST_ROWS = 32768;
const kept = new Map<number, Float64Array>();

function roots(n: number): Float64Array {
  const latitudes = new Float64Array(n);
  for (let k = 1; k <= n >> 1; k++) {
    let x = Math.cos((Math.PI * (4 * k - 1)) / (4 * n + 2));
    for (let iteration = 0; iteration < 10; iteration++) {
      let previous = 1;
      let current = x;
      for (let m = 1; m < n; m++) {
        const next = ((2 * m + 1) * x * current - m * previous) / (m + 1);
        previous = current;
        current = next;
      }
      const change = current / ((n * (x * current - previous)) / (x * x - 1));
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    latitudes[n - k] = Math.asin(x) / DEGREE;
    latitudes[k - 1] = -latitudes[n - k]!;
  }
  return latitudes;
}

/** The n latitudes in degrees, south to north; shared, not to be written. Throws `grid_error` for absurd numbers of rows. */
export function gaussianLatitudes(n: number): Float64Array {
  if (n > MOST_ROWS)
    throw new FeatureError('grid_error', `A Gaussian grid of ${n} rows is refused; at most ${MOST_ROWS} are read.`);
  const latitudes = kept.get(n) ?? roots(n);
  kept.set(n, latitudes);
  return latitudes;
}
