/** Copies: verbatim between containers, packed anew, and what cannot be kept. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { shared, skipWithout } from '../../test/paths.js';
import { compareFiles } from './compare.js';
import { copyRecords } from './copy.js';
import type { FstField } from './field.js';
import { type FstFile, openFst } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-copy-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const KEYS = 'nomvar typvar etiket grtyp ip1 ip2 ip3 ni nj nk deet npas ig1 ig2 ig3 ig4 dateo datev'.split(' ');

function fields(): FstField[] {
  const [ni, nj] = [20, 18];
  const values = Float32Array.from({ length: ni * nj }, (_, n) => 280 + Math.sin(n / 7));
  const rain = values.map((value, n) => (n % 5 === 0 ? Number.NaN : value));
  return [
    { nomvar: 'TT', ni, nj, values, ip1: 500, metadata: { unit: 'C' } },
    { nomvar: 'PR', ni, nj, values: rain, datyp: 64 + 6, nbits: 16 },
    { nomvar: 'II', ni: 4, values: Int32Array.of(-5, 0, 5, 70000), datyp: 4, nbits: 20 },
    { nomvar: '>>', ni: 4, values: Float32Array.of(1, 2, 3, 4.1) },
    { nomvar: 'TXT', ni: 5, values: new TextEncoder().encode('HELLO'), datyp: 3, nbits: 8 },
  ];
}

async function source(name: string, extra: readonly FstField[] = []): Promise<string> {
  const file = await openFst(at(name), { create: 'rsf' });
  await file.write([...fields(), ...extra]);
  return at(name);
}

async function same(one: FstFile, other: FstFile, packing = true): Promise<number> {
  const [a, b] = [one.find(), other.find()];
  assert.equal(a.length, b.length);
  for (const [n, record] of a.entries()) {
    const copied = b[n]!;
    const where = `${record.path} row ${record.index} ${record.nomvar}`;
    for (const key of [...KEYS, ...(packing ? ['datyp', 'nbits'] : [])] as 'ip1'[]) {
      assert.equal(copied[key], record[key], `${where} ${key}`);
    }
    const [x, y] = await Promise.all([one.read(record, { as: 'float32' }), other.read(copied, { as: 'float32' })]);
    assert.deepEqual(y.values, x.values, where);
  }
  return a.length;
}

test('without a packing records are copied as they are, into either container', async () => {
  const rsf = await source('verbatim.rsf');
  const whole = await copyRecords([rsf], at('again.rsf'));
  assert.deepEqual([whole.container, whole.records, whole.recoded, whole.lost.length], ['rsf', 5, 0, 0]);
  await same(await openFst(rsf), await openFst(at('again.rsf')));
  assert.deepEqual((await openFst(at('again.rsf'))).record(0).metadata, { unit: 'C' });
  const other = await copyRecords([rsf], at('other.fst'), { format: 'xdf' });
  assert.deepEqual([other.container, other.records, other.recoded], ['xdf', 5, 0]);
  assert.deepEqual(
    other.lost.map(({ row, skipped }) => [row, skipped]),
    [[0, false]],
  );
  await same(await openFst(rsf), await openFst(at('other.fst')));
});

test('a packing is given to numbers; descriptors and text keep theirs', async () => {
  const rsf = await source('packing.rsf');
  const { lost, recoded } = await copyRecords([rsf], at('packed.rsf'), {
    datyp: 6,
    nbits: 12,
    where: ['nomvar=[!I]*'],
  });
  assert.deepEqual([lost.length, recoded], [0, 2]);
  const file = await openFst(at('packed.rsf'));
  const types = file.find().map(({ nomvar, datyp, nbits }) => `${nomvar} ${datyp}/${nbits}`);
  assert.deepEqual(types, ['TT 6/12', 'PR 70/12', '>> 5/32', 'TXT 3/8']);
  const { values, missing } = await file.read(file.record(1));
  assert.equal(missing, 72);
  const written = fields()[1]!.values as Float32Array;
  for (const [n, value] of written.entries()) {
    if (Number.isNaN(value)) assert.ok(Number.isNaN(values[n]));
    else assert.ok(Math.abs(Number(values[n]) - value) < 0.02, `${n} ${values[n]} ${value}`);
  }
});

test('integers become reals where these hold them, reals become integers where they are', async () => {
  const whole: FstField = { nomvar: 'WH', ni: 3, values: Float32Array.of(0, 10, 1000) };
  const rsf = await source('kinds.rsf', [whole]);
  const { lost } = await copyRecords([rsf], at('kinds5.rsf'), { datyp: 5, nbits: 32, where: ['nomvar=II'] });
  assert.equal(lost.length, 0);
  const reals = await openFst(at('kinds5.rsf'));
  assert.deepEqual([...(await reals.read(reals.record(0))).values].map(Number), [-5, 0, 5, 70000]);
  const report = await copyRecords([rsf], at('kinds2.rsf'), { datyp: 2, nbits: 16, where: ['nomvar=WH', 'nomvar=TT'] });
  assert.deepEqual(
    report.lost.map(({ row, code, skipped }) => [row, code, skipped]),
    [[0, 'type_mismatch', false]],
  );
  const both = await openFst(at('kinds2.rsf'));
  assert.deepEqual(
    both.find().map(({ nomvar, datyp }) => `${nomvar} ${datyp}`),
    ['TT 5', 'WH 2'],
  );
  assert.deepEqual([...(await both.read(both.record(1))).values].map(Number), [0, 10, 1000]);
});

test('64-bit integers go to XDF where 32 bits hold them', async () => {
  const small: FstField = { nomvar: 'SM', ni: 2, values: BigInt64Array.of(-3n, 2n ** 31n - 1n) };
  const large: FstField = { nomvar: 'LG', ni: 2, values: BigUint64Array.of(1n, 2n ** 60n) };
  const rsf = await source('wide.rsf', [small, large]);
  const { lost, records } = await copyRecords([rsf], at('wide.xdf'), { where: ['nomvar=SM', 'nomvar=LG'] });
  assert.equal(records, 1);
  assert.deepEqual(
    lost.map(({ nomvar, skipped }) => [nomvar, skipped]),
    [['LG', true]],
  );
  const file = await openFst(at('wide.xdf'));
  assert.deepEqual([...(await file.read(file.record(0))).values].map(Number), [-3, 2 ** 31 - 1]);
});

test('extents beyond 24 bits are kept by RSF and left out of XDF', async () => {
  const ni = 2 ** 24 + 3;
  const values = new Uint8Array(ni).fill(1, ni - 2);
  const rsf = await source('long.rsf', [{ nomvar: 'LONG', ni, values, datyp: 2, nbits: 1 }]);
  const file = await openFst(rsf);
  const record = file.first({ nomvar: 'LONG' });
  assert.equal(record.ni, ni);
  const points = await file.gather([record], Uint32Array.of(ni - 3, ni - 2, ni - 1));
  assert.deepEqual([...points.values], [0, 1, 1]);
  const { lost, records } = await copyRecords([rsf], at('long.xdf'));
  assert.equal(records, 5);
  assert.deepEqual(
    lost.filter(({ skipped }) => skipped).map(({ nomvar, code }) => [nomvar, code]),
    [['LONG', 'bad_dimensions']],
  );
});

test('of a file that was cut short the whole records are copied, and it is said', async () => {
  const rsf = await source('cut.rsf');
  truncateSync(rsf, (await openFst(rsf)).record(3).offset);
  const { records, lost } = await copyRecords([rsf], at('cut-copy.rsf'));
  assert.equal(records, 3);
  assert.deepEqual(
    lost.map(({ row, code }) => [row, code]),
    [[-1, 'truncated_file']],
  );
});

test('an output that is there is replaced only by a whole copy, and nothing else is left', async () => {
  const rsf = await source('replace.rsf');
  writeFileSync(at('out.rsf'), 'before');
  await assert.rejects(copyRecords([rsf], at('out.rsf'), { where: ['nomvar=ZZ'] }), { code: 'record_not_found' });
  await assert.rejects(copyRecords([rsf], at('out.rsf'), { datyp: 3 }), { code: 'bad_value' });
  await assert.rejects(copyRecords([rsf], at('out.rsf'), { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  assert.equal(readFileSync(at('out.rsf'), 'utf8'), 'before');
  await copyRecords([rsf], rsf, { where: ['nomvar=TT'] });
  assert.equal((await openFst(rsf)).count, 1);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

const reference = shared('fst');

test('reference files copied to the other container and back are what they were', {
  skip: skipWithout(reference, 'the folder of reference files'),
}, async () => {
  let compared = 0;
  for (const name of [
    'types.xdf',
    'nbits.rsf',
    'shapes.xdf',
    'grids.rsf',
    'nk3d.xdf',
    'sequential.xdf',
    'parallel.rsf',
  ]) {
    const original = join(reference!, `${name}.fst`);
    const [there, back] = [at('there.fst'), at('back.fst')];
    const own = name.endsWith('xdf') ? 'xdf' : 'rsf';
    await copyRecords([original], there, { format: own === 'xdf' ? 'rsf' : 'xdf' });
    await copyRecords([there], back, { format: own });
    compared += await same(await openFst(original), await openFst(back));
  }
  assert.ok(compared > 500, String(compared));
});

test('missing points of integers are equal whatever their width, and differ from values', async () => {
  const values = Int16Array.from({ length: 40 }, (_, n) => (n % 7 === 3 ? -32768 : n - 20));
  const narrow: FstField = { nomvar: 'MI', ni: 8, nj: 5, values, datyp: 64 + 4, nbits: 12 };
  const from = await openFst(at('narrow.rsf'), { create: 'rsf' });
  await from.write(narrow);
  await copyRecords([at('narrow.rsf')], at('wide.xdf'), { format: 'xdf' });
  const filled = await openFst(at('filled.xdf'), { create: 'xdf' });
  await filled.write({ ...narrow, values: values.map((value) => (value === -32768 ? 19 : value)), datyp: 4 });
  const options = { absolute: 0, relative: 0 };
  const differences = async (path: string): Promise<(number | undefined)[]> => {
    const found: (number | undefined)[] = [];
    for await (const difference of compareFiles(from, await openFst(at(path)), options)) found.push(difference.points);
    return found;
  };
  assert.deepEqual(await differences('wide.xdf'), []);
  assert.deepEqual(await differences('filled.xdf'), [values.filter((value) => value === -32768).length]);
});
