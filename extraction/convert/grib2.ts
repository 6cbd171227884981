/** FST → GRIB2: one message a record, in the order of the records, written as they are read. */
import { open } from 'node:fs/promises';
import { CENTRE_CMC, type DataType, type GribHead, gribMessage } from '../../formats/grib2/message.js';
import { type GribParameter, gribParameter } from '../../formats/grib2/parameters.js';
import { type PackingHint, packValues, SAME_UNIT, type UnitChange } from '../../formats/grib2/tokens.js';
import { FeatureError } from '../../schemas/problem.js';
import { textAt } from '../catalogue/fixed-text.js';
import { sharedMemory } from '../fst/memory.js';
import { readOne } from '../fst/read-many.js';
import { stampToMs } from '../fst/time.js';
import type { VerticalTable } from '../fst/vertical.js';
import { verticalOf } from '../fst/vertical-of.js';
import type { Grid } from '../grid/grid.js';
import { toEarth, WIND_PAIRS } from '../grid/winds.js';
import { fieldValues, recordOf, type StreamedField, skippedOf, streamFields } from './field-stream.js';
import type { Converter, ConvertOptions, ConvertProgress, ConvertReport, SkippedRecord } from './formats.js';
import { gribGridOf, isTurned, withoutRepeats } from './grib2-grid.js';
import { surfacesOf, timeOf } from './grib2-product.js';
import { LostKeys } from './lost-keys.js';
import { optionNumber, optionWord } from './option-values.js';
import { isGrib, readGrib2 } from './read-grib2.js';
import type { SelectedRecords } from './records.js';
import { partnerOf } from './wind-partner.js';

interface GribOptions {
  readonly winds: 'grid' | 'earth';
  readonly screen: boolean;
  readonly zeros: boolean;
  readonly research: boolean;
  readonly bits: number | undefined;
  readonly accuracy: number | undefined;
  readonly strict: boolean;
}

const DEFAULT_BITS = 16;

function optionsOf(options: ConvertOptions): GribOptions {
  // the format has units of its own, which are those of the SI
  optionWord(options, 'units', ['si']);
  const bits = options.get('bits');
  return {
    winds: optionWord(options, 'winds', ['grid', 'earth']) === 'earth' ? 'earth' : 'grid',
    screen: optionWord(options, 'screen', ['exact', '2m']) === '2m',
    zeros: optionWord(options, 'zeros', ['skip', 'keep']) === 'keep',
    research: optionWord(options, 'status', ['operational', 'research']) === 'research',
    bits: bits === undefined || bits === 'same' ? undefined : optionNumber(options, 'bits', 1, 32),
    accuracy: optionNumber(options, 'accuracy', Number.MIN_VALUE, Number.MAX_VALUE),
    strict: optionWord(options, 'on_unsupported', ['skip', 'error']) === 'error',
  };
}

/** What the record's own packing was, so that its tokens can be found again. */
function hintOf(datyp: number, nbits: number, options: GribOptions): PackingHint {
  const type = datyp & 63;
  const packed = type === 6 || type === 1;
  const bits = options.bits ?? (packed || ((type === 2 || type === 4) && nbits <= 32) ? nbits : DEFAULT_BITS);
  return {
    bits: Math.min(32, Math.max(1, bits)),
    loose: type === 1 && options.bits === undefined,
    ...(options.accuracy === undefined ? {} : { accuracy: options.accuracy }),
  };
}

class GribExport {
  readonly skipped: SkippedRecord[] = [];
  readonly lost = new LostKeys();
  records = 0;
  readonly #members: number;
  readonly #verticals = new Map<number, VerticalTable | undefined>();

  constructor(
    readonly selection: SelectedRecords,
    readonly options: GribOptions,
    readonly signal: AbortSignal,
  ) {
    const { columns, count } = selection;
    const members = new Set<number>();
    for (let row = 0; row < count; row++) if (columns.number[row]! >= 0) members.add(columns.number[row]!);
    this.#members = members.size;
  }

  /** Bytes of a record, or undefined for one that is listed as skipped. */
  async message(field: StreamedField): Promise<Uint8Array | undefined> {
    try {
      return await this.#message(field);
    } catch (error) {
      if (!(error instanceof FeatureError) || this.signal.aborted || this.options.strict) throw error;
      this.skipped.push(skippedOf(this.selection, field.row, error.code, error.message));
      return undefined;
    }
  }

  async #message({ row, record, values }: StreamedField): Promise<Uint8Array> {
    const { columns } = this.selection;
    const parameter = this.#parameter(record.nomvar);
    const grid = await this.selection.gridOf(row);
    const turned = WIND_PAIRS[record.nomvar] !== undefined && isTurned(grid);
    const rotate = turned && this.options.winds === 'earth';
    const time = timeOf({ step: columns.step[row]!, stepFrom: columns.stepFrom[row]! }, parameter);
    if (time.interval !== undefined && time.interval.from >= time.lead && !this.options.zeros) {
      throw new FeatureError(
        'bad_value',
        'an amount over no time has no meaning in GRIB2; --set zeros=keep writes it.',
      );
    }
    const head: GribHead = {
      reference: this.#reference(record.dateo),
      discipline: parameter.discipline,
      type: dataType(record.typvar, columns.number[row]!),
      centre: CENTRE_CMC,
      grid: await gribGridOf(grid, turned && !rotate),
      product: {
        category: parameter.category,
        number: parameter.number,
        ...(await surfacesOf(record, parameter, { screen: this.options.screen, vertical: () => this.#vertical(row) })),
        ...time,
        ...(columns.number[row]! < 0 ? {} : { member: { number: columns.number[row]!, total: this.#members } }),
      },
    };
    const plain = rotate ? await this.#rotated(row, grid, values) : values;
    const hint = hintOf(record.datyp, record.nbits, this.options);
    const packed = packValues(withoutRepeats(plain, grid), parameter.change, hint);
    this.#note(row, parameter.change, packed.error, packed.bits);
    return gribMessage(head, packed, { research: this.options.research });
  }

  #parameter(nomvar: string): GribParameter {
    const parameter = gribParameter(nomvar);
    if (parameter !== undefined) return parameter;
    throw new FeatureError(
      'unsupported_type',
      `unknown_parameter: ${nomvar} has no GRIB2 parameter; leave it out with --where, or convert to netcdf.`,
    );
  }

  #reference(dateo: number): number {
    const ms = stampToMs(dateo);
    if (!Number.isNaN(ms)) return ms;
    throw new FeatureError('bad_value', `stamp ${dateo} is no date, which GRIB2 needs; set dateo first.`);
  }

  async #vertical(row: number): Promise<VerticalTable | undefined> {
    const known = this.selection.columns.ip1[row]!;
    if (this.#verticals.has(known)) return this.#verticals.get(known);
    const descriptors = Array.from(this.selection.descriptors, (at) => recordOf(this.selection, at));
    const table = await verticalOf(descriptors, recordOf(this.selection, row), (record) =>
      readOne(record, sharedMemory(), { signal: this.signal }),
    ).catch((error: unknown) => {
      if (error instanceof FeatureError) return undefined;
      throw error;
    });
    this.#verticals.set(known, table);
    return table;
  }

  /** Components to the east or north. A component without its partner stays as it is and is refused. */
  async #rotated(row: number, grid: Grid, values: Float32Array): Promise<Float32Array> {
    const { nomvar } = recordOf(this.selection, row);
    const partner = partnerOf(this.selection, row);
    if (partner === undefined) {
      throw new FeatureError(
        'record_not_found',
        `its partner component is not there, so it cannot be turned to east and north.`,
      );
    }
    const other = await fieldValues(this.selection, partner, this.signal);
    const isU = WIND_PAIRS[nomvar]!.component === 'u';
    const turns = await grid.rotation(Uint32Array.from(values, (_, k) => k));
    const { east, north } = toEarth(isU ? values : other, isU ? other : values, turns);
    return Float32Array.from(isU ? east : north);
  }

  #note(row: number, change: UnitChange, error: number, bits: number): void {
    const { columns } = this.selection;
    const etiket = textAt(columns.etiket, 12, row);
    if (etiket !== '') this.lost.note('etiket', `"${etiket}" has no place in GRIB2`);
    if (columns.ip3[row] !== 0 && columns.number[row]! < 0 && Number.isNaN(columns.stepFrom[row]!)) {
      this.lost.note('ip3', 'ip3 has no place in GRIB2');
    }
    if (error > 0 && change === SAME_UNIT) return;
    if (error > 0 && change.kind === 'decimal') {
      this.lost.note('values', `${textAt(columns.nomvar, 4, row)} is rounded to ${bits} bits`);
    }
  }
}

function dataType(typvar: string, number: number): DataType {
  if (typvar[0] === 'A') return 'an';
  if (number < 0) return 'fc';
  return number === 0 ? 'cf' : 'pf';
}

async function writeGrib2(
  selection: SelectedRecords,
  out: string,
  options: ConvertOptions,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const run = new GribExport(selection, optionsOf(options), signal);
  const file = await open(out, 'wx');
  let bytes = 0;
  let done = 0;
  try {
    for await (const field of streamFields(selection, selection.rows, run.skipped, signal)) {
      const message = await run.message(field);
      progress?.(++done, selection.rows.length);
      if (message === undefined) continue;
      await file.write(message);
      bytes += message.length;
      run.records++;
    }
  } finally {
    await file.close();
  }
  return { records: run.records, skipped: run.skipped, lost: run.lost.list(), bytes };
}

export const grib2: Converter = {
  options: [
    'units',
    'winds',
    'screen',
    'zeros',
    'status',
    'bits',
    'accuracy',
    'on_unsupported',
    'exact',
    'ip',
    'missing',
    'datyp',
    'nbits',
    'etiket',
  ],
  write: writeGrib2,
  recognises: (_path, head) => isGrib(head),
  read: readGrib2,
};
