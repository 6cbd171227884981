/**
 * Outlines of grids as GeoJSON geometries (RFC 7946): rings in degrees, counter-clockwise, cut at the antimeridian, with the
 * pole where a grid encloses one.
 */
import type { Grid } from '../grid/grid.js';

export type Position = readonly [lon: number, lat: number];
type Ring = readonly Position[];

export type Footprint =
  | { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Ring[])[] };

const SIDE_POINTS = 24;
const SEVEN = 1e7;
const WORLD: Ring = [
  [-180, -90],
  [180, -90],
  [180, 90],
  [-180, 90],
];

/** Numbers from 0 to last, at most so many, both ends among them. */
function steps(last: number): number[] {
  const count = Math.min(SIDE_POINTS, last);
  return Array.from({ length: count }, (_, k) => Math.round((k * last) / count));
}

/** Storage offsets around the array, first row first. */
function rim(ni: number, nj: number): Uint32Array {
  const [right, top] = [ni - 1, nj - 1];
  return Uint32Array.from([
    ...steps(right).map((i) => i),
    ...steps(top).map((j) => j * ni + right),
    ...steps(right).map((i) => top * ni + right - i),
    ...steps(top).map((j) => (top - j) * ni),
  ]);
}

function area(ring: Ring): number {
  let sum = 0;
  for (const [k, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(k + 1) % ring.length]!;
    sum += x * nextY - nextX * y;
  }
  return sum / 2;
}

/** Longitudes without jumps; a ring around a pole is led along the pole's parallel. */
function unwrapped(lat: Float64Array, lon: Float64Array): Position[] {
  const ring: [number, number][] = [];
  let shift = 0;
  for (let k = 0; k < lon.length; k++) {
    const before = ring.at(-1)?.[0];
    let x = lon[k]! + shift;
    while (before !== undefined && x - before > 180) x -= 360;
    while (before !== undefined && x - before < -180) x += 360;
    shift = x - lon[k]!;
    ring.push([x, lat[k]!]);
  }
  const first = ring[0]!;
  const last = ring.at(-1)!;
  const turns = Math.round((first[0] - last[0]) / 360);
  if (turns === 0) return ring;
  const east = turns > 0 ? ring.reverse() : ring;
  return aroundPole(east, lat.reduce((sum, value) => sum + value, 0) >= 0 ? 90 : -90);
}

/** A ring that runs once around eastwards, opened at the antimeridian and led along the pole. */
function aroundPole(ring: readonly Position[], pole: number): Position[] {
  const start = ring[0]![0];
  const again = [...ring, ...ring.map(([x, y]): Position => [x + 360, y]), [start + 720, ring[0]![1]] as Position];
  const west = Math.ceil((start + 180) / 360) * 360 - 180;
  const latAt = (meridian: number): number => {
    const k = again.findIndex(([x]) => x >= meridian);
    const [[x0, y0], [x1, y1]] = [again[Math.max(0, k - 1)]!, again[k]!];
    return x1 === x0 ? y1 : y0 + ((meridian - x0) / (x1 - x0)) * (y1 - y0);
  };
  const inner = again.filter(([x]) => x > west && x < west + 360);
  return [[west, latAt(west)], ...inner, [west + 360, latAt(west + 360)], [west + 360, pole], [west, pole]];
}

/** The part of a ring with longitudes on one side of a meridian. */
function cut(ring: Ring, meridian: number, keepEast: boolean): Position[] {
  const out: Position[] = [];
  const inside = ([x]: Position): boolean => (keepEast ? x >= meridian : x <= meridian);
  for (const [k, here] of ring.entries()) {
    const next = ring[(k + 1) % ring.length]!;
    if (inside(here)) out.push(here);
    if (inside(here) === inside(next)) continue;
    const share = (meridian - here[0]) / (next[0] - here[0]);
    out.push([meridian, here[1] + share * (next[1] - here[1])]);
  }
  return out;
}

function closed(ring: Ring, shift: number): Ring {
  const turned = area(ring) < 0 ? [...ring].reverse() : ring;
  const rounded = turned.map(
    ([x, y]): Position => [Math.round((x + shift) * SEVEN) / SEVEN, Math.round(y * SEVEN) / SEVEN],
  );
  return [...rounded, rounded[0]!];
}

/** Pieces of a ring in [-180, 180]. */
function pieces(ring: Ring): Ring[] {
  const lon = ring.map(([x]) => x);
  const [west, east] = [Math.min(...lon), Math.max(...lon)];
  const out: Ring[] = [];
  for (let turn = Math.floor((west + 180) / 360); 360 * turn - 180 < east; turn++) {
    const piece = cut(cut(ring, 360 * turn - 180, true), 360 * turn + 180, false);
    if (Math.abs(area(piece)) > 0) out.push(closed(piece, -360 * turn));
  }
  return out;
}

async function outline(grid: Grid): Promise<Ring> {
  if (grid.kind === 'panels' || (grid.periodic && grid.axes === undefined)) return WORLD;
  if (grid.axes !== undefined) {
    const { lat, lon } = grid.axes;
    const rows = [Math.min(...lat), Math.max(...lat)] as const;
    const columns = grid.periodic ? ([-180, 180] as const) : ([Math.min(...lon), Math.max(...lon)] as const);
    return [
      [columns[0], rows[0]],
      [columns[1], rows[0]],
      [columns[1], rows[1]],
      [columns[0], rows[1]],
    ];
  }
  if (grid.kind === 'scattered' || grid.ni < 2 || grid.nj < 2) return boxOf(grid);
  const { lat, lon } = await grid.latlon(rim(grid.ni, grid.nj));
  return unwrapped(lat, lon);
}

/** Box of places without order. */
async function boxOf(grid: Grid): Promise<Ring> {
  const { lat, lon } = await grid.latlon();
  let [south, north, west, east] = [90, -90, 180, -180];
  for (let k = 0; k < lat.length; k++) {
    south = Math.min(south, lat[k]!);
    north = Math.max(north, lat[k]!);
    west = Math.min(west, lon[k]!);
    east = Math.max(east, lon[k]!);
  }
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

/** Outline of a grid through its outermost points. */
export async function footprintOf(grid: Grid): Promise<Footprint> {
  const rings = pieces(await outline(grid));
  return rings.length === 1
    ? { type: 'Polygon', coordinates: rings }
    : { type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) };
}
