/** Numbers of float32 fields as people write them. */

/** Shortest decimal that is the same float32. */
export function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === Math.fround(value)) return text;
  }
  return value;
}
