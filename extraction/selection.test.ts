import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paramOverrideSchema } from '../schemas/param-row.js';
import { FeatureError } from '../schemas/problem.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { cubeOf } from '../test/cubes.js';
import { BASE, type TestRecord } from '../test/tables.js';
import { type Datacube, recordsOf, runOf } from './datacube.js';
import { encodeIp } from './fst/ip.js';
import { isoToStamp } from './fst/time.js';
import { NO_ROW, type Selection, selectFields } from './selection.js';

const HOUR = 3600;
const pl = (hPa: number): number => encodeIp(hPa, 2);
const agl = (m: number): number => encodeIp(m, 4);
const hybrid = (value: number): number => encodeIp(value, 5);
const feature = { type: 'timeseries', points: [[45, -73]] };
const now = new Date('2026-11-21T09:00:00Z');

function ask(keys: Record<string, unknown>, cube: Datacube): Selection {
  const body = { date: '20261121', time: '0000', feature, ...keys };
  return selectFields(parseFeatureRequest(body, { now }), cube);
}

function refusal(keys: Record<string, unknown>, cube: Datacube): FeatureError {
  try {
    ask(keys, cube);
  } catch (error) {
    if (error instanceof FeatureError) return error;
    throw error;
  }
  return assert.fail('the request was answered');
}

function saying(keys: Record<string, unknown>, cube: Datacube, code: string, ...words: string[]): void {
  const { code: found, message } = refusal(keys, cube);
  assert.equal(found, code, message);
  for (const word of words) assert.ok(message.toLowerCase().includes(word.toLowerCase()), `"${word}" in: ${message}`);
}

/** Records of steps × levels of a variable, hourly clock. */
function column(
  nomvar: string,
  ip1s: readonly number[],
  hours: readonly number[],
  more: Partial<TestRecord> = {},
): TestRecord[] {
  return hours.flatMap((hour) => ip1s.map((ip1) => ({ nomvar, ip1, ip2: hour, deet: HOUR, npas: hour, ...more })));
}

const hours = (last: number, by = 1): number[] => Array.from({ length: Math.floor(last / by) + 1 }, (_, at) => at * by);
const levels = [1000, 850, 500].map(pl);
const plain = cubeOf([
  { nomvar: '>>', typvar: 'X', ip1: 1, ip2: 2, ip3: 3, dateo: 0 },
  ...column('TT', levels, hours(24)),
  ...column('GZ', levels, hours(24, 6)),
  ...column('UU', levels, hours(6)),
  ...column('VV', levels, hours(6)),
  ...column('TT', [agl(1.5)], hours(24)),
  ...column('PR', [0], hours(24).slice(1)),
  ...column('UU', [agl(10)], hours(6)),
]);

/** [nomvar, level, step] of a merged row. */
function keyOf(cube: Datacube, row: number): [string, number, number] {
  const { index, firstRow } = runOf(cube, row);
  const at = row - firstRow;
  const name = new TextDecoder().decode(index.columns.nomvar.subarray(at * 4, at * 4 + 4)).trim();
  return [name, index.columns.level[at]!, index.columns.step[at]!];
}

describe('selectFields on a plain folder', () => {
  it('takes the time series of a pressure level', () => {
    const selection = ask({ levtype: 'pl', levelist: '500', param: 'TT', step: '0/to/24' }, plain);
    assert.deepEqual(
      [...selection.steps],
      hours(24).map((hour) => hour * HOUR),
    );
    assert.deepEqual([...selection.levels], [500]);
    assert.deepEqual([...selection.bases], [Date.parse('2026-11-21T00:00:00Z')]);
    assert.deepEqual([...selection.numbers], [0]);
    assert.equal(selection.hasMembers, false);
    for (const [at, row] of selection.rows.entries()) assert.deepEqual(keyOf(plain, row), ['TT', 500, at * HOUR]);
    assert.equal(recordsOf(plain, selection.rows).payloadOffset.length, 25);
    assert.equal(selection.metadata['stream'], 'oper');
    assert.equal(selection.metadata['fst:etiket'], 'TEST');
  });

  it('orders listed levels as listed and ranges of levels upwards', () => {
    assert.deepEqual(
      [...ask({ levtype: 'pl', levelist: '500/1000', param: 'TT', step: 0 }, plain).levels],
      [500, 1000],
    );
    assert.deepEqual(
      [...ask({ levtype: 'pl', levelist: '250/to/1000', param: 'TT', step: 0 }, plain).levels],
      [1000, 850, 500],
    );
  });

  it('sees the one height of a variable as the surface, or as a height when asked', () => {
    assert.deepEqual(keyOf(plain, ask({ levtype: 'sfc', param: '2t', step: 3 }, plain).rows[0]!), [
      'TT',
      1.5,
      3 * HOUR,
    ]);
    assert.deepEqual(keyOf(plain, ask({ levtype: 'hl', levelist: 10, param: 'UU', step: 3 }, plain).rows[0]!), [
      'UU',
      10,
      3 * HOUR,
    ]);
  });

  it('takes from an open range what every parameter has, and all of it with expect any', () => {
    const both = { levtype: 'pl', levelist: '500', param: 'TT/GZ', step: '0/to/24' };
    const common = ask(both, plain);
    assert.deepEqual(
      [...common.steps],
      hours(24, 6).map((hour) => hour * HOUR),
    );
    assert.deepEqual(keyOf(plain, common.rows[3]!), ['GZ', 500, 6 * HOUR]);
    const any = ask({ ...both, expect: 'any' }, plain);
    assert.equal(any.steps.length, 25);
    assert.equal(any.rows[3], NO_ROW);
    assert.deepEqual(
      [...ask({ levtype: 'sfc', param: '2t/PR', step: '0/to/3' }, plain).steps],
      [HOUR, 2 * HOUR, 3 * HOUR],
    );
  });

  it('is strict about lists and ranges with by', () => {
    saying({ levtype: 'pl', levelist: '500', param: 'TT', step: '0/1/30' }, plain, 'no_data', 'no data', 'step', '30');
    saying(
      { levtype: 'pl', levelist: '1000/600', param: 'TT', step: '0' },
      plain,
      'no_data',
      'no data',
      'levelist',
      '600',
    );
    saying({ levtype: 'pl', levelist: '500', param: 'TT/GZ', step: '0/to/3/by/1' }, plain, 'no_data', 'step', 'GZ');
    const { data } = refusal({ levtype: 'pl', levelist: '500', param: 'TT/GZ', step: '0/to/24/by/1' }, plain);
    assert.equal((data as { count: number }).count, 20);
    assert.equal((data as { missing: unknown[] }).missing.length, 10);
  });

  it('names what is absent: date, time, parameter, level type, labels', () => {
    const good = { levtype: 'pl', levelist: '500', param: 'TT', step: 0 };
    saying({ ...good, date: '20240101' }, plain, 'no_data', 'no data', 'date', '20240101', '2026-11-21T00:00:00Z');
    saying({ ...good, time: '1200' }, plain, 'no_data', 'no data', 'time', '1200');
    saying({ ...good, param: 'HU' }, plain, 'no_data', 'no data', 'param', 'HU', 'GZ');
    saying({ ...good, param: 'PR' }, plain, 'no_data', 'levtype', 'pl', 'sfc');
    saying({ ...good, stream: 'enfo', number: 1 }, plain, 'no_data', 'stream', 'enfo', 'oper');
    saying({ ...good, type: 'an' }, plain, 'no_data', 'type', 'an', 'fc');
    saying({ ...good, step: '30/to/40' }, plain, 'no_data', 'step');
    saying({ ...good, number: 3 }, plain, 'no_data', 'number', '3');
    assert.equal(ask({ ...good, number: 0, class: 'od', expver: 1 }, plain).rows.length, 1);
  });

  it('pairs the components of a wind, and needs both', () => {
    const wind = ask({ levtype: 'pl', levelist: '500', param: 'u/t', step: '0/to/24' }, plain);
    assert.equal(wind.steps.length, 7);
    assert.deepEqual(keyOf(plain, wind.partners![2]!), ['VV', 500, HOUR]);
    assert.equal(wind.partners![3], NO_ROW);
    assert.equal(ask({ levtype: 'pl', levelist: '500', param: 'UU', step: 0 }, plain).partners, undefined);
    saying({ levtype: 'sfc', param: '10u', step: 0 }, plain, 'no_data', 'nomvar', 'VV');
  });

  it('takes levels of a box and of a path', () => {
    const box = {
      type: 'boundingbox',
      axes: ['lat', 'lon', 'levelist'],
      points: [
        [44, -74, 1000],
        [46, -72, 800],
      ],
    };
    assert.deepEqual([...ask({ levtype: 'pl', param: 'TT', step: 0, feature: box }, plain).levels], [1000, 850]);
    const path = (padding: number) => ({
      type: 'trajectory',
      points: [
        [45, -74, 1000, 0],
        [45.5, -73, 850, 2],
      ],
      padding,
    });
    const sampled = ask({ levtype: 'pl', param: 'TT', feature: path(0) }, plain);
    assert.deepEqual(
      [[...sampled.levels], [...sampled.steps]],
      [
        [1000, 850],
        [0, 2 * HOUR],
      ],
    );
    const swept = ask({ levtype: 'pl', param: 'TT', feature: path(1) }, plain);
    assert.deepEqual(
      [[...swept.levels], [...swept.steps]],
      [
        [1000, 850],
        [0, HOUR, 2 * HOUR],
      ],
    );
  });
});

describe('selectFields by record keys', () => {
  const ask0 = { step: 0 };
  it('needs neither level type nor parameter', () => {
    const one = ask({ nomvar: 'TT', ip1: `${levels[2]}/${levels[0]}`, ...ask0 }, plain);
    assert.deepEqual([one.levtype, [...one.levels]], ['pl', [500, 1000]]);
    assert.equal(ask({ ip1: levels[0], ...ask0 }, plain).params.length, 4);
    assert.deepEqual(
      ask({ nomvar: '?R', step: 3 }, plain).params.map(({ name }) => name),
      ['PR'],
    );
  });

  it('lists level types, missing values and grids', () => {
    saying({ nomvar: 'TT', ...ask0 }, plain, 'under_specified', 'levtype', 'sfc', 'pl');
    saying({ nomvar: 'XX', ...ask0 }, plain, 'no_data', 'nomvar', 'XX');
    saying({ nomvar: 'TT', ip1: `${levels[0]}/600`, ...ask0 }, plain, 'no_data', 'ip1', '600');
    saying({ nomvar: 'TT', etiket: 'OTHER*', levtype: 'sfc', ...ask0 }, plain, 'no_data', 'etiket');
    const two = cubeOf([{ nomvar: 'TT' }, { nomvar: 'TT', ig1: 5 }, { nomvar: 'TT', grtyp: 'N' }]);
    saying({ nomvar: 'TT', ...ask0 }, two, 'mixed_grids', 'L 4x3', 'N 4x3', 'grtyp');
    assert.equal(ask({ nomvar: 'TT', grtyp: 'n', ...ask0 }, two).rows.length, 1);
  });

  it('takes ip2 for the step where the clock knows nothing of it', () => {
    const cube = cubeOf([{ nomvar: 'TT', grtyp: 'L', ip3: 23, deet: 300, npas: 12 }]);
    assert.deepEqual([...ask({ nomvar: 'TT', grtyp: 'L', ip3: '23', step: '0' }, cube).steps], [0]);
    assert.deepEqual([...ask({ nomvar: 'TT', step: '1' }, cube).steps], [HOUR]);
    saying({ levtype: 'sfc', param: 'TT', step: 0 }, cube, 'no_data', 'step');
  });

  it('wants the key that tells records apart', () => {
    const cube = cubeOf([
      { nomvar: 'TT', etiket: 'ONE' },
      { nomvar: 'TT', etiket: 'TWO' },
    ]);
    saying({ levtype: 'sfc', param: 'TT', step: 0 }, cube, 'under_specified', 'etiket', 'ONE', 'TWO');
    const types = cubeOf([{ nomvar: 'TT', typvar: 'A' }, { nomvar: 'TT' }]);
    saying({ levtype: 'sfc', param: 'TT', step: 0 }, types, 'under_specified', 'type', 'an', 'fc');
    assert.equal(ask({ levtype: 'sfc', param: 'TT', step: 0, type: 'an' }, types).rows[0], 0);
  });
});

describe('selectFields on ensembles, model levels and intervals', () => {
  const members = [0, 1, 2].flatMap((member) =>
    column('TT', [pl(500)], [0, 6], { etiket: `E1TEST__N00${member}`, ip3: member }),
  );
  const mixed = cubeOf([...members, ...column('TT', [pl(500)], [0, 3, 6], { etiket: 'R1TEST__N' })]);
  const t500 = { levtype: 'pl', levelist: 500, param: 'TT' };

  it('tells members from the deterministic run', () => {
    const one = ask({ ...t500, step: '0/to/6' }, mixed);
    assert.deepEqual([one.steps.length, one.hasMembers], [3, false]);
    const some = ask({ ...t500, step: '0/to/6', stream: 'enfo', type: 'pf', number: '1/to/50' }, mixed);
    assert.deepEqual([[...some.numbers], some.steps.length, some.hasMembers], [[1, 2], 2, true]);
    assert.equal(some.metadata['type'], 'pf');
    assert.deepEqual([...ask({ ...t500, step: 0, type: 'cf' }, mixed).numbers], [0]);
    saying({ ...t500, step: 0, number: 9 }, mixed, 'no_data', 'number', '9');
    saying({ ...t500, step: 0 }, cubeOf(members), 'under_specified', 'number', '0, 1, 2');
    assert.equal(ask({ nomvar: 'TT', etiket: 'E1*', ip1: pl(500), step: 0 }, mixed).numbers.length, 3);
  });

  it('matches model levels by rank and by hybrid value', () => {
    const cube = cubeOf([
      ...column('TT', [0.5, 0.7, 0.995, 1].map(hybrid), [0]),
      ...column('UU', [0.6, 0.8, 1].map(hybrid), [0]),
    ]);
    const ml = { levtype: 'ml', param: 'TT', step: 0 };
    const ranks = ask({ ...ml, levelist: '1/3' }, cube);
    assert.deepEqual([...ranks.levels], [1, 3]);
    assert.deepEqual([ranks.levelTwins?.name, [...ranks.levelTwins!.values]], ['fst:hybrid', [0.5, 0.995]]);
    const values = ask({ ...ml, levelist: '0.995/1.0' }, cube);
    assert.deepEqual([values.levelTwins?.name, [...values.levelTwins!.values]], ['fst:modelLevel', [3, 4]]);
    assert.deepEqual([...ask({ ...ml, levelist: '1/to/3' }, cube).levels], [3, 2, 1]);
    assert.deepEqual([...ask({ ...ml, param: 'TT/UU', levelist: '1/to/9' }, cube).levels], [3, 2, 1]);
    assert.deepEqual([...ask({ ...ml, levelist: '0.6/to/0.999' }, cube).levels], [0.995, 0.7]);
    saying({ ...ml, levelist: '7' }, cube, 'no_data', 'levelist', '7', '1, 2, 3, 4');
  });

  it('takes accumulation intervals by their ends', () => {
    const time = (hour: number): number => encodeIp(hour, 10);
    const cube = cubeOf([
      { nomvar: 'PR', ip2: time(6), ip3: time(0), deet: HOUR, npas: 6 },
      { nomvar: 'PR', ip2: time(6), ip3: time(3), deet: HOUR, npas: 6 },
    ]);
    const sfc = { levtype: 'sfc', param: 'PR' };
    assert.deepEqual([...ask({ ...sfc, step: '0-6' }, cube).rows], [0]);
    assert.deepEqual([...ask({ ...sfc, step: '3-6' }, cube).rows], [1]);
    saying({ ...sfc, step: '1-6' }, cube, 'no_data', 'step', '1-6');
    assert.deepEqual([...ask({ ...sfc, step: '0-6' }, plain).steps], [6 * HOUR]);
    saying({ ...sfc, step: '3-6' }, plain, 'no_data', 'step', '3-6');
  });

  it('crosses runs along dates, times and datetime', () => {
    const dateo = ['2026-11-20T12:00:00Z', '2026-11-21T00:00:00Z', '2026-11-21T12:00:00Z'].map(isoToStamp);
    const datev = (hour: number): number => isoToStamp(new Date(Date.parse(BASE) + hour * 3.6e6).toISOString());
    const cube = cubeOf(
      dateo.flatMap((stamp, run) =>
        [0, 6].flatMap((hour) =>
          column('TT', [pl(500)], [hour], { dateo: stamp, datev: datev(hour === 6 ? 6 : 12 * run) }),
        ),
      ),
    );
    const base = { ...t500, step: 0 };
    assert.equal(ask({ ...base, time: '0000/1200' }, cube).bases.length, 2);
    assert.equal(ask({ ...base, date: '20261120/to/20261121', time: '1200' }, cube).bases.length, 2);
    saying({ ...base, date: '20261120/20261121', time: '0000/1200' }, cube, 'no_data', 'time', '0000');
    const along = { ...feature, axis: 'datetime', range: { start: '20261120T000000', end: '20261121T120000' } };
    const body = { ...base, feature: along };
    const selection = selectFields(parseFeatureRequest(body, { now }), cube);
    assert.equal(selection.bases.length, 2);
    const undated = (keys: Record<string, unknown>): Selection =>
      selectFields(parseFeatureRequest({ ...keys, nomvar: 'TT', feature }, { now }), cube);
    const noon = undated({ dateo: '2026-11-21T12:00:00Z', step: 0 });
    assert.deepEqual([...noon.bases], [Date.parse('2026-11-21T12:00:00Z')]);
    assert.equal(undated({ dateo: `${dateo[0]}/${dateo[1]}`, step: 0 }).bases.length, 2);
    assert.throws(() => undated({ dateo: '2020-01-01T00:00:00Z', step: 0 }), { code: 'no_data', message: /dateo/ });
    assert.throws(() => undated({ datev: datev(6) }), { code: 'under_specified', message: /"date".*20261120T12/ });
  });

  it('knows the rows and names of the collection', () => {
    const row = paramOverrideSchema.parse({ nomvar: 'QZ', shortName: 'qz', unit: 'g', marsUnit: 'kg', scale: 0.001 });
    const cube = cubeOf([{ nomvar: 'QZ' }], { params: [row], class: 'rd' });
    const found = ask({ levtype: 'sfc', param: 'qz', step: 0, class: 'RD' }, cube);
    assert.equal(found.params[0]?.unit, 'kg');
    assert.equal(found.metadata['class'], 'rd');
    saying({ levtype: 'sfc', param: 'qz', step: 0, class: 'od' }, cube, 'no_data', 'class', 'od', 'rd');
  });
});
