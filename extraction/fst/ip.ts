/**
 * The integers ip1, ip2, ip3 of a record and the values they stand for: a level, a time or a user number with its kind.
 * Two encodings exist: old style (up to 32767) and new style (kind, decimal exponent and mantissa in 28 bits). Values are
 * float32, as files hold them. Formulas and tables: docs/formats/encoding.md#ip.
 */
import { FeatureError } from '../../schemas/problem.js';

export type IpStyle = 'old' | 'new';

/** A decoded ip. `value` is a float32 in the unit of the kind. */
export interface DecodedIp {
  readonly value: number;
  readonly kind: number;
  /** unit label: m, sg, mb, empty for codes, M, hy, th, m-, H, _0, [], mp */
  readonly name: string;
}

/** Largest old-style ip. */
export const OLD_STYLE_MAX = 32767;
const IP_MAX = 0x0fff_ffff;

/** Kinds by name, for readers of this code. */
export const KIND = {
  heightAboveSea: 0,
  sigma: 1,
  pressure: 2,
  code: 3,
  heightAboveGround: 4,
  hybrid: 5,
  theta: 6,
  depth: 7,
  hours: 10,
  integer: 15,
  matrixIndex: 17,
  galChen: 21,
} as const;

interface KindRow {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** stored mantissa = value * factor */
  readonly factor: number;
  /** smallest magnitude that can be stored, and what values near it decode to */
  readonly least: number;
  readonly leastValue: number;
}

function row(name: string, low: number, high: number, factor = 1, least = 0, leastValue = 0): KindRow {
  return { name, low: Math.fround(low), high: Math.fround(high), factor, least, leastValue };
}

const KINDS: readonly (KindRow | undefined)[] = (() => {
  const rows: (KindRow | undefined)[] = new Array<KindRow | undefined>(32).fill(undefined);
  rows[0] = row('m', -20000, 100000);
  rows[1] = row('sg', 0, 1);
  rows[2] = row('mb', 0, 1100);
  rows[3] = row('', -4.8e8, 1e10);
  rows[4] = row('M', -20000, 100000);
  rows[5] = row('hy', 0, 1);
  rows[6] = row('th', 1, 200000, 1, 1, 1);
  rows[7] = row('m-', 0, 20000);
  rows[10] = row('H', 0, 1e10);
  rows[15] = row('_0', 0, 2000000);
  rows[17] = row('[]', 1, 1e10, -1, 1, 1);
  rows[21] = row('mp', 0, 1e6, 1e4, 1.001e-4, 0);
  return rows;
})();

/** Divisors by exponent; the last one is what 1e11 is as a float32. */
const POWERS: Float64Array = new Float64Array([
  1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 99999997952,
]);

/** Unit label of a kind; undefined for a number that is no kind. */
export function kindName(kind: number): string | undefined {
  return KINDS[kind]?.name;
}

/** Kinds that a level may have. */
export function isLevelKind(kind: number): boolean {
  return (kind >= 0 && kind <= 7) || kind === KIND.galChen;
}

/** Value and kind by a pair of numbers; kind -1 when the ip stands for nothing. Writes into `out` to spare an object a row. */
function decodeInto(ip: number, out: { value: number; kind: number }): void {
  out.kind = -1;
  out.value = Number.NaN;
  if (!(ip >= 0 && ip <= IP_MAX)) return;
  if (ip <= OLD_STYLE_MAX) decodeOld(ip, out);
  else decodeNew(ip, out);
}

function decodeOld(ip: number, out: { value: number; kind: number }): void {
  const set = (kind: number, value: number) => {
    out.kind = kind;
    out.value = Math.fround(value);
  };
  if (ip < 1100) set(2, ip);
  else if (ip <= 1200) set(3, 1200 - ip);
  else if (ip < 1400) set(2, (ip - 1200) / 20000);
  else if (ip < 1600) set(2, (ip - 1400) / 2000);
  else if (ip < 1800) set(2, (ip - 1600) / 200);
  else if (ip < 2000) set(2, (ip - 1800) / 20);
  else if (ip <= 12000) set(1, (ip - 2000) / 10000);
  else if (ip <= 32000) set(0, 5 * (ip - 12001));
  else set(3, ip);
}

function decodeNew(ip: number, out: { value: number; kind: number }): void {
  const code = (ip >> 24) & 15;
  if (code === KIND.integer) {
    const value = ip & 0xff_ffff;
    if (value > 2_000_000) return;
    out.kind = code;
    out.value = value;
    return;
  }
  const mantissa = ip & 0xf_ffff;
  const signed = mantissa <= 1_000_000 ? mantissa : -(mantissa - 1_000_000);
  const stored = Math.fround(signed / POWERS[(ip >> 20) & 15]!);
  // A code may stand for two kinds: the second is meant when the value is outside the range of the first.
  for (const kind of [code, code + 16]) {
    const found = KINDS[kind];
    if (found === undefined) continue;
    const value = Math.fround(stored / found.factor);
    if (value < found.low || value > found.high) continue;
    out.kind = kind;
    out.value = Math.abs(value) < 1.001 * found.least ? found.leastValue : value === 0 ? 0 : value;
    return;
  }
}

/** What an ip stands for; null when it is no valid encoding. */
export function decodeIp(ip: number): DecodedIp | null {
  const out = { value: 0, kind: 0 };
  decodeInto(ip, out);
  return out.kind < 0 ? null : { value: out.value, kind: out.kind, name: KINDS[out.kind]!.name };
}

/** Columns of decoded ips: value NaN and kind -1 where an ip is invalid. */
export interface DecodedIps {
  readonly values: Float32Array;
  readonly kinds: Int8Array;
}

/** `decodeIp` of a whole column. */
export function decodeIps(ips: Int32Array | Uint32Array): DecodedIps {
  const values = new Float32Array(ips.length);
  const kinds = new Int8Array(ips.length);
  const out = { value: 0, kind: 0 };
  for (let at = 0; at < ips.length; at++) {
    decodeInto(ips[at]!, out);
    values[at] = out.value;
    kinds[at] = out.kind;
  }
  return { values, kinds };
}

function roundAway(value: number): number {
  return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5);
}

function refuse(value: number, kind: number, why: string): never {
  throw new FeatureError('bad_value', `value ${value} of kind ${kind} cannot be encoded as an ip: ${why}.`);
}

/** The ip of a value. Throws FeatureError `bad_value` for an unknown kind or a value outside its range. */
export function encodeIp(value: number, kind: number, style: IpStyle = 'new'): number {
  const found = KINDS[kind];
  if (found === undefined) refuse(value, kind, 'the kinds are 0 to 7, 10, 15, 17 and 21');
  const single = Math.fround(value);
  if (!(single >= found.low && single <= found.high) && !(style === 'old' && kind === KIND.heightAboveSea)) {
    refuse(value, kind, `it must be from ${found.low} to ${found.high}`);
  }
  return style === 'old' && kind <= KIND.code ? encodeOld(single, kind) : encodeNew(single, kind, found);
}

function encodeOld(value: number, kind: number): number {
  if (kind === KIND.heightAboveSea) return Math.min(32000, Math.max(12001, roundAway(value / 5 + 12001)));
  if (kind === KIND.sigma) return roundAway(value * 10000) + 2000;
  if (kind === KIND.code) {
    if (!(value >= 0 && value <= 100)) refuse(value, kind, 'the old style holds codes from 0 to 100');
    return 1200 - roundAway(value);
  }
  if (value >= 9.99999) {
    const ip = roundAway(value);
    if (ip > 1099) refuse(value, kind, 'the old style holds pressures up to 1099 hPa');
    return ip;
  }
  if (value >= 0.999999) return 1800 + roundAway(20 * value);
  if (value >= 0.0999999) return 1600 + roundAway(200 * value);
  if (value >= 0.00999999) return 1400 + roundAway(2000 * value);
  return value >= 0.000999999 ? 1200 + roundAway(20000 * value) : 0;
}

function encodeNew(value: number, kind: number, found: KindRow): number {
  if (kind === KIND.pressure && value === 0) return 0;
  if (kind === KIND.integer) return (KIND.integer << 24) | roundAway(value);
  let size = (Math.abs(value) < found.least ? found.least : value) * found.factor;
  const negative = size < 0;
  if (negative) size = -size;
  const high = negative ? 48_000 : 1_000_000;
  const low = negative ? 4_800 : 100_000;
  let exponent = 4;
  while (exponent > 0 && exponent < 15) {
    if (size >= high) {
      size /= 10;
      exponent--;
    } else if (size < low) {
      size *= 10;
      exponent++;
    } else break;
  }
  if (size > high) refuse(value, kind, 'it is too large for the mantissa');
  const mantissa = (negative ? 1_000_000 : 0) + roundAway(size);
  return mantissa | (exponent << 20) | ((kind & 15) << 24);
}

/** Whether two ips stand for the same value: kinds equal, values within one step of the mantissa. */
export function sameIp(one: number, other: number): boolean {
  if (one === other) return true;
  const a = decodeIp(one);
  const b = decodeIp(other);
  if (a === null || b === null || a.kind !== b.kind) return false;
  return Math.abs(a.value - b.value) <= 1e-5 * Math.max(Math.abs(a.value), Math.abs(b.value));
}

/** The value that the field's own tables give for an ip that stands for nothing. */
const INVALID = -999999;

/** The object that `polyfst ip decode` prints. An invalid ip has value -999999, kind -1 and no name, as in the field's tables. */
export function ipDecodeLine(ip: number): {
  ip: number;
  value: number;
  kind: number;
  name: string | null;
  style: IpStyle;
} {
  const decoded = decodeIp(ip);
  const style = ip <= OLD_STYLE_MAX ? 'old' : 'new';
  return { ip, value: decoded?.value ?? INVALID, kind: decoded?.kind ?? -1, name: decoded?.name ?? null, style };
}

/** The object that `polyfst ip encode` prints. */
export function ipEncodeLine(value: number, kind: number, old = false): { ip: number } {
  return { ip: encodeIp(value, kind, old ? 'old' : 'new') };
}
