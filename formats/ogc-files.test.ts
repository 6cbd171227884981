/** NetCDF and GeoTIFF of EDR and Coverages: layout of the dataset, and the raster as another reader sees it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import { FeatureError } from '../schemas/problem.js';
import type { ParamRef } from '../schemas/vocabulary.js';
import type { OgcAnswer, OgcCoverage } from './ogc-coverage.js';
import { evenStep, writeOgcGeotiff } from './ogc-geotiff.js';
import { cfDataset, writeOgcNetcdf } from './ogc-netcdf.js';

const T: ParamRef = {
  name: '2t',
  nomvar: 'TT',
  standardName: 'air_temperature',
  description: 'Temperature',
  unit: 'K',
  scale: 1,
  offset: 0,
};
const TIME = Date.UTC(2025, 0, 15, 6);
const grid = (number: number): OgcCoverage => ({
  metadata: { number },
  domain: {
    type: 'Grid',
    x: Float64Array.of(-75, -74.5, -74),
    y: Float64Array.of(45, 45.5),
    z: Float64Array.of(850, 500),
    t: Float64Array.of(TIME),
  },
  ranges: [{ param: T, values: Float32Array.from({ length: 12 }, (_, n) => 100 * number + n) }],
});
const path: OgcCoverage = {
  metadata: { number: 0 },
  domain: {
    type: 'Trajectory',
    composite: { x: Float64Array.of(-75, 185), y: Float64Array.of(45, 46), t: Float64Array.of(TIME, TIME + 1000) },
  },
  ranges: [{ param: T, values: Float32Array.of(1, Number.NaN) }],
};
const answer = (...coverages: OgcCoverage[]): OgcAnswer => ({
  params: [T],
  integers: new Set(),
  levtype: 'pl',
  coverages,
});

describe('NetCDF', () => {
  const valuesOf = (dataset: ReturnType<typeof cfDataset>, name: string): unknown => {
    const data = dataset.variables.find((variable) => variable.name === name)!.data;
    assert.equal(data.kind, 'values');
    return data.kind === 'values' ? Array.from(data.values as Float32Array) : undefined;
  };

  it('grids have axes, members left of time', () => {
    const dataset = cfDataset(answer(grid(1), grid(2)), 'title');
    assert.deepEqual(
      dataset.dims.map(({ name, size }) => [name, size]),
      [
        ['realization', 2],
        ['time', 1],
        ['pres', 2],
        ['lat', 2],
        ['lon', 3],
      ],
    );
    const field = dataset.variables.find(({ name }) => name === 'v_2t')!;
    assert.deepEqual(field.shape, [2, 1, 2, 2, 3]);
    assert.deepEqual(valuesOf(dataset, 'v_2t'), [
      ...Array.from({ length: 12 }, (_, n) => 100 + n),
      ...Array.from({ length: 12 }, (_, n) => 200 + n),
    ]);
    assert.deepEqual(valuesOf(dataset, 'time'), [TIME / 1000]);
  });

  it('paths are observations', () => {
    const dataset = cfDataset(answer(path), 'title');
    assert.deepEqual(dataset.dims, [{ name: 'obs', size: 2 }]);
    assert.deepEqual(
      [valuesOf(dataset, 'lon'), valuesOf(dataset, 'v_2t')],
      [
        [-75, -175],
        [1, Number.NaN],
      ],
    );
    assert.equal(dataset.attributes['featureType'], 'point');
  });

  it('is an HDF5 file', async () => {
    const bytes = await writeOgcNetcdf(answer(grid(0)), 'title');
    assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x48, 0x44, 0x46]);
  });
});

describe('GeoTIFF', () => {
  it('has a band a level, north first, half a cell around the points', async () => {
    const bytes = await writeOgcGeotiff(answer(grid(1)), 'title');
    const tiff = await fromArrayBuffer(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    );
    const image = await tiff.getImage();
    assert.deepEqual([image.getWidth(), image.getHeight(), image.getSamplesPerPixel()], [3, 2, 2]);
    assert.deepEqual(image.getBoundingBox(), [-75.25, 44.75, -73.75, 45.75]);
    const [first, second] = (await image.readRasters()) as unknown as Float32Array[];
    assert.deepEqual(
      [[...first!], [...second!]],
      [
        [103, 104, 105, 100, 101, 102],
        [109, 110, 111, 106, 107, 108],
      ],
    );
  });

  it('refuses what is no raster', async () => {
    await assert.rejects(writeOgcGeotiff(answer(path), 'title'), FeatureError);
    assert.equal(evenStep(Float64Array.of(1)), undefined);
    assert.equal(evenStep(Float64Array.of(0, 1, 3)), undefined);
    assert.equal(evenStep(Float64Array.of(0, 0.5, 1)), 0.5);
  });
});
