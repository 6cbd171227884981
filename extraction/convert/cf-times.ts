/** Times of CF datasets: units and calendars, and base and lead time of each field. */
import type { CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import { type Scope, textOf, valueAt } from './cf-scope.js';

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  d: 86400,
  day: 86400,
};

const secondsOf = (unit: string): number | undefined =>
  SECONDS[unit.toLowerCase()] ?? SECONDS[unit.toLowerCase().replace(/s$/, '')];

const CALENDARS = new Set(['standard', 'gregorian', 'proleptic_gregorian', 'none', '']);

interface TimeUnit {
  readonly seconds: number;
  /** ms */
  readonly epoch: number;
}

function refuse(variable: CfVariable, why: string): never {
  throw new FeatureError('bad_value', `${variable.name}: ${why}; records hold dates of the Gregorian calendar.`);
}

/** `hours since 2026-11-21 00:00:00` */
export function timeUnit(variable: CfVariable): TimeUnit {
  const calendar = textOf(variable, 'calendar') ?? '';
  if (!CALENDARS.has(calendar.toLowerCase())) refuse(variable, `the calendar ${calendar} is another one`);
  const units = textOf(variable, 'units') ?? '';
  const match =
    /^\s*(\w+)\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?\s*(Z|UTC|\+?0{1,2}:?0{0,2})?\s*$/.exec(
      units,
    );
  const seconds = secondsOf(match?.[1] ?? '');
  if (match === null || seconds === undefined) refuse(variable, `the unit "${units.slice(0, 60)}" is not understood`);
  const [, , year, month, day, hour = '0', minute = '0', second = '0'] = match;
  const days = dayNumber(Number(year), Number(month), Number(day), !calendar.toLowerCase().startsWith('proleptic'));
  const epoch = days * DAY_MS + Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * 1000;
  return { seconds, epoch };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** First day of the Gregorian calendar, 1582-10-15, and 1970-01-01 as a Julian day number. */
const FIRST_GREGORIAN = -141_427;
const UNIX_DAY = 2_440_588;

/** Days from 1970-01-01 to a date. `mixed`: dates before October 1582 are those of the Julian calendar, as CF's standard calendar has it. */
function dayNumber(year: number, month: number, day: number, mixed: boolean): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999
  const gregorian = new Date(0).setUTCFullYear(year, month - 1, day) / DAY_MS;
  if (!mixed || gregorian >= FIRST_GREGORIAN) return gregorian;
  const shift = Math.floor((14 - month) / 12);
  const [y, m] = [year + 4800 - shift, month + 12 * shift - 3];
  return day + Math.floor((153 * m + 2) / 5) + 365 * y + Math.floor(y / 4) - 32083 - UNIX_DAY;
}

/** Where one field stands in time; ms and seconds. `from`: start of the interval that it stands for, as a lead time. */
export interface FieldTime {
  readonly base: number;
  readonly lead: number;
  readonly from?: number;
}

const whole = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-3 ? Math.round(value) : value);

function periodSeconds(variable: CfVariable): number {
  const units = textOf(variable, 'units') ?? 'hours';
  return secondsOf(units) ?? refuse(variable, `the unit "${units.slice(0, 40)}" is no time`);
}

/** Reads times of a field; undefined for a field without any. */
export function timeReader(
  scope: Scope,
  field: CfVariable,
): ((leading: readonly number[]) => Promise<FieldTime>) | undefined {
  const [time] = scope.beside(field, 'time');
  const [reftime] = scope.beside(field, 'reftime');
  const [leadtime] = scope.beside(field, 'leadtime');
  if (time === undefined && reftime === undefined) return undefined;
  const instant = (variable: CfVariable): ((leading: readonly number[]) => Promise<number>) => {
    const { seconds, epoch } = timeUnit(variable);
    return async (leading) => epoch + Math.round((await valueAt(variable, field, leading)) * seconds * 1000);
  };
  const validAt = time === undefined ? undefined : instant(time);
  const baseAt = reftime === undefined ? undefined : instant(reftime);
  const period = leadtime === undefined ? 0 : periodSeconds(leadtime);
  const leadAt =
    leadtime === undefined
      ? undefined
      : async (leading: readonly number[]) => whole((await valueAt(leadtime, field, leading)) * period);
  const startAt = intervalStart(scope, field, time, leadtime);
  return async (leading) => {
    const valid = await validAt?.(leading);
    const base = await baseAt?.(leading);
    const lead = await leadAt?.(leading);
    const origin = base ?? (lead === undefined ? valid! : valid! - lead * 1000);
    const step = lead ?? (valid === undefined ? 0 : (valid - origin) / 1000);
    const from = await startAt?.(leading, origin);
    return { base: origin, lead: step, ...(from === undefined ? {} : { from }) };
  };
}

/** Start of the interval, where the field's cell methods speak of one and its time has bounds. */
function intervalStart(
  scope: Scope,
  field: CfVariable,
  time: CfVariable | undefined,
  leadtime: CfVariable | undefined,
): ((leading: readonly number[], base: number) => Promise<number>) | undefined {
  const method = /(\w+):\s*(\w+)/.exec(textOf(field, 'cell_methods') ?? '');
  if (method === null || method[2] === 'point') return undefined;
  const owner = [leadtime, time].find((one) => one !== undefined && textOf(one, 'bounds') !== undefined);
  const bounds = owner === undefined ? undefined : scope.find(textOf(owner, 'bounds')!);
  if (owner === undefined || bounds === undefined || bounds.dims.length === 0) return undefined;
  const isPeriod = owner === leadtime;
  const { seconds, epoch } = isPeriod ? { seconds: periodSeconds(owner), epoch: 0 } : timeUnit(owner);
  return async (leading, base) => {
    // the last dimension of bounds counts the two ends; index 0 is the start
    const value = (await valueAt({ ...bounds, shape: bounds.shape }, field, leading)) * seconds;
    return isPeriod ? value : (epoch - base) / 1000 + value;
  };
}
