/** Conditions, globs and searches on tables made by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { tableOf } from '../../test/tables.js';
import { type FstQuery, matcher } from './find.js';
import { globTest } from './glob.js';
import { encodeIp } from './ip.js';
import { isoToStamp } from './time.js';
import { parseWhere, rowsWhere } from './where.js';

const p = (hPa: number): number => encodeIp(hPa, 2);
const file = {
  path: '/data/run/000.fst',
  table: tableOf([
    { nomvar: 'TT', ip1: p(500), deet: 300, npas: 12, datyp: 134 },
    { nomvar: 'TT', ip1: p(850), deet: 300, npas: 36, datyp: 1 },
    { nomvar: 'UU', ip1: p(500), deet: 300, npas: 18, etiket: 'G1[X]' },
    { nomvar: 'HU', ip1: encodeIp(0.995, 5), npas: 0 },
    { nomvar: '>>', ip1: 32768, dateo: 0 },
  ]),
};

const rows = (...conditions: string[]): number[] => rowsWhere(file, parseWhere(conditions));

test('different keys are ANDed, one key repeated is ORed', () => {
  assert.deepEqual(rows('nomvar=TT'), [0, 1]);
  assert.deepEqual(rows('nomvar=TT', 'nomvar=UU'), [0, 1, 2]);
  assert.deepEqual(rows('nomvar=TT', 'nomvar=UU', 'level=500'), [0, 2]);
  assert.deepEqual(rows('nomvar=[!T]*', 'level=5*'), [2]);
  assert.deepEqual(rows(), [0, 1, 2, 3, 4]);
});

test('level is the shortest decimal, hour the lead time, and both may be written as other numbers', () => {
  assert.deepEqual(rows('level=0.995'), [3]);
  assert.deepEqual(rows('level=500.0'), [0, 2]);
  assert.deepEqual(rows('level='), [4]);
  assert.deepEqual(rows('hour=1'), [0]);
  assert.deepEqual(rows('hour=1.5'), [2]);
  assert.deepEqual(rows('hour=?'), [0, 1, 3, 4]);
});

test('every key of a listing can be asked for', () => {
  assert.deepEqual(rows('row=3'), [3]);
  assert.deepEqual(rows('file=*/000.fst', 'datyp=1'), [1]);
  assert.deepEqual(rows('dateo_iso=2026-11-21T*'), [0, 1, 2, 3]);
  assert.deepEqual(rows('etiket=G1\\[X\\]'), [2]);
  assert.deepEqual(rows('NOMVAR=>>'), [4]);
});

test('a condition that no record could have is refused', () => {
  assert.throws(() => parseWhere(['colour=red']), { code: 'unknown_key' });
  assert.throws(() => parseWhere(['constructor=x']), { code: 'unknown_key' });
  assert.throws(() => parseWhere(['nomvar']), { code: 'bad_value' });
});

test('globs compare whole texts and keep case', () => {
  for (const [glob, text, answer] of [
    ['T*', 'TT', true],
    ['T', 'TT', false],
    ['t*', 'TT', false],
    ['?[0-9]', 'P0', true],
    ['[!P]0', 'P0', false],
    ['[', '[', true],
    ['[]]', ']', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['(a|b)', 'a', false],
    ['[z-a]', '[z-a]', true],
  ] as const)
    assert.equal(globTest(glob)(text), answer, `${glob} ${text}`);
});

const found = (query: FstQuery): number[] => matcher(query)(file);

test('queries take values, globs, ranges and lists of these', () => {
  assert.deepEqual(found({}), [0, 1, 2, 3, 4]);
  assert.deepEqual(found({ nomvar: ['T?', 'HU'] }), [0, 1, 3]);
  assert.deepEqual(found({ level: { from: 400, to: 600 }, nomvar: 'TT' }), [0]);
  assert.deepEqual(found({ level: [0.995, { from: 850 }] }), [1, 3]);
  assert.deepEqual(found({ kind: 2, hour: { to: 1.5 } }), [0, 2]);
  assert.deepEqual(found({ datyp: '1*' }), [0, 1, 2, 3, 4]);
  assert.deepEqual(found({ datyp: '1' }), [1]);
  assert.deepEqual(found({ path: '*.fst', ip1: p(500) }), [0, 2]);
});

test('dates are stamps, instants or ranges of instants', () => {
  const stamp = isoToStamp('2026-11-21T00:00:00Z');
  const all = [0, 1, 2, 3];
  assert.deepEqual(found({ dateo: stamp }), all);
  assert.deepEqual(found({ dateo: '2026-11-21T00:00:00Z' }), all);
  assert.deepEqual(found({ dateo: '2026-11-21T00:00' }), all);
  assert.deepEqual(found({ dateo: new Date('2026-11-21T00:00:00Z') }), all);
  assert.deepEqual(found({ dateo: { from: '2026-11-20', to: new Date('2026-11-22') } }), all);
  assert.deepEqual(found({ dateo: '2026-11-*' }), all);
  assert.deepEqual(found({ dateo: 0 }), [4]);
});

test('a query that makes no sense is refused with its key', () => {
  const bad: readonly [object, string][] = [
    [{ colour: 'red' }, 'unknown_key'],
    [{ nomvar: 5 }, 'bad_value'],
    [{ level: {} }, 'bad_value'],
    [{ level: { from: 'a' } }, 'bad_value'],
    [{ dateo: 'yesterday' }, 'bad_value'],
  ];
  for (const [query, code] of bad) {
    assert.throws(
      () => found(query as FstQuery),
      (error) => error instanceof FeatureError && error.code === code && error.message.includes(Object.keys(query)[0]!),
    );
  }
});
