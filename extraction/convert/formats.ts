/**
 * The one seam of conversions: what a format must offer, and which formats there are. A converter is loaded when it is asked
 * for. Options are the `--set` names of docs/conversions.md, as text; a converter reads those it knows.
 */
import { type ErrorCode, FeatureError } from '../../schemas/problem.js';
import type { Container } from '../../schemas/vocabulary.js';
import type { SelectedRecords } from './records.js';

/** A record that was not delivered. */
export interface SkippedRecord {
  readonly file: string;
  /** number of the record in the file; -1 for what is no record (a variable, a message, a band) */
  readonly row: number;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Something about delivered records that the target cannot hold. */
export interface LostKey {
  readonly key: string;
  readonly detail: string;
}

export interface ConvertReport {
  /** records delivered */
  readonly records: number;
  readonly skipped: readonly SkippedRecord[];
  readonly lost: readonly LostKey[];
  readonly bytes: number;
}

/** `--set` options by name. */
export type ConvertOptions = ReadonlyMap<string, string>;

/** Told now and then how many records are done. */
export type ConvertProgress = (done: number, total: number) => void;

/** The FST file to be written. It does not exist yet; the caller puts it in its place. */
export interface FstTarget {
  readonly path: string;
  readonly container: Container;
}

export interface Converter {
  /** `--set` names that it understands, each for writing or reading */
  readonly options: readonly string[];
  /** FST → format, into the new file or folder `out`, which the caller puts in its place. Throws FeatureError when nothing can be delivered. */
  write?(
    selection: SelectedRecords,
    out: string,
    options: ConvertOptions,
    signal: AbortSignal,
    progress?: ConvertProgress,
  ): Promise<ConvertReport>;
  /** Whether an input file or folder is of this format, by its content; `head`: its first bytes, empty for a folder. */
  recognises?(path: string, head: Uint8Array): boolean | Promise<boolean>;
  /** format → FST */
  read?(
    input: string,
    out: FstTarget,
    options: ConvertOptions,
    signal: AbortSignal,
    progress?: ConvertProgress,
  ): Promise<ConvertReport>;
}

/** Loaders by name, in the order in which inputs are recognised. */
export const CONVERTERS: Readonly<Record<string, () => Promise<Converter>>> = {
  netcdf: async () => (await import('./netcdf.js')).netcdf,
  netcdf3: async () => (await import('./netcdf.js')).netcdf3,
  zarr: async () => (await import('./zarr.js')).zarr,
  zarr2: async () => (await import('./zarr.js')).zarr2,
  grib2: async () => (await import('./grib2.js')).grib2,
  geotiff: async () => (await import('./geotiff.js')).geotiff,
  parquet: async () => (await import('./tables.js')).parquet,
  arrow: async () => (await import('./tables.js')).arrow,
  csv: async () => (await import('./tables.js')).csvTable,
  om: async () => (await import('./om.js')).om,
  tensors: async () => (await import('./tensors.js')).tensors,
  geojson: async () => (await import('./geojson.js')).geojson,
};

/** Converter of a format. Throws FeatureError `unsupported_format`. */
export async function converterOf(format: string): Promise<Converter> {
  const load = Object.hasOwn(CONVERTERS, format) ? CONVERTERS[format] : undefined;
  if (load !== undefined) return load();
  throw new FeatureError(
    'unsupported_format',
    `format ${format.slice(0, 40)} is not offered; choose of ${Object.keys(CONVERTERS).join(', ')}.`,
  );
}
