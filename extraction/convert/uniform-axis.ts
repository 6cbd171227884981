/** Evenly spaced axes: first value and step of best fit. Float32 axes scatter around their true values, so ends alone will not do. */

export interface UniformAxis {
  readonly first: number;
  readonly step: number;
}

const MOST_DEVIATION = 1e-4;

/** Fit by least squares; undefined where a value deviates by more than a ten-thousandth of the step, or there is no step. */
export function uniformAxis(values: ArrayLike<number>, count: number = values.length): UniformAxis | undefined {
  if (count < 2) return undefined;
  const middle = (count - 1) / 2;
  let mean = 0;
  for (let k = 0; k < count; k++) mean += values[k]! / count;
  let along = 0;
  let square = 0;
  for (let k = 0; k < count; k++) {
    along += (k - middle) * (values[k]! - mean);
    square += (k - middle) ** 2;
  }
  const step = along / square;
  const first = mean - middle * step;
  for (let k = 0; k < count; k++) {
    if (!(Math.abs(first + k * step - values[k]!) <= MOST_DEVIATION * Math.abs(step))) return undefined;
  }
  return { first, step };
}
