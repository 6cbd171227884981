/** Storage offsets that callers hand in: checked once, at the door. */
import { FeatureError } from '../../schemas/problem.js';

/** The points, all below `size`. Throws `bad_value`. */
export function checkedPoints(points: Uint32Array, size: number): Uint32Array {
  for (let n = 0; n < points.length; n++) {
    const point = points[n]!;
    if (point >= size) throw new FeatureError('bad_value', `Point ${point} is outside a grid of ${size} points.`);
  }
  return points;
}
