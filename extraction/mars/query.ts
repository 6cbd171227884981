/** What a MARS-style read asks for: keys in any case and spelling become the body of a feature request, with what is absent filled in. */
import { FeatureError } from '../../schemas/problem.js';

/** Keys as in MARS, `level` for `levelist`, and `area` = [N, W, S, E] in degrees, closed. */
export type MarsQuery = Readonly<Record<string, unknown>>;

/** Closed box; degrees. */
export interface Area {
  readonly north: number;
  readonly west: number;
  readonly south: number;
  readonly east: number;
}

export interface FoldedQuery {
  /** keys of a request, without date and time where the query has none */
  readonly keys: Readonly<Record<string, unknown>>;
  readonly area: Area | undefined;
}

/** Every step, level or member that there is. */
export const ALL = '0/to/100000';
const NAMES: Readonly<Record<string, string>> = { level: 'levelist', levellist: 'levelist' };
/** Parts of a request that a read sets itself. */
const OWN = new Set(['feature', 'format', 'expect', 'units']);

function readArea(raw: unknown): Area {
  const parts = typeof raw === 'string' ? raw.split('/') : raw;
  const numbers = Array.isArray(parts) ? parts.map((part) => (part === '' ? Number.NaN : Number(part))) : [];
  const [north, west, south, east] = numbers as [number, number, number, number];
  const isBox = numbers.length === 4 && numbers.every(Number.isFinite);
  if (isBox && north <= 90 && south >= -90 && north >= south && Math.abs(west) <= 360 && Math.abs(east) <= 360)
    return { north, west, south, east: east < west ? east + 360 : east };
  throw new FeatureError(
    'bad_value',
    `"area": ${JSON.stringify(raw)} is no box; give [north, west, south, east] in degrees, for example [60, -100, 30, -60].`,
  );
}

/** Folds a query. Throws FeatureError `unknown_key`, `over_specified` or `bad_value`. */
export function foldQuery(query: MarsQuery): FoldedQuery {
  if (typeof query !== 'object' || query === null || Array.isArray(query))
    throw new FeatureError(
      'bad_request',
      'a query is an object of MARS keys; give for example { param: "2t", step: 0 }.',
    );
  const keys: Record<string, unknown> = {};
  let area: Area | undefined;
  for (const [spelled, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const lower = spelled.trim().toLowerCase();
    const key = NAMES[lower] ?? lower;
    if (OWN.has(key))
      throw new FeatureError(
        'unknown_key',
        `"${spelled}" is an unknown key of a read; remove it or use read's options.`,
      );
    if (key in keys || (key === 'area' && area !== undefined))
      throw new FeatureError('over_specified', `"${key}" is over-specified: the query gives it twice; give it once.`);
    if (key === 'area') area = readArea(value);
    else keys[key] = Array.isArray(value) && value.length === 1 ? value[0] : value;
  }
  const isRaw = 'nomvar' in keys || 'ip1' in keys;
  if (!('levtype' in keys) && !isRaw) keys['levtype'] = 'levelist' in keys ? 'pl' : 'sfc';
  const levtype = String(keys['levtype'] ?? '').toLowerCase();
  if (levtype !== '' && levtype !== 'sfc' && !('levelist' in keys) && !('ip1' in keys)) keys['levelist'] = ALL;
  if (!('step' in keys) && !('ip2' in keys) && !('datev' in keys)) keys['step'] = ALL;
  return { keys, area };
}

/** The box feature of an area; the whole globe without one. */
export function boxFeature(area: Area | undefined): Readonly<Record<string, unknown>> {
  const { north, west, south, east } = area ?? { north: 90, west: -180, south: -90, east: 180 };
  return {
    type: 'boundingbox',
    points: [
      [north, west],
      [south, east],
    ],
  };
}
