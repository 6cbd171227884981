import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CfVariable } from '../../formats/cf.js';
import { timeUnit } from './cf-times.js';

const time = (units: string, calendar: string): CfVariable => ({
  name: 'time',
  dtype: 'float64',
  dims: ['time'],
  shape: [0],
  attributes: { units, calendar },
  data: { kind: 'values', values: new Float64Array(0) },
});

test('epochs of early years are what they say, in the calendar that counts them', () => {
  const days = (units: string, calendar: string): number => timeUnit(time(units, calendar)).epoch / 86_400_000;
  assert.equal(days('days since 0001-01-01', 'proleptic_gregorian'), -719_162);
  // 1 January of the year 1 in the Julian calendar is two days earlier
  assert.equal(days('days since 1-1-1 00:00:0.0', 'standard'), -719_164);
  assert.equal(days('hours since 1800-01-01', 'gregorian'), -62_091);
  assert.equal(days('days since 1582-10-15', 'standard'), -141_427);
  assert.equal(days('days since 1582-10-04', 'standard'), -141_428);
  assert.equal(days('seconds since 1970-01-01T00:00:00Z', ''), 0);
});

test('other calendars and what is no epoch are refused', () => {
  assert.throws(() => timeUnit(time('days since 2000-01-01', '360_day')), /calendar 360_day/);
  assert.throws(() => timeUnit(time('days after 2000-01-01', 'standard')), /not understood/);
});
