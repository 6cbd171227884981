/** What plans share: the same keys on one datacube give the same fields, anything else its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFeatureRequest } from '../../schemas/request.js';
import { demoCube } from '../../test/demo-cube.js';
import { NO_ROW } from '../selection.js';
import { fieldsOfRequest } from './fields.js';

const keys = { class: 'rd', stream: 'oper', type: 'fc', expver: '0001', domain: 'g', date: '20250115', time: '0000' };
const surface = { ...keys, levtype: 'sfc', param: '2t', step: '0/to/6' };
const open = { ...keys, levtype: 'pl', param: 't', levelist: '1000/500' };

const demo = demoCube();
const fields = (body: object, { cube } = demo) =>
  fieldsOfRequest(parseFeatureRequest(body, { now: new Date('2025-01-17T09:00:00Z') }), cube);
const series = (lat: number) => ({ type: 'timeseries', points: [[lat, -73.6]] });
const path = (steps: readonly number[], north = 0) => ({
  type: 'trajectory',
  points: steps.map((step, n) => [45 + north + 0.2 * n, -74, step]),
  axes: ['lat', 'long', 'step'],
  padding: 0,
});

test('another place of the same fields is planned with the same selection and grids', async () => {
  const one = await fields({ ...surface, feature: series(45.6) });
  assert.equal(await fields({ ...surface, feature: series(46.1) }), one);
  assert.equal(one.grids.length, 1);
  assert.ok(one.selection.rows.every((row) => row !== NO_ROW));
});

test('other keys, units or expectations have fields of their own', async () => {
  const feature = series(45.6);
  const one = await fields({ ...surface, feature });
  for (const more of [
    { step: '0/to/5' },
    { date: '20250116' },
    { param: 'sp' },
    { units: 'native' },
    { expect: 'any' },
  ]) {
    const other = await fields({ ...surface, ...more, feature });
    assert.notEqual(other, one, JSON.stringify(more));
    assert.deepEqual(await fields({ ...surface, ...more, feature }), other);
  }
  const native = await fields({ ...surface, units: 'native', feature });
  assert.notDeepEqual(native.selection.params, one.selection.params);
});

test('paths share fields when they have the same steps, wherever they go', async () => {
  const one = await fields({ ...open, feature: path([0, 2, 4]) });
  assert.deepEqual([...one.selection.steps], [0, 7200, 14_400]);
  assert.equal(await fields({ ...open, feature: path([0, 2, 4], 0.3) }), one);
  const other = await fields({ ...open, feature: path([0, 2, 6]) });
  assert.deepEqual([...other.selection.steps], [0, 7200, 21_600]);
});

test('another datacube begins anew; a refusal is not remembered as an answer', async () => {
  const one = await fields({ ...surface, feature: series(45.6) });
  const other = await fields({ ...surface, feature: series(45.6) }, demoCube());
  assert.notEqual(other, one);
  assert.deepEqual(other.selection.rows, one.selection.rows);
  for (let again = 0; again < 2; again++)
    await assert.rejects(fields({ ...surface, step: '999', feature: series(45.6) }), { code: 'no_data' });
});
