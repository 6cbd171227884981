import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Grid, openGrid } from './grid.js';
import { cloud, EVERY, NORTH, net, ONE_DEGREE, plain, ROTATED, YIN_YANG } from './sample-grids.js';
import { angleBetween, EARTH_RADIUS_KM, turnBetween } from './sphere.js';

const at = (...values: number[]): Float64Array => Float64Array.from(values);

/** Index and angle of the nearest owned point, by looking at all of them. */
async function bruteForce(grid: Grid, lat: number, lon: number): Promise<{ point: number; km: number }> {
  const all = await grid.latlon();
  const owned = await grid.owned(Uint32Array.from(all.lat.keys()));
  let point = -1;
  let best = Infinity;
  all.lat.forEach((value, k) => {
    if (owned[k] === 0) return;
    const angle = angleBetween(lat, lon, value, all.lon[k]!);
    const tie = point >= 0 && Math.abs(angle - best) < 1e-9;
    if (tie ? turnBetween(all.lon[k]!, lon) < turnBetween(all.lon[point]!, lon) - 1e-9 : angle < best) {
      best = angle;
      point = k;
    }
  });
  return { point, km: best * EARTH_RADIUS_KM };
}

describe('nearest point', () => {
  const globe = openGrid(ONE_DEGREE);

  it('is the nearest on the ground, ties to the lower offset', async () => {
    const found = await globe.nearest(at(10.4, 10.5, 10.2, 10.2, 0), at(20.6, 20.5, -0.2, 359.8, 540.2));
    assert.deepEqual([...found.point], [36021, 36380, 36000, 36000, 32580]);
    assert.ok(Math.abs(found.distanceKm[0]! / EARTH_RADIUS_KM - (0.5612 * Math.PI) / 180) < 1e-6);
    assert.ok(Math.abs(found.distanceKm[2]! / EARTH_RADIUS_KM - (0.2807 * Math.PI) / 180) < 1e-6);
  });

  it('comes to an end for a place that is none', async () => {
    for (const grid of [globe, openGrid(ROTATED), openGrid(NORTH), openGrid(YIN_YANG)]) {
      const { point } = await grid.nearest(at(Number.NaN, 10), at(10, Number.NaN));
      assert.ok([...point].every((offset) => offset < grid.ni * grid.nj));
    }
  });

  it('takes the smallest turn of longitude on a row of poles', async () => {
    const found = await globe.nearest(at(89.9, -90), at(200.3, 77));
    assert.deepEqual([...found.point], [65000, 77]);
    assert.deepEqual([...found.lon], [-160, 77]);
  });

  it('is found in rotated frames', async () => {
    const grid = openGrid(ROTATED);
    const found = await grid.nearest(at(50), at(-75));
    assert.equal(found.point[0], 21353);
    assert.ok(Math.abs(found.lat[0]! - 50.06598) < 1e-5 && Math.abs(found.lon[0]! - (285.03272 - 360)) < 1e-5);
    assert.ok(Math.abs(found.distanceKm[0]! / EARTH_RADIUS_KM - (0.0693 * Math.PI) / 180) < 1e-6);
  });

  it('is described for places outside too', async () => {
    const grid = openGrid(ROTATED);
    const found = await grid.nearest(at(10, 84), at(100, 0));
    assert.deepEqual([...found.inside], [0, 0]);
    for (const n of [0, 1]) {
      const best = await bruteForce(grid, [10, 84][n]!, [100, 0][n]!);
      assert.equal(found.point[n], best.point);
    }
  });

  it('of a point of the grid is that point, on every kind of grid', async () => {
    for (const def of EVERY) {
      const grid = openGrid(def);
      const points = Uint32Array.from({ length: grid.size }, (_, k) => k);
      const all = await grid.latlon();
      const owned = await grid.owned(points);
      const found = await grid.nearest(all.lat, all.lon);
      const wrong = points.filter((k) => {
        const same = found.point[k] === k || found.distanceKm[k]! < 1e-6;
        return owned[k] === 1 && !(same && found.inside[k] === 1);
      });
      assert.deepEqual([...wrong].slice(0, 5), [], `${def.grtyp} ${def.ref?.grtyp ?? ''} ${def.ig}`);
    }
  });

  it('agrees with a look at every point, inside and outside', async () => {
    const grids = [
      NORTH,
      ROTATED,
      net(),
      cloud(),
      plain('G', 36, 18),
      plain('B', 37, 19),
      plain('A', 30, 8, [1, 1, 0, 0]),
    ];
    for (const def of grids) {
      const grid = openGrid(def);
      const lat = Float64Array.from({ length: 40 }, (_, n) => -89 + ((n * 61.7) % 178));
      const lon = Float64Array.from({ length: 40 }, (_, n) => -170 + ((n * 137.5) % 500));
      const found = await grid.nearest(lat, lon);
      for (let n = 0; n < lat.length; n++) {
        const best = await bruteForce(grid, lat[n]!, lon[n]!);
        const slack = grid.kind === 'projected' && found.inside[n] === 0 ? 1e-3 * best.km : 1e-6;
        assert.ok(
          Math.abs(found.distanceKm[n]! - best.km) <= slack,
          `${def.grtyp} (${lat[n]}, ${lon[n]}): ${found.distanceKm[n]} km, not ${best.km}`,
        );
      }
    }
  });

  it('is always an owned point of two panels, away from the gaps of the seam', async () => {
    const grid = openGrid(YIN_YANG);
    const lat = Float64Array.from({ length: 300 }, (_, n) => (Math.asin(-1 + (2 * n + 1) / 300) * 180) / Math.PI);
    const lon = Float64Array.from({ length: 300 }, (_, n) => (n * 137.508) % 360);
    const found = await grid.nearest(lat, lon);
    const owned = await grid.owned(found.point);
    assert.ok(owned.filter((own) => own === 1).length > 280);
    assert.ok(found.inside.every((inside) => inside === 1));
    assert.ok(found.distanceKm.every((km) => km < 220));
  });
});
