/**
 * Rough facts about where a projected grid lies: a few tiles of index space, each with a bounding cap and its smallest and
 * largest spacing, from samples along their rims. Work and memory do not depend on the size of the grid.
 */
import type { RegionGrid } from './grid-view.js';
import { unitVector } from './rotation.js';

const DEG = 180 / Math.PI;
const TILES = 8;
const SAMPLES = 12;

export interface Tiles {
  readonly count: number;
  /** unit vectors of the centres, 3 a tile */
  readonly centre: Float64Array;
  /** degrees, rim and slack included */
  readonly radius: Float64Array;
  /** degrees between neighbouring points */
  readonly minSpacing: Float64Array;
  readonly maxSpacing: Float64Array;
}

/** 0-based marks that cut n points into at most `parts` equal ranges, ends included. */
function cuts(n: number, parts: number): number[] {
  const marks = new Set<number>();
  for (let p = 0; p <= parts; p++) marks.add(Math.round((p * (n - 1)) / parts));
  return [...marks];
}

interface Sample {
  readonly tile: number;
  readonly i: number;
  readonly j: number;
}

function samplesOf(grid: RegionGrid): { samples: Sample[]; count: number } {
  const is = cuts(grid.ni, Math.min(TILES, Math.max(1, grid.ni - 1)));
  const js = cuts(grid.nj, Math.min(TILES, Math.max(1, grid.nj - 1)));
  const samples: Sample[] = [];
  let tile = 0;
  for (let b = 0; b < Math.max(1, js.length - 1); b++) {
    for (let a = 0; a < Math.max(1, is.length - 1); a++, tile++) {
      const [i0, i1] = [is[a]!, is[a + 1] ?? is[a]!];
      const [j0, j1] = [js[b]!, js[b + 1] ?? js[b]!];
      samples.push({ tile, i: (i0 + i1) >> 1, j: (j0 + j1) >> 1 });
      const along = cuts(i1 - i0 + 1, SAMPLES).map((d) => i0 + d);
      const up = cuts(j1 - j0 + 1, SAMPLES).map((d) => j0 + d);
      for (const i of along) samples.push({ tile, i, j: j0 }, { tile, i, j: j1 });
      for (const j of up) samples.push({ tile, i: i0, j }, { tile, i: i1, j });
    }
  }
  return { samples, count: tile };
}

/** Facts of a grid; a few thousand coordinates are asked for, in one call. */
export async function tilesOf(grid: RegionGrid): Promise<Tiles> {
  const { samples, count } = samplesOf(grid);
  const points = new Uint32Array(samples.length * 3);
  samples.forEach(({ i, j }, s) => {
    points[3 * s] = j * grid.ni + i;
    points[3 * s + 1] = j * grid.ni + (i + 1 < grid.ni ? i + 1 : Math.max(0, i - 1));
    points[3 * s + 2] = (j + 1 < grid.nj ? j + 1 : Math.max(0, j - 1)) * grid.ni + i;
  });
  const { lat, lon } = await grid.latlon(points);
  const vectors = new Float64Array(points.length * 3);
  for (let p = 0; p < points.length; p++) unitVector(lat[p]!, lon[p]!, vectors, 3 * p);
  const angle = (a: number, b: number): number => {
    const [p, q] = [3 * a, 3 * b];
    const chord = Math.hypot(
      vectors[p]! - vectors[q]!,
      vectors[p + 1]! - vectors[q + 1]!,
      vectors[p + 2]! - vectors[q + 2]!,
    );
    return 2 * Math.asin(Math.min(1, chord / 2)) * DEG;
  };
  const tiles: Tiles = {
    count,
    centre: new Float64Array(3 * count),
    radius: new Float64Array(count),
    minSpacing: new Float64Array(count).fill(Infinity),
    maxSpacing: new Float64Array(count),
  };
  let centre = 0;
  samples.forEach(({ tile }, s) => {
    if (s === 0 || samples[s - 1]!.tile !== tile) {
      centre = 3 * s;
      tiles.centre.set(vectors.subarray(3 * centre, 3 * centre + 3), 3 * tile);
    }
    tiles.radius[tile] = Math.max(tiles.radius[tile]!, angle(centre, 3 * s));
    for (const other of [3 * s + 1, 3 * s + 2]) {
      const spacing = angle(3 * s, other);
      if (spacing > 1e-9) tiles.minSpacing[tile] = Math.min(tiles.minSpacing[tile]!, spacing);
      tiles.maxSpacing[tile] = Math.max(tiles.maxSpacing[tile]!, spacing);
    }
  });
  for (let t = 0; t < count; t++) {
    // the footprint reaches beyond the last points, and rims bend between samples
    tiles.radius[t] = Math.min(180, 1.1 * tiles.radius[t]! + 3 * tiles.maxSpacing[t]!);
    if (tiles.minSpacing[t] === Infinity) tiles.minSpacing[t] = tiles.maxSpacing[t] = 1;
  }
  return tiles;
}

export interface Reach {
  readonly minSpacing: number;
  readonly maxSpacing: number;
}

/** Spacing of the tiles within `distance` degrees of a point; undefined when no tile is that near. */
export function tilesNear(tiles: Tiles, lat: number, lon: number, distance: number): Reach | undefined {
  const v = new Float64Array(3);
  unitVector(lat, lon, v);
  let minSpacing = Infinity;
  let maxSpacing = 0;
  for (let t = 0; t < tiles.count; t++) {
    const reach = Math.min(180, tiles.radius[t]! + distance);
    const dot = v[0]! * tiles.centre[3 * t]! + v[1]! * tiles.centre[3 * t + 1]! + v[2]! * tiles.centre[3 * t + 2]!;
    if (reach < 180 && dot < Math.cos(reach / DEG) - 1e-12) continue;
    minSpacing = Math.min(minSpacing, tiles.minSpacing[t]!);
    maxSpacing = Math.max(maxSpacing, tiles.maxSpacing[t]!);
  }
  return maxSpacing > 0 ? { minSpacing, maxSpacing } : undefined;
}
