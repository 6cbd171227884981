/** The planes of maps against another implementation, there and back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import proj4 from 'proj4';
import { boxOnMap, northOnMap, pixelPlaces, project, unproject } from './reproject.js';

const POLAR = '+proj=stere +lat_0=90 +lon_0=-100 +k=0.994 +x_0=2000000 +y_0=2000000 +ellps=WGS84 +units=m';

describe('map projections', () => {
  it('agrees with proj4 in EPSG:5937', () => {
    for (let n = 0; n < 500; n++) {
      const lat = -40 + ((n * 37.7) % 130);
      const lon = -179 + ((n * 61.3) % 358);
      const [x, y] = proj4('EPSG:4326', POLAR, [lon, lat]) as [number, number];
      const [ownX, ownY] = project('EPSG:5937', lat, lon);
      assert.ok(Math.hypot(x - ownX, y - ownY) < 1e-5 * Math.max(1, Math.hypot(x, y) / 1e7), `${lat} ${lon}`);
      const [back, around] = unproject('EPSG:5937', x, y);
      assert.ok(Math.abs(back - lat) < 1e-9 && Math.abs(around - lon) < 1e-9, `${lat} ${lon} ${back} ${around}`);
    }
    assert.deepEqual(project('EPSG:5937', 90, 12).map(Math.round), [2_000_000, 2_000_000]);
    assert.equal(unproject('EPSG:5937', 2_000_000, 2_000_000)[0], 90);
  });

  it('agrees with proj4 in EPSG:3857, and goes on beyond 180', () => {
    for (const [lat, lon] of [
      [0, 0],
      [84.9, 179.9],
      [-61.3, -33.1],
    ] as const) {
      const [x, y] = proj4('EPSG:4326', 'EPSG:3857', [lon, lat]) as [number, number];
      const own = project('EPSG:3857', lat, lon);
      assert.ok(Math.hypot(own[0] - x, own[1] - y) < 1e-6);
    }
    const [, lon] = unproject('EPSG:3857', project('EPSG:3857', 10, 190)[0], 0);
    assert.ok(Math.abs(lon - 190) < 1e-9);
  });

  it('gives the same place for a pixel alone and among all', () => {
    const box = { minx: -3e6, miny: -4e6, maxx: 5e6, maxy: 1e6 };
    for (const crs of ['lonlat', 'EPSG:3857', 'EPSG:5937'] as const) {
      const { lat, lon } = pixelPlaces(crs, box, 7, 5);
      for (let n = 0; n < 35; n++) {
        const x = box.minx + ((n % 7) + 0.5) * ((box.maxx - box.minx) / 7);
        const y = box.maxy - (Math.floor(n / 7) + 0.5) * ((box.maxy - box.miny) / 5);
        assert.deepEqual([lat[n], lon[n]], [...unproject(crs, x, y)]);
      }
    }
  });

  it('knows where north is, and boxes around places', () => {
    for (const lon of [-100, -10, 80, 170]) {
      const [x0, y0] = project('EPSG:5937', 50, lon);
      const [x1, y1] = project('EPSG:5937', 50.001, lon);
      const [nx, ny] = northOnMap('EPSG:5937', lon);
      const length = Math.hypot(x1 - x0, y1 - y0);
      assert.ok(Math.hypot((x1 - x0) / length - nx, (y1 - y0) / length - ny) < 1e-6);
    }
    const box = boxOnMap('EPSG:5937', { south: 40, west: -140, north: 80, east: -50 });
    for (const [lat, lon] of [
      [40, -100],
      [41, -139],
      [79, -51],
    ] as const) {
      const [x, y] = project('EPSG:5937', lat, lon);
      assert.ok(x >= box.minx && x <= box.maxx && y >= box.miny && y <= box.maxy);
    }
  });
});
