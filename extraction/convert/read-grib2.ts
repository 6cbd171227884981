/** GRIB2 → FST: message by message, a record a field, grids described once. */
import { type FileHandle, open } from 'node:fs/promises';
import { type GribField, readMessage } from '../../formats/grib2/message.js';
import { type GribParameter, parameterOfCode } from '../../formats/grib2/parameters.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FstField } from '../fst/field.js';
import { openGrid } from '../grid/grid.js';
import { WIND_PAIRS } from '../grid/winds.js';
import type { ConvertOptions, ConvertProgress, ConvertReport, FstTarget, SkippedRecord } from './formats.js';
import { FstSink, packingOption } from './fst-sink.js';
import { fstGridOfGrib } from './grib2-fst-grid.js';
import { ipsOf, surfaceOf } from './grib2-fst-keys.js';
import { isTurned } from './grib2-grid.js';
import { LostKeys } from './lost-keys.js';
import { optionWord } from './option-values.js';

const MAGIC = 'GRIB';
const HEAD = 16;
/** Larger messages come from damaged headers. */
const MOST_BYTES = 2 ** 31;
const SEARCH = 64 * 1024;

/** Whether a file begins like one of GRIB messages, of any edition. */
export function isGrib(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 256)).includes(MAGIC);
}

interface Message {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Start of the next message at or after an offset, -1 without one. */
async function nextMagic(file: FileHandle, from: number, size: number): Promise<number> {
  const buffer = Buffer.alloc(SEARCH);
  for (let at = from; at < size; at += SEARCH - MAGIC.length) {
    const { bytesRead } = await file.read(buffer, 0, SEARCH, at);
    const found = buffer.subarray(0, bytesRead).indexOf(MAGIC);
    if (found >= 0) return at + found;
  }
  return -1;
}

async function* messagesOf(path: string, file: FileHandle, signal: AbortSignal): AsyncGenerator<Message> {
  const { size } = await file.stat();
  let at = await nextMagic(file, 0, size);
  while (at >= 0) {
    signal.throwIfAborted();
    const head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, at);
    if (head[7] !== 2) {
      throw new FeatureError(
        'unsupported_type',
        `${path}: a message of GRIB edition ${head[7]} at byte ${at}; make it edition 2 with grib_set -s edition=2.`,
      );
    }
    const length = Number(head.readBigUInt64BE(8));
    if (length < HEAD + 4 || length > MOST_BYTES || at + length > size) {
      throw new FeatureError(
        'truncated_file',
        `${path}: the message at byte ${at} is cut short; fetch the file again.`,
        {
          data: { file: path, offset: at },
        },
      );
    }
    const bytes = new Uint8Array(length);
    await file.read(bytes, 0, length, at);
    yield { offset: at, bytes };
    at = await nextMagic(file, at + length, size);
  }
}

const DEETS = [3600, 1800, 900, 600, 300, 60, 1];
const ETIKET = 'POLYFST';

/** Time step and number of steps whose product is the lead time. */
export function stepsOf(lead: number): { readonly deet: number; readonly npas: number } {
  if (lead === 0) return { deet: 0, npas: 0 };
  const deet = DEETS.find((seconds) => lead % seconds === 0);
  if (deet === undefined) {
    throw new FeatureError('bad_value', `A lead time of ${lead} s is not whole; records hold whole seconds.`);
  }
  return { deet, npas: lead / deet };
}

function parameterOf({ head }: GribField): GribParameter {
  const { discipline, product } = head;
  const surface = surfaceOf(product.first, product.second);
  const parameter = parameterOfCode({
    discipline,
    category: product.category,
    number: product.number,
    ...(product.interval === undefined ? {} : { statistic: product.interval.statistic }),
    ...(surface === undefined ? {} : { surface }),
  });
  if (parameter !== undefined) return parameter;
  throw new FeatureError(
    'unsupported_type',
    `parameter ${discipline}.${product.category}.${product.number} has no nomvar; leave the message out.`,
  );
}

class GribImport {
  readonly lost = new LostKeys();
  readonly skipped: SkippedRecord[] = [];
  constructor(
    readonly path: string,
    readonly options: ConvertOptions,
    readonly sink: FstSink,
  ) {}

  async add(field: GribField, number: number): Promise<void> {
    const parameter = parameterOf(field);
    const { head } = field;
    const grid = fstGridOfGrib(head.grid);
    const wind = WIND_PAIRS[parameter.nomvar] !== undefined && isTurned(openGrid(grid.def));
    if (wind && !head.grid.gridRelative) {
      throw new FeatureError(
        'unsupported_type',
        `${parameter.nomvar} points to true east or north on a turned grid; turn it to grid axes first (cdo, wgrib2 -new_grid_winds grid).`,
      );
    }
    await this.sink.grid(grid);
    const values = grid.arrange(field.values(parameter.change));
    const { product } = head;
    if (product.coefficients !== undefined) this.lost.note('vertical', 'coefficients of hybrid levels');
    const member = product.member === undefined ? '' : `_${String(product.member.number).padStart(3, '0')}`;
    const data: FstField = {
      nomvar: parameter.nomvar,
      typvar: head.type === 'an' ? 'A' : 'P',
      etiket: `${this.options.get('etiket') ?? ETIKET}${member}`,
      ...grid.keys,
      ...ipsOf(product, optionWord(this.options, 'intervals', ['length', 'ip']) === 'ip'),
      ...stepsOf(product.lead),
      dateo: new Date(head.reference),
      values,
      ...this.#packing(field, values),
    };
    await this.sink.add(data);
    if (product.interval !== undefined && data.ip3 === 0) this.lost.note('interval', `message ${number}`);
  }

  /** The message's own bits where its tokens are those of a record; missing points need their flag. */
  #packing({ packing }: GribField, values: Float32Array): Pick<FstField, 'datyp' | 'nbits'> {
    const chosen = packingOption(this.options);
    const missing = values.some(Number.isNaN) ? 64 : 0;
    if (chosen !== undefined) return { datyp: chosen.datyp | missing, nbits: chosen.nbits };
    const nbits = packing.bits >= 1 && packing.bits <= 16 ? Math.max(packing.bits, packing.decimal === 0 ? 1 : 12) : 16;
    return { datyp: 134 | missing, nbits };
  }
}

/** Messages that cannot be records are listed; a file of which nothing can be is an error. */
export async function readGrib2(
  input: string,
  out: FstTarget,
  options: ConvertOptions,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const file = await open(input, 'r');
  const sink = new FstSink(out, signal);
  const run = new GribImport(input, options, sink);
  let number = 0;
  try {
    const { size } = await file.stat();
    for await (const { offset, bytes } of messagesOf(input, file, signal)) {
      number++;
      await addMessage(run, bytes, number);
      progress?.(offset + bytes.length, size);
    }
    await sink.flush();
  } finally {
    await file.close();
  }
  if (sink.records > 0 || run.skipped.length === 0) {
    return { records: sink.records, skipped: run.skipped, lost: run.lost.list(), bytes: await sink.bytes() };
  }
  const [first] = run.skipped;
  throw new FeatureError(first!.code, first!.detail);
}

async function addMessage(run: GribImport, bytes: Uint8Array, number: number): Promise<void> {
  try {
    for (const field of readMessage(bytes)) await run.add(field, number);
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error;
    const detail = `${run.path}: message ${number} is left out: ${error.message}`;
    run.skipped.push({ file: run.path, row: -1, code: error.code, detail });
  }
}
