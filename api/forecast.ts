/**
 * `/v1/forecast` as Open-Meteo's clients ask it: values at the nearest grid points of the newest complete run, hour by hour, in
 * one JSON object a place. Errors are `{"error": true, "reason": …}`.
 */
import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { FeatureError, toProblem } from '../schemas/problem.js';
import type { LatLon } from '../schemas/vocabulary.js';
import type { Surface } from './context.js';
import { type EdrDeps, mayUse } from './edr/deps.js';
import { methodNotAllowed, toFeatureError } from './errors.js';
import { type ForecastOptions, readOptions, zoneAt } from './forecast-options.js';
import { readSources, type SourceValues, sourceKey } from './forecast-values.js';
import { type ForecastVariable, forecastVariable, type Source } from './forecast-variables.js';
import { leaving } from './leaving.js';
import { openToAll } from './ogc/answer.js';
import { readNames, readNumber } from './ogc/choices.js';
import { type EdrCollection, edrCollectionsOf, newestRun } from './ogc/edr-collections.js';
import { type QueryValues, readQueryValues } from './ogc/query.js';
import { sendJson } from './reply.js';

export const FORECAST_PATH = '/v1/forecast';

const HOUR = 3_600_000;

/** Keys that programs give as often as they have values. */
const LISTS: ReadonlySet<string> = new Set(['latitude', 'longitude', 'hourly']);

function bad(text: string): FeatureError {
  return new FeatureError('bad_value', text);
}

function readPlaces(values: QueryValues): readonly LatLon[] {
  const list = (key: string, most: number): number[] => {
    const text = values.get(key);
    if (text === undefined) throw bad(`${key} is missing; give latitude and longitude in degrees.`);
    return text.split(',').map((part) => {
      const value = readNumber(key, part, 'degrees, several separated by commas');
      if (Math.abs(value) > most) throw bad(`${key}: ${value} is not within -${most} to ${most}; correct it.`);
      return value;
    });
  };
  const [lat, lon] = [list('latitude', 90), list('longitude', 360)];
  if (lat.length !== lon.length) {
    throw bad(`latitude has ${lat.length} values and longitude ${lon.length}; give as many of each.`);
  }
  return lat.map((value, n) => [value, lon[n]!] as const);
}

/** Collections of the model that the caller names, or of the first that there is. */
async function collectionsOfModel(
  values: QueryValues,
  deps: EdrDeps,
  allowed: (name: string) => boolean,
): Promise<readonly EdrCollection[]> {
  const names = deps.catalogue
    .collections()
    .map(({ name }) => name)
    .filter(allowed);
  const asked = values.get('models')?.trim();
  const name = asked === undefined || asked === '' ? names[0] : names.find((one) => one === asked);
  if (name === undefined)
    throw bad(`models: "${(asked ?? '').slice(0, 60)}" is unknown; choose one of ${names.join(', ')}.`);
  return edrCollectionsOf(deps.catalogue.cube(name));
}

function readHour(key: string, text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.test(text)
    ? Date.parse(text.includes('T') ? `${text.replace(/Z$/, '')}Z` : text)
    : Number.NaN;
  if (Number.isNaN(ms)) throw bad(`${key}: "${text.slice(0, 40)}" is not a time; give one such as 2025-01-15T06:00.`);
  return ms;
}

function readHours(values: QueryValues, key: string): number | undefined {
  const text = values.get(key);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text.trim()))
    throw bad(`${key}: "${text.slice(0, 40)}" is not a number of hours; give a whole number.`);
  return Number(text);
}

/** Which times are wanted; hours count from now, or from the start of a run that now is not in; `ahead` of GMT, ms. */
function timeFilter(
  values: QueryValues,
  times: readonly number[],
  { now, ahead: zone }: { readonly now: number; readonly ahead: number },
): (ms: number) => boolean {
  const [start, end] = ['start_hour', 'end_hour'].map((key) => {
    const text = values.get(key);
    return text === undefined ? undefined : readHour(key, text) - zone;
  });
  if (start !== undefined && end !== undefined && start > end) throw bad('start_hour is after end_hour; swap them.');
  const [ahead, behind] = [readHours(values, 'forecast_hours'), readHours(values, 'past_hours')];
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const here = now >= first && now <= last ? Math.floor(now / HOUR) * HOUR : first;
  const from = ahead === undefined && behind === undefined ? Number.NEGATIVE_INFINITY : here - (behind ?? 0) * HOUR;
  const to = ahead === undefined ? Number.POSITIVE_INFINITY : here + ahead * HOUR;
  return (ms) => ms >= (start ?? from) && (end === undefined ? start !== undefined || ms < to : ms <= end);
}

/** Times of the answer: every time of the run's whole hours, others only where every variable has them. */
function timesOf(variables: readonly ForecastVariable[], read: SourceValues, place: number): readonly number[] {
  const bySource = variables.flatMap(({ sources }) =>
    sources.map((source) => read.series.get(sourceKey(source))?.[place] ?? new Map<number, number>()),
  );
  const all = [...new Set(bySource.flatMap((series) => [...series.keys()]))].sort((one, other) => one - other);
  return all.filter((time) => time % HOUR === 0 || bySource.every((series) => series.has(time)));
}

function round(value: number, decimals: number): number | null {
  if (!Number.isFinite(value)) return null;
  return decimals >= 9 ? Number(value.toPrecision(7)) : Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}

function valuesOf(
  variable: ForecastVariable,
  read: SourceValues,
  place: number,
  times: readonly number[],
  base: number,
): (number | null)[] {
  const series = variable.sources.map((source) => read.series.get(sourceKey(source))?.[place]);
  const at = (time: number): number => {
    const values = series.map((one) => one?.get(time) ?? Number.NaN);
    return values.some(Number.isNaN) ? Number.NaN : variable.value(values);
  };
  if (variable.isAmount !== true) return times.map((time) => round(at(time), variable.decimals));
  let before = Number.NaN;
  return times.map((time) => {
    const total = at(time);
    // nothing has fallen since the start of the run at its start; what fell before is unknown
    const amount = Number.isNaN(before) && time > base ? total : total - before;
    if (!Number.isNaN(total)) before = total;
    return round(amount, variable.decimals);
  });
}

/** What the answers of all places have in common. */
interface Shown {
  readonly values: QueryValues;
  readonly now: number;
  /** start of the run, ms */
  readonly base: number;
  readonly began: number;
  readonly options: ForecastOptions;
  /** seconds that the times of the answer are ahead of GMT */
  readonly offset: number;
  readonly abbreviation: string;
}

function answerOf(
  variables: readonly ForecastVariable[],
  read: SourceValues,
  place: number,
  { values, now, base, began, options, offset, abbreviation }: Shown,
): object {
  const all = timesOf(variables, read, place);
  const isWanted = timeFilter(values, all, { now, ahead: 1000 * offset });
  const shown = all.map(isWanted);
  const { unix, zone } = options;
  const times = all
    .filter((_, n) => shown[n])
    .map((ms) => (unix ? ms / 1000 : new Date(ms + 1000 * offset).toISOString().slice(0, 16)));
  const series = variables.map(
    (one) => [one.name, valuesOf(one, read, place, all, base).filter((_, n) => shown[n])] as const,
  );
  const hourly = {
    hourly_units: {
      time: unix ? 'unixtime' : 'iso8601',
      ...Object.fromEntries(variables.map(({ name, unit }) => [name, unit])),
    },
    hourly: { time: times, ...Object.fromEntries(series) },
  };
  return {
    latitude: read.places[place]![0],
    longitude: read.places[place]![1],
    generationtime_ms: Math.round((performance.now() - began) * 1000) / 1000,
    utc_offset_seconds: offset,
    timezone: zone,
    timezone_abbreviation: abbreviation,
    elevation: elevationOf(read, place),
    // the first of several has none
    ...(place === 0 ? {} : { location_id: place }),
    ...(variables.length === 0 ? {} : hourly),
  };
}

const ELEVATION = 'ME';

function elevationOf(read: SourceValues, place: number): number | null {
  for (const [key, series] of read.series) {
    if (key.split(' ')[1] !== ELEVATION) continue;
    const [value] = series[place]?.values() ?? [];
    if (value !== undefined) return round(value, 1);
  }
  return null;
}

function forecastHandler(deps: EdrDeps): RequestHandler {
  return async (req, res) => {
    const began = performance.now();
    const values = readQueryValues(req, LISTS);
    const points = readPlaces(values);
    const options = readOptions(values);
    const collections = await collectionsOfModel(values, deps, mayUse(res, deps));
    const text = values.get('hourly');
    const names = text === undefined || text.trim() === '' ? [] : readNames('hourly', text)!;
    const variables = names.map((name) => options.inUnits(forecastVariable(name, collections)));
    const sources = variables.flatMap((variable) => variable.sources);
    const home = collections.find(
      (one) => one.levtype === 'sfc' && one.parameters.some(({ nomvar }) => nomvar === ELEVATION),
    );
    const ground: Source[] = home === undefined ? [] : [{ collection: home, name: ELEVATION, nomvar: ELEVATION }];
    refuseMissingLevels(sources);
    const read = await readSources([...sources, ...ground], points, deps, leaving(res));
    const base = sources[0] === undefined ? 0 : (newestRun(sources[0].collection)?.base ?? 0);
    const now = deps.now();
    const { offset, abbreviation } = zoneAt(options.zone, base === 0 ? now : base);
    const shown = { values, now, base, began, options, offset, abbreviation };
    const answers = points.map((_, place) => answerOf(variables, read, place, shown));
    sendJson(res, 200, answers.length === 1 ? answers[0] : answers);
  };
}

function refuseMissingLevels(sources: readonly Source[]): void {
  for (const { collection, level } of sources) {
    if (level === undefined) continue;
    const levels = new Set(
      collection.runs.flatMap(({ fields }) =>
        [...fields.values()].flatMap(({ single, members }) => [...(single?.levels ?? []), ...(members?.levels ?? [])]),
      ),
    );
    if ([...levels].some((one) => Math.abs(one - level) <= 1e-5 * level)) continue;
    const there = [...levels].sort((one, other) => other - one).join(', ');
    throw bad(`hourly: there is no level of ${level} hPa; choose of ${there}.`);
  }
}

/** Errors as Open-Meteo gives them: 400 for what is wrong with the request. */
export function forecastErrors({ logger }: Pick<EdrDeps, 'logger'>): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const problem = toProblem(toFeatureError(error));
    if (problem.code === 'internal') logger.error({ err: error }, 'request failed');
    if (res.headersSent) {
      res.destroy();
      return;
    }
    res.setHeader('X-Error-Code', problem.code);
    if (problem.status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
    const kept = [401, 403, 404, 405, 429].includes(problem.status) || problem.status >= 500;
    sendJson(res, kept ? problem.status : 400, { error: true, reason: problem.detail });
  };
}

export function forecastSurface(deps: EdrDeps): Surface {
  const router = Router({ caseSensitive: true, strict: false });
  router.use(openToAll);
  router.get('/', forecastHandler(deps));
  router.all('/', methodNotAllowed('GET', 'HEAD'));
  router.use(() => {
    throw new FeatureError('not_found', `There is nothing at this address; use ${FORECAST_PATH}.`);
  });
  const onError = forecastErrors(deps);
  router.use(onError);
  return { path: FORECAST_PATH, router, onError };
}
