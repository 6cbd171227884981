/** MARS-style reads on a datacube: which fields, at which points, in the order asked for. */
import { DEFAULT_LIMITS, type Limits } from '../../schemas/limits.js';
import { valuesOf } from '../../schemas/mars.js';
import { FeatureError } from '../../schemas/problem.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import type { FeatureRequest, KeyName } from '../../schemas/vocabulary.js';
import type { Budget } from '../budget.js';
import type { Datacube } from '../datacube.js';
import type { Grid } from '../grid/grid-type.js';
import { FieldCache } from '../maps/field-cache.js';
import { samplePoints } from '../maps/map-field.js';
import { PixelMaps } from '../maps/pixel-map.js';
import { gridsOfRows } from '../plan/grids.js';
import type { RegionFinder } from '../region/region.js';
import { boxShape } from '../region/shapes.js';
import { expand } from '../region/spans.js';
import { NO_ROW, type Selection, selectFields } from '../selection.js';
import { type MarsField, timesOf } from './field.js';
import { ALL, type Area, boxFeature, type FoldedQuery } from './query.js';

export interface LocalDeps {
  readonly memory: Budget;
  readonly regions: RegionFinder;
}

const LARGE = Number.MAX_SAFE_INTEGER;
/** A library serves one caller: only memory limits it. */
export const READER_LIMITS: Limits = { ...DEFAULT_LIMITS, values: LARGE, points: LARGE };
const SECONDS = 3600;
const MAP_BYTES = 2 ** 20;

/** Date and time of the newest run, of those of the given day or clock where one is given. */
function newestRun(keys: Readonly<Record<string, unknown>>, cube: Datacube): Record<string, string> {
  if (['datev', 'dateo', 'datetime'].some((key) => key in keys) || ('date' in keys && 'time' in keys)) return {};
  const texts = cube.runs
    .map(({ index }) => index.base)
    .filter((base) => !Number.isNaN(base))
    .map((base) => new Date(base).toISOString());
  const clocks = (raw: unknown): string[] => [raw].flat().flatMap((one) => String(one).split('/'));
  const fits = texts.filter((text) => {
    if ('date' in keys)
      return clocks(keys['date']).some((day) => text.startsWith(day) || text.slice(0, 10).replaceAll('-', '') === day);
    if ('time' in keys)
      return clocks(keys['time']).some((clock) =>
        text.slice(11, 16).replace(':', '').startsWith(clock.replace(':', '').padStart(2, '0')),
      );
    return true;
  });
  const newest = fits.at(-1) ?? texts.at(-1);
  if (newest === undefined)
    throw new FeatureError('no_data', '"date": the data have no dated run; select by dateo or datev.');
  const date = newest.slice(0, 10).replaceAll('-', '');
  const time = newest.slice(11, 16).replace(':', '');
  return { ...('date' in keys ? {} : { date }), ...('time' in keys ? {} : { time }) };
}

/** The request of a query, and the fields that it selects; members that nobody asked about are all of them. */
export function selectQuery(
  { keys, area }: FoldedQuery,
  cube: Datacube,
  format: 'covjson' = 'covjson',
): { readonly request: FeatureRequest; readonly selection: Selection } {
  const body = { ...keys, ...newestRun(keys, cube), feature: boxFeature(area), format };
  const attempt = (more: Record<string, unknown>) => {
    const request = parseFeatureRequest({ ...body, ...more }, { now: new Date(), limits: READER_LIMITS });
    return { request, selection: selectFields(request, cube) };
  };
  try {
    return attempt({});
  } catch (error) {
    const wantsMembers =
      error instanceof FeatureError && error.code === 'under_specified' && error.message.startsWith('"number"');
    if (!wantsMembers || 'number' in keys) throw error;
    return attempt({ number: ALL });
  }
}

interface PointsOfGrid {
  readonly grid: Grid;
  readonly points: Uint32Array;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly shape: readonly number[];
}

/** [rows, columns] where the points are every crossing of some rows and columns, else [n]. */
function shapeOf(points: Uint32Array, ni: number): readonly number[] {
  const first = Math.floor(points[0]! / ni);
  let width = 1;
  while (width < points.length && Math.floor(points[width]! / ni) === first) width++;
  const height = points.length / width;
  if (!Number.isInteger(height) || width * height === 1) return [points.length];
  for (let k = width; k < points.length; k++) {
    const row = Math.floor(k / width);
    const isThere = points[k]! % ni === points[k % width]! % ni;
    if (!isThere || Math.floor(points[k]! / ni) !== Math.floor(points[row * width]! / ni)) return [points.length];
  }
  return [height, width];
}

async function pointsOf(grid: Grid, area: Area | undefined, regions: RegionFinder): Promise<PointsOfGrid> {
  if (area === undefined) {
    const points = Uint32Array.from({ length: grid.size }, (_, k) => k);
    return { grid, points, ...(await grid.latlon()), shape: [grid.nj, grid.ni] };
  }
  const points = expand(await regions.find(grid, boxShape(area), JSON.stringify(['box', area])));
  if (points.length === 0)
    throw new FeatureError(
      'no_points_in_feature',
      `"area": no grid point lies in [${area.north}, ${area.west}, ${area.south}, ${area.east}]; make it larger or move it.`,
    );
  return { grid, points, ...(await grid.latlon(points)), shape: shapeOf(points, grid.ni) };
}

/** Places of values in the order of the request; those it does not list come as they are. */
function askedOrder(request: FeatureRequest, key: KeyName, values: ArrayLike<number>, unit = 1): number[] {
  const selector = request.keys.get(key);
  const listed = selector === undefined ? undefined : valuesOf(key, selector);
  const own = Array.from(values, (_, at) => at);
  if (listed === undefined) return own;
  const rank = (at: number): number => {
    const found = listed.findIndex((one) => Number(String(one).split('-').at(-1)) * unit === values[at]);
    return found < 0 ? listed.length : found;
  };
  return own.sort((one, other) => rank(one) - rank(other) || one - other);
}

/** Fields of a query as arrays, in the order param, level, reftime, number, step. */
export async function readLocal(
  query: FoldedQuery,
  cube: Datacube,
  deps: LocalDeps,
  signal?: AbortSignal,
): Promise<MarsField[]> {
  const { request, selection } = selectQuery(query, cube);
  const { rows, partners, params, bases, numbers, levels, steps } = selection;
  const grids = await gridsOfRows(
    cube,
    rows.filter((row) => row !== NO_ROW),
  );
  const places = new Map<ReadonlySet<number>, PointsOfGrid>();
  for (const one of grids) places.set(one.rows, await pointsOf(one.grid, query.area, deps.regions));
  const placeOf = (row: number): PointsOfGrid => places.get(grids.find((one) => one.rows.has(row))!.rows)!;
  const sampling = { fields: new FieldCache(deps), maps: new PixelMaps(MAP_BYTES) };
  const order = {
    level: askedOrder(request, 'levelist', levels),
    number: askedOrder(request, 'number', numbers),
    step: askedOrder(request, 'step', steps),
  };
  const out: MarsField[] = [];
  for (const [p, param] of params.entries())
    for (const l of order.level)
      for (let b = 0; b < bases.length; b++)
        for (const n of order.number)
          for (const s of order.step) {
            const at = (((b * numbers.length + n) * levels.length + l) * steps.length + s) * params.length + p;
            const row = rows[at]!;
            if (row === NO_ROW) continue;
            signal?.throwIfAborted();
            const { grid, points, lat, lon, shape } = placeOf(row);
            const partner = partners?.[at] ?? NO_ROW;
            const field = { cube, grid, param, row, ...(partner === NO_ROW ? {} : { partner }) };
            const step = steps[s]! / SECONDS;
            out.push({
              ...{ param: param.name, nomvar: param.nomvar.trim(), units: param.unit, levtype: selection.levtype },
              level: selection.levtype === 'sfc' || selection.levtype === null ? null : levels[l]!,
              number: numbers[n]!,
              ...{ step, ...timesOf(bases[b]!, step), shape, lat, lon },
              values: await samplePoints(sampling, field, points, signal),
            });
          }
  return out;
}
