/** The point scenarios of the table: nearest points over ties, seams, poles and domain edges; missing values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GridDef } from '../schemas/vocabulary.js';
import { fc } from '../test/fast-check.js';
import { openGrid } from './grid/grid.js';
import { axis, packRotation } from './region/fixture-grids.js';

const G1: GridDef = { grtyp: 'L', ni: 360, nj: 181, ig: [100, 100, 0, 0] };
const G2: GridDef = {
  grtyp: 'Z',
  ni: 180,
  nj: 140,
  ig: [1, 2, 3, 0],
  ref: { grtyp: 'E', ig: [1217, 0, 57986, 57216] },
  ax: axis(180, 150, 1 / 3, true),
  ay: axis(140, -30, 5 / 12, true),
};

async function nearest(def: GridDef, lat: number, lon: number) {
  const found = await openGrid(def).nearest(Float64Array.of(lat), Float64Array.of(lon));
  return {
    point: found.point[0]!,
    lat: found.lat[0]!,
    lon: found.lon[0]!,
    degrees: (found.distanceKm[0]! / 6371) * (180 / Math.PI),
    inside: found.inside[0] === 1,
  };
}

test('T1 to T5 nearest points: plain, tie, seam, whole turns, poles', async () => {
  const plain = await nearest(G1, 10.4, 20.6);
  assert.equal(plain.point, 36021);
  assert.ok(Math.abs(plain.degrees - 0.5612) < 1e-4);
  assert.equal((await nearest(G1, 10.5, 20.5)).point, 36380);
  for (const lon of [-0.2, 359.8]) {
    const seam = await nearest(G1, 10.2, lon);
    assert.equal(seam.point, 36000);
    assert.ok(Math.abs(seam.degrees - 0.2807) < 1e-4);
  }
  assert.equal((await nearest(G1, 0, 540.2)).point, 32580);
  assert.equal((await nearest(G1, 89.9, 200.3)).point, 65000);
  assert.equal((await nearest(G1, -90, 77)).point, 77);
});

test('T6 and T7 a rotated grid, and places outside it', async () => {
  const near = await nearest(G2, 50, -75);
  assert.equal(near.point, 21353);
  assert.ok(Math.abs(near.lat - 50.06598) < 1e-4 && Math.abs(near.lon + 360 - 285.03272) < 1e-4);
  assert.ok(Math.abs(near.degrees - 0.0693) < 1e-4);
  const east = await nearest(G2, 10, 100);
  const north = await nearest(G2, 84, 0);
  assert.deepEqual([east.inside, north.inside], [false, false]);
});

test('(e) the nearest point of a grid point is itself', async () => {
  const defs: GridDef[] = [
    G1,
    G2,
    { grtyp: 'N', ni: 121, nj: 111, ig: [600, 500, 2100, 1000] },
    { grtyp: 'S', ni: 61, nj: 51, ig: [300, 200, 2100, 1500] },
    { grtyp: 'G', ni: 64, nj: 32, ig: [0, 0, 0, 0] },
    { grtyp: 'A', ni: 36, nj: 18, ig: [0, 1, 0, 0] },
    {
      grtyp: 'Z',
      ni: 7,
      nj: 5,
      ig: [1, 2, 3, 0],
      ref: { grtyp: 'E', ig: packRotation(31.5, 200, 10, 305) },
      ax: Float64Array.of(170, 172, 175, 180, 184, 186, 187),
      ay: Float64Array.of(-6, -4, 0, 3, 4),
    },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...defs),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      async (def, part) => {
        const k = Math.floor(part * def.ni * def.nj);
        const { lat, lon } = await openGrid(def).latlon(Uint32Array.of(k));
        if (Math.abs(lat[0]!) > 89.999) return;
        assert.equal((await nearest(def, lat[0]!, lon[0]!)).point, k);
      },
    ),
    { numRuns: 200 },
  );
});
