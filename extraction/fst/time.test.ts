import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { shared, skipWithout } from '../../test/paths.js';
import { addHours, dateAddLine, dateoOf, datevOf, isoToStamp, stampsToMs, stampToIso, stampToMs } from './time.js';

const golden = shared('fst', 'dates.json');
const skip = skipWithout(golden, 'fst/dates.json');
const dateFile = shared('fst', 'datefile.xdf.fst.json');

interface Golden {
  dates: { input: string; stamp: number; back_iso: string }[];
  stamps: { stamp: number; iso: string | null }[];
  incdatr: { stamp: number; hours: number; result: number }[];
  valid: { dateo: number; deet: number; npas: number; datev: number; dateo_from_datev: number }[];
}

function load(): Golden {
  return JSON.parse(readFileSync(golden!, 'utf8')) as Golden;
}

test('dates become stamps and back as in the reference library', { skip }, () => {
  for (const row of load().dates) {
    assert.equal(isoToStamp(row.input), row.stamp, row.input);
    assert.equal(stampToIso(row.stamp), row.back_iso, row.input);
  }
});

test('any integer decodes to the date of the reference library, or to none', { skip }, () => {
  for (const row of load().stamps) assert.equal(stampToIso(row.stamp), row.iso, String(row.stamp));
});

test('increments and dates of validity', { skip }, () => {
  const { incdatr, valid } = load();
  for (const row of incdatr) assert.equal(addHours(row.stamp, row.hours), row.result, JSON.stringify(row));
  for (const row of valid) {
    assert.equal(datevOf(row.dateo, row.deet, row.npas), row.datev, JSON.stringify(row));
    assert.equal(dateoOf(row.datev, row.deet, row.npas), row.dateo_from_datev, JSON.stringify(row));
  }
});

test('stamps of the file of dates', { skip: skipWithout(dateFile, 'fst/datefile.xdf.fst.json') }, () => {
  type Row = { dateo: number; datev: number; dateo_iso: string | null; datev_iso: string | null };
  const { records } = JSON.parse(readFileSync(dateFile!, 'utf8')) as { records: Row[] };
  for (const row of records) {
    assert.equal(stampToIso(row.dateo), row.dateo_iso, String(row.dateo));
    assert.equal(stampToIso(row.datev), row.datev_iso, String(row.datev));
  }
});

test('well-known stamps', () => {
  assert.equal(isoToStamp('2026-11-21T00:00:00Z'), 493121600);
  assert.equal(isoToStamp('2026-11-21 00:07:35'), 493121713);
  assert.equal(isoToStamp('1999-12-31T23:00Z'), 123199230);
  assert.equal(isoToStamp('1999-12-31T23:00:05Z'), 280987101);
  assert.equal(isoToStamp('2300-01-01T06:00:00Z'), -1269765550);
  assert.equal(isoToStamp('1980-01-01'), 10180000);
  assert.equal(stampToIso(isoToStamp('1901-01-01T01:00:00Z')), '1901-01-01T01:00:00Z');
});

test('what is no date is null, NaN or refused', () => {
  for (const stamp of [0, 1, 101010101, 2147483647, -2147483648, -1, 23000000, 22901000]) {
    assert.equal(stampToIso(stamp), null, String(stamp));
  }
  assert.deepEqual([...stampsToMs(new Int32Array([0, 493121600]))], [Number.NaN, Date.UTC(2026, 10, 21)]);
  for (const iso of ['2025-02-30', '20250101', '2025-01-01T24:00', '12025-01-01', '', '2025-01-01T00:00:00+01:00']) {
    assert.throws(() => isoToStamp(iso), { code: 'bad_value' }, iso);
  }
  assert.throws(() => addHours(0, 1), { code: 'bad_value' });
  assert.throws(() => addHours(493121600, 1e7), { code: 'bad_value', message: /2235/ });
  assert.equal(datevOf(0, 300, 12), 0);
});

test('the run digit of a stamp in digits stays as long as the form does', () => {
  assert.equal(addHours(20260101, 1), 20260111);
  assert.equal(dateoOf(20260111, 300, 12), 20260101);
  assert.equal(addHours(10101006, 0), 10101006);
  assert.equal(addHours(12398083, 8760), 12399083);
  assert.equal(addHours(12795139, 0.25), 242119924);
});

test('long forecasts do not overflow', () => {
  const stamp = isoToStamp('2000-01-01T00:00:00Z');
  assert.equal(stampToMs(datevOf(stamp, 86400, 30000)), Date.UTC(2000, 0, 1) + 30000 * 86_400_000);
  assert.deepEqual(dateAddLine(493121600, 1), { stamp: 493122500, iso: '2026-11-21T01:00:00Z' });
});
