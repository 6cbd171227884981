/** What NetCDF and Zarr have in common on the way out: the options, the dataset of chosen records, the report. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CfDataset, type CfNumbers, type CfVariable, groupsOf } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import { onCore } from '../fst/scanned-file.js';
import { readDescriptors } from '../grid/descriptor-reader.js';
import { buildView, type View, type ViewOptions, type ViewTable } from './dataset.js';
import { asShorts, quantized } from './fewer-bits.js';
import type { ConvertOptions, ConvertProgress, ConvertReport, LostKey, SkippedRecord } from './formats.js';
import { gridParts, groupName } from './grid-parts.js';
import { optionWord } from './option-values.js';
import { choice, flag, whole } from './options.js';
import type { PlaneTable } from './planes.js';
import { placeOf, type SelectedRecords } from './records.js';
import { seriesChunks, streamSeries } from './series-chunks.js';
import { type StreamOptions, streamPlanes } from './stream.js';

export const VIEW_OPTIONS = [
  'units',
  'forecast_axis',
  'bounds',
  'metadata',
  'vertical',
  'names',
  'title',
  'grids',
  'winds',
  'pressure',
  'diag',
  'yinyang',
  'profile',
] as const;

export function viewOptions(options: ConvertOptions): ViewOptions {
  const isProfile = optionWord(options, 'profile', ['cf', 'fstd2nc']) === 'fstd2nc';
  const ticket = isProfile ? 'attributes' : 'full';
  return {
    ...(isProfile ? { profile: 'fstd2nc' } : {}),
    winds: choice(options, 'winds', ['grid', 'earth'], 'grid'),
    pressure: optionWord(options, 'pressure', ['3d', 'none']) === '3d',
    joinDiagnostic: choice(options, 'diag', ['split', 'join'], 'split') === 'join',
    yinyang: choice(options, 'yinyang', ['groups', 'yin', 'yang', 'stack'], isProfile ? 'stack' : 'groups'),
    sideBySide: true,
    units: choice(options, 'units', ['native', 'si'], 'native'),
    forecastAxis: flag(options, 'forecast_axis', false),
    bounds: flag(options, 'bounds', !isProfile),
    ticket: choice(options, 'metadata', ['full', 'minimal'], 'full') === 'full' ? ticket : 'none',
    vertical: choice(options, 'vertical', ['auto', 'none'], 'auto') === 'auto',
    names: choice(options, 'names', ['nomvar', 'cf', 'short'], 'nomvar'),
    attributes: {
      title: options.get('title') ?? 'Fields of RPN standard files',
      history: `${new Date().toISOString().slice(0, 19)}Z polyfst convert`,
    },
  };
}

/** Whether each grid becomes a file of its own. */
export const isSplit = (options: ConvertOptions): boolean =>
  choice(options, 'grids', ['groups', 'split'], 'groups') === 'split';

/** Whether fields are in chunks along time. */
export const isSeries = (options: ConvertOptions): boolean =>
  choice(options, 'chunks', ['record', 'series'], 'record') === 'series';

/** Bits of mantissas that fields keep, or 16-bit integers; undefined: fields stay as they are. */
export function fewerBits(options: ConvertOptions): { readonly bits?: number | 'short' } {
  const bits = whole(options, 'quantize', 1, 23);
  if (options.get('pack') === 'short') return { bits: 'short' };
  return bits === undefined ? {} : { bits };
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

/** Variables of integers that have no value for missing points, and hold 0 where a record could not be decoded. */
function lostCells(dataset: CfDataset, bad: ReadonlySet<number>): LostKey[] {
  if (bad.size === 0) return [];
  return [...groupsOf(dataset)]
    .flatMap(({ group }) => group.variables)
    .flatMap(({ name, data, fill }) => {
      const cells = data.kind === 'planes' && fill === undefined ? data.rows.filter((row) => bad.has(row)).length : 0;
      const detail = `${name}: ${cells} of its planes hold 0, because their records cannot be decoded and its integers have no value for missing points.`;
      return cells === 0 ? [] : [{ key: name, detail }];
    });
}

function lostColumns(selection: SelectedRecords, rows: readonly number[]): LostKey[] {
  if (rows.length === 0) return [];
  const { file, row } = placeOf(selection, rows[0]!);
  const detail = `The last column of ${rows.length} record(s) on B grids should repeat the first one and holds other values, which are dropped; the first is record ${row} of ${file}.`;
  return [{ key: 'last column', detail }];
}

/** A file of some kind that planes are put into. */
export interface PlaneWriter {
  put: StreamOptions['put'];
  /** a whole chunk of a field that has `chunks`; absent: the format has none */
  putChunk?(variable: CfVariable, place: readonly number[], values: CfNumbers): Promise<void>;
  /** finishes; returns the bytes written */
  close(signal: AbortSignal): Promise<number>;
  abandon(): Promise<void>;
}

/** How a format writes datasets. */
export interface DatasetTarget {
  /** of files in a folder of one a grid, with the dot */
  readonly suffix: string;
  /** one file a grid even where the format has groups, or because it has none */
  readonly split: boolean;
  readonly series: boolean;
  /** fields with fewer bits of their mantissas, or as 16-bit integers */
  readonly bits?: number | 'short';
  open(dataset: CfDataset, path: string): Promise<PlaneWriter>;
}

/** Writes chosen records through a writer that is made for their dataset; a folder `out` of one file a grid when they are split. */
export async function writeDatasets(
  selection: SelectedRecords,
  out: string,
  options: ConvertOptions,
  target: DatasetTarget,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const work = new DatasetExport(tableOf(selection, signal), selection, viewOptions(options), target, signal);
  if (!target.split) return work.write(selection.rows, out, progress);
  const { numberOf, parts } = await gridParts(work.table, selection.rows);
  if (parts.length < 2) return work.write(selection.rows, out, progress);
  await mkdir(out);
  let total: ConvertReport = { records: 0, skipped: [], lost: [], bytes: 0 };
  for (const [number, part] of parts.entries()) {
    const rows = selection.rows.filter((row) => numberOf(row) === number);
    const name = `${groupName(selection.columns, part, parts)}${target.suffix}`;
    const before = total.records;
    const told = progress && ((done: number) => progress(before + done, selection.rows.length));
    total = joined(total, await work.part(rows, join(out, name), told));
  }
  return total;
}

/** Writes chosen records as one dataset through a writer that is made for it. */
export async function writeDataset(
  selection: SelectedRecords,
  options: ViewOptions,
  open: (dataset: CfDataset) => Promise<PlaneWriter>,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const target: DatasetTarget = { suffix: '', split: false, series: false, open };
  const work = new DatasetExport(tableOf(selection, signal), selection, options, target, signal);
  return work.write(selection.rows, '', progress);
}

function joined(one: ConvertReport, other: ConvertReport): ConvertReport {
  return {
    records: one.records + other.records,
    skipped: [...one.skipped, ...other.skipped],
    lost: [...one.lost, ...other.lost],
    bytes: one.bytes + other.bytes,
  };
}

class DatasetExport {
  constructor(
    readonly table: ViewTable & PlaneTable,
    readonly selection: SelectedRecords,
    readonly view: ViewOptions,
    readonly target: DatasetTarget,
    readonly signal: AbortSignal,
  ) {}

  /** As `write`; rows of which nothing can be delivered are skipped records. */
  async part(rows: Uint32Array, out: string, progress?: ConvertProgress): Promise<ConvertReport> {
    try {
      return await this.write(rows, out, progress);
    } catch (error) {
      if (!(error instanceof FeatureError) || this.signal.aborted) throw error;
      await rm(out, { recursive: true, force: true });
      const skipped = Array.from(rows, (row) => skippedRecord(this.selection, row, error));
      return { records: 0, skipped, lost: [], bytes: 0 };
    }
  }

  async write(rows: Uint32Array, out: string, progress?: ConvertProgress): Promise<ConvertReport> {
    const { selection, table, signal, target } = this;
    const view = await buildView(table, rows, this.view);
    const skipped = view.skipped.map(({ row, error }) => skippedRecord(selection, row, error));
    if (view.series.length === 0) {
      const [first] = view.skipped;
      throw (
        first?.error ??
        new FeatureError('record_not_found', 'No record is left to convert; list what there is with polyfst ls.')
      );
    }
    const fewer = await this.#withFewerBits(view.dataset);
    const dataset = target.series ? seriesChunks(fewer) : fewer;
    const writer = await target.open(dataset, out);
    try {
      const bad = new Set<number>();
      const onBad = (row: number, error: FeatureError): void => {
        bad.add(row);
        skipped.push(skippedRecord(selection, row, error));
      };
      const unequal: number[] = [];
      const records = await this.#stream(dataset, writer, { onBad, onUnequal: (row) => unequal.push(row) }, progress);
      if (records === 0) {
        const [first] = skipped;
        throw new FeatureError(first?.code ?? 'record_not_found', first?.detail ?? 'No record could be decoded.');
      }
      const bytes = await writer.close(signal);
      const lost = lostKeys(selection, view, (row) => table.metadataOf!(row));
      return {
        records,
        skipped,
        lost: [...view.lost, ...lost, ...lostColumns(selection, unequal), ...lostCells(dataset, bad)],
        bytes,
      };
    } catch (error) {
      await writer.abandon().catch(() => undefined);
      throw error;
    }
  }

  #withFewerBits(dataset: CfDataset): CfDataset | Promise<CfDataset> {
    const { bits } = this.target;
    if (bits === undefined) return dataset;
    if (bits !== 'short') return quantized(dataset, bits);
    return asShorts(dataset, this.table.columns, (put) =>
      streamPlanes(this.table, dataset, { put, onBad: () => undefined, signal: this.signal }),
    );
  }

  #stream(
    dataset: CfDataset,
    writer: PlaneWriter,
    told: Pick<StreamOptions, 'onBad' | 'onUnequal'>,
    progress?: ConvertProgress,
  ): Promise<number> {
    const common = {
      put: (variable: CfVariable, cell: number, values: CfNumbers) => writer.put(variable, cell, values),
      ...told,
      signal: this.signal,
      progress,
    };
    if (!this.target.series || writer.putChunk === undefined) return streamPlanes(this.table, dataset, common);
    return streamSeries(this.table, dataset, {
      ...common,
      putChunk: (variable, place, values) => writer.putChunk!(variable, place, values),
    });
  }
}
