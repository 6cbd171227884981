import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, inRange, matchesGlob, parseSelector, printSelector, type SelectorContext, valuesOf } from './mars.js';
import { scanDuration, scanInstant, scanTime } from './mars-scan.js';
import type { KeyName } from './vocabulary.js';

const context: SelectorContext = { now: Date.UTC(2025, 0, 17, 9), mostValues: 1000 };

function values(key: KeyName, raw: unknown, more: Partial<SelectorContext> = {}): unknown {
  return valuesOf(key, parseSelector(key, raw, { ...context, ...more }));
}

function refused(key: KeyName, raw: unknown, pattern: RegExp): void {
  assert.throws(
    () => parseSelector(key, raw, context),
    (error: Error & { code: string }) => {
      assert.ok(['bad_value', 'too_large'].includes(error.code), error.code);
      assert.match(error.message, new RegExp(key));
      assert.match(error.message, pattern);
      return true;
    },
  );
}

test('dates: compact, ISO, relative, ranges', () => {
  assert.deepEqual(values('date', '20241006/2024-10-07'), ['20241006', '20241007']);
  assert.deepEqual(values('date', [0, -1]), ['20250117', '20250116']);
  assert.deepEqual(values('date', '2024-12-30/to/2025-01-02/by/2'), ['20241230', '20250101']);
  assert.deepEqual(parseSelector('date', '2025-01-06/to/-1', context), {
    kind: 'range',
    from: '20250106',
    to: '20250116',
  });
  for (const raw of ['20250230', '2025', '1', '2025-1-1', '202501011', 'today', '', '2025/01/01', true, null, {}])
    refused('date', raw, /valid|empty|value/);
});

test('whole numbers may come with an empty fraction, as floats are printed', () => {
  assert.deepEqual(values('date', ['20241006.0', '-1.0']), ['20241006', '20250116']);
  assert.deepEqual(values('time', ['12.0', '600.0']), ['1200', '0600']);
  assert.deepEqual(values('step', '0.0/6.0'), values('step', [0, 6]));
  assert.deepEqual(values('step', '0.0/to/6.0/by/3.0'), values('step', '0/to/6/by/3'));
  assert.deepEqual(values('number', '1.0/3.00'), [1, 3]);
  for (const raw of ['6.5', '6.', '.0', '6.0.0', '6.0h', '1e1']) refused('step', raw, /valid/);
});

test('times: hours, HHMM, colons', () => {
  assert.deepEqual(values('time', ['0000', '06', '7', '8:30'.padStart(5, '0'), '23:59:00']), [
    '0000',
    '0600',
    '0700',
    '0830',
    '2359',
  ]);
  assert.deepEqual(values('time', 600), ['0600']);
  assert.deepEqual(values('time', '0000/to/1800/by/0600'), ['0000', '0600', '1200', '1800']);
  assert.deepEqual(values('time', '0000/to/12/by/6'), ['0000', '0600', '1200']);
  assert.deepEqual(values('time', '0000/to/01/by/30m'), ['0000', '0030', '0100']);
  for (const raw of ['24', '2400', '1260', '12:00:30', '12:0:0:0', '-1', '0/to/12/by/0']) refused('time', raw, /valid/);
});

test('steps: units, intervals, ranges', () => {
  assert.deepEqual(values('step', '0/30m/1h30m/1d/0-6'), [0, 1800, 5400, 86400, '0-21600']);
  assert.deepEqual(values('step', '0h/to/2h/by/30m'), [0, 1800, 3600, 5400, 7200]);
  assert.deepEqual(values('step', '0/ TO /7/By/ 3'), [0, 10800, 21600]);
  for (const raw of [
    '-3',
    '1.5',
    '6-0',
    '6-6',
    '1m1h',
    'h',
    '1h30',
    '0/to/6/by/-1',
    '0/to',
    'to/6',
    '0/to/6/by',
    '0/to/6/to/12',
    '0-6/to/12',
  ]) {
    refused('step', raw, /valid|range|interval/);
  }
});

test('levels: numbers, and hybrid values on model levels', () => {
  assert.deepEqual(values('levelist', '1000/850.5'), [1000, 850.5]);
  assert.deepEqual(values('levelist', '1/1.0/0.995', { levtype: 'ml' }), [1, '1.0', 0.995]);
  assert.deepEqual(values('levelist', '1.0', { levtype: 'pl' }), [1]);
  assert.deepEqual(values('levelist', '0.1/to/0.5/by/0.1'), [0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.throws(() => parseSelector('levelist', '0.5/to/3', { ...context, levtype: 'ml' }), /ranks and hybrid/);
  assert.doesNotThrow(() => parseSelector('levelist', '0.5/to/3', { ...context, levtype: 'pl' }));
  for (const raw of ['surface', '1000/to/250', '1e999', 'NaN', '0x10', Number.NaN, Number.POSITIVE_INFINITY])
    refused('levelist', raw, /valid|value|range/);
});

test('numbers and record keys', () => {
  assert.deepEqual(values('number', '1/to/5/by/2'), [1, 3, 5]);
  assert.deepEqual(values('ip1', 41394464), [41394464]);
  assert.deepEqual(values('ig1', '-5'), [-5]);
  assert.deepEqual(values('dateo', '493121600/20250115'), [493121600, '2025-01-15T00:00:00Z']);
  assert.deepEqual(values('expver', 1), ['0001']);
  assert.deepEqual(parseSelector('etiket', 'R1*/E2', context), { kind: 'glob', patterns: ['R1*', 'E2'] });
  refused('number', '-1', /valid/);
  refused('number', '1.5', /valid/);
  refused('expver', '00001', /valid/);
  refused('dateo', '20250115/to/493121600', /mixes|descending/);
  refused('class', ['a', 'b/c'], /list within/);
});

test('duplicates, lists of lists and counts are refused', () => {
  refused('step', '0/0/6', /duplicate/);
  refused('step', '1/60m', /duplicate/);
  refused('param', '2t/2t', /duplicate/);
  refused('number', [], /empty/);
  refused('number', [[1]], /value/);
  refused('number', '1/to/100000/by/1', /100000/);
  refused(
    'param',
    Array.from({ length: 1001 }, (_, at) => `p${at}`),
    /1001/,
  );
});

test('counting without expanding', () => {
  const count = (key: KeyName, raw: string) => countOf(key, parseSelector(key, raw, { ...context, mostValues: 1e12 }));
  assert.equal(count('number', '1/to/1000000000/by/1'), 1e9);
  assert.equal(count('date', '00010101/to/99991231/by/1'), 3652059);
  assert.equal(count('step', '0/to/24'), undefined);
  assert.equal(count('step', '0/6'), 2);
  assert.equal(count('levelist', '0/to/1/by/0.1'), 11);
  const halfOpen = { kind: 'range', from: 0, to: 86_400_000, by: 3600, halfOpen: true } as const;
  assert.equal(countOf('datetime', halfOpen), 24);
  assert.ok(inRange('datetime', halfOpen, 86_399_000) && !inRange('datetime', halfOpen, 86_400_000));
});

test('patterns', () => {
  assert.ok(matchesGlob('E1*N???', 'E1DEMO__N001'));
  assert.ok(matchesGlob('tt', 'TT  '));
  assert.ok(!matchesGlob('T?', 'T'));
  assert.ok(matchesGlob('*', ''));
  assert.ok(!matchesGlob(`${'*a'.repeat(2000)}b`, 'a'.repeat(60)), 'does not run away');
});

test('scanners refuse what is nearly right', () => {
  for (const text of ['1h1h', '1h30m30m', '99999999999h', '１h', '1 h'])
    assert.equal(scanDuration(text), undefined, text);
  for (const text of ['1:00', '123', '7', '00']) assert.notEqual(scanTime(text), undefined, text);
  assert.equal(scanInstant('20250115T06'), Date.UTC(2025, 0, 15, 6));
  assert.equal(scanInstant('2025-01-15T06:30:00.000Z'), Date.UTC(2025, 0, 15, 6, 30));
  for (const text of ['2025-01-15T25:00', '20250115T', '2025-01-15T06:00+01:00', '20250115T063', ''])
    assert.equal(scanInstant(text), undefined, text);
});

test('selectors print as MARS text', () => {
  const print = (key: KeyName, raw: unknown) => printSelector(key, parseSelector(key, raw, context));
  assert.equal(print('step', ['0', '90m', '0-6']), '0/1h30m/0-6');
  assert.equal(print('time', '0000/to/1200/by/1200'), '0000/to/1200/by/12');
  assert.equal(print('date', '-1/to/0/by/1d'), '20250116/to/20250117/by/1');
  assert.equal(print('nomvar', 't*/uu'), 'T*/UU');
});
