/** Decimals of float32 values as people write them. */

/** Shortest decimal that rounds to the float32: 0.995 instead of 0.9950000047683716. */
export function shortestDecimal(single: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const decimal = Number(single.toPrecision(digits));
    if (Math.fround(decimal) === single) return decimal;
  }
  return Number(single.toPrecision(9));
}
