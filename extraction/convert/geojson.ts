/** FST → GeoJSON: the footprint of every chosen record with its keys as properties. */
import { open } from 'node:fs/promises';
import { FeatureError } from '../../schemas/problem.js';
import { shortestDecimal } from '../fst/decimal.js';
import { recordOf, skippedOf } from './field-stream.js';
import { type Footprint, footprintOf } from './footprint.js';
import type { Converter, ConvertOptions, ConvertProgress, ConvertReport, SkippedRecord } from './formats.js';
import type { SelectedRecords } from './records.js';

const MOST_FEATURES = 100_000;

function propertiesOf(selection: SelectedRecords, row: number): object {
  const record = recordOf(selection, row);
  const { nomvar, typvar, etiket, grtyp, ip1, ip2, ip3, ni, nj, nk, deet, npas, datyp, nbits, level, path } = record;
  return {
    nomvar,
    typvar,
    etiket,
    grtyp,
    ip1,
    ip2,
    ip3,
    ni,
    nj,
    nk,
    deet,
    npas,
    datyp,
    nbits,
    level: level === null ? null : shortestDecimal(level.value),
    level_type: level?.name ?? null,
    date_of_observation: record.origin?.toISOString() ?? null,
    date_of_validity: record.validity?.toISOString() ?? null,
    forecast_hour: record.hour,
    path,
    key: record.index,
  };
}

async function write(
  selection: SelectedRecords,
  out: string,
  _options: ConvertOptions,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const { rows } = selection;
  if (rows.length > MOST_FEATURES) {
    throw new FeatureError('too_large', `${rows.length} features are too many for GeoJSON; convert to parquet.`);
  }
  const skipped: SkippedRecord[] = [];
  const outlines = new Map<string, Footprint>();
  const file = await open(out, 'wx');
  let [records, bytes] = [0, 0];
  const put = async (text: string): Promise<void> => {
    bytes += (await file.write(text)).bytesWritten;
  };
  try {
    await put('{"type":"FeatureCollection","features":[\n');
    for (const row of rows) {
      signal.throwIfAborted();
      try {
        const grid = await selection.gridOf(row);
        const geometry = outlines.get(grid.id) ?? (await footprintOf(grid));
        outlines.set(grid.id, geometry);
        const feature = { type: 'Feature', geometry, properties: propertiesOf(selection, row) };
        await put(`${records === 0 ? '' : ',\n'}${JSON.stringify(feature)}`);
        records++;
      } catch (error) {
        if (!(error instanceof FeatureError)) throw error;
        skipped.push(skippedOf(selection, row, error.code, error.message));
      }
      progress?.(records + skipped.length, rows.length);
    }
    await put('\n]}\n');
  } finally {
    await file.close();
  }
  return { records, skipped, lost: [], bytes };
}

export const geojson: Converter = { options: [], write };
