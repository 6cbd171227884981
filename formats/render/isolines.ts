/**
 * Lines of equal value through a lattice of values: marching squares, the crossings of each level joined to whole lines.
 * Cells with a missing corner have no lines. In a saddle the mean of the corners decides.
 */

export interface Lattice {
  readonly columns: number;
  readonly rows: number;
  /** row by row, NaN missing */
  readonly values: Float32Array;
}

export interface Isoline {
  readonly level: number;
  /** x, y pairs in columns and rows of the lattice */
  readonly points: Float64Array;
  readonly closed: boolean;
}

/** Crossings are named by the lattice edge they lie on: 2k to the right of point k, 2k + 1 below it. */
class Level {
  readonly #next = new Map<number, number[]>();

  constructor(
    readonly lattice: Lattice,
    readonly level: number,
  ) {}

  join(one: number, other: number): void {
    this.#link(one, other);
    this.#link(other, one);
  }

  #link(from: number, to: number): void {
    const known = this.#next.get(from);
    if (known === undefined) this.#next.set(from, [to]);
    else known.push(to);
  }

  /** The lines: first those with ends, then the closed ones. */
  lines(): Isoline[] {
    const found: Isoline[] = [];
    for (const [edge, links] of this.#next) if (links.length === 1) found.push(this.#follow(edge));
    for (const [edge, links] of this.#next) if (links.length > 0) found.push(this.#follow(edge));
    return found;
  }

  #follow(start: number): Isoline {
    const edges = [start];
    for (let at = start; ; ) {
      const next = this.#next.get(at)!.pop();
      if (next === undefined) break;
      const back = this.#next.get(next)!;
      back.splice(back.indexOf(at), 1);
      edges.push(next);
      at = next;
      if (at === start) break;
    }
    const points = new Float64Array(2 * edges.length);
    edges.forEach((edge, n) => {
      this.#place(edge, points, 2 * n);
    });
    return { level: this.level, points, closed: edges.length > 2 && edges[edges.length - 1] === start };
  }

  #place(edge: number, out: Float64Array, at: number): void {
    const { columns, values } = this.lattice;
    const k = edge >> 1;
    const down = (edge & 1) === 1;
    const [a, b] = [values[k]!, values[down ? k + columns : k + 1]!];
    const share = (this.level - a) / (b - a);
    out[at] = (k % columns) + (down ? 0 : share);
    out[at + 1] = Math.floor(k / columns) + (down ? share : 0);
  }
}

/** Isolines of ascending levels. */
export function isolines(lattice: Lattice, levels: readonly number[]): readonly Isoline[] {
  const { columns, rows, values } = lattice;
  const made = levels.map((level) => new Level(lattice, level));
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const k = j * columns + i;
      const corners = [values[k]!, values[k + 1]!, values[k + columns + 1]!, values[k + columns]!] as const;
      const low = Math.min(...corners);
      const high = Math.max(...corners);
      // NaN fails both comparisons
      if (!(low < high)) continue;
      for (const one of made) {
        if (one.level > high) break;
        if (one.level > low) crossCell(one, k, columns, corners);
      }
    }
  }
  return made.flatMap((one) => one.lines());
}

/** Sides of a cell that a line joins, by which corners are above it: bits 1 2 4 8 from the top left clockwise. */
const TOP = 0;
const RIGHT = 1;
const BOTTOM = 2;
const LEFT = 3;
const ONE_LINE: readonly (readonly [number, number] | undefined)[] = [
  undefined,
  [LEFT, TOP],
  [TOP, RIGHT],
  [LEFT, RIGHT],
  [RIGHT, BOTTOM],
  undefined,
  [TOP, BOTTOM],
  [BOTTOM, LEFT],
  [BOTTOM, LEFT],
  [TOP, BOTTOM],
  undefined,
  [RIGHT, BOTTOM],
  [LEFT, RIGHT],
  [TOP, RIGHT],
  [LEFT, TOP],
  undefined,
];

function crossCell(
  one: Level,
  k: number,
  columns: number,
  [a, b, c, d]: readonly [number, number, number, number],
): void {
  const { level } = one;
  const sides = [2 * k, 2 * (k + 1) + 1, 2 * (k + columns), 2 * k + 1] as const;
  const above = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
  const line = ONE_LINE[above];
  if (line !== undefined) one.join(sides[line[0]]!, sides[line[1]]!);
  if (above !== 5 && above !== 10) return;
  // the middle belongs with the two high corners, or parts them
  const isBridged = (a + b + c + d) / 4 >= level;
  const cutsTopRight = (above === 5) === isBridged;
  one.join(sides[TOP], sides[cutsTopRight ? RIGHT : LEFT]);
  one.join(sides[BOTTOM], sides[cutsTopRight ? LEFT : RIGHT]);
}
