/** Runs as OM files and back: names by level, accuracy, and records that come back as they were. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OmFile } from '../../formats/om/read.js';
import { legacyOm, writeOne } from '../../formats/om/samples.js';
import { FeatureError } from '../../schemas/problem.js';
import { temporaryFolder } from '../../test/interop/convert-case.js';
import { compareFiles } from '../fst/compare.js';
import type { FstField } from '../fst/field.js';
import { openFst } from '../fst/file.js';
import { encodeIp, KIND } from '../fst/ip.js';
import { convert } from './convert.js';
import { QuantumMeter } from './om-accuracy.js';

const NI = 20;
const NJ = 15;
const grid = { grtyp: 'L', ni: NI, nj: NJ, ig1: 50, ig2: 50, ig3: 13000, ig4: 26000 } as const;

function run(input: string, out: string, set: Readonly<Record<string, string>> = {}) {
  const signal = new AbortController().signal;
  return convert({ inputs: [input], out, where: [], options: new Map(Object.entries(set)), signal });
}

const wave = (seed: number): Float32Array =>
  Float32Array.from({ length: NI * NJ }, (_, k) => 4 + 3 * Math.sin((k + 7 * seed) / 11));

async function writeSample(path: string): Promise<void> {
  await using file = await openFst(path, { create: 'rsf' });
  const shared = { ...grid, dateo: '2026-11-21T00:00:00Z', deet: 3600, typvar: 'P', etiket: 'SAMPLE' };
  const fields: FstField[] = [];
  for (const npas of [0, 1, 2]) {
    for (const [n, level] of [850, 500].entries()) {
      const ip1 = encodeIp(level, KIND.pressure);
      fields.push({ ...shared, nomvar: 'TT', ip1, npas, ip2: npas, datyp: 134, nbits: 12, values: wave(npas + n) });
    }
    fields.push({ ...shared, nomvar: 'PN', npas, ip2: npas, datyp: 5, nbits: 32, values: wave(npas) });
    const gaps = wave(npas).fill(Number.NaN, 30, 50);
    fields.push({ ...shared, nomvar: 'P0', npas, ip2: npas, datyp: 6 | 64, nbits: 16, values: gaps });
    const codes = Int32Array.from(wave(npas), Math.round);
    fields.push({ ...shared, nomvar: 'MG', npas, ip2: npas, datyp: 4, nbits: 16, values: codes });
  }
  await file.write(fields);
}

test('lossless=fst brings every record back', async () => {
  await using folder = await temporaryFolder();
  const [source, om, back] = ['a.rsf', 'a.om', 'b.rsf'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await writeSample(source);
  const told = await run(source, om, { lossless: 'fst' });
  assert.deepEqual([told.format, told.records, told.skipped, told.lost], ['om', 15, [], []]);
  await using file = await OmFile.open(om);
  const arrays = file.nodes.filter(({ variable }) => variable.array?.shape.length === 3).map(({ path }) => path);
  assert.deepEqual(arrays.sort(), ['MG', 'P0', 'PN', 'TT_500hPa', 'TT_850hPa']);
  assert.deepEqual(file.node('TT_500hPa').variable.array!.shape, [NJ, NI, 3]);
  assert.equal(file.node('TT_500hPa/coordinates').variable.value, 'lat lon time');
  assert.equal((await run(om, back)).records, 15);
  await using one = await openFst(source);
  await using other = await openFst(back);
  const differences = [];
  for await (const found of compareFiles(one, other, { absolute: 0, relative: 0 })) differences.push(found);
  assert.deepEqual(differences, []);
});

test('accuracy is the step of what is stored', async () => {
  await using folder = await temporaryFolder();
  const [source, om] = ['a.rsf', 'a.om'].map((name) => join(folder.path, name)) as [string, string];
  await writeSample(source);
  await run(source, om, { accuracy: '0.25' });
  await using file = await OmFile.open(om);
  assert.equal(file.node('PN').variable.array!.scaleFactor, 4);
  const { values } = await file.read('PN', [
    [0, NJ],
    [0, NI],
    [1, 2],
  ]);
  const expected = wave(1);
  for (const [k, value] of values.entries()) {
    assert.ok(Math.abs(Number(value) - expected[k]!) <= 0.125, `value ${k} is ${value}, the field has ${expected[k]}`);
  }
  for (const set of [{ accuracy: '-1' }, { accuracy: '1', lossless: 'fst' }, { lossless: 'perhaps' }]) {
    await assert.rejects(run(source, om, set as Record<string, string>), (error) => {
      return error instanceof FeatureError && error.code === 'bad_value';
    });
  }
});

test('a unit without a usual step keeps the quantum of its records; floats stay as they are', () => {
  const packed = new QuantumMeter();
  packed.add(Float32Array.of(0.5, 0.75, 2), 134, 12, false);
  assert.deepEqual(packed.coding(undefined, 'kg kg-1'), { compression: 'pfor_delta_2d', scaleFactor: 4 });
  assert.deepEqual(packed.coding(undefined, 'degC').scaleFactor, 20);
  const divided = new QuantumMeter();
  divided.add(Float32Array.of(0, 255), 1, 8, false);
  assert.deepEqual(divided.coding('quantum', 'K'), { compression: 'pfor_delta_2d', scaleFactor: 8 });
  const plain = new QuantumMeter();
  plain.add(Float32Array.of(1, Math.PI), 5, 32, false);
  assert.equal(plain.coding('quantum', 'K').compression, 'fpx_xor_2d');
  const large = new QuantumMeter();
  large.add(Float32Array.of(1, 2 ** 30), 134, 12, false);
  assert.equal(large.coding(0.01, 'K').compression, 'fpx_xor_2d');
});

test('a file without places is refused with a reason', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'bare.om');
  await writeOne(path, { name: '', type: 'float32', shape: [4, 5], chunks: [2, 5] }, new Float32Array(20));
  const out = join(folder.path, 'b.rsf');
  await assert.rejects(run(path, out), /bare\.om/);
  await writeFile(path, legacyOm(1, 0, new Float32Array(20), [4, 5], [2, 5], 1));
  await assert.rejects(run(path, out), /bare\.om/);
});
