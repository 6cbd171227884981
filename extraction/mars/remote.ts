/** MARS-style reads on a server: a box request each, its CoverageJSON taken apart into fields. */
import { type DecodedCoverage, decodeCoverages } from '../../client/covjson.js';
import { EdrClient } from '../../client/edr.js';
import { ServiceError } from '../../client/http.js';
import { PolytopeClient } from '../../client/polytope.js';
import type { CoverageCollection } from '../../schemas/coverage.js';
import { resolveParam } from '../../schemas/param-lookup.js';
import { CODES, type ErrorCode, FeatureError } from '../../schemas/problem.js';
import type { Levtype } from '../../schemas/vocabulary.js';
import { type MarsField, timesOf } from './field.js';
import { ALL, boxFeature, type FoldedQuery } from './query.js';

export interface RemoteServer {
  readonly client: PolytopeClient;
  readonly edr: EdrClient;
  readonly collection: string;
}

/**
 * Connects. Throws FeatureError `not_found` where there is no such collection, or several and none is named, and
 * `storage_unavailable` where nobody answers.
 */
export async function connect(
  url: string,
  key: string | undefined,
  collection: string | undefined,
  signal?: AbortSignal,
): Promise<RemoteServer> {
  const options = { url, ...(key === undefined ? {} : { key }) };
  const client = new PolytopeClient(options);
  const names = await asLocal(() => client.collections(signal));
  const chosen = collection ?? (names.length === 1 ? names[0] : undefined);
  if (chosen !== undefined && names.includes(chosen))
    return { client, edr: new EdrClient(options), collection: chosen };
  const what =
    collection === undefined ? 'the server has several collections' : `collection "${collection}" is unknown`;
  throw new FeatureError('not_found', `${what}; choose of ${names.join(', ')}.`);
}

/** Base time of the newest run, of the wanted day or clock. */
async function newestRun(
  server: RemoteServer,
  keys: FoldedQuery['keys'],
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  if ('dateo' in keys || 'datev' in keys || ('date' in keys && 'time' in keys)) return {};
  const { collection, edr } = server;
  const ids = (await edr.collections(signal)).map(({ id }) => id);
  const own = ids.filter(
    (id) => id === collection || id.startsWith(`${collection}_`) || id.startsWith(`${collection}-`),
  );
  const runs = new Set<string>();
  for (const id of own)
    for (const run of await edr.instances(id, signal)) if (/^\d{8}T\d{6}Z$/.test(run)) runs.add(run);
  const day = 'date' in keys ? String(keys['date']).replaceAll('-', '') : '';
  const clock = 'time' in keys ? String([keys['time']].flat()[0]).replace(':', '').padStart(2, '0') : '';
  const fits = [...runs].sort().filter((run) => run.startsWith(day) && run.slice(9).startsWith(clock));
  const newest = fits.at(-1) ?? [...runs].sort().at(-1);
  if (newest === undefined)
    throw new FeatureError('no_data', '"date": the server tells of no run; give "date" and "time".');
  const found = { date: newest.slice(0, 8), time: newest.slice(9, 13) };
  return { ...('date' in keys ? {} : { date: found.date }), ...('time' in keys ? {} : { time: found.time }) };
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(CODES, code);

/** Refusals of the server are those of a local read. */
async function asLocal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError && isCode(error.code))
      throw new FeatureError(error.code, error.message, { cause: error });
    // what fetch throws when there is no answer at all
    if (error instanceof TypeError && error.cause instanceof Error)
      throw new FeatureError(
        'storage_unavailable',
        `the server does not answer (${error.cause.message}); check its address, and that it runs.`,
        { cause: error },
      );
    throw error;
  }
}

/** CoverageJSON of a query, as the box feature gives it; members that nobody asked about are all of them. */
export function retrieveBox(
  server: RemoteServer,
  { keys, area }: FoldedQuery,
  signal?: AbortSignal,
): Promise<CoverageCollection> {
  return asLocal(async () => {
    const body = { ...keys, ...(await newestRun(server, keys, signal)), feature: boxFeature(area) };
    const ask = (more: Readonly<Record<string, unknown>>) =>
      server.client.retrieve(server.collection, { ...body, ...more }, signal === undefined ? {} : { signal });
    try {
      return await ask({});
    } catch (error) {
      const wantsMembers =
        error instanceof ServiceError && error.code === 'under_specified' && error.message.startsWith('"number"');
      if (!wantsMembers || 'number' in keys) throw error;
      return ask({ number: ALL });
    }
  });
}

/** Steps of metadata: hours, or text such as 1h30m. */
function hoursOf(step: unknown): number {
  if (typeof step === 'number') return step;
  const [, h = '0', m = '0', s = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(step)) ?? [];
  return Number(h) + Number(m) / 60 + Number(s) / 3600;
}

function nomvarOf(param: string, levtype: string | null): string {
  try {
    return resolveParam(param, (levtype ?? undefined) as Levtype | undefined).nomvar.trim();
  } catch (error) {
    // a name of the server's own table
    if (error instanceof FeatureError) return param;
    throw error;
  }
}

interface Places {
  readonly lat: Float64Array;
  readonly lon: Float64Array;
}

/** Equal lists of places become one pair of objects. */
class SharedPlaces {
  readonly #known: Places[] = [];
  of(places: Places): Places {
    const same = (one: Float64Array, other: Float64Array): boolean =>
      one.length === other.length && one.every((value, k) => value === other[k]);
    const known = this.#known.find(({ lat, lon }) => same(lat, places.lat) && same(lon, places.lon));
    if (known !== undefined) return known;
    this.#known.push(places);
    return places;
  }
}

/** [rows, columns] of a list that repeats the same longitudes along latitudes, else [n]. */
function shapeOf({ lat, lon }: Places): readonly number[] {
  let width = 1;
  while (width < lat.length && lat[width] === lat[0]) width++;
  const isGrid =
    lat.length % width === 0 && lat.every((value, k) => value === lat[k - (k % width)] && lon[k] === lon[k % width]);
  return isGrid && lat.length > 1 ? [lat.length / width, width] : [lat.length];
}

function* levelsOf(coverage: DecodedCoverage): Generator<{ readonly level: number | null; readonly at: number[] }> {
  const groups = new Map<number, number[]>();
  for (const [k, level] of coverage.level.entries()) {
    const group = groups.get(level);
    if (group === undefined) groups.set(level, [k]);
    else group.push(k);
  }
  for (const [level, at] of groups) yield { level: Number.isNaN(level) ? null : level, at };
}

/** Fields of a CoverageCollection in the order param, level, reftime, number, step. */
export function fieldsOf(collection: CoverageCollection, query: FoldedQuery): MarsField[] {
  const shared = new SharedPlaces();
  const fields: MarsField[] = [];
  const levtype = typeof query.keys['levtype'] === 'string' ? query.keys['levtype'].toLowerCase() : null;
  for (const coverage of decodeCoverages(collection)) {
    const { metadata } = coverage;
    const step = hoursOf(metadata['step'] ?? 0);
    const base = Date.parse(String(metadata['Forecast date'] ?? metadata['date'] ?? ''));
    const number = Number(metadata['number'] ?? 0);
    for (const { level, at } of levelsOf(coverage)) {
      const places = shared.of({
        lat: Float64Array.from(at, (k) => coverage.lat[k]!),
        lon: Float64Array.from(at, (k) => coverage.lon[k]!),
      });
      for (const [param, values] of Object.entries(coverage.values)) {
        fields.push({
          ...{ param, nomvar: nomvarOf(param, levtype), units: coverage.units[param] ?? '', levtype },
          ...{ level: levtype === 'sfc' ? null : level, number, step },
          ...timesOf(Number.isNaN(base) ? coverage.time[at[0]!]! - step * 3_600_000 : base, step),
          ...{ shape: shapeOf(places), ...places },
          values: Float32Array.from(at, (k) => values[k]!),
        });
      }
    }
  }
  return sorted(fields, query);
}

function sorted(fields: MarsField[], { keys }: FoldedQuery): MarsField[] {
  const asked = (key: string): string[] =>
    [keys[key] ?? []].flat().flatMap((one) => String(one).toLowerCase().split('/'));
  const order = { param: asked('param'), level: asked('levelist'), step: asked('step') };
  const rank = (list: readonly string[], value: string): number => {
    const found = list.indexOf(value);
    return found < 0 ? list.length : found;
  };
  return fields.sort(
    (one, other) =>
      rank(order.param, one.param.toLowerCase()) - rank(order.param, other.param.toLowerCase()) ||
      rank(order.level, String(one.level)) - rank(order.level, String(other.level)) ||
      Date.parse(one.reftime) - Date.parse(other.reftime) ||
      one.number - other.number ||
      rank(order.step, String(one.step)) - rank(order.step, String(other.step)) ||
      one.step - other.step,
  );
}
