import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GridDef } from '../../schemas/vocabulary.js';
import { openGrid } from './grid.js';
import { CLOSED, cloud, mesh, NORTH, net, ONE_DEGREE, onReference, plain, ROTATED, YIN_YANG } from './sample-grids.js';
import { applyWeights } from './weights.js';

const at = (...values: number[]): Float64Array => Float64Array.from(values);

/** Interpolates a function of place on a grid. */
async function interpolate(
  def: GridDef,
  value: (lat: number, lon: number) => number,
  lat: Float64Array,
  lon: Float64Array,
): Promise<Float64Array> {
  const grid = openGrid(def);
  const weights = await grid.bilinear(lat, lon);
  const places = await grid.latlon(weights.points);
  return applyWeights(
    weights,
    places.lat.map((phi, k) => value(phi, places.lon[k]!)),
  );
}

const smooth = (lat: number, lon: number): number =>
  Math.sin((lat * Math.PI) / 180) + 0.5 * Math.cos((lat * Math.PI) / 180) * Math.cos((lon * Math.PI) / 180);

const near = (a: number, b: number, slack = 1e-9): boolean => Math.abs(a - b) <= slack;

describe('bilinear weights', () => {
  it('give back a linear field exactly on axes of latitude and longitude', async () => {
    const found = await interpolate(ONE_DEGREE, (lat, lon) => 3 * lat - lon, at(10.25, -44.9), at(20.75, -3.1));
    assert.ok(near(found[0]!, 3 * 10.25 - 20.75) && near(found[1]!, 3 * -44.9 + 3.1));
  });

  it('sum to one, lie in [0, 1] and reproduce the points themselves', async () => {
    for (const def of [...CLOSED, YIN_YANG, net(), mesh()]) {
      const grid = openGrid(def);
      const points = Uint32Array.from({ length: 20 }, (_, n) => Math.floor((n * grid.size) / 20));
      const places = await grid.latlon(points);
      const weights = await grid.bilinear(places.lat, places.lon);
      const exact = applyWeights(weights, (await grid.latlon(weights.points)).lat);
      points.forEach((_, n) => {
        const own = weights.weights.subarray(weights.starts[n]!, weights.starts[n + 1]!);
        assert.ok(
          near(
            own.reduce((sum, weight) => sum + weight, 0),
            1,
            1e-12,
          ),
          `${def.grtyp} ${def.ig}`,
        );
        assert.ok(own.every((weight) => weight >= -1e-6 && weight <= 1 + 1e-9));
        const slack = grid.kind === 'panels' ? 1e-2 : 1e-5;
        assert.ok(near(exact[n]!, places.lat[n]!, slack), `${def.grtyp} ${exact[n]} ${places.lat[n]}`);
      });
    }
  });

  it('are near a smooth field on every kind of grid', async () => {
    const lat = at(52.3, 48.2, 44.4);
    const lon = at(-85.7, -100.1, -90.2);
    for (const def of [NORTH, ROTATED, YIN_YANG, ONE_DEGREE]) {
      const found = await interpolate(def, smooth, lat, lon);
      found.forEach((value, n) => {
        assert.ok(near(value, smooth(lat[n]!, lon[n]!), 1e-3), `${def.grtyp}`);
      });
    }
    const [value] = await interpolate(net(), smooth, at(35.5), at(178.3));
    assert.ok(near(value!, smooth(35.5, 178.3), 1e-3));
  });

  it('join the last column to the first', async () => {
    for (const def of [plain('A', 36, 18), plain('B', 37, 19), plain('G', 36, 18)]) {
      const [value] = await interpolate(def, (_, lon) => (lon === -10 ? 5 : lon === 0 ? 7 : 100), at(2), at(-2.5));
      assert.ok(near(value!, 6.5, 1e-12), def.grtyp);
    }
  });

  it('take the mean of the end row for the pole', async () => {
    const row = (lat: number, lon: number): number => (lat > 80 ? 10 + lon / 100 : 0);
    const [pole, halfway] = await interpolate(plain('A', 36, 18), row, at(90, 87.5), at(33, 0));
    assert.ok(near(pole!, 10 - 0.05, 1e-9));
    assert.ok(near(halfway!, (10 + 10 - 0.05) / 2, 1e-9));
    const irregular = onReference('L', [100, 100, 9000, 0], at(0, 90, 180, 300, 330), at(-60, 0, 60));
    const [mean] = await interpolate(irregular, (_, lon) => (lon === 90 ? 1 : 0), at(90), at(0));
    assert.ok(near(mean!, 0.25, 1e-12));
  });

  it('mirror hemispheres at the equator', async () => {
    const a = await interpolate(plain('A', 36, 9, [1, 0, 0, 0]), (lat) => lat, at(2, 0), at(0, 0));
    assert.ok(near(a[0]!, 5) && near(a[1]!, 5));
    const b = await interpolate(plain('B', 37, 10, [1, 0, 0, 0]), (lat) => lat, at(-2.5), at(0));
    assert.ok(near(b[0]!, 2.5, 1e-9));
  });

  it('clamp in the skirt and end there', async () => {
    const window = plain('L', 11, 11, [100, 100, 13000, 1000]);
    const grid = openGrid(window);
    const weights = await grid.bilinear(at(39.6, 39.4, 45), at(15, 15, 21));
    assert.deepEqual([...weights.inside], [1, 0, 0]);
    const [skirt] = await interpolate(window, (lat) => lat, at(39.6), at(15));
    assert.equal(skirt, 40);
  });

  it('are barycentric in triangles and absent on points without order', async () => {
    const [value, outside] = await interpolate(mesh(), (lat, lon) => 2 * lat + lon, at(11.3, 40), at(0.2, 0));
    assert.ok(near(value!, 2 * 11.3 + 0.2, 1e-3));
    assert.ok(Number.isNaN(outside!));
    const weights = await openGrid(cloud()).bilinear(at(1), at(2));
    assert.equal(weights.points.length, 0);
  });
});

describe('missing values', () => {
  const weights = {
    starts: Uint32Array.of(0, 4),
    points: Uint32Array.of(0, 1, 2, 3),
    weights: at(0.6, 0.2, 0.15, 0.05),
    inside: Uint8Array.of(1),
  };

  it('are dropped while the heaviest point is there', () => {
    assert.ok(near(applyWeights(weights, [1, Number.NaN, 2, 2])[0]!, (0.6 + 0.4) / 0.8, 1e-12));
    assert.ok(near(applyWeights(weights, [1, Number.NaN, Number.NaN, Number.NaN])[0]!, 1, 1e-12));
  });

  it('make the place missing otherwise', () => {
    assert.ok(Number.isNaN(applyWeights(weights, [Number.NaN, 1, 1, 1])[0]!));
    const even = { ...weights, weights: at(0.4, 0.3, 0.2, 0.1) };
    assert.ok(Number.isNaN(applyWeights(even, [1, Number.NaN, Number.NaN, Number.NaN])[0]!));
  });
});
