/** GRIB2 messages: one field each, written whole, and found and read one after the other in a file. */
import { FeatureError } from '../../schemas/problem.js';
import { readBitmap, readBits, writeBitmap, writeBits } from './bits.js';
import { type GribGrid, gridSection, readGrid } from './grids.js';
import { OctetReader, OctetWriter } from './octets.js';
import { type Product, productSection, readProduct } from './products.js';
import { backToStored, type Packed, SAME_UNIT, type UnitChange, unpackValues } from './tokens.js';

/** Kind of data in section 1: analysis, forecast, control and perturbed forecast. */
export type DataType = 'an' | 'fc' | 'cf' | 'pf';

export interface GribHead {
  /** base time, ms since the epoch */
  readonly reference: number;
  readonly discipline: number;
  readonly type: DataType;
  readonly centre: number;
  readonly grid: GribGrid;
  readonly product: Product;
}

/** Canadian Meteorological Centre. */
export const CENTRE_CMC = 54;
const TABLES = 32;
/** Data representation template 5.4. */
const IEEE = 4;
const DATA_TYPES: readonly DataType[] = ['an', 'fc', 'fc', 'cf', 'pf'];
const TYPE_CODES: Readonly<Record<DataType, number>> = { an: 0, fc: 1, cf: 3, pf: 4 };

function section(out: OctetWriter, number: number, body: Uint8Array): void {
  out.u32(body.length + 5);
  out.u8(number);
  out.bytes(body);
}

function identification(head: GribHead, research: boolean): Uint8Array {
  const out = new OctetWriter(16);
  const date = new Date(head.reference);
  out.u16(head.centre);
  out.u16(0);
  out.u8(TABLES, 0, head.type === 'an' ? 0 : 1);
  out.u16(date.getUTCFullYear());
  out.u8(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds());
  out.u8(research ? 2 : 0, TYPE_CODES[head.type]);
  return out.take();
}

function representation(packed: Packed, present: number): Uint8Array {
  const out = new OctetWriter(16);
  out.u32(present);
  out.u16(0);
  out.f32(packed.reference);
  out.s16(packed.binary);
  out.s16(packed.decimal);
  out.u8(packed.bits, 0);
  return out.take();
}

export interface MessageOptions {
  readonly research?: boolean;
}

/** Octets of a message with simple packing. */
export function gribMessage(head: GribHead, packed: Packed, options: MessageOptions = {}): Uint8Array {
  const { grid, product } = head;
  const points = grid.ni * grid.nj;
  const present = packed.present === undefined ? points : packed.present.reduce((sum, flag) => sum + flag, 0);
  const data = writeBits(packed.tokens, packed.bits);
  const out = new OctetWriter(data.length + 512 + (packed.present === undefined ? 0 : points / 8));
  out.bytes(new TextEncoder().encode('GRIB'));
  out.u16(0xffff);
  out.u8(head.discipline, 2);
  out.u64(0);
  section(out, 1, identification(head, options.research === true));
  section(out, 3, gridSection(grid));
  section(out, 4, productSection(product, head.reference));
  section(out, 5, representation(packed, present));
  section(out, 6, packed.present === undefined ? Uint8Array.of(255) : bitmapBody(packed.present));
  section(out, 7, data);
  out.bytes(new TextEncoder().encode('7777'));
  out.patch64(8, out.length);
  return out.take();
}

function bitmapBody(present: Uint8Array): Uint8Array {
  const bits = writeBitmap(present);
  const body = new Uint8Array(bits.length + 1);
  body.set(bits, 1);
  return body;
}

/** One field of a message; `values` decodes it. A message may hold several fields. */
export interface GribField {
  readonly head: GribHead;
  /** bits, reference and scales as they are stored; absent for packings other than simple ones */
  readonly packing: {
    readonly bits: number;
    readonly reference: number;
    readonly binary: number;
    readonly decimal: number;
  };
  /** In storage order, NaN missing; with `change`, back in the unit that the change leads away from. */
  values(change?: UnitChange): Float32Array;
}

interface Identification {
  readonly reference: number;
  readonly type: DataType;
  readonly centre: number;
}

function readIdentification(bytes: Uint8Array): Identification {
  const s = new OctetReader(bytes);
  const reference = Date.UTC(s.u16(13), s.u8(15) - 1, s.u8(16), s.u8(17), s.u8(18), s.u8(19));
  return { reference, type: DATA_TYPES[s.u8(21)] ?? (s.u8(12) === 0 ? 'an' : 'fc'), centre: s.u16(6) };
}

interface Sections {
  discipline: number;
  identification?: Identification;
  grid?: Uint8Array;
  product?: Uint8Array;
  representation?: Uint8Array;
  bitmap?: Uint8Array | undefined;
}

/** Grids have at most so many points: more come from damaged headers. */
const MOST_POINTS = 2 ** 28;

function checkPoints(grid: GribGrid): number {
  const points = grid.ni * grid.nj;
  if (points >= 1 && points <= MOST_POINTS) return points;
  throw new FeatureError(
    'damaged_file',
    `A GRIB grid of ${grid.ni} x ${grid.nj} points is refused; fetch the file again.`,
  );
}

function fieldOf(sections: Sections, data: Uint8Array): GribField {
  const { identification, grid: grid3, product: product4, representation: five, bitmap: map } = sections;
  if (identification === undefined || grid3 === undefined || product4 === undefined || five === undefined) {
    throw new FeatureError('damaged_file', 'A GRIB message lacks one of sections 1, 3, 4 and 5; fetch the file again.');
  }
  const grid = readGrid(grid3);
  const product = readProduct(product4, identification.reference);
  const head: GribHead = { ...identification, discipline: sections.discipline, grid, product };
  const s = new OctetReader(five);
  const template = s.u16(10);
  if (template !== 0 && template !== IEEE) {
    throw new FeatureError(
      'unsupported_type',
      `unsupported_packing: 5.${template} is not read; repack first with grib_set -r -w packingType=${PACKINGS[template] ?? '*'} -s packingType=grid_simple IN OUT.`,
    );
  }
  const points = checkPoints(grid);
  const count = s.u32(6);
  const packing =
    template === 0
      ? { reference: s.f32(12), binary: s.s16(16), decimal: s.s16(18), bits: s.u8(20) }
      : { reference: 0, binary: 0, decimal: 0, bits: s.u8(12) === 2 ? 64 : 32 };
  return {
    head,
    packing,
    values: (change = SAME_UNIT) => decodeField({ points, count, packing, template, data, map }, change),
  };
}

const PACKINGS: Readonly<Record<number, string>> = {
  2: 'grid_complex',
  3: 'grid_complex_spatial_differencing',
  40: 'grid_jpeg',
  41: 'grid_png',
  42: 'grid_ccsds',
};

interface StoredField {
  readonly points: number;
  readonly count: number;
  readonly packing: GribField['packing'];
  readonly template: number;
  readonly data: Uint8Array;
  readonly map: Uint8Array | undefined;
}

function decodeField(stored: StoredField, change: UnitChange): Float32Array {
  const { points, count, packing, data, map } = stored;
  const present = map === undefined ? undefined : readBitmap(map, points);
  const given = present === undefined ? points : present.reduce((sum, flag) => sum + flag, 0);
  const { bits } = packing;
  if (given !== count || data.length * 8 < given * bits || (map !== undefined && map.length * 8 < points)) {
    throw new FeatureError(
      'damaged_file',
      `A GRIB message holds ${count} values for ${given} points; fetch the file again.`,
    );
  }
  if (stored.template === IEEE) return backToStored(ieeeValues(points, bits, data, present), change);
  if (bits > 32) throw new FeatureError('damaged_file', `${bits} bits a value in a GRIB message; at most 32 are read.`);
  const tokens = readBits(data, bits, given);
  return unpackValues({ ...packing, tokens, ...(present === undefined ? {} : { present }) }, points, change);
}

function ieeeValues(points: number, bits: number, data: Uint8Array, present: Uint8Array | undefined): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new Float32Array(points).fill(Number.NaN);
  let at = 0;
  for (let k = 0; k < points; k++) {
    if (present !== undefined && present[k] === 0) continue;
    out[k] = bits === 64 ? view.getFloat64(at) : view.getFloat32(at);
    at += bits / 8;
  }
  return out;
}

/** Fields of one whole message, in order. Throws FeatureError for what is damaged or not read. */
export function* readMessage(bytes: Uint8Array): Generator<GribField> {
  const sections: Sections = { discipline: bytes[6]! };
  let at = 16;
  while (at + 5 <= bytes.length - 4) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const length = view.getUint32(0);
    const number = bytes[at + 4]!;
    if (length < 5 || at + length > bytes.length - 4) {
      throw new FeatureError(
        'damaged_file',
        `Section ${number} of a GRIB message leaves the message; fetch the file again.`,
      );
    }
    const body = bytes.subarray(at, at + length);
    at += length;
    if (number === 1) sections.identification = readIdentification(body);
    else if (number === 3) sections.grid = body;
    else if (number === 4) sections.product = body;
    else if (number === 5) sections.representation = body;
    else if (number === 6) sections.bitmap = bitmapOf(body, sections.bitmap);
    else if (number === 7) yield fieldOf(sections, body.subarray(5));
  }
}

function bitmapOf(body: Uint8Array, before: Uint8Array | undefined): Uint8Array | undefined {
  const indicator = body[5];
  if (indicator === 255) return undefined;
  if (indicator === 254) return before;
  if (indicator === 0) return body.subarray(6);
  throw new FeatureError(
    'unsupported_type',
    `Predefined bitmap ${indicator} of a GRIB message is not known; write the bitmap out.`,
  );
}
