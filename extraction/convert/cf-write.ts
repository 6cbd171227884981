/** What NetCDF and Zarr have in common on the way out: the options, the dataset of chosen records, the report. */
import type { CfDataset } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import { onCore } from '../fst/scanned-file.js';
import { readDescriptors } from '../grid/descriptor-reader.js';
import { buildView, type View, type ViewOptions, type ViewTable } from './dataset.js';
import type { ConvertOptions, ConvertProgress, ConvertReport, LostKey, SkippedRecord } from './formats.js';
import { choice, flag } from './options.js';
import type { PlaneTable } from './planes.js';
import { placeOf, type SelectedRecords } from './records.js';
import { type StreamOptions, streamPlanes } from './stream.js';

export const VIEW_OPTIONS = ['units', 'forecast_axis', 'bounds', 'metadata', 'vertical', 'names', 'title'] as const;

export function viewOptions(options: ConvertOptions): ViewOptions {
  return {
    sideBySide: true,
    units: choice(options, 'units', ['native', 'si'], 'native'),
    forecastAxis: flag(options, 'forecast_axis', false),
    bounds: flag(options, 'bounds', true),
    ticket: choice(options, 'metadata', ['full', 'minimal'], 'full') === 'full' ? 'full' : 'none',
    vertical: choice(options, 'vertical', ['auto', 'none'], 'auto') === 'auto',
    names: choice(options, 'names', ['nomvar', 'cf'], 'nomvar'),
    attributes: {
      title: options.get('title') ?? 'Fields of RPN standard files',
      history: `${new Date().toISOString().slice(0, 19)}Z polyfst convert`,
    },
  };
}

/** Chosen records as the table that datasets and planes are read from. */
export function tableOf(selection: SelectedRecords, signal: AbortSignal): ViewTable & PlaneTable {
  const { files, columns, count, descriptors } = selection;
  const fileOf = (row: number) => {
    const { identity, table } = files[columns.file[row]!]!;
    return { ...identity, container: table.container };
  };
  return {
    columns,
    count,
    descriptors,
    fileOf,
    gridOf: selection.gridOf,
    metadataOf(row) {
      const { metadata, metadataStart } = files[columns.file[row]!]!.table;
      const at = columns.row[row]!;
      return new TextDecoder().decode(metadata.subarray(metadataStart[at]!, metadataStart[at + 1]!));
    },
    async valuesOf(row) {
      const { path, table } = files[columns.file[row]!]!;
      const [values] = await onCore(
        () => readDescriptors({ path }, table.container, table, [columns.row[row]!]),
        signal,
      );
      return values!;
    },
  };
}

export function skippedRecord(selection: SelectedRecords, row: number, error: FeatureError): SkippedRecord {
  return { ...placeOf(selection, row), code: error.code, detail: error.message };
}

/** What is known to be lost in a dataset, whatever it is written to. */
function lostKeys(selection: SelectedRecords, { series }: View, metadataOf: (row: number) => string): LostKey[] {
  const lost: LostKey[] = [];
  for (const { name, duplicates } of series) {
    if (duplicates.length === 0) continue;
    const { file, row } = placeOf(selection, duplicates[0]!);
    lost.push({
      key: name,
      detail: `${duplicates.length} record(s) of ${name} give way to a later one with the same keys; the first is record ${row} of ${file}.`,
    });
  }
  for (const { name, places } of series) {
    const texts = new Set(places.map(({ row }) => metadataOf(row)));
    if (texts.size > 1) {
      lost.push({
        key: name,
        detail: `${name}: extended metadata differ from record to record; those of the first one are kept.`,
      });
    }
  }
  return lost;
}

/** A file of some kind that planes are put into. */
export interface PlaneWriter {
  put: StreamOptions['put'];
  /** finishes; returns the bytes written */
  close(signal: AbortSignal): Promise<number>;
  abandon(): Promise<void>;
}

/** Writes chosen records through a writer that is made for their dataset. */
export async function writeDataset(
  selection: SelectedRecords,
  options: ViewOptions,
  open: (dataset: CfDataset) => Promise<PlaneWriter>,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const table = tableOf(selection, signal);
  const view = await buildView(table, selection.rows, options);
  const skipped = view.skipped.map(({ row, error }) => skippedRecord(selection, row, error));
  if (view.series.length === 0) {
    const [first] = view.skipped;
    throw (
      first?.error ??
      new FeatureError('record_not_found', 'No record is left to convert; list what there is with polyfst ls.')
    );
  }
  const writer = await open(view.dataset);
  try {
    const records = await streamPlanes(table, view.dataset, {
      put: (variable, cell, values) => writer.put(variable, cell, values),
      onBad: (row, error) => skipped.push(skippedRecord(selection, row, error)),
      signal,
      progress,
    });
    if (records === 0) {
      const [first] = skipped;
      throw new FeatureError(first?.code ?? 'record_not_found', first?.detail ?? 'No record could be decoded.');
    }
    const bytes = await writer.close(signal);
    return { records, skipped, lost: lostKeys(selection, view, (row) => table.metadataOf!(row)), bytes };
  } catch (error) {
    await writer.abandon().catch(() => undefined);
    throw error;
  }
}
