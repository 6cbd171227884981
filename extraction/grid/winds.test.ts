import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openGrid } from './grid.js';
import { CLOSED, net, YIN_YANG } from './sample-grids.js';
import { directionOf, speedOf, toEarth, WIND_PAIRS } from './winds.js';

describe('winds', () => {
  it('come from where meteorologists say', () => {
    assert.equal(directionOf(0, -5), 0);
    assert.equal(directionOf(-5, 0), 90);
    assert.equal(directionOf(0, 5), 180);
    assert.equal(directionOf(5, 0), 270);
    assert.equal(directionOf(0, 0), 0);
    assert.equal(speedOf(3, -4), 5);
  });

  it('turn by the same angle at points and at the places of points', async () => {
    for (const def of [...CLOSED, YIN_YANG, net()]) {
      const grid = openGrid(def);
      const all = Uint32Array.from({ length: grid.size }, (_, k) => k);
      const owned = await grid.owned(all);
      const points = all.filter((k) => owned[k] === 1);
      const places = await grid.latlon(points);
      const here = await grid.rotation(points);
      const there = grid.rotationAt(places.lat, places.lon);
      for (let n = 0; n < points.length; n++) {
        if (Math.abs(places.lat[n]!) > 89.99) continue;
        const [c, s] = [here[2 * n]!, here[2 * n + 1]!];
        assert.ok(Math.abs(c * c + s * s - 1) < 1e-12);
        assert.ok(
          Math.hypot(c - there[2 * n]!, s - there[2 * n + 1]!) < 1e-9,
          `${def.grtyp} ${def.ig} point ${points[n]}`,
        );
      }
    }
  });

  it('keep their speed when turned', () => {
    const { east, north } = toEarth([3], [4], Float64Array.of(0, 1));
    assert.deepEqual([east[0], north[0]], [-4, 3]);
    for (const [name, { partner }] of Object.entries(WIND_PAIRS)) assert.equal(WIND_PAIRS[partner]!.partner, name);
  });
});
