import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LatLon } from '../../schemas/vocabulary.js';
import { areaKm2 } from './feature-area.js';

const SPHERE = 4 * Math.PI * 6371 ** 2;

const ring = (...outer: LatLon[]) => ({ type: 'polygon', polygons: [{ outer, holes: [] }] }) as const;
const near = (found: number, wanted: number, part = 1e-9): void =>
  assert.ok(Math.abs(found - wanted) <= part * wanted, `${found} km², not ${wanted}`);

describe('areas on the sphere', () => {
  it('gives the cap above a parallel, as ring, box and cap in km', () => {
    const wanted = (SPHERE / 2) * (1 - Math.sin((85 * Math.PI) / 180));
    near(areaKm2(ring([85, 0], [85, 360], [90, 360], [90, 0])), wanted);
    near(areaKm2({ type: 'boundingbox', box: { south: 85, north: 90, west: 0, east: 360 } }), wanted);
    const radius = (5 * Math.PI * 6371) / 180;
    near(areaKm2({ type: 'circle', center: [90, 0], radius, units: 'km' }), wanted);
  });

  it('does not depend on the direction of a ring, nor on where its edges are cut', () => {
    const wanted = areaKm2(ring([10, 20], [10, 40], [50, 40]));
    near(areaKm2(ring([50, 40], [10, 40], [10, 20])), wanted);
    near(areaKm2(ring([10, 20], [10, 31], [10, 40], [30, 40], [50, 40], [30, 30])), wanted);
  });

  it('takes holes off and adds further rings', () => {
    const box = (south: number, north: number, west: number, east: number): LatLon[] => [
      [south, west],
      [south, east],
      [north, east],
      [north, west],
    ];
    const [outer, hole] = [box(0, 10, 0, 10), box(2, 4, 2, 4)];
    const frame = areaKm2({ type: 'polygon', polygons: [{ outer, holes: [hole] }] });
    near(frame, areaKm2(ring(...outer)) - areaKm2(ring(...hole)));
    const inner = { south: 2, north: 4, west: 2, east: 4 };
    near(areaKm2({ type: 'frame', outer: { south: 0, north: 10, west: 0, east: 10 }, inner }), frame);
    const two = { type: 'polygon', polygons: [outer, hole].map((one) => ({ outer: one, holes: [] })) } as const;
    near(areaKm2(two), areaKm2(ring(...outer)) + areaKm2(ring(...hole)));
  });

  it('measures a small disk in degrees as a plane one, narrower towards the poles', () => {
    const plane = Math.PI * ((0.5 * Math.PI * 6371) / 180) ** 2;
    near(areaKm2({ type: 'circle', center: [0, 0], radius: 0.5, units: 'degrees' }), plane, 1e-3);
    near(areaKm2({ type: 'circle', center: [60, 0], radius: 0.5, units: 'degrees' }), plane / 2, 1e-3);
  });

  it('has none for points and paths', () => {
    assert.equal(areaKm2({ type: 'position', points: [[1, 2]], interpolation: 'nearest' }), 0);
  });
});
