/** Coverages as tables of points: CSV, Arrow (stream of record batches), Parquet with a point geometry, and GeoJSON features. */
import { FeatureError } from '../schemas/problem.js';
import { arrowBatches } from './arrow-table.js';
import type { CollectionHead, CoverageBlock } from './coverage-block.js';
import { isoTime, shortestFloat32, wrapLongitude } from './float-text.js';
import { parquetFile } from './parquet.js';
import { PointRows } from './point-rows.js';
import type { TableColumn } from './table-column.js';
import { csvHeader, csvRows } from './table-csv.js';

const CHUNK = 64 * 1024;
const ROW_GROUP = 1_000_000;
const MOST_FEATURES = 100_000;

async function collected(head: CollectionHead, blocks: AsyncIterable<CoverageBlock>): Promise<PointRows> {
  const rows = new PointRows(head);
  for await (const block of blocks) rows.add(block);
  return rows;
}

type Blocks = AsyncIterable<CoverageBlock>;

export async function* pointsCsv(
  head: CollectionHead,
  blocks: Blocks,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const rows = await collected(head, blocks);
  let first = true;
  for (const columns of rows.chunks(CHUNK, false)) {
    signal?.throwIfAborted();
    if (first) yield csvHeader(columns);
    first = false;
    yield csvRows(columns);
  }
}

/** Arrow stream of record batches of at most 65536 rows; dictionaries are the same in all of them. */
export async function* pointsArrow(
  head: CollectionHead,
  blocks: Blocks,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const rows = await collected(head, blocks);
  yield* arrowBatches(untilAborted(rows.chunks(CHUNK, false), signal), 'stream');
}

/** The same as an Arrow file, for OUT of `polyfst extract`. */
export async function* pointsArrowFile(head: CollectionHead, blocks: Blocks): AsyncGenerator<Uint8Array> {
  const rows = await collected(head, blocks);
  yield* arrowBatches(rows.chunks(CHUNK, false), 'file');
}

function* untilAborted(
  chunks: Iterable<readonly TableColumn[]>,
  signal?: AbortSignal,
): Generator<readonly TableColumn[]> {
  for (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

/** GeoParquet 1.1: the geometry column is named, its reference system the default (OGC:CRS84). */
const GEO = {
  geo: JSON.stringify({
    version: '1.1.0',
    primary_column: 'geometry',
    columns: { geometry: { encoding: 'WKB', geometry_types: ['Point'] } },
  }),
};

export async function* pointsParquet(
  head: CollectionHead,
  blocks: Blocks,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const rows = await collected(head, blocks);
  yield* parquetFile(untilAborted(rows.chunks(ROW_GROUP, true), signal), GEO);
}

interface Series {
  readonly param: string;
  readonly units: string;
  readonly level: number | null;
  readonly number: number | null;
  readonly times: string[];
  readonly values: (number | null)[];
}

const single = (value: number): number => Number(shortestFloat32(value));
const SEVEN = 1e7;

/** One feature a point with all its series; longitudes in [-180, 180), at most 7 decimals. */
export async function* pointsGeojson(
  head: CollectionHead,
  blocks: Blocks,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const points = new Map<string, { lat: number; lon: number; series: Map<string, Series> }>();
  const add = (lat: number, lon: number, key: string, make: () => Series, time: number, value: number): void => {
    const place = `${lat} ${lon}`;
    let point = points.get(place);
    if (point === undefined) {
      if (points.size >= MOST_FEATURES) {
        throw new FeatureError(
          'too_large',
          `More than ${MOST_FEATURES} GeoJSON features; ask for "format": "parquet".`,
        );
      }
      point = { lat, lon, series: new Map() };
      points.set(place, point);
    }
    let series = point.series.get(key);
    if (series === undefined) {
      series = make();
      point.series.set(key, series);
    }
    series.times.push(isoTime(time));
    series.values.push(Number.isNaN(value) ? null : single(value));
  };
  const flat = head.levtype === 'sfc' || head.levtype === null;
  for await (const block of blocks) {
    signal?.throwIfAborted();
    for (const cell of cellsOf(block)) {
      const { param, level, number } = cell;
      const key = `${param.name} ${level} ${number}`;
      const make = (): Series => ({
        param: param.name,
        units: param.unit,
        level: flat ? null : level,
        number,
        times: [],
        values: [],
      });
      add(cell.lat, cell.lon, key, make, cell.time, cell.value);
    }
  }
  yield* featureChunks(points.values());
}

function* featureChunks(
  points: Iterable<{ lat: number; lon: number; series: Map<string, Series> }>,
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode('{"type":"FeatureCollection","features":[\n');
  let number = 0;
  for (const { lat, lon, series } of points) {
    const coordinates = [Math.round(wrapLongitude(lon) * SEVEN) / SEVEN, Math.round(lat * SEVEN) / SEVEN];
    const feature = {
      type: 'Feature',
      id: number,
      geometry: { type: 'Point', coordinates },
      properties: { point: number, series: [...series.values()] },
    };
    yield encoder.encode(`${number === 0 ? '' : ',\n'}${JSON.stringify(feature)}`);
    number++;
  }
  yield encoder.encode('\n]}\n');
}

interface Cell {
  readonly param: CoverageBlock['ranges'][number]['param'];
  readonly lat: number;
  readonly lon: number;
  readonly level: number;
  readonly number: number | null;
  readonly time: number;
  readonly value: number;
}

/** Every value of a coverage with its coordinates. */
function* cellsOf({ domain, metadata, ranges }: CoverageBlock): Generator<Cell> {
  const number = typeof metadata['number'] === 'number' && metadata['number'] !== 0 ? metadata['number'] : null;
  for (const { param, values } of ranges) {
    for (let k = 0; k < values.length; k++) yield { param, number, value: values[k]!, ...placeOf(domain, k) };
  }
}

function placeOf(domain: CoverageBlock['domain'], k: number): Pick<Cell, 'lat' | 'lon' | 'level' | 'time'> {
  switch (domain.type) {
    case 'PointSeries':
      return { lat: domain.lat, lon: domain.lon, level: domain.level, time: domain.times[k]! };
    case 'VerticalProfile':
      return { lat: domain.lat, lon: domain.lon, level: domain.levels[k]!, time: domain.time };
    case 'MultiPoint': {
      const count = domain.points.lat.length;
      const level = Math.floor(k / count);
      const point = k - level * count;
      return {
        lat: domain.points.lat[point]!,
        lon: domain.points.lon[point]!,
        level: domain.levels[level]!,
        time: domain.valid,
      };
    }
    case 'Trajectory': {
      const { lat, lon, level, time } = domain.path;
      return { lat: lat[k]!, lon: lon[k]!, level: level[k]!, time: time[time.length === 1 ? 0 : k]! };
    }
  }
}
