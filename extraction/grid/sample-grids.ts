/** Small grids of every kind, for tests. */
import type { GridDef } from '../../schemas/vocabulary.js';
import type { Igs } from './params.js';

const float = (n: number, value: (k: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, k) => Math.fround(value(k)));

export const plain = (grtyp: string, ni: number, nj: number, ig: Igs = [0, 0, 0, 0]): GridDef => ({
  grtyp,
  ni,
  nj,
  ig,
});

export const onReference = (letter: string, ig: Igs, ax: Float64Array, ay: Float64Array): GridDef => ({
  ...plain('Z', ax.length, ay.length),
  ref: { grtyp: letter, ig },
  ax,
  ay,
});

/** One degree, latitudes -90 to 90, longitudes 0 to 359. */
export const ONE_DEGREE = plain('L', 360, 181, [100, 100, 0, 0]);

/** A rotated window over North America. */
export const ROTATED = onReference(
  'E',
  [1217, 0, 57986, 57216],
  float(180, (k) => 150 + k / 3),
  float(140, (k) => -30 + (k * 5) / 12),
);

export const NORTH = plain('N', 121, 111, [600, 500, 2100, 1000]);

const panelAxes = { ax: float(141, (k) => 39 + 2 * k), ay: float(51, (k) => -50 + 2 * k) };
const panel = (ig: Igs): GridDef => onReference('E', ig, panelAxes.ax, panelAxes.ay);

/** Two panels of two degrees; Yin upright, Yang at right angles to it. */
export const YIN_YANG: GridDef = {
  ...plain('U', 141, 102),
  panels: [panel([900, 0, 43200, 43200]), panel([900, 900, 14400, 0])],
};

/** A smooth net of 40 x 30 points that neither axis describes alone. */
export function net(grtyp = 'Y', ni = 40, nj = 30): GridDef {
  const ax = new Float64Array(ni * nj);
  const ay = new Float64Array(ni * nj);
  for (let k = 0; k < ni * nj; k++) {
    const i = k % ni;
    const j = (k - i) / ni;
    ax[k] = 160 + i + 0.3 * j + 2 * Math.sin(j / 9);
    ay[k] = 20 + j - 0.2 * i + 1.5 * Math.sin(i / 11);
  }
  return { ...plain(grtyp, ni, nj), ref: { grtyp: 'L', ig: [100, 100, 9000, 0] }, ax, ay };
}

/** Places without order, from a fixed sequence. */
export function cloud(count = 500): GridDef {
  let state = 12345;
  const next = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const ay = Float64Array.from({ length: count }, () => (Math.asin(2 * next() - 1) * 180) / Math.PI);
  const ax = Float64Array.from({ length: count }, () => 360 * next());
  return { ...plain('Y', count, 1), ref: { grtyp: 'L', ig: [100, 100, 9000, 0] }, ax, ay };
}

/** A mesh of 5 x 4 nodes, each square cut in two triangles. */
export function mesh(): GridDef {
  const nodes = { ax: new Float64Array(20), ay: new Float64Array(20) };
  const triangles: number[] = [];
  for (let k = 0; k < 20; k++) {
    nodes.ax[k] = -2 + (k % 5);
    nodes.ay[k] = 10 + Math.floor(k / 5);
    if (k % 5 < 4 && k < 15) triangles.push(k, k + 1, k + 5, k + 1, k + 6, k + 5);
  }
  return { ...plain('M', 20, 1), ...nodes, triangles: Uint32Array.from(triangles) };
}

/** Every letter and coding with a closed form. */
export const CLOSED: readonly GridDef[] = [
  ...['A', 'B', 'G'].flatMap((letter) =>
    [0, 1, 2].flatMap((half) => [0, 1].map((inverted) => plain(letter, 25, 13, [half, inverted, 0, 0]))),
  ),
  plain('L', 31, 22, [50, 75, 13000, 26000]),
  ONE_DEGREE,
  plain('C', 36, 18, [18, 36, 500, 0]),
  plain('E', 37, 18, [1250, 0, 56800, 56800]),
  plain('E', 37, 18, [900, 0, 43200, 43200]),
  NORTH,
  plain('N', 33, 27, [25, 900, 23000, 32768 + 5000]),
  plain('S', 33, 27, [200, 200, 0, 1000]),
  ROTATED,
  onReference(
    'L',
    [100, 100, 9000, 0],
    Float64Array.of(350, 355, 358, 2, 10, 30),
    Float64Array.of(60, 50, 45, 10, -20),
  ),
  onReference(
    'L',
    [50, 50, 12000, 25000],
    float(22, (k) => 2 * k),
    float(19, (k) => 3 * k - 20),
  ),
  onReference(
    'N',
    [405, 305, 2100, 500],
    float(28, (k) => 3 + 1.5 * k),
    float(31, (k) => 2 + k),
  ),
  onReference(
    'S',
    [205, 205, 0, 1000],
    float(26, (k) => 1 + k),
    float(24, (k) => 4 + k),
  ),
];

export const EVERY: readonly GridDef[] = [
  ...CLOSED,
  YIN_YANG,
  net(),
  net('O'),
  cloud(),
  mesh(),
  plain('+', 1, 1, [1000, 1234, 14550, 28637]),
];
