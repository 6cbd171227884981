/** Seeded fields that compress like weather: octaves of smooth value noise with a steep spectrum, plus grid-scale noise. */

/** Small fast generator (mulberry32): the same seed gives the same data everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

/** Adds one octave: a lattice of `cells` per side, interpolated smoothly over the field. */
function addOctave(
  field: Float64Array,
  ni: number,
  nj: number,
  cells: number,
  amplitude: number,
  next: () => number,
): void {
  const side = cells + 2;
  const lattice = Float64Array.from({ length: side * side }, () => (next() - 0.5) * 2 * amplitude);
  for (let j = 0; j < nj; j++) {
    const y = (j / nj) * cells;
    const row = Math.floor(y);
    const fy = smooth(y - row);
    for (let i = 0; i < ni; i++) {
      const x = (i / ni) * cells;
      const column = Math.floor(x);
      const fx = smooth(x - column);
      const k = row * side + column;
      const south = lattice[k]! + (lattice[k + 1]! - lattice[k]!) * fx;
      const north = lattice[k + side]! + (lattice[k + side + 1]! - lattice[k + side]!) * fx;
      field[j * ni + i]! += south + (north - south) * fy;
    }
  }
}

/** A temperature-like field in degC, ni*nj values, i fastest. */
export function weatherField(ni: number, nj: number, seed: number): Float32Array {
  const next = random(seed);
  const field = new Float64Array(ni * nj);
  for (let cells = 2, amplitude = 20; cells <= Math.min(ni, nj) / 2; cells *= 2, amplitude *= 0.42) {
    addOctave(field, ni, nj, cells, amplitude, next);
  }
  for (let k = 0; k < field.length; k++) field[k]! += (next() - 0.5) * 0.02;
  return Float32Array.from(field);
}
