/** MARS-style reads on a server: a box request each, its CoverageJSON taken apart into fields. */
import { type DecodedCoverage, decodeCoverages } from '../client/covjson.js';
import { EdrClient } from '../client/edr.js';
import { PolytopeClient } from '../client/polytope.js';
import type { CoverageCollection } from '../schemas/coverage.js';
import { FeatureError } from '../schemas/problem.js';
import { type MarsField, timesOf } from './mars-field.js';
import { boxFeature, type FoldedQuery } from './mars-query.js';

export interface RemoteServer {
  readonly client: PolytopeClient;
  readonly edr: EdrClient;
  readonly collection: string;
}

/** Connects. Throws FeatureError `not_found` where there is no such collection, or several and none is named. */
export async function connect(
  url: string,
  key: string | undefined,
  collection: string | undefined,
  signal?: AbortSignal,
): Promise<RemoteServer> {
  const options = { url, ...(key === undefined ? {} : { key }) };
  const client = new PolytopeClient(options);
  const names = await client.collections(signal);
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

/** CoverageJSON of a query, as the box feature gives it. */
export async function retrieveBox(
  server: RemoteServer,
  { keys, area }: FoldedQuery,
  signal?: AbortSignal,
): Promise<CoverageCollection> {
  const body = { ...keys, ...(await newestRun(server, keys, signal)), feature: boxFeature(area) };
  return server.client.retrieve(server.collection, body, signal === undefined ? {} : { signal });
}

/** Steps of metadata: hours, or text such as 1h30m. */
function hoursOf(step: unknown): number {
  if (typeof step === 'number') return step;
  const [, h = '0', m = '0', s = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(step)) ?? [];
  return Number(h) + Number(m) / 60 + Number(s) / 3600;
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
    const number = typeof metadata['number'] === 'number' ? metadata['number'] : null;
    for (const { level, at } of levelsOf(coverage)) {
      const places = shared.of({
        lat: Float64Array.from(at, (k) => coverage.lat[k]!),
        lon: Float64Array.from(at, (k) => coverage.lon[k]!),
      });
      for (const [param, values] of Object.entries(coverage.values)) {
        fields.push({
          ...{ param, nomvar: param, units: coverage.units[param] ?? '', levtype },
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
      (one.number ?? 0) - (other.number ?? 0) ||
      rank(order.step, String(one.step)) - rank(order.step, String(other.step)) ||
      one.step - other.step,
  );
}
