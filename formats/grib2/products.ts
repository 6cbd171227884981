/** Product definitions of GRIB2 (section 4): templates 4.0, 4.1, 4.8 and 4.11, written and read. */
import { FeatureError } from '../../schemas/problem.js';
import { OctetReader, OctetWriter } from './octets.js';
import type { Statistic } from './parameters.js';

/** A fixed surface: its type in code table 4.5 and, where it has one, its value. */
export interface Surface {
  readonly type: number;
  readonly value?: number;
}

export interface Product {
  readonly category: number;
  readonly number: number;
  readonly first: Surface;
  readonly second?: Surface;
  /** seconds from the reference time to the (end of the) time of the values */
  readonly lead: number;
  /** seconds from the reference time to the start of an interval, and what was done over it */
  readonly interval?: { readonly from: number; readonly statistic: Statistic };
  readonly member?: { readonly number: number; readonly total: number };
  /** two vertical coordinate parameters a level (hybrid levels) */
  readonly coefficients?: Float64Array;
}

const UNITS = [
  { code: 1, seconds: 3600 },
  { code: 0, seconds: 60 },
  { code: 13, seconds: 1 },
] as const;
/** Table 4.4 as seconds; months and longer have no fixed length. */
const SECONDS: Readonly<Record<number, number>> = { 0: 60, 1: 3600, 2: 86400, 10: 10800, 11: 21600, 12: 43200, 13: 1 };
const PROCESS: Readonly<Record<Statistic, number>> = { mean: 0, sum: 1, max: 2, min: 3 };
const STATISTICS: readonly Statistic[] = ['mean', 'sum', 'max', 'min'];
const FORECAST = 2;
const ENSEMBLE = 4;
const NO_SURFACE = 255;
const MISSING = 0xffffffff;
const MOST_SCALE = 9;

/** Smallest decimal scale that holds a value without loss, or the largest that fits. */
function scaleOf(value: number): number {
  for (let scale = 0; scale < MOST_SCALE; scale++) {
    const scaled = value * 10 ** scale;
    if (Math.abs(scaled) > 2 ** 30) return Math.max(0, scale - 1);
    if (Math.abs(scaled - Math.round(scaled)) <= 1e-7 * Math.abs(scaled)) return scale;
  }
  return MOST_SCALE;
}

function putSurface(out: OctetWriter, surface: Surface | undefined): void {
  out.u8(surface?.type ?? NO_SURFACE);
  if (surface?.value === undefined) {
    out.u8(255);
    out.u32(MISSING);
    return;
  }
  const scale = scaleOf(surface.value);
  out.s8(scale);
  out.s32(Math.round(surface.value * 10 ** scale));
}

/** Table 4.10 needs the end of the interval as a date. */
function putDate(out: OctetWriter, ms: number): void {
  const date = new Date(ms);
  out.u16(date.getUTCFullYear());
  out.u8(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds());
}

function templateOf({ interval, member }: Product): number {
  if (interval !== undefined) return member === undefined ? 8 : 11;
  return member === undefined ? 0 : 1;
}

/** Octets 6 on of section 4. `reference`: ms since the epoch. */
export function productSection(product: Product, reference: number): Uint8Array {
  const { interval, member, coefficients } = product;
  const out = new OctetWriter(96);
  out.u16(coefficients?.length ?? 0);
  out.u16(templateOf(product));
  out.u8(product.category, product.number, member === undefined ? FORECAST : ENSEMBLE, 0, 255);
  out.u16(0);
  out.u8(0);
  const from = interval?.from ?? product.lead;
  const unit = UNITS.find(({ seconds }) => from % seconds === 0 && product.lead % seconds === 0) ?? UNITS[2];
  out.u8(unit.code);
  out.s32(Math.round(from / unit.seconds));
  putSurface(out, product.first);
  putSurface(out, product.second);
  if (member !== undefined) out.u8(member.number === 0 ? 1 : 3, member.number, member.total);
  if (interval !== undefined) {
    putDate(out, reference + product.lead * 1000);
    out.u8(1);
    out.u32(0);
    out.u8(PROCESS[interval.statistic], 2, unit.code);
    out.u32(Math.round((product.lead - from) / unit.seconds));
    out.u8(255);
    out.u32(0);
  }
  for (const value of coefficients ?? []) out.f32(value);
  return out.take();
}

function readSurface(section: OctetReader, octet: number): Surface {
  const type = section.u8(octet);
  const scale = section.u8(octet + 1);
  if (scale === 255 || section.u32(octet + 2) === MISSING) return { type };
  return { type, value: section.s32(octet + 2) / 10 ** section.s8(octet + 1) };
}

function secondsOf(code: number): number {
  const seconds = SECONDS[code];
  if (seconds !== undefined) return seconds;
  throw new FeatureError('bad_value', `Time unit ${code} of a GRIB message has no fixed length; use hours.`);
}

/** Product of a whole section 4. Throws FeatureError `unsupported_type` for other templates, `bad_value`. */
export function readProduct(bytes: Uint8Array, reference: number): Product {
  const section = new OctetReader(bytes);
  const template = section.u16(8);
  if (template !== 0 && template !== 1 && template !== 8 && template !== 11) {
    throw new FeatureError(
      'unsupported_type',
      `Product template 4.${template} is not read; 4.0, 4.1, 4.8 and 4.11 are. Rewrite the message with grib_set.`,
    );
  }
  const from = section.s32(19) * secondsOf(section.u8(18));
  const second = readSurface(section, 29);
  const member = template === 1 || template === 11;
  return {
    category: section.u8(10),
    number: section.u8(11),
    first: readSurface(section, 23),
    ...(second.type === NO_SURFACE ? {} : { second }),
    ...(member ? { member: { number: section.u8(36), total: section.u8(37) } } : {}),
    ...(template < 8 ? { lead: from } : readInterval(section, member ? 38 : 35, from, reference)),
  };
}

function readInterval(section: OctetReader, octet: number, from: number, reference: number) {
  const process = section.u8(octet + 12);
  const statistic = STATISTICS[process];
  if (section.u8(octet + 7) !== 1 || statistic === undefined) {
    throw new FeatureError(
      'unsupported_type',
      `Statistical process ${process} over ${section.u8(octet + 7)} range(s) is not read; mean, sum, maximum and minimum over one are.`,
    );
  }
  const length = section.u32(octet + 15) * secondsOf(section.u8(octet + 14));
  const end = Date.UTC(
    section.u16(octet),
    section.u8(octet + 2) - 1,
    section.u8(octet + 3),
    section.u8(octet + 4),
    section.u8(octet + 5),
    section.u8(octet + 6),
  );
  const lead = length > 0 ? from + length : (end - reference) / 1000;
  return { lead, interval: { from, statistic } };
}
