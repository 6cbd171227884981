/**
 * Regions on grids without closed form: leaves of neighbouring points with a box of latitude and longitude each, and a tree
 * of boxes over them. Curvilinear grids give leaves of 16 x 16 cells; scattered points are sorted into cells first.
 * Built once a grid; a search tests the points of leaves that the shape's box reaches.
 */
import type { Operations, RegionGrid } from './grid-view.js';
import { contains, type Shape, TOLERANCE } from './shape.js';
import { type Spans, spansOf } from './spans.js';

const TILE = 16;
const LEAF = 64;
const FAN = 8;

/** Boxes of one level: south, north, west, east each; longitudes unwrapped, west in [0, 360). */
type Boxes = Float64Array;

export interface BoxTree {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  /** points of all leaves, leaf after leaf */
  readonly points: Uint32Array;
  readonly leafStart: Uint32Array;
  /** levels[0] are the leaves; each box of a level covers FAN boxes of the level below */
  readonly levels: readonly Boxes[];
}

function curvilinearLeaves(ni: number, nj: number): { points: Uint32Array; leafStart: Uint32Array } {
  const points = new Uint32Array(ni * nj);
  const starts: number[] = [0];
  let at = 0;
  for (let j0 = 0; j0 < nj; j0 += TILE) {
    for (let i0 = 0; i0 < ni; i0 += TILE) {
      for (let j = j0; j < Math.min(nj, j0 + TILE); j++) {
        for (let i = i0; i < Math.min(ni, i0 + TILE); i++) points[at++] = j * ni + i;
      }
      starts.push(at);
    }
  }
  return { points, leafStart: Uint32Array.from(starts) };
}

/** Points by cells of about LEAF points: bands of latitude, then longitude within the band. */
function scatteredLeaves(lat: Float64Array, lon: Float64Array): { points: Uint32Array; leafStart: Uint32Array } {
  const n = lat.length;
  const points = Uint32Array.from({ length: n }, (_, p) => p).sort((a, b) => lat[a]! - lat[b]!);
  const band = LEAF * Math.max(1, Math.ceil(Math.sqrt(n / LEAF)));
  const starts: number[] = [0];
  for (let from = 0; from < n; from += band) {
    const to = Math.min(n, from + band);
    points.subarray(from, to).sort((a, b) => lon[a]! - lon[b]!);
    for (let leaf = from; leaf < to; leaf += LEAF) starts.push(Math.min(to, leaf + LEAF));
  }
  return { points, leafStart: Uint32Array.from(starts) };
}

function leafBoxes(lat: Float64Array, lon: Float64Array, points: Uint32Array, leafStart: Uint32Array): Boxes {
  const boxes = new Float64Array(4 * (leafStart.length - 1));
  for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
    const first = lon[points[leafStart[leaf]!]!]!;
    let [south, north, west, east] = [90, -90, first, first];
    for (let p = leafStart[leaf]!; p < leafStart[leaf + 1]!; p++) {
      const k = points[p]!;
      const turned = lon[k]! - 360 * Math.round((lon[k]! - first) / 360);
      south = Math.min(south, lat[k]!);
      north = Math.max(north, lat[k]!);
      west = Math.min(west, turned);
      east = Math.max(east, turned);
    }
    boxes.set([south, north, west, east], 4 * leaf);
  }
  return boxes;
}

function above(boxes: Boxes): Boxes {
  const count = boxes.length / 4;
  const up = new Float64Array(4 * Math.ceil(count / FAN));
  for (let b = 0; b < count; b++) {
    const at = 4 * Math.floor(b / FAN);
    const [south, north, west, east] = boxes.subarray(4 * b, 4 * b + 4) as unknown as [number, number, number, number];
    if (b % FAN === 0) up.set([south, north, west, east], at);
    else {
      const turn = 360 * Math.round((up[at + 2]! + up[at + 3]! - west - east) / 720);
      up[at] = Math.min(up[at]!, south);
      up[at + 1] = Math.max(up[at + 1]!, north);
      up[at + 2] = Math.min(up[at + 2]!, west + turn);
      up[at + 3] = Math.max(up[at + 3]!, east + turn);
    }
  }
  return up;
}

/** Tree of a curvilinear or scattered grid; asks for all its coordinates. */
export async function boxTreeOf(grid: RegionGrid): Promise<BoxTree> {
  const { lat, lon } = await grid.latlon();
  const { points, leafStart } =
    grid.kind === 'curvilinear' ? curvilinearLeaves(grid.ni, grid.nj) : scatteredLeaves(lat, lon);
  const levels = [leafBoxes(lat, lon, points, leafStart)];
  while (levels[levels.length - 1]!.length > 4 * FAN) levels.push(above(levels[levels.length - 1]!));
  return { lat, lon, points, leafStart, levels };
}

function meets(boxes: Boxes, box: number, shape: Shape): boolean {
  const [south, north, west, east] = boxes.subarray(4 * box, 4 * box + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  if (south > shape.north + TOLERANCE || north < shape.south - TOLERANCE) return false;
  const turn = 360 * Math.ceil((shape.west - TOLERANCE - east) / 360);
  return west + turn <= shape.east + TOLERANCE;
}

/** Points of the grid in a shape. */
export function boxTreeRegion(tree: BoxTree, shape: Shape, operations: Operations): Spans {
  const found: number[] = [];
  const visit = (level: number, box: number): void => {
    if (!meets(tree.levels[level]!, box, shape)) return;
    if (level > 0) {
      const below = tree.levels[level - 1]!.length / 4;
      for (let child = box * FAN; child < Math.min(below, (box + 1) * FAN); child++) visit(level - 1, child);
      return;
    }
    for (let p = tree.leafStart[box]!; p < tree.leafStart[box + 1]!; p++) {
      const k = tree.points[p]!;
      operations.exactTests++;
      if (contains(shape, tree.lat[k]!, tree.lon[k]!)) found.push(k);
    }
  };
  const top = tree.levels.length - 1;
  for (let box = 0; box < tree.levels[top]!.length / 4; box++) visit(top, box);
  return spansOf(Uint32Array.from(found).sort());
}
