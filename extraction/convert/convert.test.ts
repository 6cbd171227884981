/** Conversions on files made here: what comes back, what is told, and that an output is whole or as it was. */
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { temporaryFolder } from '../../test/interop/convert-case.js';
import type { FstField } from '../fst/field.js';
import { openFst } from '../fst/file.js';
import { encodeIp, KIND } from '../fst/ip.js';
import { type ConvertOutcome, convert, formatOfName, recognise } from './convert.js';

const never = new AbortController().signal;
const NI = 20;
const NJ = 15;
const grid = { grtyp: 'L', ni: NI, nj: NJ, ig1: 50, ig2: 50, ig3: 13000, ig4: 26000 } as const;

const wave = (seed: number): Float32Array =>
  Float32Array.from({ length: NI * NJ }, (_, k) => 20 + 3 * Math.sin((k + 7 * seed) / 11));

function run(
  inputs: readonly string[],
  out: string,
  set: Readonly<Record<string, string>> = {},
  where: readonly string[] = [],
): Promise<ConvertOutcome> {
  return convert({ inputs, out, where, options: new Map(Object.entries(set)), signal: never });
}

/** Three variables at two levels and times, and a name that GRIB2 does not know. */
async function writeSample(path: string): Promise<void> {
  await using file = await openFst(path, { create: 'xdf' });
  const shared = { ...grid, dateo: '2026-11-21T00:00:00Z', deet: 3600, typvar: 'P', etiket: 'SAMPLE' };
  const fields: FstField[] = [];
  for (const npas of [0, 6]) {
    for (const [n, level] of [850, 500].entries()) {
      const ip1 = encodeIp(level, KIND.pressure);
      const values = wave(npas + n);
      fields.push({ ...shared, nomvar: 'GZ', ip1, npas, ip2: npas, datyp: 6, nbits: 16, values });
      fields.push({ ...shared, nomvar: 'TT', ip1, npas, ip2: npas, datyp: 134, nbits: 12, values });
    }
  }
  fields.push({ ...shared, nomvar: 'ZZZZ', npas: 6, ip2: 6, values: wave(9) });
  await file.write(fields);
}

test('GRIB2 and back: keys by their meaning, values of powers of ten bit for bit', async () => {
  await using folder = await temporaryFolder();
  const [source, grib, back] = ['a.fst', 'a.grib2', 'b.rsf'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await writeSample(source);
  const told = await run([source], grib);
  assert.equal(told.records, 8);
  assert.deepEqual(
    told.skipped.map(({ row, code }) => [row, code]),
    [[8, 'unsupported_type']],
  );
  assert.match(told.skipped[0]!.detail, /unknown_parameter: ZZZZ/);
  assert.deepEqual(
    told.lost.map(({ key }) => key),
    ['etiket'],
  );
  assert.equal(told.bytes, (await stat(grib)).size);
  assert.equal((await recognise(grib))?.name, 'grib2');
  assert.equal((await run([grib], back)).records, 8);
  await using one = await openFst(source);
  await using other = await openFst(back);
  for (const was of one.find({ nomvar: 'GZ' })) {
    const is = other.first({ nomvar: 'GZ', ip1: was.ip1, ip2: was.ip2 });
    for (const key of ['grtyp', 'ig1', 'ig2', 'ig3', 'ig4', 'dateo', 'datev', 'typvar'] as const)
      assert.equal(is[key], was[key]);
    assert.deepEqual((await other.read(is)).values, (await one.read(was)).values);
  }
  for (const was of one.find({ nomvar: 'TT' })) {
    const is = other.first({ nomvar: 'TT', ip1: was.ip1, ip2: was.ip2 });
    const [a, b] = [(await one.read(was)).values as Float32Array, (await other.read(is)).values as Float32Array];
    assert.ok(
      a.every((value, k) => Math.abs(value - b[k]!) <= 2e-3),
      'half of a step of 12 bits',
    );
  }
});

test('conditions choose, in every direction, and formats follow the suffix', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  await writeSample(at('a.fst'));
  assert.equal((await run([at('a.fst')], at('t.grib2'), {}, ['nomvar=TT', 'level=500'])).records, 2);
  assert.equal((await run([at('t.grib2')], at('t.fst'), {}, ['hour=6'])).records, 1);
  assert.equal((await run([at('t.grib2')], at('t.tif'), { bands: 'time' })).records, 2);
  assert.equal((await recognise(at('t.tif')))?.name, 'geotiff');
  assert.equal((await run([folder.path], at('copy.rsf'), {}, ['nomvar=ZZZZ'])).records, 1);
  assert.equal(formatOfName('x.ZARR.zip'), 'zarr');
  assert.equal(formatOfName('x.dat'), undefined);
});

test('a copy into the other container keeps everything', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  await writeSample(at('a.fst'));
  assert.deepEqual(
    { ...(await run([at('a.fst')], at('a.rsf'))), bytes: 0 },
    { format: 'rsf', records: 9, skipped: [], lost: [], bytes: 0 },
  );
  assert.equal((await run([at('a.rsf')], at('b.xdf'))).records, 9);
  assert.deepEqual(await readFile(at('b.xdf')).then(({ length }) => length), (await stat(at('a.fst'))).size);
});

const refuses = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof FeatureError && error.code === code && words.test(error.message);

test('a conversion that fails leaves the output as it was and nothing beside it', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  await writeSample(at('a.fst'));
  await writeFile(at('out.grib2'), 'before');
  await assert.rejects(run([at('a.fst')], at('out.grib2'), {}, ['nomvar=ZZZZ']), refuses('unsupported_type', /ZZZZ/));
  await assert.rejects(
    run([at('a.fst')], at('out.grib2'), {}, ['nomvar=XX']),
    refuses('record_not_found', /nomvar=XX/),
  );
  await assert.rejects(run([at('a.fst')], at('out.grib2'), { nope: '1' }), refuses('unknown_key', /--set nope/));
  await assert.rejects(run([at('a.fst')], at('out.grib2'), { winds: 'up' }), refuses('bad_value', /winds=up/));
  await assert.rejects(run([at('a.fst')], at('out.dat')), refuses('unsupported_format', /suffix/));
  await assert.rejects(
    run([at('a.fst')], at('out.grib2'), { on_unsupported: 'error' }),
    refuses('unsupported_type', /ZZZZ/),
  );
  assert.equal(await readFile(at('out.grib2'), 'utf8'), 'before');
  assert.deepEqual((await readdir(folder.path)).sort(), ['a.fst', 'out.grib2']);
});

test('damaged GRIB2 is refused with its place', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  await writeSample(at('a.fst'));
  await run([at('a.fst')], at('a.grib2'));
  const bytes = await readFile(at('a.grib2'));
  await writeFile(at('cut.grib2'), bytes.subarray(0, bytes.length - 40));
  await assert.rejects(run([at('cut.grib2')], at('cut.fst')), refuses('truncated_file', /byte \d+/));
  bytes[7] = 1;
  await writeFile(at('one.grib2'), bytes);
  await assert.rejects(run([at('one.grib2')], at('one.fst')), refuses('unsupported_type', /edition 1/));
});

test('several records are a folder of GeoTIFF files, one of them comes back exactly', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  await writeSample(at('a.fst'));
  assert.equal(
    await run([at('a.fst')], at('tifs'), {}, ['nomvar=GZ']).catch((error: FeatureError) => error.code),
    'unsupported_format',
  );
  const told = await convert({
    inputs: [at('a.fst')],
    out: at('tifs'),
    format: 'geotiff',
    where: ['nomvar=GZ'],
    options: new Map(),
    signal: never,
  });
  assert.equal(told.records, 4);
  const names = await readdir(at('tifs'));
  assert.equal(names.length, 4);
  await run([join(at('tifs'), 'GZ_500mb_20261121T0600.tif')], at('back.fst'));
  await using one = await openFst(at('a.fst'));
  await using other = await openFst(at('back.fst'));
  const is = other.record(0);
  const was = one.first({ nomvar: 'GZ', ip1: is.ip1, ip2: 6 });
  for (const key of ['etiket', 'grtyp', 'ig1', 'ig4', 'deet', 'npas', 'datyp', 'nbits'] as const)
    assert.equal(is[key], was[key]);
  assert.deepEqual((await other.read(is)).values, (await one.read(was)).values);
});

test('tables have a row a record, footprints a feature a field', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  await writeSample(at('a.fst'));
  for (const name of ['a.parquet', 'a.arrow', 'a.csv'])
    assert.equal((await run([at('a.fst')], at(name))).records, 9, name);
  assert.equal((await run([at('a.fst')], at('some.csv'), {}, ['nomvar=TT'])).records, 4);
  const [head, first] = (await readFile(at('some.csv'), 'utf8')).split('\n');
  assert.match(head!, /^nomvar,typvar,etiket,grtyp,dateo,/);
  assert.match(first!, /^TT,P,SAMPLE,L,.*2026-11-21T00:00:00Z/);
  await run([at('a.fst')], at('a.geojson'));
  const { features } = JSON.parse(await readFile(at('a.geojson'), 'utf8')) as {
    features: { geometry: { coordinates: number[][][] }; properties: { nomvar: string } }[];
  };
  assert.equal(features.length, 9);
  assert.deepEqual(features[0]!.geometry.coordinates[0]![0], [-100, 40]);
});
