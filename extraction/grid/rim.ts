/**
 * Nearest point for places outside a window: the best point of the rim, then downhill over neighbours, because the second
 * row may be nearer than the gap between two points of the first. The rim is fetched once, when a place outside comes.
 */
import type { Closest } from './closest.js';
import type { Places } from './grid-type.js';
import { angleBetween, angleOfChord, putUnitVector, unitVectors } from './sphere.js';

interface Window {
  readonly ni: number;
  readonly nj: number;
  readonly columns: number;
  latlon(points?: Uint32Array): Promise<Places>;
}

interface RimPoints extends Places {
  readonly points: Uint32Array;
  readonly vectors: Float64Array;
}

/** Storage offsets of the outermost rows and columns, each once. */
export function rimOffsets(ni: number, nj: number, columns = ni): Uint32Array {
  const offsets = new Set<number>();
  for (const j of [0, nj - 1]) for (let i = 0; i < columns; i++) offsets.add(j * ni + i);
  for (const i of [0, columns - 1]) for (let j = 0; j < nj; j++) offsets.add(j * ni + i);
  return Uint32Array.from(offsets).sort();
}

export class Rim {
  #loaded: Promise<RimPoints> | undefined;

  constructor(readonly grid: Window) {}

  async #load(): Promise<RimPoints> {
    const points = rimOffsets(this.grid.ni, this.grid.nj, this.grid.columns);
    const { lat, lon } = await this.grid.latlon(points);
    return { points, lat, lon, vectors: unitVectors(lat, lon) };
  }

  /** Offers the nearest point of the grid for a place outside it. */
  async nearest(lat: number, lon: number, closest: Closest): Promise<void> {
    this.#loaded ??= this.#load();
    const rim = await this.#loaded;
    const v = new Float64Array(3);
    putUnitVector(lat, lon, v, 0);
    for (let k = 0; k < rim.points.length; k++) {
      const chord =
        (v[0]! - rim.vectors[3 * k]!) ** 2 +
        (v[1]! - rim.vectors[3 * k + 1]!) ** 2 +
        (v[2]! - rim.vectors[3 * k + 2]!) ** 2;
      closest.offer(angleOfChord(chord), rim.points[k]!, rim.lat[k]!, rim.lon[k]!);
    }
    // equal points of a degenerate grid may be better than each other in a circle: the way across the grid is the longest
    for (let left = this.grid.ni + this.grid.nj; left > 0; left--) if (!(await this.#step(lat, lon, closest))) return;
  }

  /** Offers the eight neighbours of the best point; true when one of them is better. */
  async #step(lat: number, lon: number, closest: Closest): Promise<boolean> {
    const { ni, nj, columns } = this.grid;
    const i = closest.point % ni;
    const j = (closest.point - i) / ni;
    const around: number[] = [];
    for (const dj of [-1, 0, 1]) {
      for (const di of [-1, 0, 1]) {
        if (i + di >= 0 && i + di < columns && j + dj >= 0 && j + dj < nj) around.push((j + dj) * ni + i + di);
      }
    }
    const points = Uint32Array.from(around);
    const at = await this.grid.latlon(points);
    const before = closest.point;
    points.forEach((point, n) => {
      if (point !== before)
        closest.offer(angleBetween(lat, lon, at.lat[n]!, at.lon[n]!), point, at.lat[n]!, at.lon[n]!);
    });
    return closest.point !== before;
  }
}
