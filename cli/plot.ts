/** `polyfst plot FILE`: a record as a map, or the values of a variable at a point over time, as a PNG or in the terminal. */
import { rename, writeFile } from 'node:fs/promises';
import { warpedPlace } from '../extraction/convert/raster-place.js';
import { shortestDecimal } from '../extraction/fst/decimal.js';
import type { FstFile } from '../extraction/fst/file.js';
import { openFst } from '../extraction/fst/file.js';
import type { FstRecord } from '../extraction/fst/record.js';
import { parseWhere } from '../extraction/fst/where.js';
import {
  asciiMap,
  asciiSeries,
  mapPicture,
  type PlotMap,
  type PlotSeries,
  seriesPicture,
} from '../extraction/maps/plot.js';
import { encodePng } from '../formats/png.js';
import { nativeParam } from '../schemas/params.js';
import { EXIT, UsageError } from './output.js';

interface Flags {
  readonly row?: string;
  readonly where: readonly string[];
  readonly at?: string;
  readonly out?: string;
  readonly width?: string;
}

const WIDTH = 900;
const LEAST_WIDTH = 200;
const MOST_WIDTH = 4000;

function titleOf(record: FstRecord): { readonly title: string; readonly unit: string } {
  const { description, unit } = nativeParam(record.nomvar);
  const { level } = record;
  const at = record.ip1 === 0 || level === null ? '' : `${shortestDecimal(level.value)} ${level.name}`;
  const time = record.validity?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
  return { title: [record.nomvar, description, at, time].filter(Boolean).join('  '), unit };
}

async function mapOf(file: FstFile, record: FstRecord): Promise<PlotMap> {
  const { values } = await file.read(record, { as: 'float32' });
  const place = await warpedPlace(await file.grid(record), 'EPSG:4326');
  const raster = await place.raster(values as Float32Array, false);
  const { west, north, dx, dy, width, height } = place;
  return { ...titleOf(record), width, height, west, north, dx, dy, values: raster };
}

function pointOf(text: string): readonly [number, number] {
  const [lat, lon] = text.split(',').map(Number);
  if (lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Number.isFinite(lon)) return [lat, lon];
  throw new UsageError(`--at ${text}: write LAT,LON in degrees`);
}

async function seriesOf(file: FstFile, records: readonly FstRecord[], at: string): Promise<PlotSeries> {
  const place = pointOf(at);
  const points: { time: number; value: number }[] = [];
  for (const record of records) {
    const [line] = await file.at(record, [place]);
    const time = record.validity?.getTime();
    if (time !== undefined && line?.nearest !== null && line !== undefined) points.push({ time, value: line.nearest });
  }
  points.sort((a, b) => a.time - b.time);
  const { title, unit } = titleOf(records[0]!);
  const times = Float64Array.from(points, ({ time }) => time);
  return {
    title: `${title.split('  ')[0]} at ${at}`,
    unit,
    times,
    values: Float64Array.from(points, ({ value }) => value),
  };
}

function chosen(file: FstFile, flags: Flags): FstRecord[] {
  const where = parseWhere(flags.where);
  const found = file.find().filter((record) => where(record.file, record.index));
  const row = flags.row === undefined ? undefined : Number(flags.row);
  const records = row === undefined ? found : found.filter(({ index }) => index === row);
  const fields = records.filter(({ nomvar }) => !/^(>>|\^\^|\^>|!!|##|HY|META)/.test(nomvar));
  if (fields.length === 0) throw new UsageError('plot: no such record; list them with polyfst ls');
  return fields;
}

async function write(path: string, picture: Parameters<typeof encodePng>[0]): Promise<void> {
  const made = `${path}.part`;
  await writeFile(made, await encodePng(picture));
  await rename(made, path);
}

export async function plot(path: string, flags: Flags): Promise<number> {
  const width = flags.width === undefined ? WIDTH : Number(flags.width);
  if (!(Number.isInteger(width) && width >= LEAST_WIDTH && width <= MOST_WIDTH)) {
    throw new UsageError(`--width ${flags.width}: give pixels from ${LEAST_WIDTH} to ${MOST_WIDTH}`);
  }
  await using file = await openFst(path);
  const records = chosen(file, flags);
  if (flags.at !== undefined) {
    const series = await seriesOf(file, records, flags.at);
    if (flags.out === undefined) process.stdout.write(asciiSeries(series, process.stdout.columns ?? 80));
    else await write(flags.out, seriesPicture(series, width));
    return EXIT.ok;
  }
  const map = await mapOf(file, records[0]!);
  if (flags.out === undefined) process.stdout.write(asciiMap(map, process.stdout.columns ?? 80));
  else await write(flags.out, mapPicture(map, width));
  return EXIT.ok;
}
