import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cubeOf } from '../test/cubes.js';
import type { TestRecord } from '../test/tables.js';
import { memberDigits, memberPattern } from './catalogue/key-members.js';
import { shortestDecimal } from './fst/decimal.js';
import { encodeIp } from './fst/ip.js';
import { decodeRunIndex, encodeRunIndex, FLAG, LEVTYPES, type RunIndex } from './run-index.js';

type Rules = Parameters<typeof cubeOf>[1];

function runOf(records: readonly TestRecord[], rules?: Rules): RunIndex {
  return cubeOf(records, rules).runs[0]!.index;
}

const levtypes = (run: RunIndex): (string | null | undefined)[] => [...run.columns.levtype].map((n) => LEVTYPES[n]);
const labels = (run: RunIndex): (string | undefined)[][] =>
  [...run.columns.labels].map((at) => [run.labels[at]!.stream, run.labels[at]!.type]);

describe('keys of records', () => {
  it('read the level type out of ip1', () => {
    const ip1s = [0, 500, encodeIp(500, 2), 12000, encodeIp(0.5, 5), encodeIp(300, 6), encodeIp(5, 7), 1199];
    const run = runOf([...ip1s, 15 << 24].map((ip1, at) => ({ nomvar: `V${at}`, ip1 })));
    assert.deepEqual(levtypes(run), ['sfc', 'pl', 'pl', 'ml', 'ml', 'pt', 'o2d', 'sfc', null]);
    assert.deepEqual([...run.columns.level].slice(1, 5), [500, 500, 1, 0.5]);
  });

  it('take one height above ground for the surface, several for a column', () => {
    const height = (nomvar: string, m: number): TestRecord => ({ nomvar, ip1: encodeIp(m, 4) });
    const run = runOf([
      height('TT', 1.5),
      height('UU', 10),
      height('UU', 80),
      height('TT', 1.5),
      { nomvar: 'UU', ip1: 500 },
    ]);
    assert.deepEqual(levtypes(run), ['sfc', 'hl', 'hl', 'sfc', 'pl']);
  });

  it('rank model levels from the top, for each variable and grid', () => {
    const level = (nomvar: string, value: number, ig1 = 0): TestRecord => ({ nomvar, ip1: encodeIp(value, 5), ig1 });
    const run = runOf([level('TT', 0.995), level('TT', 0.5), level('TT', 0.7), level('UU', 0.7), level('TT', 0.6, 9)]);
    assert.deepEqual([...run.columns.rank], [3, 1, 2, 1, 1]);
    const gal = runOf([10, 5000].map((m) => ({ nomvar: 'TT', ip1: encodeIp(m, 21) })));
    assert.deepEqual([...gal.columns.rank], [2, 1]);
  });

  it('take the lead time from the clock, else from ip2', () => {
    const run = runOf([
      { nomvar: 'A', deet: 300, npas: 3, ip2: 7 },
      { nomvar: 'A', deet: 0, npas: 5, ip2: 7 },
      { nomvar: 'A', ip2: encodeIp(0.25, 10) },
      { nomvar: 'A', deet: 3600, npas: 1_000_000 },
      { nomvar: 'A', deet: 3600, npas: 6, ip2: encodeIp(6, 10), ip3: encodeIp(3, 10) },
    ]);
    assert.deepEqual([...run.columns.step], [900, 25_200, 900, 3.6e9, 21_600]);
    assert.deepEqual([...run.columns.stepFrom], [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 10_800]);
  });

  it('mark descriptors and masks', () => {
    const names = ['>>', '^^', '^>', '!!', '!!SF', '##', 'HY', 'META', 'TT'];
    const run = runOf([
      ...names.map((nomvar) => ({ nomvar })),
      { nomvar: 'TT', typvar: '@@' },
      { nomvar: 'TT', typvar: 'P@' },
    ]);
    assert.deepEqual([...run.columns.flags], [...Array<number>(8).fill(FLAG.descriptor), 0, FLAG.mask, FLAG.masked]);
  });

  it('find members only where several records of a field exist', () => {
    const one = runOf([{ nomvar: 'TT', etiket: 'E1TEST__N004', ip3: 4 }]);
    assert.deepEqual([[...one.columns.number], labels(one)], [[-1], [['oper', 'fc']]]);
    const digits = runOf(['E1_000N', 'E1_002N'].map((etiket) => ({ nomvar: 'TT', etiket, ip3: 9 })));
    assert.deepEqual(
      [[...digits.columns.number], labels(digits)],
      [
        [0, 2],
        [
          ['enfo', 'cf'],
          ['enfo', 'pf'],
        ],
      ],
    );
    const ip3 = runOf([
      { nomvar: 'TT', ip3: 1 },
      { nomvar: 'TT', ip3: 2 },
      { nomvar: 'GZ', ip3: 2 },
    ]);
    assert.deepEqual([...ip3.columns.number], [1, 2, -1]);
    const grids = runOf([
      { nomvar: 'TT', ip3: 1 },
      { nomvar: 'TT', ip3: 2, ig1: 5 },
    ]);
    assert.deepEqual([...grids.columns.number], [-1, -1]);
    const twice = runOf([
      { nomvar: 'TT', ip3: 1 },
      { nomvar: 'TT', ip3: 1 },
    ]);
    assert.deepEqual([[...twice.columns.number], twice.columns.variant[0]], [[-1, -1], twice.columns.variant[1]]);
    assert.deepEqual([memberPattern('R1RUN2026_N'), memberDigits('R1RUN2026_N')], ['R1RUN2026_N', -1]);
  });

  it('follow the rules of the collection, the first that matches', () => {
    const rules = {
      class: 'rd',
      type: 'xx',
      expver: '0001',
      rules: [
        { etiket: 'E1*', nomvar: 'TT', stream: 'enfo', type: 'pf', number: 'ip3' as const },
        { etiket: 'E1*', stream: 'waef', number: 'etiket' as const, expver: '0002' },
        { typvar: 'A', number: 7 },
      ],
    };
    const run = runOf(
      [
        { nomvar: 'TT', etiket: 'E1TEST__N004', ip3: 3 },
        { nomvar: 'GZ', etiket: 'e1TEST__N004', ip3: 3 },
        { nomvar: 'GZ', typvar: 'A', etiket: 'X' },
        { nomvar: 'GZ', etiket: 'X' },
      ],
      rules,
    );
    assert.deepEqual([...run.columns.number], [3, 4, 7, -1]);
    assert.deepEqual(labels(run), [
      ['enfo', 'pf'],
      ['waef', 'xx'],
      ['enfo', 'xx'],
      ['oper', 'xx'],
    ]);
    assert.deepEqual(
      [...run.columns.labels].map((at) => run.labels[at]!.expver),
      ['0001', '0002', '0001', '0001'],
    );
  });

  it('survive the way through the index file', () => {
    const run = runOf(
      [
        { nomvar: 'TT', ip1: 500 },
        { nomvar: 'GZ', grtyp: 'Z', ig1: -3 },
      ],
      { class: 'rd' },
    );
    assert.deepEqual(decodeRunIndex(encodeRunIndex(run)), run);
    assert.throws(() => decodeRunIndex(new Uint8Array(10)), { code: 'damaged_file' });
  });

  it('write levels as short decimals of the same float32', () => {
    for (const value of [0.995, 1.5, 850.5, 0.1, 1e-3, 0.0707107, 12345.678, 0]) {
      assert.equal(shortestDecimal(Math.fround(value)), value === 12345.678 ? 12345.678 : value);
    }
  });
});
