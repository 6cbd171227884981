import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveParam, resolveParams } from './param-lookup.js';
import { paramOverrideSchema } from './param-row.js';
import { BUILT_IN, marsParam, nativeParam, paramTable, ucumOf, unitLabel } from './params.js';
import { UNITS } from './params-table.js';

test('a nomvar is native, a MARS name is in MARS units', () => {
  const tt = resolveParam('TT', 'sfc');
  assert.deepEqual([tt.name, tt.unit, tt.scale, tt.offset, tt.rotate], ['TT', 'degC', 1, 0, undefined]);
  const t2 = resolveParam('2t', 'sfc');
  assert.deepEqual([t2.name, t2.nomvar, t2.unit, t2.offset, t2.paramId], ['2t', 'TT', 'K', 273.15, 167]);
  assert.equal(resolveParam('z', 'pl').scale, 98.0665);
  assert.equal(resolveParam('r', 'pl').scale, 100);
  assert.equal(resolveParam('TT', 'pl', { units: 'mars' }).offset, 273.15);
  assert.equal(resolveParam('t', 'pl', { units: 'native' }).unit, 'degC');
});

test('spellings: number, table suffix, case', () => {
  for (const asked of ['167', '167.128', '2T', ' 2t ']) assert.equal(resolveParam(asked, 'sfc').name, '2t', asked);
  assert.equal(resolveParam('tt', 'pl').name, 'TT');
  assert.equal(resolveParam('MSL', 'sfc').name, 'msl');
  assert.equal(resolveParam('H', 'sfc').name, 'H', 'an exact nomvar wins over every short name');
  assert.equal(resolveParam('T', 'pl').name, 't');
});

test('winds are turned when asked for by MARS names only', () => {
  assert.deepEqual(resolveParam('10u', 'sfc').rotate, { partner: 'VV', component: 'u' });
  assert.deepEqual(resolveParam('v', 'pl').rotate, { partner: 'UU', component: 'v' });
  assert.equal(resolveParam('v', 'pl').standardName, 'northward_wind');
  assert.equal(resolveParam('UU', 'pl').rotate, undefined);
  assert.equal(resolveParam('UU', 'pl').standardName, 'x_wind');
});

test('names of the wrong level type are refused with the right name', () => {
  assert.throws(() => resolveParam('2t', 'pl'), { code: 'bad_value', message: /2t.*pl.*ask for t,/ });
  assert.throws(() => resolveParam('u', 'sfc'), { code: 'bad_value', message: /10u/ });
  assert.equal(resolveParam('2t', undefined).name, '2t');
});

test('unknown and ambiguous names say what there is', () => {
  const known = new Set(['TT', 'UU', 'Q']);
  assert.throws(() => resolveParam('zzz', 'sfc', { known }), { code: 'bad_value', message: /param.*zzz.*unknown.*2t/ });
  assert.throws(() => resolveParam('2tt', 'sfc', { known }), { message: /2t/ });
  assert.equal(resolveParam('ZZZZ', 'sfc').unit, 'unknown', 'any nomvar is legal while the data are not known');
  assert.throws(() => resolveParam('ZZZZ', 'sfc', { known }), { code: 'bad_value' });
  assert.throws(() => resolveParam('zzzz', 'sfc'), { code: 'bad_value' });
  assert.equal(resolveParam('Q', 'pl', { known }).name, 'Q');
  assert.equal(resolveParam('q', 'pl', { known }).name, 'q');
  const table = paramTable([paramOverrideSchema.parse({ nomvar: 'ABC', shortName: 'Tt' })]);
  assert.throws(() => resolveParam('tT', 'pl', { table }), { code: 'bad_value', message: /Tt or TT/ });
  for (const asked of ['', '0', '999999', '167.129', '*', 'x'.repeat(4000)]) {
    assert.throws(() => resolveParam(asked, 'sfc'), { code: 'bad_value' }, asked.slice(0, 9));
  }
});

test('two names of one thing are duplicates', () => {
  assert.throws(() => resolveParams(['2t', '167'], 'sfc'), { code: 'bad_value', message: /param.*duplicate/ });
  assert.deepEqual(
    resolveParams(['TT', '2t'], 'sfc').map(({ name }) => name),
    ['TT', '2t'],
  );
});

test('a site adds and changes rows', () => {
  const rows = [
    { nomvar: 'xx', shortName: 'myx', paramId: 999001, unit: 'm', marsUnit: 'km', scale: 0.001 },
    { nomvar: 'TT', shortName: 't', where: 'level', description: 'Warmth' },
    { nomvar: 'PN', unit: 'Pa', scale: 1 },
    { nomvar: 'AU', partner: 'AV', component: 'u', shortName: 'au' },
  ].map((row) => paramOverrideSchema.parse(row));
  const table = paramTable(rows);
  const mine = resolveParam('999001', 'sfc', { table });
  assert.deepEqual([mine.name, mine.nomvar, mine.unit, mine.scale, mine.offset], ['myx', 'XX', 'km', 0.001, 0]);
  const t = resolveParam('t', 'pl', { table });
  assert.deepEqual([t.description, t.offset, t.paramId], ['Warmth', 273.15, 130]);
  assert.equal(resolveParam('msl', 'sfc', { table }).scale, 1);
  assert.deepEqual(nativeParam('PN', table).cf, { unit: 'Pa', scale: 1, offset: 0 });
  assert.deepEqual(resolveParam('au', 'pl', { table }).rotate, { partner: 'AV', component: 'u' });
  assert.equal(resolveParam('msl', 'sfc').scale, 100, 'the built-in table is untouched');
});

test('the table agrees with itself', () => {
  const ids = new Set<number>();
  for (const row of BUILT_IN.mars) {
    assert.ok(BUILT_IN.native.has(row.nomvar), row.nomvar);
    assert.ok(!ids.has(row.paramId!), `paramId ${row.paramId}`);
    ids.add(row.paramId!);
    assert.ok(row.unit in UNITS, row.unit);
    const cf = nativeParam(row.nomvar).cf;
    const offsets = row.unit === cf.unit ? [row.scale, row.offset] : [cf.scale, cf.offset];
    assert.deepEqual(offsets, [cf.scale, cf.offset], `${row.shortName}: equal units, equal conversions`);
  }
  for (const { nomvar, unit, cf } of BUILT_IN.native.values()) {
    assert.ok(unit in UNITS && cf.unit in UNITS, nomvar);
    assert.ok(unit !== cf.unit || (cf.scale === 1 && cf.offset === 0), nomvar);
  }
  assert.equal(marsParam('TT', 'sfc')?.shortName, '2t');
  assert.equal(marsParam('TT', 'pl')?.shortName, 't');
  assert.equal(marsParam('ES', 'pl'), undefined);
  assert.deepEqual([ucumOf('kt'), ucumOf('degC'), unitLabel('K')], ['[kn_i]', 'Cel', 'kelvin']);
});
