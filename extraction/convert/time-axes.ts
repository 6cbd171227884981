/**
 * Times of series as axes: valid time by default, base and lead time where runs overlap or where it is asked for. Variables
 * share an axis as long as each of them fills half of it (docs/conversions.md#time).
 */
import type { CfDimension, CfVariable } from '../../formats/cf.js';
import type { Place, Series } from './series.js';
import { numbers, scalar } from './variables.js';

export interface TimeAxis {
  /** dimensions, left to right */
  readonly dims: readonly CfDimension[];
  readonly variables: readonly CfVariable[];
  /** names of coordinates that a field has to name */
  readonly coordinates: readonly string[];
  /** what `cell_methods` speaks of */
  readonly methodAxis: string;
  /** cell of a place along the axis */
  indexOf(place: Place): number;
}

interface Axis {
  readonly members: Series[];
  /** `base step` of every place */
  keys: Map<string, Place>;
}

export const HOUR = 3600;
const keyOf = ({ base, step }: Place): string => `${base} ${step}`;
const validOf = ({ base, step }: Place): number => base + step * 1000;

/** Sets that are alike on one axis: each fills at least half of the union. */
function share(sets: readonly { readonly series: Series; readonly keys: Map<string, Place> }[]): Axis[] {
  const axes: (Axis & { least: number })[] = [];
  for (const { series, keys } of [...sets].sort((one, other) => other.keys.size - one.keys.size)) {
    const axis = axes.find((candidate) => {
      let union = candidate.keys.size;
      for (const key of keys.keys()) if (!candidate.keys.has(key)) union++;
      return 2 * keys.size >= union && 2 * candidate.least >= union;
    });
    if (axis === undefined) axes.push({ members: [series], keys: new Map(keys), least: keys.size });
    else {
      axis.members.push(series);
      axis.least = Math.min(axis.least, keys.size);
      for (const [key, place] of keys) axis.keys.set(key, place);
    }
  }
  return axes;
}

/** The coarsest unit in which all spans (seconds) are whole. */
function unitOf(seconds: readonly number[]): { readonly name: string; readonly seconds: number } {
  if (seconds.every((span) => span % HOUR === 0)) return { name: 'hours', seconds: HOUR };
  if (seconds.every((span) => span % 60 === 0)) return { name: 'minutes', seconds: 60 };
  return { name: 'seconds', seconds: 1 };
}

const CALENDAR = { calendar: 'proleptic_gregorian', units_metadata: 'leap_seconds: none' };

const since = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '');

const LEADTIME = { standard_name: 'forecast_period', long_name: 'time since the base time', units: 'hours' };
const REFTIME = { standard_name: 'forecast_reference_time', long_name: 'base time' };

function intervalName(length: number): string {
  return length % HOUR === 0 ? `${length / HOUR}h` : `${length}s`;
}

/** Suffix of the names of an axis: the first one has none. */
function suffixOf(axis: Axis, at: number, interval: number | 'base' | undefined): string {
  if (typeof interval === 'number') return `_acc${intervalName(interval)}${at === 0 ? '' : `_${at + 1}`}`;
  return at === 0 ? '' : `_${axis.members[0]!.name.toLowerCase()}`;
}

function boundsOf(places: readonly Place[], epoch: number, unit: number, length: number | 'base'): Float64Array {
  const out = new Float64Array(2 * places.length);
  for (const [n, place] of places.entries()) {
    const from = length === 'base' ? place.base : validOf(place) - length * 1000;
    out[2 * n] = (from - epoch) / 1000 / unit;
    out[2 * n + 1] = (validOf(place) - epoch) / 1000 / unit;
  }
  return out;
}

/** Valid time as dimension; base time a scalar, or along the dimension when there are several. */
function validAxis(axis: Axis, suffix: string, interval: number | 'base' | undefined): TimeAxis {
  const places = [...axis.keys.values()].sort((one, other) => validOf(one) - validOf(other) || one.base - other.base);
  const epoch = places.reduce((least, { base }) => Math.min(least, base), Infinity);
  const spans = places.flatMap((place) => [(validOf(place) - epoch) / 1000, (place.base - epoch) / 1000]);
  const unit = unitOf(typeof interval === 'number' ? [...spans, interval] : spans);
  const units = { units: `${unit.name} since ${since(epoch)}`, ...CALENDAR };
  const [time, reftime, leadtime] = [`time${suffix}`, `reftime${suffix}`, `leadtime${suffix}`];
  const size = places.length;
  const inUnits = (ms: number): number => (ms - epoch) / 1000 / unit.seconds;
  const several = places.some(({ base }) => base !== epoch);
  const bounds = interval === undefined ? undefined : boundsOf(places, epoch, unit.seconds, interval);
  const variables: CfVariable[] = [
    numbers(
      time,
      [time],
      [size],
      Float64Array.from(places, (place) => inUnits(validOf(place))),
      {
        standard_name: 'time',
        long_name: 'valid time',
        axis: 'T',
        ...units,
        ...(bounds === undefined ? {} : { bounds: `${time}_bnds` }),
      },
    ),
    several
      ? numbers(
          reftime,
          [time],
          [size],
          Float64Array.from(places, ({ base }) => inUnits(base)),
          { ...REFTIME, ...units },
        )
      : scalar(reftime, Float64Array.of(inUnits(epoch)), { ...REFTIME, ...units }),
    numbers(
      leadtime,
      [time],
      [size],
      Float64Array.from(places, ({ step }) => step / HOUR),
      LEADTIME,
    ),
    ...(bounds === undefined ? [] : [numbers(`${time}_bnds`, [time, 'bnds'], [size, 2], bounds)]),
  ];
  const index = new Map(places.map((place, n) => [keyOf(place), n]));
  return {
    dims: [{ name: time, size, unlimited: true }],
    variables,
    coordinates: [reftime, leadtime],
    methodAxis: time,
    indexOf: (place) => index.get(keyOf(place))!,
  };
}

/** Base and lead time as dimensions, valid time over both. */
function forecastAxis(axis: Axis, suffix: string, interval: number | 'base' | undefined): TimeAxis {
  const places = [...axis.keys.values()];
  const bases = [...new Set(places.map(({ base }) => base))].sort((a, b) => a - b);
  const steps = [...new Set(places.map(({ step }) => step))].sort((a, b) => a - b);
  const epoch = bases[0]!;
  const unit = unitOf([...bases.map((base) => (base - epoch) / 1000), ...steps]);
  const units = { units: `${unit.name} since ${since(epoch)}`, ...CALENDAR };
  const [time, reftime, leadtime] = [`time${suffix}`, `reftime${suffix}`, `leadtime${suffix}`];
  const inUnits = (ms: number): number => (ms - epoch) / 1000 / unit.seconds;
  const valid = bases.flatMap((base) => steps.map((step) => inUnits(base + step * 1000)));
  const bounds =
    interval === undefined
      ? undefined
      : Float64Array.from(
          steps.flatMap((step) => [interval === 'base' ? 0 : step - interval, step]),
          (s) => s / HOUR,
        );
  const variables: CfVariable[] = [
    numbers(reftime, [reftime], [bases.length], Float64Array.from(bases, inUnits), { ...REFTIME, ...units, axis: 'T' }),
    numbers(
      leadtime,
      [leadtime],
      [steps.length],
      Float64Array.from(steps, (step) => step / HOUR),
      {
        ...LEADTIME,
        ...(bounds === undefined ? {} : { bounds: `${leadtime}_bnds` }),
      },
    ),
    numbers(time, [reftime, leadtime], [bases.length, steps.length], Float64Array.from(valid), {
      standard_name: 'time',
      long_name: 'valid time',
      ...units,
    }),
    ...(bounds === undefined ? [] : [numbers(`${leadtime}_bnds`, [leadtime, 'bnds'], [steps.length, 2], bounds)]),
  ];
  const baseIndex = new Map(bases.map((base, n) => [base, n]));
  const stepIndex = new Map(steps.map((step, n) => [step, n]));
  return {
    dims: [
      { name: reftime, size: bases.length, unlimited: true },
      { name: leadtime, size: steps.length },
    ],
    variables,
    coordinates: [time],
    methodAxis: leadtime,
    indexOf: ({ base, step }) => baseIndex.get(base)! * steps.length + stepIndex.get(step)!,
  };
}

/** Whether two base times lead to one valid time. */
function overlaps(axes: readonly Axis[]): boolean {
  return axes.some(({ keys }) => {
    const baseOf = new Map<number, number>();
    for (const place of keys.values()) {
      const valid = validOf(place);
      if (baseOf.has(valid) && baseOf.get(valid) !== place.base) return true;
      baseOf.set(valid, place.base);
    }
    return false;
  });
}

/** The time axis of each series; undefined for series without a date. */
export function timeAxes(series: readonly Series[], wantForecast: boolean): Map<Series, TimeAxis | undefined> {
  const found = new Map<Series, TimeAxis | undefined>();
  const byInterval = new Map<number | undefined, Series[]>();
  for (const one of series) {
    if (Number.isNaN(one.places[0]!.base)) found.set(one, undefined);
    else {
      // instantaneous values and those since the base time share their instants
      const key = typeof one.interval === 'number' ? one.interval : undefined;
      byInterval.set(key, [...(byInterval.get(key) ?? []), one]);
    }
  }
  for (const [length, members] of byInterval) {
    const sets = members.map((one) => ({ series: one, keys: new Map(one.places.map((p) => [keyOf(p), p])) }));
    const axes = share(sets);
    const make = wantForecast || overlaps(axes) ? forecastAxis : validAxis;
    for (const [at, axis] of axes.entries()) {
      const interval = length ?? (axis.members.some((one) => one.interval === 'base') ? 'base' : undefined);
      const made = make(axis, suffixOf(axis, at, length), interval);
      for (const one of axis.members) found.set(one, made);
    }
  }
  return found;
}
