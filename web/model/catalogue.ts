/** What the server has, as the page thinks of it: models of parts (surface, pressure levels …), their parameters and runs. Read from EDR documents. */
import { type Family, familyOf, type Scale, scaleOf } from '../../schemas/styles.js';
import type { Levtype } from '../../schemas/vocabulary.js';
import type { UnitFamily } from '../state/state.js';
import { expandNumbers, expandTimes, runBase } from './times.js';
import { styleUnit } from './units.js';

export interface Labels {
  readonly en: string;
  readonly fr: string;
}

export interface Param {
  readonly key: string;
  readonly nomvar: string;
  readonly shortName: string | undefined;
  readonly label: Labels;
  /** UCUM */
  readonly unit: string;
  readonly standardName: string | undefined;
  readonly levtype: Levtype;
  /** of a wind given by its components: their keys; it is drawn as `speed` of the first */
  readonly components?: readonly [u: string, v: string];
}

/** Key of the wind that the page makes of two components. */
export const WIND = 'ws';

type Keys = Readonly<Record<string, string>>;

export interface Part {
  /** of the EDR collection */
  readonly id: string;
  readonly levtype: Levtype;
  readonly polytope: string;
  readonly keys: Keys;
  /** keys of fields that are no member, and of those that are */
  readonly single: Keys | undefined;
  readonly members: Keys | undefined;
  readonly zarr: string;
  /** names of the data formats of EDR */
  readonly formats: readonly string[];
  /** whether rows of the grid are circles of latitude, so that points stand for areas by the cosine of it */
  readonly isLatLon: boolean;
  /** id of the grid */
  readonly grid: string;
  /** degrees */
  readonly spacing: number;
  /** west, south, east, north; west > east across the date line */
  readonly bbox: readonly [number, number, number, number];
  readonly levels: readonly number[];
  readonly numbers: readonly number[];
  readonly params: readonly Param[];
}

export interface Model {
  readonly name: string;
  readonly title: string;
  readonly parts: readonly Part[];
}

export interface Run {
  readonly id: string;
  readonly base: number;
  readonly times: readonly number[];
  readonly levels: readonly number[];
  readonly numbers: readonly number[];
  readonly steps: number;
  readonly expectedSteps: number;
  readonly complete: boolean;
  readonly keys: ReadonlySet<string>;
}

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isJson(value) ? value : {});
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): readonly string[] => list(value).filter((one) => typeof one === 'string');

function keysOf(value: unknown): Keys {
  return Object.fromEntries(Object.entries(object(value)).map(([key, one]) => [key, String(one)]));
}

function paramOf(key: string, document: Json, levtype: Levtype): Param {
  const own = object(document['polyfst']);
  const unit = object(object(document['unit'])['symbol'])['value'];
  const name = /standard_name\/([a-z0-9_]+)/.exec(text(object(document['observedProperty'])['id']) ?? '');
  const en = text(object(own['label'])['en']) ?? text(document['description']) ?? key;
  return {
    key,
    nomvar: text(own['nomvar']) ?? key,
    shortName: text(own['shortName']),
    label: SHORT[key] ?? { en, fr: text(object(own['label'])['fr']) ?? en },
    unit: text(unit) ?? '1',
    standardName: name?.[1],
    levtype,
  };
}

const levtypeOf = (id: string, keywords: readonly string[]): Levtype =>
  (/-(pl|ml|hl|pt|o2d|sfc)(-g[0-9a-f]{6})?$/.exec(id)?.[1] ??
    keywords.find((word) => word === 'pl') ??
    'sfc') as Levtype;

function extentOf(document: Json): Pick<Part, 'bbox' | 'levels' | 'numbers'> & { readonly times: readonly number[] } {
  const extent = object(document['extent']);
  const box = list(list(object(extent['spatial'])['bbox'])[0]).map(Number);
  const custom = list(extent['custom']).find((one) => object(one)['id'] === 'number');
  return {
    bbox: box.length >= 4 ? [box[0]!, box[1]!, box[2]!, box[3]!] : [-180, -90, 180, 90],
    times: expandTimes(texts(object(extent['temporal'])['values'])),
    levels: texts(object(extent['vertical'])['values']).map(Number),
    numbers: expandNumbers(texts(object(custom)['values'])),
  };
}

function partOf(document: Json): Part {
  const id = text(document['id']) ?? '';
  const own = object(document['polyfst']);
  const polytope = object(own['polytope']);
  const levtype = levtypeOf(id, texts(document['keywords']));
  const { times: _times, ...extent } = extentOf(document);
  const params = Object.entries(object(document['parameter_names'])).map(([key, one]) =>
    paramOf(key, object(one), levtype),
  );
  return {
    id,
    levtype,
    polytope: text(polytope['collection']) ?? id.replace(/-(pl|ml|hl|pt|o2d|sfc)(-g[0-9a-f]{6})?$/, ''),
    keys: keysOf(polytope['keys']),
    single: polytope['single'] === undefined ? undefined : keysOf(polytope['single']),
    members: polytope['members'] === undefined ? undefined : keysOf(polytope['members']),
    zarr: text(own['zarr']) ?? `/zarr/${id}`,
    formats: texts(document['output_formats']),
    isLatLon: ['separable', 'regular', 'gaussian'].includes(text(object(own['grid'])['kind']) ?? ''),
    grid: text(object(own['grid'])['id']) ?? '',
    spacing: Number(object(own['grid'])['spacing']) || 0.1,
    ...extent,
    params: sorted(withWind(params, levtype)),
  };
}

/** Adds the wind to parts that have its components. */
function withWind(params: readonly Param[], levtype: Levtype): readonly Param[] {
  const u = params.find(({ nomvar }) => nomvar === 'UU');
  const v = params.find(({ nomvar }) => nomvar === 'VV');
  if (u === undefined || v === undefined || params.some(({ nomvar, key }) => nomvar === 'UV' || key === WIND))
    return params;
  const label = levtype === 'sfc' ? { en: 'Wind 10 m', fr: 'Vent à 10 m' } : { en: 'Wind', fr: 'Vent' };
  const [nomvar, unit, standardName] = ['UV', 'm/s', 'wind_speed'];
  return [
    ...params,
    { key: WIND, nomvar, shortName: undefined, label, unit, standardName, levtype, components: [u.key, v.key] },
  ];
}

/** Names short enough for a list, where the table of the server has long ones. */
const SHORT: Readonly<Record<string, Labels>> = {
  '2t': { en: 'Temperature 2 m', fr: 'Température à 2 m' },
  '2d': { en: 'Dew point 2 m', fr: 'Point de rosée à 2 m' },
  tp: { en: 'Precipitation', fr: 'Précipitations' },
  tcc: { en: 'Cloud cover', fr: 'Nébulosité' },
  msl: { en: 'Sea-level pressure', fr: 'Pression au niveau de la mer' },
  '10u': { en: 'Wind 10 m, east', fr: 'Vent à 10 m, est' },
  '10v': { en: 'Wind 10 m, north', fr: 'Vent à 10 m, nord' },
  u: { en: 'Wind, east', fr: 'Vent, est' },
  v: { en: 'Wind, north', fr: 'Vent, nord' },
};

const FIRST: readonly string[] = ['TT', 'TD', 'UV', 'PR', 'NT', 'PN', 'GZ', 'HR', 'HU'];

/** What people look at most comes first, then the alphabet. */
function sorted(params: readonly Param[]): readonly Param[] {
  const rank = ({ nomvar }: Param): number => (FIRST.indexOf(nomvar) + FIRST.length + 1) % (FIRST.length + 1);
  return [...params].sort((one, other) => rank(one) - rank(other) || one.label.en.localeCompare(other.label.en));
}

const ORDER: readonly Levtype[] = ['sfc', 'pl', 'ml', 'hl', 'pt', 'o2d'];

/** Collections of one Polytope collection are one model. */
export function modelsOf(document: unknown): readonly Model[] {
  const documents = list(object(document)['collections']).filter(isJson);
  const models = new Map<string, { title: string; parts: Part[] }>();
  for (const one of documents) {
    const part = partOf(one);
    const title = (text(one['title']) ?? part.polytope).split(':')[0]!;
    const model = models.get(part.polytope) ?? { title, parts: [] };
    models.set(part.polytope, model);
    model.parts.push(part);
  }
  return [...models].map(([name, { title, parts }]) => ({
    name,
    title,
    parts: parts.sort((one, other) => ORDER.indexOf(one.levtype) - ORDER.indexOf(other.levtype)),
  }));
}

/** Runs of a collection, newest first. */
export function runsOf(document: unknown): readonly Run[] {
  const runs = list(object(document)['instances']).map((one): Run => {
    const instance = object(one);
    const id = text(instance['id']) ?? '';
    const own = object(instance['polyfst']);
    const { times, levels, numbers } = extentOf(instance);
    const steps = Number(own['steps'] ?? times.length);
    return {
      id,
      base: runBase(id),
      times: [...times].sort((one, other) => one - other),
      levels,
      numbers,
      steps,
      expectedSteps: Number(own['expectedSteps'] ?? steps),
      complete: own['complete'] !== false,
      keys: new Set(Object.keys(object(instance['parameter_names']))),
    };
  });
  return runs.sort((one, other) => other.base - one.base);
}

export const newestRun = (runs: readonly Run[]): Run | undefined => runs.find(({ complete }) => complete) ?? runs[0];

/** What is shown of a model first: a temperature, near the ground where there is one. */
export function firstChoice(model: Model): { readonly part: Part; readonly param: Param } | undefined {
  const all = model.parts.flatMap((part) => part.params.map((param) => ({ part, param })));
  return all.find(({ param }) => paramFamily(param) === 'temperature') ?? all[0];
}

/** Names of the east and north components of the wind as MARS has them, which are turned to north; undefined without both. */
export function windNames({ params }: Part): readonly [u: string, v: string] | undefined {
  const [u, v] = ['UU', 'VV'].map((nomvar) => params.find((one) => one.nomvar === nomvar && !one.components));
  return u && v && [u.shortName ?? u.key, v.shortName ?? v.key];
}

export const findPart = (models: readonly Model[], id: string): Part | undefined =>
  models.flatMap(({ parts }) => parts).find((part) => part.id === id);

/** Scale of a parameter at a level, from the one table of styles. */
export function scaleFor(param: Param, level: number | undefined): Scale {
  const { standardName, unit, levtype } = param;
  return scaleOf({ standardName, unit: styleUnit(unit), levtype, level });
}

export function paramFamily(param: Param): Family {
  return familyOf({ standardName: param.standardName, unit: styleUnit(param.unit), levtype: param.levtype });
}

const UNIT_FAMILY: Readonly<Partial<Record<Family, UnitFamily>>> = {
  temperature: 'temperature',
  wind: 'wind',
  component: 'wind',
  precipitation: 'precip',
  pressure: 'pressure',
  height: 'height',
};

export const unitFamily = (param: Param): UnitFamily | undefined =>
  UNIT_FAMILY[paramFamily(param)] ?? (param.standardName === 'geopotential_height' ? 'height' : undefined);

/** Whether the whole domain is better seen from above the pole: it reaches beyond 60 N and stays north of the equator. */
export const isNorthern = ({ bbox }: Part): boolean => bbox[3] > 60 && bbox[1] > 0;
