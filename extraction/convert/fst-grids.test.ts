/** Grids that are made for files from elsewhere lie where they were asked to lie. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/fast-check.js';
import { openGrid } from '../grid/grid.js';
import { rotationThrough } from '../grid/params.js';
import { type FstGrid, latLonGrid, placesGrid, polarGrid, rotatedGrid } from './fst-grids.js';
import { rotatedReference } from './rotated-reference.js';

const even = (first: number, step: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => first + k * step);

/** Values that tell where they are, as the source has them, and what the record then holds at each place. */
async function checkPlaces(grid: FstGrid, lat: Float64Array, lon: Float64Array, most: number): Promise<void> {
  const marks = Float32Array.from({ length: lat.length * lon.length }, (_, k) => k);
  const held = grid.arrange(marks);
  const places = await openGrid(grid.def).latlon();
  assert.equal(held.length, grid.keys.ni * grid.keys.nj);
  for (let k = 0; k < held.length; k++) {
    const [wantedLat, wantedLon] = [lat[Math.floor(held[k]! / lon.length)]!, lon[held[k]! % lon.length]!];
    assert.ok(Math.abs(places.lat[k]! - wantedLat) <= most);
    const turn = Math.abs(((places.lon[k]! - wantedLon + 540) % 360) - 180);
    assert.ok(turn <= most, `${places.lon[k]} for ${wantedLon}`);
  }
}

test('hundredths of a degree are an L grid, north-up rows are turned', async () => {
  const [lat, lon] = [even(60, -0.25, 40), even(-100, 0.25, 50)];
  const grid = latLonGrid(lat, lon);
  assert.deepEqual([grid.keys.grtyp, grid.keys.ig1, grid.keys.ig2, grid.descriptors.length], ['L', 25, 25, 0]);
  await checkPlaces(grid, lat, lon, 1e-9);
});

test('finer steps and uneven axes are Z on L with float32 axes', async () => {
  const [lat, lon] = [even(10, 0.0375, 20), Float64Array.of(350, 355, 359, 2, 9)];
  const grid = latLonGrid(lat, lon);
  assert.deepEqual([grid.keys.grtyp, grid.descriptors.length], ['Z', 2]);
  await checkPlaces(grid, lat, lon, 3.1e-5);
});

test('global grids are recognised in both directions, B with its repeated column', async () => {
  const a = latLonGrid(even(-82.5, 15, 12), even(0, 15, 24));
  assert.deepEqual([a.keys.grtyp, a.keys.ig2], ['A', 0]);
  const down = latLonGrid(even(82.5, -15, 12), even(0, 15, 24));
  assert.deepEqual([down.keys.grtyp, down.keys.ig2], ['A', 1]);
  const [lat, lon] = [even(-90, 15, 13), even(0, 15, 24)];
  const b = latLonGrid(lat, lon);
  assert.deepEqual([b.keys.grtyp, b.keys.ni], ['B', 25]);
  await checkPlaces(b, lat, lon, 1e-9);
});

// a frame whose equator lies within hundredths of a degree of a meridian or of the true equator meets few lattice points
test('any pole away from the equator and the true poles has two lattice points that name its frame closely', () => {
  const lat = fc.double({ min: 1, max: 88.5, noNaN: true });
  const lon = fc.double({ min: -180, max: 180, noNaN: true });
  fc.assert(
    fc.property(lat, lon, fc.boolean(), (degrees, east, south) => {
      const miss = rotatedReference(south ? -degrees : degrees, east, 0).poleError;
      assert.ok(miss <= 5e-5, `${miss}`);
    }),
    { numRuns: 12 },
  );
});

test('a rotated grid lies within 4e-5 degrees of where it was asked to lie', async () => {
  const pole = { poleLat: 36.08852, poleLon: 65.305142, northPoleLon: 0 };
  const grid = rotatedGrid(even(-12, 0.5, 30), even(-15, 0.5, 40), pole);
  assert.equal(grid.keys.grtyp, 'Z');
  const places = await openGrid(grid.def).latlon();
  // the frame itself, without the lattice: first axis towards the true north pole, third axis its own pole
  const rad = Math.PI / 180;
  const [sp, cp] = [Math.sin(pole.poleLat * rad), Math.cos(pole.poleLat * rad)];
  for (const [k, j, i] of [
    [0, 0, 0],
    [39, 0, 39],
    [29 * 40, 29, 0],
    [1199, 29, 39],
  ] as const) {
    const [y, x] = [(-12 + 0.5 * j) * rad, (-15 + 0.5 * i) * rad];
    const lat = Math.asin(sp * Math.sin(y) + cp * Math.cos(y) * Math.cos(x));
    const east = Math.atan2(-Math.cos(y) * Math.sin(x), cp * Math.sin(y) - sp * Math.cos(y) * Math.cos(x));
    assert.ok(Math.abs(places.lat[k]! - lat / rad) <= 4e-5, 'latitude');
    const gap = ((places.lon[k]! - (pole.poleLon + east / rad) + 900) % 360) - 180;
    assert.ok(Math.abs(gap) * Math.cos(lat) <= 4e-5, `longitude ${gap}`);
  }
  assert.ok(rotationThrough(0, 0, 0, 90).poleLat > 89);
});

test('a polar plane is N or S where its parameters survive, else Z', () => {
  const plane = { south: false, upright: -111, scale: 0.9330127018922193, radius: 6371000 };
  const step = (60000 / 1.866025) * 2 * 0.9330127018922193;
  const n = polarGrid(even(-25.5 * step, step, 33), even(-30 * step, step, 27), plane);
  assert.deepEqual([n.keys.grtyp, n.keys.ig1, n.keys.ig2, n.keys.ig3, n.keys.ig4], ['N', 310, 265, 2100, 600]);
  const z = polarGrid(even(-1234567, 12345.6, 40), even(-3456789, 12345.6, 30), { ...plane, upright: 10.5 });
  assert.equal(z.keys.grtyp, 'Z');
});

test('places one by one are a Y grid, equal grids share their tags', () => {
  const [lat, lon] = [Float64Array.of(45, 46, 47), Float64Array.of(-75, 285.5, 0)];
  const one = placesGrid(lat, lon, 3, 1);
  assert.equal(one.keys.grtyp, 'Y');
  assert.deepEqual(placesGrid(lat, lon, 3, 1).keys, one.keys);
  assert.notDeepEqual(
    placesGrid(
      lon.map((v) => v / 10),
      lon,
      3,
      1,
    ).keys,
    one.keys,
  );
});
