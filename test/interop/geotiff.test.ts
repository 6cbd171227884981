/** GeoTIFF that we write through rasterio, rio-cogeo and geotiff.js, and back through our own reader. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromFile } from 'geotiff';
import { convert } from '../../extraction/convert/convert.js';
import { openFst } from '../../extraction/fst/file.js';
import { encodeIp, KIND } from '../../extraction/fst/ip.js';
import { shared, skipWithout } from '../paths.js';
import { convertCase, temporaryFolder } from './convert-case.js';
import { environment, interopFolder } from './environment.js';

const golden = shared('fst');
const never = new AbortController().signal;

function check(python: string, cases: readonly object[], more: object = {}): void {
  const ran = spawnSync(python, [join(interopFolder, 'geotiff', 'check.py')], {
    encoding: 'utf8',
    env: { ...process.env, POLYFST_CHECK: JSON.stringify({ cases, ...more }) },
    maxBuffer: 2 ** 28,
  });
  const failed = ran.stdout.split('\n').filter((line) => line.startsWith('not ok'));
  assert.equal(ran.status, 0, failed.slice(0, 20).join('\n') + ran.stderr.slice(-2000));
  assert.match(ran.stdout, /^ok /m);
}

/** Records of the reference grids: A, L regional, L global, L with 4 degree steps, N old and large, S. */
const NATIVE = [0, 22, 23, 24, 27, 28, 31];
/** Gaussian, uneven Z on L and E, curvilinear, two panels. */
const WARPED = [12, 37, 45, 62, 75];

test('rasterio places every value of even grids, and covers the others', {
  skip: skipWithout(golden, 'fst'),
}, async (context) => {
  const found = environment('geotiff');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const cases: object[] = [];
  for (const row of [...NATIVE, ...WARPED]) {
    const options = { where: [`row=${row}`], name: `row${row}` };
    const made = await convertCase(join(golden!, 'grids.xdf.fst'), folder.path, '.tif', options);
    const kind = NATIVE.includes(row) ? 'native' : 'warped';
    const [record] = made.records;
    cases.push({ tif: made.out, folder: folder.path, record, kind, label: `row ${row}`, units: 'degC' });
  }
  const run = join(golden!, 'run/2026112100_003');
  const where = ['nomvar=TT', 'level=500'];
  const native = await convertCase(run, folder.path, '.tif', { where, set: { crs: 'native' }, name: 'rotated' });
  cases.push({ tif: native.out, folder: folder.path, record: native.records[0], kind: 'native', label: 'rotated' });
  const stack = await convertCase(run, folder.path, '.tif', {
    where: ['nomvar=TT'],
    set: { bands: 'level' },
    name: 'stack',
  });
  cases.push({ tif: stack.out, folder: folder.path, kind: 'keys', bands: 8 });
  for (const crs of ['EPSG:3857', 'EPSG:3978', 'EPSG:3995']) {
    const made = await convertCase(run, folder.path, '.tif', { where, set: { crs }, name: crs.replace(':', '') });
    cases.push({ tif: made.out, folder: folder.path, record: made.records[0], kind: 'warped', label: crs });
  }
  const degrees = await convertCase(run, folder.path, '.tif', { where, name: 'degrees' });
  const grib = await convertCase(run, folder.path, '.grib2', { where });
  check(found.python, cases, { pairs: [[native.out, degrees.out]], gribs: [grib.out] });
  return undefined;
});

/** Values on a large even grid, so that there are tiles and overviews. */
async function writeLarge(path: string): Promise<Float32Array> {
  const [ni, nj] = [1300, 700];
  const values = Float32Array.from({ length: ni * nj }, (_, k) => Math.sin((k % ni) / 50) + Math.floor(k / ni) / 100);
  values.fill(Number.NaN, 1000, 2000);
  await using file = await openFst(path, { create: 'xdf' });
  const grid = { grtyp: 'L', ig1: 5, ig2: 10, ig3: 11500, ig4: 23000, ni, nj };
  const ip1 = encodeIp(500, KIND.pressure);
  await file.write({
    nomvar: 'TT',
    ...grid,
    ip1,
    deet: 3600,
    npas: 6,
    dateo: '2026-11-21T00:00:00Z',
    etiket: 'TEST',
    values,
  });
  return values;
}

/** The first overview holds the means of two by two points. */
async function assertOverview(tiff: Awaited<ReturnType<typeof fromFile>>, whole: Float32Array): Promise<void> {
  const image = await tiff.getImage(1);
  assert.deepEqual([image.getWidth(), image.getHeight(), image.isTiled], [650, 350, true]);
  const [means] = (await image.readRasters()) as unknown as Float32Array[];
  for (const [x, y] of [
    [0, 0],
    [600, 17],
    [649, 340],
  ] as const) {
    const four = [0, 1, 1300, 1301].map((step) => whole[2 * y * 1300 + 2 * x + step]!);
    const mean = four.reduce((sum, value) => sum + value, 0) / 4;
    assert.ok(Math.abs(means![y * 650 + x]! - mean) < 1e-5, `${x} ${y}`);
  }
}

test('tiles and overviews open in rasterio and geotiff.js, and come back as the same record', async (context) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'large.fst');
  const values = await writeLarge(path);
  const made = await convertCase(path, folder.path, '.tif', { name: 'large' });
  const tiff = await fromFile(made.out);
  try {
    assert.equal(await tiff.getImageCount(), 3);
    const image = await tiff.getImage(0);
    assert.ok(image.isTiled);
    const [raster] = (await image.readRasters()) as unknown as Float32Array[];
    const flipped = Float32Array.from(values, (_, k) => values[(699 - Math.floor(k / 1300)) * 1300 + (k % 1300)]!);
    assert.deepEqual(raster, flipped);
    const [part] = (await image.readRasters({ window: [500, 500, 530, 520] })) as unknown as Float32Array[];
    const cut = Float32Array.from(part!, (_, k) => flipped[(500 + Math.floor(k / 30)) * 1300 + 500 + (k % 30)]!);
    assert.deepEqual(part, cut);
    await assertOverview(tiff, flipped);
  } finally {
    tiff.close();
  }
  const back = join(folder.path, 'back.fst');
  const options = new Map([['exact', '1']]);
  await convert({ inputs: [made.out], out: back, where: [], options, signal: never });
  await using one = await openFst(path);
  await using other = await openFst(back);
  const [was, is] = [one.record(0), other.record(0)];
  for (const key of [
    'nomvar',
    'typvar',
    'etiket',
    'grtyp',
    'ip1',
    'ip2',
    'ip3',
    'ig1',
    'ig2',
    'ig3',
    'ig4',
    'deet',
    'npas',
    'dateo',
  ] as const) {
    assert.equal(is[key], was[key], key);
  }
  assert.deepEqual((await other.read(is, { as: 'float32' })).values, values);
  const found = environment('geotiff');
  if ('skip' in found) return context.diagnostic(found.skip);
  check(found.python, [{ tif: made.out, folder: folder.path, kind: 'keys', units: 'degC', bands: 1 }]);
  return undefined;
});

test('even grids come back from GeoTIFF with their letter and values', {
  skip: skipWithout(golden, 'fst'),
}, async () => {
  await using folder = await temporaryFolder();
  const source = join(golden!, 'grids.xdf.fst');
  await using one = await openFst(source);
  for (const row of NATIVE) {
    const tif = join(folder.path, `r${row}.tif`);
    const back = join(folder.path, `r${row}.fst`);
    await convert({ inputs: [source], out: tif, where: [`row=${row}`], options: new Map(), signal: never });
    await convert({ inputs: [tif], out: back, where: [], options: new Map([['exact', '1']]), signal: never });
    await using other = await openFst(back);
    const [was, is] = [one.record(row), other.record(0)];
    for (const key of ['grtyp', 'ni', 'nj', 'ig1', 'ig2', 'ig3', 'ig4'] as const)
      assert.equal(is[key], was[key], `${row} ${key}`);
    const [values, again] = [await one.read(was, { as: 'float32' }), await other.read(is, { as: 'float32' })];
    assert.deepEqual(again.values, values.values, `row ${row}`);
  }
});
