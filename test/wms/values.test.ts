/**
 * What a map shows is what the field holds: at 200 random pixels in each coordinate system on each kind of grid, the value of
 * GetFeatureInfo is that of the nearest grid point (found by looking at all of them), and the pixel has the colour of its bin.
 * Places of pixels come from another implementation of the projections.
 */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import proj4 from 'proj4';
import { gridPoints, locate } from '../../native/index.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { startTestService, type TestService } from '../service.js';
import { getInfo, getMap, type TestCrs, type View } from './client.js';
import { GRIDS, type GridName, temperatureAt, writeRun } from './run-files.js';

const COUNT = 200;
const HOURS = 6;
const TIME = '2025-01-15T06:00:00Z';
const RADIUS_KM = 6371;
const SIZE = { width: 240, height: 180 };

const COLOURS = [
  ...['35114f', '3b2875', '3c3f9e', '395cb1', '2f79c4', '4e99d4', '6db9e4', 'a1d3ed', 'd3ecf4'],
  ...['fbf0c4', 'f9db98', 'f7c667', 'f1a851', 'ea8a3a', 'da6835', 'c8442f', '9a2a2b', '6e1024'],
];

/** Colour of a temperature in degrees Celsius: edges at multiples of 5 from -40 to 40. */
function colourOf(celsius: number): string {
  const bin = Math.min(17, Math.max(0, Math.floor((celsius + 40) / 5) + 1));
  return `#${COLOURS[bin]}ff`;
}

proj4.defs('POLAR', '+proj=stere +lat_0=90 +lon_0=-100 +k=0.994 +x_0=2000000 +y_0=2000000 +ellps=WGS84 +units=m');

function placeOf(crs: TestCrs, x: number, y: number): readonly [lat: number, lon: number] {
  if (crs === 'CRS:84' || crs === 'EPSG:4326') return [y, x];
  if (crs === 'EPSG:3857') {
    // proj4 folds longitudes; a map that goes on beyond 180 must not
    const [, lat] = proj4('EPSG:3857', 'EPSG:4326', [0, y]);
    return [lat!, (x / 6378137) * (180 / Math.PI)];
  }
  const [lon, lat] = proj4('POLAR', 'EPSG:4326', [x, y]);
  return [lat!, lon!];
}

type Box = readonly [number, number, number, number];

const mercator = ([w, s, e, n]: Box): Box => {
  const y = (lat: number): number => 6378137 * Math.asinh(Math.tan((lat * Math.PI) / 180));
  const x = (lon: number): number => (6378137 * lon * Math.PI) / 180;
  return [x(w), y(s), x(e), y(n)];
};

/** Boxes that show each grid and something around it: degrees, and metres of the polar plane. */
const VIEWS: Readonly<Record<GridName, { degrees: Box; polar: Box }>> = {
  l: { degrees: [-16, 36, 26, 64], polar: [5e6, -5e5, 1.05e7, 6.5e6] },
  across: { degrees: [153, -20, 206, 20], polar: [-1.6e7, -2e6, -6e6, 1.2e7] },
  rotated: { degrees: [-179, -20, 20, 85], polar: [-6e6, -9e6, 1e7, 6e6] },
  polar: { degrees: [-200, 15, 170, 85], polar: [-9e6, -9e6, 1.3e7, 1.3e7] },
  yinyang: { degrees: [-185, -85, 185, 85], polar: [-1e7, -1e7, 1.4e7, 1.4e7] },
};

interface Oracle {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly vectors: Float64Array;
}

function vector(lat: number, lon: number): readonly [number, number, number] {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

async function oracleOf(def: GridDef): Promise<Oracle> {
  const { lat, lon } = await gridPoints(def);
  return { lat, lon, vectors: Float64Array.from([...lat].flatMap((value, n) => vector(value, lon[n]!))) };
}

const arc = (chord: number): number => 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord) / 2));

/** Least distance to any grid point, km. */
function leastDistance({ vectors }: Oracle, lat: number, lon: number): number {
  const [x, y, z] = vector(lat, lon);
  let least = Infinity;
  for (let k = 0; k < vectors.length; k += 3) {
    const chord = (vectors[k]! - x) ** 2 + (vectors[k + 1]! - y) ** 2 + (vectors[k + 2]! - z) ** 2;
    if (chord < least) least = chord;
  }
  return arc(least);
}

function distance(lat0: number, lon0: number, lat1: number, lon1: number): number {
  const [a, b] = [vector(lat0, lon0), vector(lat1, lon1)];
  return arc((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
}

describe('maps show the field', () => {
  const folders: string[] = [];
  let service: TestService;
  before(async () => {
    // one service for all grids, each a collection of its own
    const collections: Record<string, object> = {};
    for (const name of Object.keys(GRIDS) as GridName[]) {
      const folder = await writeRun(GRIDS[name]);
      folders.push(folder);
      collections[name] = { roots: [folder] };
    }
    service = await startTestService([], { collections });
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  async function check(name: GridName, view: View, seed: number): Promise<void> {
    const { url } = service;
    const oracle = await oracleOf(GRIDS[name]);
    const picture = await getMap(url, view);
    let state = seed;
    const next = (below: number): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * below);
    };
    const pixels = Array.from({ length: COUNT }, () => [next(view.width), next(view.height)] as const);
    const found = await Promise.all(pixels.map(([i, j]) => getInfo(url, view, i, j)));
    let shown = 0;
    for (const [n, [i, j]] of pixels.entries()) {
      const [w, s, e, north] = view.box;
      const x = w + ((i + 0.5) * (e - w)) / view.width;
      const y = north - ((j + 0.5) * (north - s)) / view.height;
      const [lat, lon] = placeOf(view.crs, x, y);
      const info = found[n]!;
      const where = `${name} ${view.crs} pixel ${i},${j} at ${lat}, ${lon}`;
      const [inside] = await locate(GRIDS[name], Float64Array.of(lat), Float64Array.of(lon));
      if (Number.isNaN(inside!)) {
        assert.equal(info.value, null, where);
        assert.equal(picture.at(i, j), '#00000000', where);
        continue;
      }
      shown++;
      const least = leastDistance(oracle, lat, lon);
      const own = distance(lat, lon, info.latitude!, info.longitude!);
      // points of a panel that the other one owns are never shown
      const slack = name === 'yinyang' ? 120 : 0.002;
      assert.ok(own <= least + slack, `${where}: ${own} km, nearest ${least} km`);
      assert.ok(Math.abs(own - info.distance_km!) < 0.01, where);
      const expected = temperatureAt(info.latitude!, info.longitude!, HOURS);
      assert.ok(Math.abs(info.value! - expected) < 1e-4, `${where}: ${info.value} for ${expected}`);
      assert.equal(info.unit, 'Cel');
      assert.equal(picture.at(i, j), colourOf(info.value!), where);
    }
    assert.ok(shown > 20, `${name} ${view.crs}: ${shown} pixels on the grid`);
  }

  const viewOf = (name: GridName, crs: TestCrs, more: Partial<View> = {}): View => {
    const { degrees, polar } = VIEWS[name];
    const box = crs === 'EPSG:5937' ? polar : crs === 'EPSG:3857' ? mercator(degrees) : degrees;
    return { layer: `${name}-sfc/TT`, crs, box, ...SIZE, more: { time: TIME }, ...more };
  };

  for (const [g, name] of (Object.keys(GRIDS) as GridName[]).entries()) {
    for (const [c, crs] of (['CRS:84', 'EPSG:4326', 'EPSG:3857', 'EPSG:5937'] as const).entries()) {
      it(`${name} in ${crs}`, () => check(name, viewOf(name, crs), 10 * g + c + 1));
    }
  }

  it('across the date line from the other side, and by the axis order of 1.1.1', async () => {
    await check('across', viewOf('across', 'CRS:84', { box: [-207, -20, -154, 20] }), 77);
    await check('across', viewOf('across', 'EPSG:4326', { box: [-207, -20, -154, 20], version: '1.1.1' }), 78);
    await check('l', viewOf('l', 'EPSG:4326', { version: '1.1.1' }), 79);
  });
});
