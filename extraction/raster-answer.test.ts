/** Areas on even latitudes and longitudes as GeoTIFF, read back by another reader. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import type { CollectionHead, CoverageBlock } from '../formats/coverage-block.js';
import type { ParamRef } from '../schemas/vocabulary.js';
import { answerGeotiff, latticeOf } from './raster-answer.js';

const param = { name: 't', unit: 'K' } as unknown as ParamRef;
const head = {} as CollectionHead;

/** Points of three rows from the south and four columns, without the one at the south-east corner. */
const LAT = Float64Array.from({ length: 11 }, (_, k) => 40 + 0.5 * Math.floor(k < 3 ? 0 : (k + 1) / 4));
const LON = Float64Array.from({ length: 11 }, (_, k) => -75 + 0.25 * (k < 3 ? k : (k + 1) % 4));

function block(points: { readonly lat: Float64Array; readonly lon: Float64Array }, from: number): CoverageBlock {
  const values = Float32Array.from({ length: 2 * points.lat.length }, (_, k) => from + k);
  const domain = { type: 'MultiPoint', base: 0, valid: 3_600_000, points, levels: Float64Array.of(850, 500) } as const;
  return { metadata: {}, domain, ranges: [{ param, values }] };
}

async function bytesOf(blocks: readonly CoverageBlock[]): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  const stream = (async function* () {
    yield* blocks;
  })();
  for await (const piece of answerGeotiff(head, stream)) pieces.push(piece);
  return Uint8Array.from(Buffer.concat(pieces)).buffer;
}

test('a band for each level, north first, missing where the area has no point', async () => {
  const tiff = await fromArrayBuffer(await bytesOf([block({ lat: LAT, lon: LON }, 0)]));
  const image = await tiff.getImage();
  assert.deepEqual([image.getWidth(), image.getHeight(), image.getSamplesPerPixel()], [4, 3, 2]);
  assert.deepEqual(image.getBoundingBox(), [-75.125, 39.75, -74.125, 41.25]);
  const bands = (await image.readRasters()) as unknown as Float32Array[];
  assert.deepEqual([...bands[0]!], [7, 8, 9, 10, 3, 4, 5, 6, 0, 1, 2, Number.NaN]);
  assert.equal(bands[1]![0], 18);
});

test('points that are no rows and columns are refused with another way', async () => {
  const turned = { lat: LAT.map((lat, k) => lat + LON[k]! / 7), lon: LON.map((lon, k) => lon + LAT[k]! / 9) };
  assert.throws(() => latticeOf(turned), /geotiff needs points .*; use netcdf, or covjson/);
  const series = { type: 'PointSeries', lat: 1, lon: 2, level: 0, times: Float64Array.of(0) } as const;
  const one: CoverageBlock = { metadata: {}, domain: series, ranges: [] };
  await assert.rejects(bytesOf([one]), /geotiff needs the points of an area/);
});
