/**
 * Answers over an area as GeoTIFF: points that lie on even latitudes and longitudes become rows and columns, a band for each
 * parameter, level, time and member; places of the rectangle that the area leaves out are missing.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlockDomain, CoverageBlock, PointList } from '../formats/coverage-block.js';
import { isoTime } from '../formats/float-text.js';
import { type BandInfo, TiffWriter } from '../formats/geotiff/write.js';
import { FeatureError } from '../schemas/problem.js';
import type { CoverageEncoder } from './extract.js';

const WGS84 = 4326;
/** Pixels of the rectangle for each point of the area. */
const MOST_GAPS = 20;
/** Parts of a cell by which even axes may scatter. */
const SCATTER = 1e-3;

interface Lattice {
  readonly width: number;
  readonly height: number;
  readonly west: number;
  readonly north: number;
  readonly dx: number;
  readonly dy: number;
  /** pixel of each point, rows from the north */
  readonly pixels: Uint32Array;
}

function refuse(why: string): never {
  throw new FeatureError('unsupported_format', `"format": geotiff needs ${why}; use netcdf, or covjson.`);
}

/** First value, step and count of an even axis through all values; undefined where there is none. */
function evenAxis(values: Float64Array): { first: number; step: number; count: number } | undefined {
  const sorted = Float64Array.from(new Set(values)).sort();
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  let step = Infinity;
  for (let n = 1; n < sorted.length; n++) {
    const gap = sorted[n]! - sorted[n - 1]!;
    if (gap > SCATTER * (last - first)) step = Math.min(step, gap);
  }
  if (step === Infinity) return undefined;
  const count = Math.round((last - first) / step) + 1;
  const even = (last - first) / (count - 1);
  const fits = sorted.every((value) => Math.abs((value - first) / even - Math.round((value - first) / even)) < SCATTER);
  return fits ? { first, step: even, count } : undefined;
}

/** The rectangle of even places that holds all points. Throws FeatureError `unsupported_format`. */
export function latticeOf({ lat, lon }: PointList): Lattice {
  const [x, y] = [evenAxis(lon), evenAxis(lat)];
  if (x === undefined || y === undefined) refuse('points on even latitudes and longitudes, two of each at least');
  if (x.count * y.count > MOST_GAPS * lat.length) refuse('points on the rows and columns of one rectangle');
  const pixels = Uint32Array.from(lat, (value, k) => {
    const [row, column] = [Math.round((value - y.first) / y.step), Math.round((lon[k]! - x.first) / x.step)];
    return (y.count - 1 - row) * x.count + column;
  });
  return {
    width: x.count,
    height: y.count,
    west: x.first - x.step / 2,
    north: y.first + (y.count - 0.5) * y.step,
    dx: x.step,
    dy: y.step,
    pixels,
  };
}

type Area = Extract<BlockDomain, { readonly type: 'MultiPoint' }>;

interface Band extends BandInfo {
  readonly values: Float32Array;
}

function* bandsOf({ metadata, domain, ranges }: CoverageBlock, points: number): Generator<Band> {
  const { valid, levels } = domain as Area;
  for (const { param, values } of ranges) {
    for (const [n, level] of levels.entries()) {
      const items = {
        valid_time: isoTime(valid),
        level: String(level),
        ...(metadata['number'] === undefined ? {} : { number: String(metadata['number']) }),
      };
      const description = [param.name, ...Object.values(items)].join(' ');
      yield { description, units: param.unit, items, values: values.slice(n * points, (n + 1) * points) };
    }
  }
}

async function write(path: string, blocks: AsyncIterable<CoverageBlock>): Promise<void> {
  let place: { readonly points: PointList; readonly lattice: Lattice } | undefined;
  const bands: Band[] = [];
  for await (const block of blocks) {
    const { domain } = block;
    if (domain.type !== 'MultiPoint') refuse('the points of an area (boundingbox, polygon, circle)');
    const { points } = domain;
    place ??= { points, lattice: latticeOf(points) };
    const isSame = points === place.points || samePlaces(points, place.points);
    if (!isSame) refuse('the same points in all fields');
    bands.push(...bandsOf(block, points.lat.length));
  }
  if (place === undefined) refuse('an answer with values');
  const { pixels, ...size } = place.lattice;
  const crs = { kind: 'geographic', epsg: WGS84 } as const;
  const writer = new TiffWriter(path, { ...size, crs, bands, resampling: 'nearest', items: {} });
  try {
    for (const { values } of bands) {
      const raster = new Float32Array(size.width * size.height).fill(Number.NaN);
      for (const [k, pixel] of pixels.entries()) raster[pixel] = values[k]!;
      await writer.add(raster);
    }
    await writer.finish();
  } finally {
    await writer.close();
  }
}

const samePlaces = (one: PointList, other: PointList): boolean =>
  one.lat.length === other.lat.length && one.lat.every((lat, k) => lat === other.lat[k] && one.lon[k] === other.lon[k]);

export const answerGeotiff: CoverageEncoder = async function* (_, blocks) {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-answer-'));
  try {
    const path = join(folder, 'answer.tif');
    await write(path, blocks);
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
