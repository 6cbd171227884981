/**
 * CMC date-time stamps and UTC instants. A stamp is a signed 32-bit integer in one of three forms: 5-second intervals since
 * 1980, decimal digits of an hour of 1900-1999, or hours since the year 0 for everything outside 1900-2235.
 * Instants are ms since the epoch, NaN where there is no date. docs/formats/encoding.md#dates.
 */
import { FeatureError } from '../../schemas/problem.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const MS_1980 = Date.UTC(1980, 0, 1);
const MS_1900 = Date.UTC(1900, 0, 1);
const MS_2000 = Date.UTC(2000, 0, 1);
/** first instant after the 5-second form */
const MS_2236 = Date.UTC(2236, 0, 1);
/** 0000-01-01 of the proleptic Gregorian calendar */
const MS_YEAR_0 = -62_167_219_200_000;
const MS_YEAR_10000 = 253_402_300_800_000;
/** stamp of 1980-01-01 in the 5-second form; everything from 0 to below it is in digits */
const FIRST_NEW = 123_200_000;
const FIRST_EXTENDED = 3_000_000_000;
/** the reference library answers this stamp when it fails */
const ERROR_STAMP = 101_010_101;
/** an hour whose digits would be that of the error stamp: always in the extended form */
const AMBIGUOUS = Date.UTC(1901, 0, 1, 1);
const INTERVALS_PER_HOUR = 720;

function fromDigits(stamp: number): number {
  const month = Math.floor(stamp / 10_000_000) % 100;
  const day = Math.floor(stamp / 100_000) % 100;
  const year = 1900 + (Math.floor(stamp / 1000) % 100);
  const hour = Math.floor(stamp / 10) % 100;
  if (month < 1 || month > 12 || day < 1 || hour > 23) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day);
  return new Date(ms).getUTCMonth() === month - 1 ? ms + hour * HOUR : Number.NaN;
}

/** Instant of a stamp; NaN where the stamp is not a date (0 stands for none). */
export function stampToMs(stamp: number): number {
  if (!Number.isInteger(stamp) || stamp === ERROR_STAMP) return Number.NaN;
  const unsigned = stamp >>> 0;
  if (stamp < 0 || stamp >= FIRST_EXTENDED) {
    const units = unsigned - FIRST_EXTENDED;
    if (units < 0) return Number.NaN;
    const ms = MS_YEAR_0 + (Math.floor(units / 10) * 8 + (units % 10)) * HOUR;
    return ms < MS_YEAR_10000 ? ms : Number.NaN;
  }
  if (stamp < FIRST_NEW) return fromDigits(stamp);
  const units = stamp - FIRST_NEW;
  const ms = MS_1980 + (Math.floor(units / 10) * 8 + (units % 10)) * 5 * SECOND;
  return ms < MS_2236 ? ms : Number.NaN;
}

/** `stampToMs` of a whole column. */
export function stampsToMs(stamps: Int32Array): Float64Array {
  const instants = new Float64Array(stamps.length);
  // Records of a file share few stamps, usually in a row.
  let last = Number.NaN;
  let instant = Number.NaN;
  for (let at = 0; at < stamps.length; at++) {
    const stamp = stamps[at]!;
    if (stamp !== last) {
      last = stamp;
      instant = stampToMs(stamp);
    }
    instants[at] = instant;
  }
  return instants;
}

/** `YYYY-MM-DDTHH:MM:SSZ`, never with milliseconds; null for NaN. */
export function msToIso(ms: number): string | null {
  return Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** ISO text of a stamp; null where it is not a date. */
export function stampToIso(stamp: number): string | null {
  return msToIso(stampToMs(stamp));
}

function inFiveSeconds(intervals: number): number {
  return FIRST_NEW + Math.floor(intervals / 8) * 10 + (intervals % 8);
}

function inHoursSinceYear0(ms: number): number {
  const hours = Math.floor((ms - MS_YEAR_0) / HOUR);
  return (FIRST_EXTENDED + Math.floor(hours / 8) * 10 + (hours % 8)) | 0;
}

function inDigits(ms: number): number {
  const date = new Date(ms);
  const day = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  return day * 100_000 + (date.getUTCFullYear() - 1900) * 1000 + date.getUTCHours() * 10;
}

/**
 * Stamp of an instant, truncated to what its form resolves: 5 s from 2000 to 2235 and for instants of 1980-1999 that are not
 * on the hour, one hour otherwise. Throws FeatureError `bad_value` outside the years 0 to 9999.
 */
export function msToStamp(ms: number): number {
  if (!(ms >= MS_YEAR_0 && ms < MS_YEAR_10000)) {
    throw new FeatureError('bad_value', `date ${String(ms)} ms cannot be a stamp; give a date of the years 0 to 9999.`);
  }
  if (ms < MS_1900 || ms >= MS_2236 || Math.floor(ms / SECOND) * SECOND === AMBIGUOUS) return inHoursSinceYear0(ms);
  const onTheHour = Math.floor(ms / SECOND) % 3600 === 0;
  if (ms >= MS_2000 || (ms >= MS_1980 && !onTheHour)) return inFiveSeconds(Math.floor((ms - MS_1980) / (5 * SECOND)));
  return inDigits(ms);
}

/** Stamp of ISO text (`2026-11-21T06:00:00Z`, or a date alone). Throws FeatureError `bad_value`. */
export function isoToStamp(iso: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?Z?)?$/.exec(iso.trim());
  const fields = match?.slice(1).map((part) => Number(part ?? 0)) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  // setUTCFullYear, because Date.UTC takes the years 0 to 99 for 1900 to 1999
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  const date = new Date(midnight);
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (match === null || !exists) {
    throw new FeatureError('bad_value', `date "${iso.slice(0, 40)}" is not one; write it as 2026-11-21T06:00:00Z.`);
  }
  return msToStamp(midnight + ((hour * 60 + minute) * 60 + second) * SECOND);
}

function noDate(stamp: number): never {
  throw new FeatureError('bad_value', `stamp ${stamp} is not a date; give a CMC stamp such as 493121600.`);
}

/**
 * Stamp plus hours, rounded to 5 seconds from 1980 on and to the hour before. The run number, the last digit of a stamp in
 * digits, is kept where the sum is in digits too. A sum that leaves the range of its form (1900-2235, or outside it) is
 * refused with FeatureError `bad_value`.
 */
export function addHours(stamp: number, hours: number): number {
  const from = stampToMs(stamp);
  if (Number.isNaN(from)) noDate(stamp);
  if (!Number.isFinite(hours)) throw new FeatureError('bad_value', `hours ${hours} is not a number; give hours.`);
  const extended = stamp < 0;
  const wholeHours = extended || from < MS_1980;
  const sum = wholeHours
    ? Math.round(from / HOUR) * HOUR + roundAway(hours) * HOUR
    : from + roundAway(INTERVALS_PER_HOUR * hours) * 5 * SECOND;
  const outside = sum < MS_1900 || sum >= MS_2236;
  if (extended !== outside && !(extended && sum === AMBIGUOUS)) {
    throw new FeatureError(
      'bad_value',
      `stamp ${stamp} plus ${hours} hours leaves the years 1900 to 2235; give fewer hours.`,
    );
  }
  if (extended) return inHoursSinceYear0(sum);
  // Before 1980 the form resolves hours only.
  const run = stamp < FIRST_NEW ? stamp % 10 : 0;
  if (sum < MS_1980) return inDigits(Math.floor(sum / HOUR) * HOUR) + run;
  const intervals = (sum - MS_1980) / (5 * SECOND);
  return sum >= MS_2000 || intervals % INTERVALS_PER_HOUR !== 0 ? inFiveSeconds(intervals) : inDigits(sum) + run;
}

function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** Stamp of validity of a forecast of `npas` steps of `deet` seconds from `dateo`; 0 stays 0. */
export function datevOf(dateo: number, deet: number, npas: number): number {
  const seconds = deet * npas;
  return seconds > 0 && dateo !== 0 ? addHours(dateo, seconds / 3600) : dateo;
}

/** Stamp of origin of a record that is valid at `datev`. */
export function dateoOf(datev: number, deet: number, npas: number): number {
  const seconds = deet * npas;
  return seconds > 0 && datev !== 0 ? addHours(datev, -seconds / 3600) : datev;
}

/** The object that `polyfst date decode` prints. */
export function dateDecodeLine(stamp: number): { stamp: number; iso: string | null } {
  return { stamp, iso: stampToIso(stamp) };
}

/** The object that `polyfst date encode` prints. */
export function dateEncodeLine(iso: string): { iso: string; stamp: number } {
  return { iso, stamp: isoToStamp(iso) };
}

/** The object that `polyfst date add` prints. */
export function dateAddLine(stamp: number, hours: number): { stamp: number; iso: string | null } {
  return dateDecodeLine(addHours(stamp, hours));
}
