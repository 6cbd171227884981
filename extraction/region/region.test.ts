/** Regions of the scenario table: which points, how many, in which order; on grids of the service and by formula. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRing } from '../../schemas/feature-ring.js';
import type { Box, LatLon } from '../../schemas/vocabulary.js';
import { openGrid } from '../grid/grid.js';
import * as formulas from './fixture-grids.js';
import { axis, packRotation } from './fixture-grids.js';
import type { RegionGrid } from './grid-view.js';
import { RegionFinder } from './region.js';
import type { Shape } from './shape.js';
import { boxShape, circleShape, frameShape, polygonShape } from './shapes.js';
import { expand } from './spans.js';
import { tubeParts, tubeShape } from './tube.js';

let serial = 0;
const finder = new RegionFinder();
async function find(grid: RegionGrid, shape: Shape): Promise<number[]> {
  return [...expand(await finder.find(grid, shape, String(serial++)))];
}

const ring = (...vertices: LatLon[]): readonly LatLon[] =>
  readRing(vertices, { member: 'shape', evenOdd: true, notes: [] });
const polygon = (...rings: (readonly LatLon[])[]): Shape => polygonShape(rings.map((outer) => ({ outer, holes: [] })));
const square = (s: number, n: number, w: number, e: number): readonly LatLon[] => ring([s, w], [s, e], [n, e], [n, w]);
const box = (south: number, north: number, west: number, east: number): Box => ({ south, north, west, east });

interface Grids {
  readonly G1: RegionGrid;
  readonly G2: RegionGrid;
  readonly G3: RegionGrid;
  readonly G4: RegionGrid;
  readonly B: RegionGrid;
}

const yinYangAxes = { ax: axis(141, 39, 2), ay: axis(51, -50, 2) };
const panel = (ig: readonly [number, number, number, number]) => ({
  grtyp: 'Z',
  ni: 141,
  nj: 51,
  ig: [0, 0, 0, 0] as const,
  ref: { grtyp: 'E', ig },
  ...yinYangAxes,
});
const opened: Grids = {
  G1: openGrid({ grtyp: 'L', ni: 360, nj: 181, ig: [100, 100, 0, 0] }),
  G2: openGrid({
    grtyp: 'Z',
    ni: 180,
    nj: 140,
    ig: [1, 2, 3, 0],
    ref: { grtyp: 'E', ig: [1217, 0, 57986, 57216] },
    ax: axis(180, 150, 1 / 3, true),
    ay: axis(140, -30, 5 / 12, true),
  }),
  G3: openGrid({ grtyp: 'N', ni: 121, nj: 111, ig: [600, 500, 2100, 1000] }),
  G4: openGrid({
    grtyp: 'U',
    ni: 141,
    nj: 102,
    ig: [1, 2, 3, 0],
    panels: [panel(packRotation(0, 180, 0, 270)), panel(packRotation(0, 0, 90, 0))],
  }),
  B: openGrid({ grtyp: 'B', ni: 25, nj: 13, ig: [0, 0, 0, 0] }),
};

const tube = (points: LatLon[], radius: number, inflate: 'round' | 'box' = 'round'): Shape =>
  tubeShape(
    tubeParts(
      points.map(([lat, lon]) => ({ lat, lon })),
      { lat: radius, lon: radius, level: 0, step: 0 },
      inflate,
      {},
    ),
  )!;

function scenarios(name: string, { G1, G2, G3, G4, B }: Grids): void {
  test(`${name}: T8 a square with closed edges`, async () => {
    const k = await find(G1, polygon(square(0, 3, 0, 3)));
    assert.equal(k.length, 16);
    assert.deepEqual([k[0], k[15]], [32400, 33483]);
  });

  test(`${name}: T9 a triangle and a concave ring`, async () => {
    assert.equal((await find(G1, polygon(ring([0, 0], [0, 4], [4, 0])))).length, 15);
    assert.equal((await find(G1, polygon(ring([0, 0], [0, 4], [2, 2], [4, 4], [4, 0])))).length, 21);
  });

  test(`${name}: T10 and T11 boxes across the antimeridian, in any turn`, async () => {
    const east = await find(G1, boxShape(box(50, 51, 178, 182)));
    assert.equal(east.length, 10);
    assert.deepEqual([east[0], east[9]], [50578, 50942]);
    assert.deepEqual(
      east.slice(0, 5).map((k) => k % 360),
      [178, 179, 180, 181, 182],
    );
    assert.deepEqual(await find(G1, boxShape(box(50, 51, -182, -178))), east);
    assert.deepEqual(await find(G1, polygon(ring([50, 178], [50, -178], [51, -178], [51, 178]))), east);
  });

  test(`${name}: T12 and T13 caps given as rectangles of the whole circle`, async () => {
    assert.equal((await find(G1, polygon(square(85, 90, -180, 180)))).length, 2160);
    const cap = await find(G3, polygon(square(75, 90, -180, 180)));
    assert.equal(cap.length, 769);
    assert.ok(cap.includes(7188));
  });

  test(`${name}: T14 a ring across the antimeridian on a polar grid`, async () => {
    assert.equal((await find(G3, polygon(ring([50, 170], [70, 175], [72, 200], [52, 195])))).length, 295);
  });

  test(`${name}: T15 several rings are a union`, async () => {
    assert.equal((await find(G1, polygon(square(0, 3, 0, 3), square(1, 4, 1, 4)))).length, 23);
    assert.equal((await find(G1, polygon(square(0, 6, 0, 6), square(2, 4, 2, 4)))).length, 49);
  });

  test(`${name}: a hole loses its inside and keeps its edge`, async () => {
    const shape = polygonShape([{ outer: square(0, 6, 0, 6), holes: [square(2, 4, 2, 4)] }]);
    assert.equal((await find(G1, shape)).length, 48);
  });

  test(`${name}: T16 and T17 a ring inside a cell, and one that crosses itself`, async () => {
    assert.equal((await find(G1, polygon(ring([0.2, 0.2], [0.2, 0.8], [0.8, 0.2])))).length, 0);
    assert.equal((await find(G1, polygon(ring([0, 0], [3, 3], [3, 0], [0, 3])))).length, 12);
  });

  test(`${name}: T18 and T19 polygons on a rotated grid`, async () => {
    const vertices: LatLon[] = [
      [45, -80],
      [52, -78],
      [50, -66],
      [44, -70],
    ];
    const k = await find(G2, polygon(ring(...vertices)));
    assert.equal(k.length, 387);
    assert.deepEqual(await find(G2, polygon(vertices.map(([lat, lon]) => [lat, lon + 360]))), k);
    assert.equal((await find(G2, polygon(square(-90, 90, -180, 180)))).length, 25200);
    assert.equal((await find(G2, polygon(square(0, 85, -170, -20)))).length, 25048);
    assert.equal((await find(G2, polygon(ring([50, 170], [70, 175], [72, 200])))).length, 0);
  });

  test(`${name}: T20 boxes on a rotated grid`, async () => {
    assert.equal((await find(G2, boxShape(box(45, 55, -80, -60)))).length, 981);
    assert.equal((await find(G2, boxShape(box(45, 55, 280, 300)))).length, 981);
  });

  test(`${name}: T21 frames`, async () => {
    const shape = frameShape(box(45, 55, -80, -60), box(48, 52, -75, -65));
    assert.equal((await find(G1, shape)).length, 204);
    assert.equal((await find(G2, shape)).length, 785);
    assert.equal((await find(G1, frameShape(box(0, 4, 0, 4), box(2, 2, 1, 3)))).length, 25);
  });

  test(`${name}: T22 to T24 tubes and circles`, async () => {
    const level: LatLon[] = [
      [10, 10],
      [10, 12],
    ];
    assert.equal((await find(G1, tube(level, 1))).length, 11);
    assert.equal((await find(G1, tube(level, 1, 'box'))).length, 15);
    const slope: LatLon[] = [
      [-1, -1],
      [0, 0],
      [1, 1],
    ];
    assert.equal((await find(G1, tube(slope, 1))).length, 11);
    assert.equal((await find(G1, tube(slope, 0.5))).length, 3);
    const date: LatLon[] = [
      [0, 179],
      [0, 181],
    ];
    assert.deepEqual(
      (await find(G1, tube(date, 0.5))).map((k) => k % 360),
      [179, 180, 181],
    );
    for (const [radius, count] of [
      [1, 5],
      [1.4, 5],
      [1.5, 9],
      [2, 13],
    ] as const) {
      assert.equal((await find(G1, circleShape([10, 20], radius))).length, count);
    }
  });

  test(`${name}: T25 Yin-Yang gives owned points only`, async () => {
    const low = await find(G4, boxShape(box(40, 60, -20, 20)));
    assert.equal(low.length, 128);
    assert.ok(low.every((k) => k >= 7191));
    const cap = await find(G4, boxShape(box(80, 90, -180, 180)));
    assert.equal(cap.length, 78);
    assert.ok(cap.every((k) => k >= 7191));
    const all = await find(G4, boxShape(box(-90, 90, -180, 180)));
    assert.deepEqual([all.filter((k) => k < 7191).length, all.filter((k) => k >= 7191).length], [6120, 5282]);
  });

  test(`${name}: T26 a repeated last column is never returned`, async () => {
    const k = await find(B, boxShape(box(-90, 90, -180, 180)));
    assert.equal(k.length, 312);
    assert.ok(k.every((p) => p % 25 !== 24));
  });
}

scenarios('opened grids', opened);
scenarios('formulas', { ...formulas, B: formulas.latLonGrid(25, 13, -90, 0, 15, 15) });
