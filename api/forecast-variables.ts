/**
 * Variables of `/v1/forecast`: each is made of one or two parameters of the collections, in the units of that API: °C, hPa, mm,
 * %, km/h, m. Names are Open-Meteo's, or nomvars and MARS short names, with `_500hPa` behind for a pressure level.
 */
import { FeatureError } from '../schemas/problem.js';
import type { Levtype } from '../schemas/vocabulary.js';
import type { EdrCollection } from './ogc/edr-collections.js';
import type { EdrParameter } from './ogc/edr-parameters.js';

/** A parameter at a level that a variable is made of. */
export interface Source {
  readonly collection: EdrCollection;
  /** as it is asked for: a nomvar in native units, or a MARS name where winds must be turned */
  readonly name: string;
  readonly nomvar: string;
  readonly level?: number;
}

export interface ForecastVariable {
  readonly name: string;
  readonly unit: string;
  readonly decimals: number;
  readonly sources: readonly Source[];
  /** value in `unit` of the values of the sources at one time */
  readonly value: (values: readonly number[]) => number;
  /** an amount since the start of the run, given as the amount since the step before */
  readonly isAmount?: boolean;
}

const KNOT_KMH = 1.852;
const MS_KMH = 3.6;

interface Recipe {
  readonly unit: string;
  readonly decimals?: number;
  readonly isAmount?: boolean;
  /** sources to choose from, the first whose parameters all exist */
  readonly ways: readonly {
    readonly nomvars: readonly string[];
    /** ask by MARS name, so that components are along the meridian and the parallel */
    readonly turned?: boolean;
    readonly value: (values: readonly number[], level: number) => number;
  }[];
}

const first = ([value]: readonly number[]): number => value!;
const scaled =
  (factor: number) =>
  ([value]: readonly number[]): number =>
    value! * factor;

const RAD = Math.PI / 180;

/** Direction that the wind blows from, degrees; 0 for a calm. */
function direction([u, v]: readonly number[]): number {
  if (u === 0 && v === 0) return 0;
  return (Math.atan2(-u!, -v!) / RAD + 360) % 360;
}

/** Saturation vapour pressure over water, hPa, of a temperature in °C (Magnus form, 17.67 and 243.5). */
const saturation = (celsius: number): number => 6.112 * Math.exp((17.67 * celsius) / (celsius + 243.5));

/** Relative humidity in % of specific humidity (kg/kg) and temperature (°C) at a pressure (hPa). */
function humidity([q, t]: readonly number[], hectopascal: number): number {
  const vapour = (q! * hectopascal) / (0.622 + 0.378 * q!);
  return Math.max(0, Math.min(100, (100 * vapour) / saturation(t!)));
}

/** Relative humidity in % of temperature and dew point, °C. */
const humidityOfDewPoint = ([td, t]: readonly number[]): number =>
  Math.min(100, (100 * saturation(td!)) / saturation(t!));

const SPEED: Recipe['ways'] = [
  { nomvars: ['UU', 'VV'], turned: true, value: ([u, v]) => MS_KMH * Math.hypot(u!, v!) },
  { nomvars: ['UV'], value: scaled(KNOT_KMH) },
];
const DIRECTION: Recipe['ways'] = [
  { nomvars: ['UU', 'VV'], turned: true, value: direction },
  { nomvars: ['WD'], value: first },
];

const SURFACE: Readonly<Record<string, Recipe>> = {
  temperature_2m: { unit: '°C', ways: [{ nomvars: ['TT'], value: first }] },
  dew_point_2m: { unit: '°C', ways: [{ nomvars: ['TD'], value: first }] },
  relative_humidity_2m: {
    unit: '%',
    ways: [
      { nomvars: ['HR'], value: scaled(100) },
      { nomvars: ['TD', 'TT'], value: humidityOfDewPoint },
    ],
  },
  pressure_msl: { unit: 'hPa', ways: [{ nomvars: ['PN'], value: first }] },
  surface_pressure: { unit: 'hPa', ways: [{ nomvars: ['P0'], value: first }] },
  precipitation: { unit: 'mm', decimals: 2, isAmount: true, ways: [{ nomvars: ['PR'], value: scaled(1000) }] },
  cloud_cover: { unit: '%', ways: [{ nomvars: ['NT'], value: scaled(100) }] },
  cloud_cover_low: { unit: '%', ways: [{ nomvars: ['NB'], value: scaled(100) }] },
  cloud_cover_mid: { unit: '%', ways: [{ nomvars: ['NM'], value: scaled(100) }] },
  cloud_cover_high: { unit: '%', ways: [{ nomvars: ['NH'], value: scaled(100) }] },
  snow_depth: { unit: 'm', decimals: 2, ways: [{ nomvars: ['SD'], value: scaled(0.01) }] },
  wind_speed_10m: { unit: 'km/h', ways: SPEED },
  wind_direction_10m: { unit: '°', decimals: 0, ways: DIRECTION },
};

const ON_PRESSURE: Readonly<Record<string, Recipe>> = {
  temperature: { unit: '°C', ways: [{ nomvars: ['TT'], value: first }] },
  relative_humidity: {
    unit: '%',
    ways: [
      { nomvars: ['HR'], value: scaled(100) },
      { nomvars: ['HU', 'TT'], value: humidity },
    ],
  },
  wind_speed: { unit: 'km/h', ways: SPEED },
  wind_direction: { unit: '°', decimals: 0, ways: DIRECTION },
  geopotential_height: { unit: 'm', ways: [{ nomvars: ['GZ'], value: scaled(10) }] },
};

/** From the units of records to those of the answer. */
const UNITS: Readonly<Record<string, readonly [unit: string, scale: number, offset: number]>> = {
  degC: ['°C', 1, 0],
  K: ['°C', 1, -273.15],
  hPa: ['hPa', 1, 0],
  Pa: ['hPa', 0.01, 0],
  kt: ['km/h', KNOT_KMH, 0],
  'm s-1': ['km/h', MS_KMH, 0],
  dam: ['m', 10, 0],
  gpm: ['m', 1, 0],
  cm: ['m', 0.01, 0],
};
const AMOUNTS = new Set(['PR', 'PC', 'RN', 'SN', 'FR', 'PE']);
const FRACTIONS = new Set(['NT', 'NB', 'NM', 'NH', 'HR']);

function plainVariable(name: string, asked: string, source: Source, parameter: EdrParameter): ForecastVariable {
  const { nomvar } = parameter;
  const { unit } = asked === parameter.key ? parameter.ref : nativeOf(parameter, asked);
  const isAmount = AMOUNTS.has(nomvar) && unit === 'm';
  const percent = FRACTIONS.has(nomvar) && unit === '1';
  const [own, scale, offset] = isAmount
    ? (['mm', 1000, 0] as const)
    : percent
      ? (['%', 100, 0] as const)
      : (UNITS[unit] ?? ([unit, 1, 0] as const));
  const known = UNITS[unit] !== undefined || isAmount || percent || unit === '%';
  return {
    name,
    unit: own,
    decimals: isAmount ? 2 : known ? 1 : 9,
    sources: [source],
    value: ([value]) => value! * scale + offset,
    ...(isAmount ? { isAmount } : {}),
  };
}

/** The parameter under its other name. */
function nativeOf(parameter: EdrParameter, asked: string): { readonly unit: string } {
  return asked === parameter.nomvar
    ? { unit: parameter.nativeUnit }
    : { unit: parameter.marsUnit ?? parameter.nativeUnit };
}

function find(collections: readonly EdrCollection[], levtype: Levtype, nomvars: readonly string[]) {
  return collections.find(
    (one) => one.levtype === levtype && nomvars.every((nomvar) => one.parameters.some((own) => own.nomvar === nomvar)),
  );
}

function nameFor(collection: EdrCollection, nomvar: string, turned: boolean): string {
  const own = collection.parameters.find((one) => one.nomvar === nomvar)!;
  return turned ? (own.shortName ?? nomvar) : nomvar;
}

function fromRecipe(
  name: string,
  recipe: Recipe,
  collections: readonly EdrCollection[],
  level?: number,
): ForecastVariable | undefined {
  for (const { nomvars, turned = false, value } of recipe.ways) {
    const collection = find(collections, level === undefined ? 'sfc' : 'pl', nomvars);
    if (collection === undefined) continue;
    const at = level === undefined ? {} : { level };
    const sources = nomvars.map(
      (nomvar): Source => ({ collection, nomvar, name: nameFor(collection, nomvar, turned), ...at }),
    );
    return {
      name,
      unit: recipe.unit,
      decimals: recipe.decimals ?? 1,
      sources,
      value: (values) => value(values, level ?? Number.NaN),
      ...(recipe.isAmount === true ? { isAmount: true } : {}),
    };
  }
  return undefined;
}

function fromParameter(
  name: string,
  asked: string,
  collections: readonly EdrCollection[],
  level?: number,
): ForecastVariable | undefined {
  const levtype = level === undefined ? 'sfc' : 'pl';
  for (const collection of collections.filter((one) => one.levtype === levtype)) {
    const parameter = collection.parameters.find((one) => one.nomvar === asked || one.shortName === asked);
    if (parameter === undefined) continue;
    const source = { collection, nomvar: parameter.nomvar, name: asked, ...(level === undefined ? {} : { level }) };
    return plainVariable(name, asked, source, parameter);
  }
  return undefined;
}

/** The variable of a name. Throws FeatureError `bad_value` for one that the data cannot give. */
export function forecastVariable(name: string, collections: readonly EdrCollection[]): ForecastVariable {
  const match = /^(.+)_(\d+(?:\.\d+)?)hPa$/.exec(name);
  const level = match === null ? undefined : Number(match[2]);
  const asked = match?.[1] ?? name;
  const recipe = level === undefined ? SURFACE[name] : ON_PRESSURE[asked];
  const found =
    recipe === undefined
      ? fromParameter(name, asked, collections, level)
      : fromRecipe(name, recipe, collections, level);
  if (found !== undefined) return found;
  const known = [...Object.keys(SURFACE), ...Object.keys(ON_PRESSURE).map((key) => `${key}_500hPa`)];
  const why = recipe === undefined ? 'is unknown' : 'has no data in this model';
  throw new FeatureError('bad_value', `hourly: "${name.slice(0, 60)}" ${why}; give names such as ${known.join(', ')}.`);
}
