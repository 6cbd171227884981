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
  const epoch = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return { seconds, epoch };
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
