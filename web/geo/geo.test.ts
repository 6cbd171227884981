import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import proj4 from 'proj4';
import { fc } from '../../test/fast-check.js';
import { projectPolar, unprojectPolar } from './polar.js';
import { between, circleRing, densify, distanceKm, ringCrossing, ringKm2 } from './sphere.js';

const DEFINITION = '+proj=stere +lat_0=90 +lon_0=-100 +k=0.994 +x_0=2000000 +y_0=2000000 +datum=WGS84 +units=m';

describe('EPSG:5937', () => {
  it('is what PROJ makes of its definition', () => {
    const reference = proj4('WGS84', DEFINITION);
    for (const [lat, lon] of [
      [90, 0],
      [45.5, -73.57],
      [60, -100],
      [72.3, 142.5],
      [20.1, 12],
      [10, -179.9],
    ] as const) {
      const [x, y] = reference.forward([lon, lat]) as [number, number];
      const own = projectPolar(lat, lon);
      assert.ok(Math.hypot(own[0] - x, own[1] - y) < 1e-3, `${lat} ${lon}: ${own} against ${x} ${y}`);
    }
  });

  it('gives places back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -60, max: 90, noNaN: true }),
        fc.double({ min: -180, max: 180, noNaN: true }),
        (lat, lon) => {
          const back = unprojectPolar(...projectPolar(lat, lon));
          assert.ok(distanceKm([lat, lon], back) < 1e-5);
        },
      ),
    );
  });
});

describe('sphere', () => {
  it('measures', () => {
    assert.ok(Math.abs(distanceKm([45.5, -73.57], [43.65, -79.38]) - 504) < 3);
    const degree = ringKm2([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ]);
    assert.ok(Math.abs(degree - 12_364) < 20, String(degree));
  });

  it('walks great circles and circles', () => {
    const middle = between([0, 0], [0, 90], 0.5);
    assert.ok(Math.abs(middle[1] - 45) < 1e-9);
    for (const at of circleRing([60, 10], 200)) assert.ok(Math.abs(distanceKm([60, 10], at) - 200) < 1e-6);
  });

  it('finds edges that cross, and no others', () => {
    const square = [
      [0, 0],
      [0, 2],
      [2, 2],
      [2, 0],
    ] as const;
    assert.equal(ringCrossing(square), undefined);
    const [a, b, c, d] = square;
    assert.deepEqual(ringCrossing([a, c, b, d]), [1, 1]);
  });

  it('adds points on long edges only, also across the date line', () => {
    assert.equal(
      densify(
        [
          [0, 0],
          [0, 0.5],
        ],
        false,
      ).length,
      2,
    );
    const line = densify(
      [
        [0, 179],
        [0, -179],
      ],
      false,
    );
    assert.deepEqual(
      line.map(([, lon]) => lon),
      [179, 180, -179],
    );
  });
});
