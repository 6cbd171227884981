/** Values of one record at places: the nearest point, bilinear interpolation, and true winds where the partner is in the file. */
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { LatLon, RecordTable, Source } from '../../schemas/vocabulary.js';
import { textAt } from '../catalogue/fixed-text.js';
import { batchOf, readDescriptors } from './descriptor-reader.js';
import { requireGrid } from './descriptors.js';
import { type Grid, openGrid } from './grid.js';
import { applyWeights } from './weights.js';
import { directionOf, speedOf, toEarth, WIND_PAIRS } from './winds.js';

/** A scanned file. */
export interface ProbeFile {
  readonly source: Source;
  readonly table: RecordTable;
}

/** One place of `polyfst locate`; null where there is no value. */
export interface ProbeLine {
  readonly lat: number;
  readonly lon: number;
  /** fractional 1-based array indices */
  readonly x: number | null;
  readonly y: number | null;
  /** 1-based indices of the nearest point */
  readonly i: number;
  readonly j: number;
  readonly inside: boolean;
  readonly distance_km: number;
  readonly nearest: number | null;
  readonly linear: number | null;
  /** UU and VV only: bilinear, units of the record, true east and north; speed and the direction that the wind blows from */
  readonly u_east?: number | null;
  readonly v_north?: number | null;
  readonly speed?: number | null;
  readonly direction?: number | null;
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const SAME = ['ip1', 'ip2', 'ip3', 'ni', 'nj', 'nk', 'ig1', 'ig2', 'ig3', 'ig4', 'dateo', 'datev', 'npas'] as const;

/** Row of the other wind component: all keys equal but the name. */
export function partnerRow(table: RecordTable, row: number): number | undefined {
  const pair = WIND_PAIRS[textAt(table.nomvar, 4, row)];
  if (!pair) return undefined;
  const text = (other: number): string =>
    textAt(table.typvar, 2, other) + textAt(table.grtyp, 1, other) + textAt(table.etiket, 12, other);
  const own = text(row);
  for (let other = 0; other < table.count; other++) {
    const equal = SAME.every((name) => table[name][other] === table[name][row]);
    if (equal && textAt(table.nomvar, 4, other) === pair.partner && text(other) === own) return other;
  }
  return undefined;
}

async function valuesAt(file: ProbeFile, rows: readonly number[], points: Uint32Array): Promise<Float32Array[]> {
  const { values, status } = await native.gather(file.source, batchOf(file.table, file.table.container, rows), points);
  return rows.map((row, n) => {
    if (status[n] !== 0) {
      throw new FeatureError(
        'decode_failed',
        `Row ${row} cannot be decoded (code ${status[n]}); its bytes are damaged.`,
      );
    }
    return values.subarray(n * points.length, (n + 1) * points.length);
  });
}

/** The grid of a row of a file, from descriptors in the same file or in `others`. Throws `grid_error`, `unsupported_grid`. */
export async function gridOfRow(file: ProbeFile, row: number, others: readonly ProbeFile[] = []): Promise<Grid> {
  const sources = new Map([file, ...others].map(({ table, source }) => [table, source]));
  const def = await requireGrid(
    file.table,
    row,
    (table, rows) => readDescriptors(sources.get(table)!, table.container, table, rows),
    others.map(({ table }) => table),
  );
  return openGrid(def);
}

/** Throws `bad_value` unless the place lies on the globe. */
function checkPlace([lat, lon]: LatLon): void {
  if (!(Math.abs(lat) <= 90))
    throw new FeatureError('bad_value', `latitude ${lat} is outside -90 to 90; places are [latitude, longitude].`);
  if (!(Math.abs(lon) <= 720))
    throw new FeatureError('bad_value', `longitude ${lon} is outside -720 to 720; give -180 to 360.`);
}

/** A line for each place, in order. Throws `bad_value`, `grid_error`, `unsupported_grid`, `decode_failed`. */
export async function probe(
  file: ProbeFile,
  row: number,
  places: readonly LatLon[],
  others: readonly ProbeFile[] = [],
): Promise<ProbeLine[]> {
  places.forEach(checkPlace);
  const grid = await gridOfRow(file, row, others);
  const lat = Float64Array.from(places, (place) => place[0]);
  const lon = Float64Array.from(places, (place) => place[1]);
  const [xy, nearest, weights] = [
    await grid.locate(lat, lon),
    await grid.nearest(lat, lon),
    await grid.bilinear(lat, lon),
  ];
  const partner = partnerRow(file.table, row);
  const rows = partner === undefined ? [row] : [row, partner];
  const points = Uint32Array.from([...nearest.point, ...weights.points]);
  const values = await valuesAt(file, rows, points);
  const linear = values.map((column) => applyWeights(weights, column.subarray(places.length)));
  const wind = partner === undefined ? undefined : windsOf(file.table, row, grid, lat, lon, linear);
  const scattered = grid.kind === 'scattered';
  return places.map((place, n): ProbeLine => {
    const point = nearest.point[n]!;
    return {
      lat: place[0],
      lon: place[1],
      x: orNull(xy[2 * n]!),
      y: orNull(xy[2 * n + 1]!),
      i: scattered ? point + 1 : (point % grid.ni) + 1,
      j: scattered ? 1 : Math.floor(point / grid.ni) + 1,
      inside: nearest.inside[n] === 1,
      distance_km: nearest.distanceKm[n]!,
      nearest: orNull(values[0]![n]!),
      linear: orNull(linear[0]![n]!),
      ...wind?.(n),
    };
  });
}

type WindMembers = Pick<ProbeLine, 'u_east' | 'v_north' | 'speed' | 'direction'>;

/** Wind members of a line. Components are interpolated along the axes first and turned at the place itself. */
function windsOf(
  table: RecordTable,
  row: number,
  grid: Grid,
  lat: Float64Array,
  lon: Float64Array,
  linear: readonly Float64Array[],
): (place: number) => WindMembers {
  const first = WIND_PAIRS[textAt(table.nomvar, 4, row)]!.component === 'u';
  const [u, v] = first ? [linear[0]!, linear[1]!] : [linear[1]!, linear[0]!];
  const { east, north } = toEarth(u, v, grid.rotationAt(lat, lon));
  return (n) => ({
    u_east: orNull(east[n]!),
    v_north: orNull(north[n]!),
    speed: orNull(speedOf(east[n]!, north[n]!)),
    direction: orNull(directionOf(east[n]!, north[n]!)),
  });
}
