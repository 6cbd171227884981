/** The batch search of the native core answers as the grids' own search does, for every kind of closed-form grid. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_POINT, nearest } from '../../native/index.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { openGrid } from './grid.js';
import { CLOSED, cloud, YIN_YANG } from './sample-grids.js';

const COUNT = 1500;

/** Places all over the sphere, and as many around the points of the grid. */
async function places(def: GridDef, seed: number): Promise<{ lat: Float64Array; lon: Float64Array }> {
  let state = seed;
  const next = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const lat = Float64Array.from({ length: COUNT }, () => (Math.asin(2 * next() - 1) * 180) / Math.PI);
  const lon = Float64Array.from({ length: COUNT }, () => 720 * next() - 360);
  const grid = openGrid(def);
  const at = await grid.latlon(Uint32Array.from({ length: COUNT / 2 }, () => Math.floor(grid.size * next())));
  for (let n = 0; n < COUNT / 2; n++) {
    lat[2 * n] = Math.max(-90, Math.min(90, at.lat[n]! + 4 * next() - 2));
    lon[2 * n] = at.lon[n]! + 4 * next() - 2;
  }
  lat.set([90, -90, 0, 0.5, 45]);
  lon.set([0, 0, 180, -180, 359.5]);
  return { lat, lon };
}

async function check(def: GridDef, seed: number): Promise<void> {
  const { lat, lon } = await places(def, seed);
  const grid = openGrid(def);
  const expected = await grid.nearest(lat, lon);
  const got = await nearest(def, lat, lon);
  let inside = 0;
  got.forEach((point, n) => {
    const where = `${def.grtyp} ${def.ig.join(',')} at ${lat[n]}, ${lon[n]}`;
    assert.equal(point !== NO_POINT, expected.inside[n] === 1, `footprint of ${where}`);
    if (point === NO_POINT) return;
    assert.equal(point, expected.point[n], where);
    inside++;
  });
  assert.ok(inside > 20, `${def.grtyp}: ${inside} places are inside`);
}

describe('native nearest', () => {
  for (const [at, def] of [...CLOSED, YIN_YANG].entries()) {
    it(`answers as the grid: ${at} ${def.grtyp} ${def.ref?.grtyp ?? ''} ${def.ig.join(' ')}`, () => check(def, at + 7));
  }

  it('leaves lists of points to the layer above', async () => {
    await assert.rejects(nearest(cloud(), Float64Array.of(1), Float64Array.of(1)), { code: 'unsupported_grid' });
  });
});
