/**
 * Coverages as a CF dataset: points, levels, times and members as dimensions where they make a full product, else a list of
 * observations (CF feature type `point`), as paths are.
 */
import type { CfAttributes, CfDataset, CfDimension, CfNumbers, CfVariable } from './cf.js';
import type { CollectionHead, CoverageBlock } from './coverage-block.js';
import { LAT, LON, levelAttributes, MEMBER, paramAttributes, safeName, TIME, variable } from './ogc-netcdf.js';
import { PointRows } from './point-rows.js';

/** Rows of the answer, sorted, as plain arrays. */
interface Rows {
  readonly count: number;
  readonly point: Int32Array;
  readonly longitude: Float64Array;
  readonly latitude: Float64Array;
  readonly reftime: Float64Array;
  readonly time: Float64Array;
  readonly number: Int32Array;
  readonly level: Float64Array;
  readonly param: Int32Array;
  readonly value: Float32Array;
}

/** Whether dimensions of points stand before those of time (NetCDF), or time is the last one (OM). */
export type PointOrder = 'time-before-level' | 'time-last';

const STATION: CfAttributes = { long_name: 'number of the point', cf_role: 'timeseries_id' };
const REFERENCE: CfAttributes = {
  standard_name: 'forecast_reference_time',
  long_name: 'base time of the forecast',
  units: 'seconds since 1970-01-01 00:00:00',
  calendar: 'proleptic_gregorian',
  units_metadata: 'leap_seconds: none',
};
const LEAD: CfAttributes = { standard_name: 'forecast_period', long_name: 'time since the base time', units: 'hours' };
/** A product may have so many cells for each value that there is. */
const MOST_GAPS = 2;
const SECOND = 1000;
const HOUR = 3_600_000;

async function rowsOf(head: CollectionHead, blocks: AsyncIterable<CoverageBlock>): Promise<Rows> {
  const table = new PointRows(head);
  for await (const block of blocks) table.add(block);
  const [columns = []] = table.chunks(Math.max(1, table.rows), false);
  const of = (name: string): CfNumbers =>
    (columns.find((one) => one.name === name)?.values ?? new Float64Array(0)) as CfNumbers;
  return {
    count: table.rows,
    point: of('point') as Int32Array,
    longitude: of('longitude') as Float64Array,
    latitude: of('latitude') as Float64Array,
    reftime: of('reftime') as Float64Array,
    time: of('time') as Float64Array,
    number: of('number') as Int32Array,
    level: of('level') as Float64Array,
    param: of('param') as Int32Array,
    value: of('value') as Float32Array,
  };
}

interface Axis {
  readonly name: string;
  readonly values: Float64Array;
  readonly indexOf: ReadonlyMap<number, number>;
}

function axisOf(name: string, values: ArrayLike<number>, upward = true): Axis {
  const unique = [...new Set(Array.from(values))].sort((a, b) => (upward ? a - b : b - a));
  return { name, values: Float64Array.from(unique), indexOf: new Map(unique.map((value, n) => [value, n])) };
}

const isLevelled = ({ levtype }: CollectionHead): boolean => levtype !== null && levtype !== 'sfc';

/** Cell of each row in the product of the axes; undefined when two rows of a parameter would share one. */
function cellsOf(rows: Rows, axes: readonly Axis[], columns: readonly ArrayLike<number>[]): Float64Array | undefined {
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  const cells = new Float64Array(rows.count);
  const taken = new Set<number>();
  for (let row = 0; row < rows.count; row++) {
    let cell = 0;
    for (const [n, axis] of axes.entries()) cell = cell * axis.values.length + axis.indexOf.get(columns[n]![row]!)!;
    const own = rows.param[row]! * size + cell;
    if (taken.has(own)) return undefined;
    taken.add(own);
    cells[row] = cell;
  }
  return cells;
}

function timeVariables(rows: Rows, time: Axis, dims: readonly CfDimension[]): CfVariable[] {
  const own = variable(
    'time',
    time.values.map((ms) => ms / SECOND),
    dims,
    TIME,
  );
  const base = rows.reftime[0]!;
  if (Number.isNaN(base) || !rows.reftime.every((ms) => ms === base)) return [own];
  const lead = time.values.map((ms) => (ms - base) / HOUR);
  return [
    own,
    variable('reftime', Float64Array.of(base / SECOND), [], REFERENCE),
    variable('leadtime', lead, dims, LEAD),
  ];
}

type Parts = Omit<CfDataset, 'attributes'>;

/** The answer as a product of its axes; undefined where that would be mostly holes. */
function product(rows: Rows, head: CollectionHead, order: PointOrder): Parts | undefined {
  const point = axisOf('station', rows.point);
  const time = axisOf('time', rows.time);
  const member = axisOf('realization', rows.number);
  const { name, attributes } = levelAttributes(head.levtype ?? 'sfc');
  const level = axisOf(name, isLevelled(head) ? rows.level : [0], head.levtype !== 'pl');
  const levels = isLevelled(head) ? rows.level : new Float64Array(rows.count);
  const last: [Axis, ArrayLike<number>][] = [
    [time, rows.time],
    [level, levels],
  ];
  if (order === 'time-last') last.reverse();
  const all: [Axis, ArrayLike<number>][] = [[member, rows.number], [point, rows.point], ...last];
  const size = all.reduce((total, [axis]) => total * axis.values.length, 1);
  if (size * head.params.length > MOST_GAPS * rows.count) return undefined;
  const cells = cellsOf(
    rows,
    all.map(([axis]) => axis),
    all.map(([, column]) => column),
  );
  if (cells === undefined) return undefined;
  const isKept = (axis: Axis): boolean => axis === point || axis === time || axis.values.length > 1;
  const dims = all
    .filter(([axis]) => isKept(axis))
    .map(([axis]): CfDimension => ({ name: axis.name, size: axis.values.length }));
  const dimOf = (axis: Axis): CfDimension[] => dims.filter((dim) => dim.name === axis.name);
  const first = new Map(Array.from(rows.point, (number, row) => [number, row]));
  const place = (values: Float64Array): Float64Array => point.values.map((number) => values[first.get(number)!]!);
  const variables = [
    variable('station', Int32Array.from(point.values), dimOf(point), STATION),
    variable('lat', place(rows.latitude), dimOf(point), LAT),
    variable('lon', place(rows.longitude), dimOf(point), LON),
    ...timeVariables(rows, time, dimOf(time)),
  ];
  if (isLevelled(head)) {
    const vertical = isKept(level) ? { ...attributes, axis: 'Z' } : attributes;
    variables.push(variable(name, level.values, dimOf(level), vertical));
  }
  if (member.values.length > 1 || member.values[0]! > 0) {
    variables.push(variable('realization', Int32Array.from(member.values), dimOf(member), MEMBER));
  }
  const dimNames = new Set(dims.map((dim) => dim.name));
  const coordinates = variables.map((one) => one.name).filter((one) => !dimNames.has(one));
  for (const [n, param] of head.params.entries()) {
    const values = new Float32Array(size).fill(Number.NaN);
    for (let row = 0; row < rows.count; row++) if (rows.param[row] === n) values[cells[row]!] = rows.value[row]!;
    variables.push(variable(safeName(param.name), values, dims, paramAttributes(param, coordinates.join(' '))));
  }
  return { name: '', dims, variables, groups: [] };
}

/** A row an observation: place, level, time and member, with a value of each parameter. */
function observations(rows: Rows, head: CollectionHead): Parts {
  const numbers = new Map<string, number>();
  const first: number[] = [];
  const of = new Int32Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const key = `${rows.point[row]} ${rows.time[row]} ${rows.level[row]} ${rows.number[row]} ${rows.reftime[row]}`;
    const known = numbers.get(key) ?? first.push(row) - 1;
    numbers.set(key, known);
    of[row] = known;
  }
  const obs: CfDimension[] = [{ name: 'obs', size: first.length }];
  const pick = (values: Float64Array, factor = 1): Float64Array =>
    Float64Array.from(first, (row) => values[row]! / factor);
  const { name, attributes } = levelAttributes(head.levtype ?? 'sfc');
  const variables = [
    variable('time', pick(rows.time, SECOND), obs, TIME),
    variable('reftime', pick(rows.reftime, SECOND), obs, REFERENCE),
    variable('lat', pick(rows.latitude), obs, LAT),
    variable('lon', pick(rows.longitude), obs, LON),
    ...(isLevelled(head) ? [variable(name, pick(rows.level), obs, attributes)] : []),
    ...(rows.number.some((number) => number > 0)
      ? [
          variable(
            'realization',
            Int32Array.from(first, (row) => rows.number[row]!),
            obs,
            MEMBER,
          ),
        ]
      : []),
  ];
  const coordinates = variables.map((one) => one.name).join(' ');
  for (const [n, param] of head.params.entries()) {
    const values = new Float32Array(first.length).fill(Number.NaN);
    for (let row = 0; row < rows.count; row++) if (rows.param[row] === n) values[of[row]!] = rows.value[row]!;
    variables.push(variable(safeName(param.name), values, obs, paramAttributes(param, coordinates)));
  }
  return { name: '', dims: obs, variables, groups: [] };
}

/** The dataset of an answer; the values of all its coverages are in memory. */
export async function pointDataset(
  head: CollectionHead,
  blocks: AsyncIterable<CoverageBlock>,
  order: PointOrder = 'time-before-level',
): Promise<CfDataset> {
  const rows = await rowsOf(head, blocks);
  const whole = product(rows, head, order);
  const feature =
    whole === undefined ? { featureType: 'point' } : isLevelled(head) ? {} : { featureType: 'timeSeries' };
  return {
    ...(whole ?? observations(rows, head)),
    attributes: {
      Conventions: 'CF-1.11',
      title: 'Values extracted from RPN standard files',
      institution: 'not stated by the records',
      source: 'numerical model or analysis; RPN standard file records',
      history: 'polyfst extract',
      references: 'names and units as RPN standard files imply them',
      ...feature,
    },
  };
}
