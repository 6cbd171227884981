/**
 * Finds the cells of a projected grid that a boundary passes, without unfolding the map: every curve is bisected until
 * neighbouring samples are close together in index space, level by level with one batch of locations a level. Cells around
 * every sample are marked. Between two neighbouring unmarked points the boundary cannot pass (docs/regions.md).
 */
import type { Operations, RegionGrid } from './grid-view.js';
import { toGeographic } from './rotation.js';
import type { Curve } from './shape.js';
import { type Tiles, tilesNear } from './tiles.js';

/** Largest distance of neighbouring samples in cells: half of it and the half cell of rounding stay inside 3 x 3 marks. */
const STEP = 1.5;
/** Pieces shorter than this (degrees) are points. */
const SHORTEST = 1e-7;
/** Widest change of longitude over which a piece may be judged. */
const WIDEST = 90;

/** Marked columns (0-based) of each row (0-based) that has any. */
export type Marks = Map<number, Set<number>>;

/** Curves cut by bisection; ends of the pieces of one level, and where they lie. */
interface Level {
  readonly curve: number[];
  readonly from: number[];
  readonly to: number[];
  /** x, y of both ends: 4 a piece */
  readonly ends: number[];
}

export class BoundaryMarker {
  readonly marks: Marks = new Map();
  readonly #out = new Float64Array(2);
  readonly #geo = new Float64Array(2);

  constructor(
    readonly grid: RegionGrid,
    readonly tiles: Tiles,
    readonly operations: Operations,
  ) {}

  #mark(x: number, y: number): void {
    const { columns, nj, periodic } = this.grid;
    const i = Math.round(x) - 1;
    const j = Math.round(y) - 1;
    for (let row = Math.max(0, j - 1); row <= Math.min(nj - 1, j + 1); row++) {
      let cells = this.marks.get(row);
      if (cells === undefined) {
        cells = new Set();
        this.marks.set(row, cells);
      }
      for (let d = -1; d <= 1; d++) {
        const column = periodic ? (((i + d) % columns) + columns) % columns : i + d;
        if (column >= 0 && column < columns) cells.add(column);
      }
    }
  }

  /** Distance in cells, the longer of both directions. */
  #apart(x0: number, y0: number, x1: number, y1: number): number {
    let dx = Math.abs(x1 - x0);
    if (this.grid.periodic) dx = Math.min(dx, Math.abs(this.grid.columns - dx));
    return Math.max(dx, Math.abs(y1 - y0));
  }

  #place(curve: Curve, parameter: number): { lat: number; lon: number; ownLat: number; ownLon: number } {
    curve.at(parameter, this.#out);
    const [ownLat, ownLon] = this.#out as unknown as [number, number];
    if (curve.frame === undefined) return { lat: ownLat, lon: ownLon, ownLat, ownLon };
    toGeographic(curve.frame, ownLat, ownLon, this.#geo);
    return { lat: this.#geo[0]!, lon: this.#geo[1]!, ownLat, ownLon };
  }

  async #locate(lat: readonly number[], lon: readonly number[]): Promise<Float64Array> {
    const clamped = Float64Array.from(lat, (v) => Math.max(-90, Math.min(90, v)));
    const xy = await this.grid.locate(clamped, Float64Array.from(lon));
    for (let p = 0; p < xy.length; p += 2) if (!Number.isNaN(xy[p]!)) this.#mark(xy[p]!, xy[p + 1]!);
    return xy;
  }

  async #first(curves: readonly Curve[]): Promise<Level> {
    const lat: number[] = [];
    const lon: number[] = [];
    for (const curve of curves) {
      for (const parameter of [curve.from, curve.to]) {
        const place = this.#place(curve, parameter);
        lat.push(place.lat);
        lon.push(place.lon);
      }
    }
    const ends = Array.from(await this.#locate(lat, lon));
    return { curve: curves.map((_, c) => c), from: curves.map((c) => c.from), to: curves.map((c) => c.to), ends };
  }

  /** Marks every cell near the curves. */
  async mark(curves: readonly Curve[]): Promise<void> {
    if (curves.length === 0) return;
    let level = await this.#first(curves);
    while (level.curve.length > 0) level = await this.#bisect(curves, level);
  }

  async #bisect(curves: readonly Curve[], level: Level): Promise<Level> {
    const lat: number[] = [];
    const lon: number[] = [];
    const kept: number[] = [];
    const open: { length: number; wide: boolean; minSpacing: number; maxSpacing: number }[] = [];
    for (let p = 0; p < level.curve.length; p++) {
      const curve = curves[level.curve[p]!]!;
      const a = this.#place(curve, level.from[p]!);
      const b = this.#place(curve, level.to[p]!);
      const m = this.#place(curve, (level.from[p]! + level.to[p]!) / 2);
      const dLon = Math.abs(m.ownLon - a.ownLon) + Math.abs(b.ownLon - m.ownLon);
      const dLat = Math.abs(m.ownLat - a.ownLat) + Math.abs(b.ownLat - m.ownLat);
      const nearest = Math.max(
        0,
        Math.min(Math.abs(a.ownLat), Math.abs(b.ownLat)) - (a.ownLat * b.ownLat < 0 ? 90 : 0),
      );
      const length = dLat + curve.bulge * dLon * Math.cos((nearest * Math.PI) / 180);
      const wide = curve.bulge * dLon >= WIDEST;
      this.operations.subdivisions++;
      const near = tilesNear(this.tiles, m.lat, m.lon, length / 2);
      if (near === undefined && !wide) continue;
      kept.push(p);
      lat.push(m.lat);
      lon.push(m.lon);
      open.push({ length, wide, minSpacing: near?.minSpacing ?? 1, maxSpacing: near?.maxSpacing ?? 1 });
    }
    const middle = await this.#locate(lat, lon);
    return this.#halve(level, kept, open, middle);
  }

  #halve(
    level: Level,
    kept: readonly number[],
    open: readonly { length: number; wide: boolean; minSpacing: number; maxSpacing: number }[],
    middle: Float64Array,
  ): Level {
    const next: Level = { curve: [], from: [], to: [], ends: [] };
    kept.forEach((p, n) => {
      const [x0, y0, x1, y1] = level.ends.slice(4 * p, 4 * p + 4) as [number, number, number, number];
      const [xm, ym] = [middle[2 * n]!, middle[2 * n + 1]!];
      const { length, wide, minSpacing, maxSpacing } = open[n]!;
      if (!wide) {
        if (length < SHORTEST) return;
        // a piece with an end outside the footprint cannot be judged in index space, only by its length
        const apart = this.#apart(x0, y0, xm, ym) + this.#apart(xm, ym, x1, y1);
        const inside = !Number.isNaN(apart);
        if (
          inside &&
          length < 8 * maxSpacing &&
          this.#apart(x0, y0, xm, ym) <= STEP &&
          this.#apart(xm, ym, x1, y1) <= STEP
        )
          return;
        if (!inside && length < 1.2 * minSpacing) return;
      }
      const mid = (level.from[p]! + level.to[p]!) / 2;
      next.curve.push(level.curve[p]!, level.curve[p]!);
      next.from.push(level.from[p]!, mid);
      next.to.push(mid, level.to[p]!);
      next.ends.push(x0, y0, xm, ym, xm, ym, x1, y1);
    });
    return next;
  }
}
