/**
 * A conversion from inputs to an output of any format: what the inputs are is seen in their content, the output appears under
 * its name only when it is whole. Files of other formats that are to become yet another format go through a temporary FST file.
 */
import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FeatureError } from '../../schemas/problem.js';
import type { Container } from '../../schemas/vocabulary.js';
import { copyRecords } from '../fst/copy.js';
import {
  CONVERTERS,
  type Converter,
  type ConvertOptions,
  type ConvertProgress,
  type ConvertReport,
  converterOf,
} from './formats.js';
import { optionNumber } from './option-values.js';
import { openRecords } from './records.js';

/** `xdf` and `rsf` beside the converters. */
export type ConvertFormat = string;

const SUFFIXES: readonly (readonly [suffix: string, format: ConvertFormat])[] = [
  ['.zarr.zip', 'zarr'],
  ['.zarr', 'zarr'],
  ['.nc', 'netcdf'],
  ['.tif', 'geotiff'],
  ['.tiff', 'geotiff'],
  ['.grib2', 'grib2'],
  ['.grb2', 'grib2'],
  ['.parquet', 'parquet'],
  ['.arrow', 'arrow'],
  ['.csv', 'csv'],
  ['.geojson', 'geojson'],
  ['.om', 'om'],
  ['.npy', 'tensors'],
  ['.xdf', 'xdf'],
  ['.fst', 'xdf'],
  ['.rsf', 'rsf'],
];

/** Format that a name's suffix stands for; undefined for none. */
export function formatOfName(name: string): ConvertFormat | undefined {
  return SUFFIXES.find(([suffix]) => name.toLowerCase().endsWith(suffix))?.[1];
}

/** Every format that can be written. */
export const CONVERT_FORMATS: readonly ConvertFormat[] = [...Object.keys(CONVERTERS), 'xdf', 'rsf'];

export interface ConvertRequest {
  readonly inputs: readonly string[];
  readonly out: string;
  /** absent: as the suffix of `out` says */
  readonly format?: ConvertFormat;
  /** `KEY=GLOB` (extraction/fst/where.ts) */
  readonly where: readonly string[];
  readonly options: ConvertOptions;
  readonly signal: AbortSignal;
  readonly progress?: ConvertProgress;
}

export interface ConvertOutcome extends ConvertReport {
  readonly format: ConvertFormat;
}

const HEAD_BYTES = 4096;

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Letters that both containers carry near their start. */
function isFst(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 64)).toString('latin1');
  return text.includes('XDF0') || text.includes('RSF');
}

/** Whether a file begins as one of the two containers. */
export const isFstFile = async (path: string): Promise<boolean> => isFst(await headOf(path));

interface Reader {
  readonly name: ConvertFormat;
  readonly converter: Converter;
}

/** The format of one input that is not FST; undefined for FST files and for folders of them. */
export async function recognise(path: string): Promise<Reader | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return undefined;
  const head = status.isDirectory() ? new Uint8Array(0) : await headOf(path);
  if (isFst(head)) return undefined;
  for (const [name, load] of Object.entries(CONVERTERS)) {
    const converter = await load();
    if (converter.read !== undefined && (await converter.recognises?.(path, head)) === true) return { name, converter };
  }
  return undefined;
}

/** Options that only copies into another container take. */
const COPY_OPTIONS = ['datyp', 'nbits'];

function checkOptions(options: ConvertOptions, known: readonly string[], format: ConvertFormat): void {
  for (const name of options.keys()) {
    if (known.includes(name)) continue;
    const told = known.length === 0 ? 'it takes none' : `choose of ${[...new Set(known)].sort().join(', ')}`;
    throw new FeatureError('unknown_key', `--set ${name}: ${format} does not know it; ${told}.`);
  }
}

const isContainer = (format: ConvertFormat): format is Container => format === 'xdf' || format === 'rsf';

function formatOf({ format, out }: ConvertRequest): ConvertFormat {
  const found = format ?? formatOfName(basename(out));
  if (found !== undefined && CONVERT_FORMATS.includes(found)) return found;
  const told = found === undefined ? `${out}: the suffix names no format` : `--format ${found.slice(0, 40)}`;
  throw new FeatureError('unsupported_format', `${told}; choose of ${CONVERT_FORMATS.join(', ')}.`);
}

/** A name beside the output with the same suffix, hidden from walks over folders. */
const besides = (out: string): string => join(dirname(out), `.${randomUUID().slice(0, 8)}.${basename(out)}`);

/** What stands beside a file and is named after it: the coordinate system of a GeoTIFF that its keys cannot say. */
const COMPANION = '.aux.xml';

/** Puts a finished file or folder in its place; what was there before goes when that is done. */
async function putInPlace(made: string, out: string): Promise<void> {
  await rm(`${out}${COMPANION}`, { force: true });
  await rename(`${made}${COMPANION}`, `${out}${COMPANION}`).catch(() => undefined);
  const folders = (await stat(out).catch(() => undefined))?.isDirectory() === true || (await stat(made)).isDirectory();
  if (!folders) return rename(made, out);
  const old = besides(out);
  const moved = await rename(out, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(made, out);
  } catch (error) {
    if (moved) await rename(old, out);
    throw error;
  }
  if (moved) await rm(old, { recursive: true, force: true });
}

async function copied(request: ConvertRequest, inputs: readonly string[], out: string, format: Container) {
  const { options, where, signal } = request;
  const datyp = optionNumber(options, 'datyp', 0, 255);
  const nbits = optionNumber(options, 'nbits', 1, 64);
  const packing = { ...(datyp === undefined ? {} : { datyp }), ...(nbits === undefined ? {} : { nbits }) };
  const { records, bytes, lost } = await copyRecords(inputs, out, { format, where, signal, ...packing });
  return {
    records,
    bytes,
    skipped: lost.filter(({ skipped }) => skipped).map(({ file, row, code, detail }) => ({ file, row, code, detail })),
    lost: lost.filter(({ skipped }) => !skipped).map(({ nomvar, detail }) => ({ key: nomvar, detail })),
  } satisfies ConvertReport;
}

/** From another format; a copy follows where conditions choose among the records. */
async function imported(request: ConvertRequest, reader: Reader, made: string, format: Container) {
  const { inputs, where, options, signal, progress } = request;
  const read = (path: string): Promise<ConvertReport> =>
    reader.converter.read!(inputs[0]!, { path, container: format }, options, signal, progress);
  if (where.length === 0) return read(made);
  const whole = besides(made);
  try {
    const report = await read(whole);
    const chosen = await copyRecords([whole], made, { format, where, signal });
    return { ...report, records: chosen.records, bytes: chosen.bytes };
  } finally {
    await rm(whole, { force: true });
  }
}

/** Another format into yet another, by way of an FST file. */
async function relayed(request: ConvertRequest, reader: Reader, made: string, writer: Converter) {
  const { inputs, where, options, signal, progress } = request;
  const middle = `${besides(made)}.rsf`;
  try {
    const target = { path: middle, container: 'rsf' as const };
    const first = await reader.converter.read!(inputs[0]!, target, options, signal);
    const selection = await openRecords([middle], where, signal);
    const second = await writer.write!(selection, made, options, signal, progress);
    return { ...second, skipped: [...first.skipped, ...second.skipped], lost: [...first.lost, ...second.lost] };
  } finally {
    await rm(middle, { force: true });
  }
}

function refuseSeveral(inputs: readonly string[], reader: Reader): void {
  if (inputs.length === 1) return;
  throw new FeatureError(
    'bad_value',
    `${inputs.length} inputs, of which one is ${reader.name}: give one file of another format at a time.`,
  );
}

async function perform(request: ConvertRequest, made: string, format: ConvertFormat): Promise<ConvertReport> {
  const { inputs, where, options, signal, progress } = request;
  const readers = await Promise.all(inputs.map(recognise));
  const reader = readers.find((found) => found !== undefined);
  if (reader !== undefined) refuseSeveral(inputs, reader);
  const reading = reader?.converter.options ?? [];
  if (isContainer(format)) {
    checkOptions(options, reader === undefined ? COPY_OPTIONS : reading, reader?.name ?? format);
    return reader === undefined ? copied(request, inputs, made, format) : imported(request, reader, made, format);
  }
  const writer = await converterOf(format);
  if (writer.write === undefined) {
    throw new FeatureError('unsupported_format', `${format} is read, and not written; choose another format.`);
  }
  checkOptions(options, [...writer.options, ...reading], format);
  if (reader !== undefined) return relayed(request, reader, made, writer);
  const selection = await openRecords(inputs, where, signal);
  return writer.write(selection, made, options, signal, progress);
}

/** Bytes of a file, or of all files below a folder are what the report says; here only that something was delivered. */
function checkDelivered(report: ConvertReport, out: string): void {
  if (report.records > 0) return;
  const [first] = report.skipped;
  const why = first?.detail ?? 'there was nothing to convert';
  throw new FeatureError(first?.code ?? 'record_not_found', `${out}: nothing delivered: ${why}`);
}

/**
 * Converts. Throws FeatureError with the output as it was before when nothing can be delivered: `unsupported_format`,
 * `unknown_key` for an option that the format does not know, `record_not_found`, and what reading and writing throw.
 */
export async function convert(request: ConvertRequest): Promise<ConvertOutcome> {
  const format = formatOf(request);
  const made = besides(request.out);
  try {
    const report = await perform(request, made, format);
    checkDelivered(report, request.out);
    await putInPlace(made, request.out);
    return { format, ...report };
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    await rm(`${made}${COMPANION}`, { force: true });
    throw error;
  }
}
