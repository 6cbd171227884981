import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extentOf } from './extent.js';
import { openGrid } from './grid.js';
import { CLOSED, cloud, NORTH, net, ONE_DEGREE, plain, ROTATED, YIN_YANG } from './sample-grids.js';
import { angleBetween, DEGREE, wrap180 } from './sphere.js';

describe('extent of a grid', () => {
  it('holds every point', async () => {
    for (const def of [...CLOSED, YIN_YANG, net(), cloud()]) {
      const grid = openGrid(def);
      const { box, cap } = await extentOf(grid);
      const { lat, lon } = await grid.latlon();
      for (let k = 0; k < lat.length; k++) {
        const what = `${def.grtyp} ${def.ig} point ${k} (${lat[k]}, ${lon[k]})`;
        assert.ok(lat[k]! >= box.south - 1e-9 && lat[k]! <= box.north + 1e-9, what);
        const east = (((lon[k]! - box.west) % 360) + 360) % 360;
        assert.ok(east <= box.east - box.west + 1e-9 || east > 360 - 1e-9, what);
        assert.ok(angleBetween(lat[k]!, lon[k]!, cap.lat, cap.lon) / DEGREE <= cap.radius + 1e-6, what);
      }
    }
  });

  it('knows the poles, the seam and the spacing', async () => {
    const north = await extentOf(openGrid(NORTH));
    assert.deepEqual([north.northPole, north.southPole, north.box.north], [true, false, 90]);
    const globe = await extentOf(openGrid(ONE_DEGREE));
    assert.deepEqual([globe.northPole, globe.southPole, globe.box.west, globe.box.east], [true, true, -180, 180]);
    const across = await extentOf(openGrid(plain('L', 11, 11, [100, 100, 13000, 17500])));
    assert.ok(across.box.west === 175 && across.box.east === 185 && wrap180(across.box.east) === -175);
    const rotated = await extentOf(openGrid(ROTATED));
    assert.ok(rotated.spacing > 0.28 && rotated.spacing < 0.34 && !rotated.northPole);
    assert.equal((await extentOf(openGrid(cloud()))).spacing, 0);
  });
});
