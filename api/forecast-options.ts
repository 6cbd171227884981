/** How `/v1/forecast` writes its answer: units of each kind of value, form of times, time zone. */
import { FeatureError } from '../schemas/problem.js';
import type { ForecastVariable } from './forecast-variables.js';
import type { QueryValues } from './ogc/query.js';

interface OtherUnit {
  readonly unit: string;
  readonly scale: number;
  readonly offset?: number;
  readonly decimals?: number;
}

/** Other units by key and value; the first of each list is that of the variables. */
const UNIT_KEYS: readonly {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly from: string;
  readonly units: Readonly<Record<string, OtherUnit | undefined>>;
}[] = [
  {
    key: 'temperature_unit',
    aliases: [],
    from: '°C',
    units: { celsius: undefined, fahrenheit: { unit: '°F', scale: 1.8, offset: 32 } },
  },
  {
    key: 'wind_speed_unit',
    aliases: ['windspeed_unit'],
    from: 'km/h',
    units: {
      kmh: undefined,
      ms: { unit: 'm/s', scale: 1 / 3.6, decimals: 2 },
      mph: { unit: 'mp/h', scale: 1 / 1.609344 },
      kn: { unit: 'kn', scale: 1 / 1.852 },
    },
  },
  {
    key: 'precipitation_unit',
    aliases: [],
    from: 'mm',
    units: { mm: undefined, inch: { unit: 'inch', scale: 1 / 25.4, decimals: 3 } },
  },
];

export interface ForecastOptions {
  readonly unix: boolean;
  /** name of the zone that times are written in */
  readonly zone: string;
  inUnits(variable: ForecastVariable): ForecastVariable;
}

function bad(key: string, value: string, choices: string): FeatureError {
  return new FeatureError('bad_value', `${key}: "${value.slice(0, 40)}" is unknown; give ${choices}.`);
}

function wordOf(values: QueryValues, ...keys: readonly string[]): string | undefined {
  const text = keys.map((key) => values.get(key)?.trim().toLowerCase()).find((one) => one !== undefined);
  return text === '' ? undefined : text;
}

function readUnits(values: QueryValues): ReadonlyMap<string, OtherUnit> {
  const chosen = new Map<string, OtherUnit>();
  for (const { key, aliases, from, units } of UNIT_KEYS) {
    const asked = wordOf(values, key, ...aliases);
    if (asked === undefined) continue;
    if (!Object.hasOwn(units, asked)) throw bad(key, asked, `one of ${Object.keys(units).join(', ')}`);
    const other = units[asked];
    if (other !== undefined) chosen.set(from, other);
  }
  return chosen;
}

/** The zone, as the tables of the system spell it. What would need the zone of a place is GMT. */
function readZone(values: QueryValues): string {
  const asked = values.get('timezone')?.trim() ?? '';
  if (['', 'AUTO', 'GMT', 'UTC'].includes(asked.toUpperCase())) return 'GMT';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: asked }).resolvedOptions().timeZone;
  } catch {
    throw bad('timezone', asked, 'GMT or a name such as America/Toronto');
  }
}

/** Throws FeatureError `bad_value` for what is not known. */
export function readOptions(values: QueryValues): ForecastOptions {
  const format = wordOf(values, 'timeformat') ?? 'iso8601';
  if (format !== 'iso8601' && format !== 'unixtime') throw bad('timeformat', format, 'iso8601 or unixtime');
  const units = readUnits(values);
  return {
    unix: format === 'unixtime',
    zone: readZone(values),
    inUnits: (variable) => {
      const other = units.get(variable.unit);
      if (other === undefined) return variable;
      const { unit, scale, offset = 0, decimals = variable.decimals } = other;
      return { ...variable, unit, decimals, value: (own) => variable.value(own) * scale + offset };
    },
  };
}

/** Seconds that a zone is ahead of GMT at an instant, ms, and its short name. */
export function zoneAt(zone: string, ms: number): { readonly offset: number; readonly abbreviation: string } {
  if (zone === 'GMT') return { offset: 0, abbreviation: 'GMT' };
  const part = (form: 'short' | 'longOffset'): string =>
    new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: form })
      .formatToParts(ms)
      .find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes = '0', seconds = '0'] =
    /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(part('longOffset')) ?? [];
  const offset = sign === undefined ? 0 : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return { offset: sign === '-' ? -offset : offset, abbreviation: part('short') };
}
