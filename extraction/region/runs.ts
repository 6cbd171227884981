/**
 * From marked cells to a region: marked cells are tested exactly; the unmarked cells of a row fall into runs, and runs
 * that touch from row to row are on one side of the boundary, so one exact test settles each connected set of them.
 */
import type { Operations, RegionGrid } from './grid-view.js';
import type { Marks } from './marking.js';
import { SpanBuilder, type Spans } from './spans.js';

/** Exact test of a batch of points. */
export type Inside = (lat: Float64Array, lon: Float64Array) => Uint8Array;

/** Unmarked columns [from, to] of the rows [top, bottom]; several rows only where none of them has marks. */
interface Run {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly from: number;
  readonly to: number;
  /** index of a run of the same side; roots point at themselves */
  parent: number;
}

function rootOf(runs: Run[], index: number): number {
  let at = index;
  while (runs[at]!.parent !== at) {
    const parent = runs[at]!;
    parent.parent = runs[parent.parent]!.parent;
    at = parent.parent;
  }
  return at;
}

/** A band of rows: one row with marks, or rows without. */
interface Band {
  readonly firstRow: number;
  readonly lastRow: number;
  /** sorted marked columns; empty for rows without marks */
  readonly marked: readonly number[];
  readonly firstRun: number;
  readonly runs: number;
}

function bandsOf(grid: RegionGrid, marks: Marks): { bands: Band[]; runs: Run[] } {
  const rows = [...marks.keys()].sort((a, b) => a - b);
  const bands: Band[] = [];
  const runs: Run[] = [];
  const push = (firstRow: number, lastRow: number, marked: readonly number[]): void => {
    const firstRun = runs.length;
    let from = 0;
    for (const column of [...marked, grid.columns]) {
      if (column > from) runs.push({ firstRow, lastRow, from, to: column - 1, parent: runs.length });
      from = column + 1;
    }
    bands.push({ firstRow, lastRow, marked, firstRun, runs: runs.length - firstRun });
  };
  let next = 0;
  for (const row of rows) {
    if (row > next) push(next, row - 1, []);
    push(
      row,
      row,
      [...marks.get(row)!].sort((a, b) => a - b),
    );
    next = row + 1;
  }
  if (next < grid.nj) push(next, grid.nj - 1, []);
  return { bands, runs };
}

/** Joins overlapping runs of neighbouring bands. */
function connect(bands: readonly Band[], runs: Run[]): void {
  for (let b = 1; b < bands.length; b++) {
    const above = bands[b - 1]!;
    const here = bands[b]!;
    let r = above.firstRun;
    let s = here.firstRun;
    while (r < above.firstRun + above.runs && s < here.firstRun + here.runs) {
      const p = runs[r]!;
      const q = runs[s]!;
      if (p.from <= q.to && q.from <= p.to) {
        const root = rootOf(runs, r);
        runs[rootOf(runs, s)]!.parent = root;
      }
      if (p.to <= q.to) r++;
      else s++;
    }
  }
}

async function test(
  grid: RegionGrid,
  points: Uint32Array,
  inside: Inside,
  operations: Operations,
): Promise<Uint8Array> {
  operations.exactTests += points.length;
  if (points.length === 0) return new Uint8Array(0);
  const { lat, lon } = await grid.latlon(points);
  return inside(lat, lon);
}

/** Points of the grid on the inside of a boundary whose cells are marked. */
export async function regionFromMarks(
  grid: RegionGrid,
  marks: Marks,
  inside: Inside,
  operations: Operations,
): Promise<Spans> {
  const { bands, runs } = bandsOf(grid, marks);
  connect(bands, runs);
  operations.rows += bands.length;
  const marked: number[] = [];
  for (const band of bands) for (const column of band.marked) marked.push(band.firstRow * grid.ni + column);
  operations.marked += marked.length;
  const roots = runs.map((_, r) => rootOf(runs, r));
  const distinct = [...new Set(roots)];
  const representatives = distinct.map((r) => runs[r]!.firstRow * grid.ni + ((runs[r]!.from + runs[r]!.to) >> 1));
  const states = await test(grid, Uint32Array.from([...marked, ...representatives]), inside, operations);
  const stateOfRoot = new Map(distinct.map((root, n) => [root, states[marked.length + n]! === 1]));
  return emit(grid, bands, runs, (r) => stateOfRoot.get(roots[r]!)!, states);
}

function emit(
  grid: RegionGrid,
  bands: readonly Band[],
  runs: readonly Run[],
  runInside: (run: number) => boolean,
  markedInside: Uint8Array,
): Spans {
  const builder = new SpanBuilder();
  let cell = 0;
  for (const band of bands) {
    if (band.marked.length === 0) {
      if (!runInside(band.firstRun)) continue;
      const rows = band.lastRow - band.firstRow + 1;
      if (grid.columns === grid.ni) builder.add(band.firstRow * grid.ni, rows * grid.ni);
      else for (let row = band.firstRow; row <= band.lastRow; row++) builder.add(row * grid.ni, grid.columns);
      continue;
    }
    const start = band.firstRow * grid.ni;
    let run = band.firstRun;
    const endRun = band.firstRun + band.runs;
    for (const column of band.marked) {
      while (run < endRun && runs[run]!.from < column) {
        if (runInside(run)) builder.add(start + runs[run]!.from, runs[run]!.to - runs[run]!.from + 1);
        run++;
      }
      if (markedInside[cell++] === 1) builder.add(start + column, 1);
    }
    for (; run < endRun; run++) {
      if (runInside(run)) builder.add(start + runs[run]!.from, runs[run]!.to - runs[run]!.from + 1);
    }
  }
  return builder.finish();
}
