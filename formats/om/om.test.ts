/** OM files written and read back: every type and compression, shapes and chunks that do not fit, and damage. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OmFile } from './read.js';
import { legacyOm, sampleOf, writeOne } from './samples.js';
import type { OmValues } from './values.js';
import { type ArraySpec, OmWriter } from './write.js';

function folder(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'polyfst-om-'));
  context.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function readAll(path: string, variable = ''): Promise<OmValues> {
  await using file = await OmFile.open(path);
  return (await file.read(variable)).values;
}

const SHAPE = [23, 17, 31];
const CHUNKS = [5, 17, 8];
const COUNT = 23 * 17 * 31;

for (const type of ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const) {
  test(`${type} comes back as it was`, async (context) => {
    const path = join(folder(context), 'a.om');
    const values = sampleOf(type, COUNT);
    await writeOne(path, { name: '', type, shape: SHAPE, chunks: CHUNKS }, values);
    assert.deepEqual(await readAll(path), values);
  });
}

for (const type of ['float32', 'float64'] as const) {
  test(`${type} comes back bit for bit when it is xored`, async (context) => {
    const path = join(folder(context), 'a.om');
    const values = sampleOf(type, COUNT);
    values[7] = Number.NaN;
    values[8] = -0;
    values[9] = Number.POSITIVE_INFINITY;
    await writeOne(path, { name: '', type, shape: SHAPE, chunks: CHUNKS, compression: 'fpx_xor_2d' }, values);
    assert.deepEqual(await readAll(path), values);
  });
}

const QUANTISED: readonly (readonly [ArraySpec['type'], NonNullable<ArraySpec['compression']>, number])[] = [
  ['float32', 'pfor_delta_2d', 20],
  ['float64', 'pfor_delta_2d', 20],
  ['float32', 'pfor_delta_2d_int16', 20],
];
for (const [type, compression, scaleFactor] of QUANTISED) {
  test(`${type} in ${compression} keeps half of 1/${scaleFactor}, and NaN`, async (context) => {
    const path = join(folder(context), 'a.om');
    const values = sampleOf(type, COUNT) as Float32Array;
    values.fill(Number.NaN, 100, 140);
    // one spike far from its neighbours
    values[3000] = 1200;
    await writeOne(path, { name: '', type, shape: SHAPE, chunks: CHUNKS, compression, scaleFactor }, values);
    const back = (await readAll(path)) as Float32Array;
    let most = 0;
    for (const [n, value] of values.entries()) {
      assert.equal(Number.isNaN(back[n]!), Number.isNaN(value), `value ${n}`);
      if (!Number.isNaN(value)) most = Math.max(most, Math.abs(back[n]! - value));
    }
    assert.ok(most <= 0.5 / scaleFactor + 1e-4, `${most}`);
    assert.ok(most > 0);
  });
}

test('the logarithmic form keeps small amounts finely', async (context) => {
  const path = join(folder(context), 'a.om');
  const values = Float32Array.from({ length: 200 }, (_, n) => (n % 7 === 0 ? 0 : n ** 2 / 300));
  const compression = 'pfor_delta_2d_int16_logarithmic';
  const spec = { name: '', type: 'float32', shape: [10, 20], chunks: [3, 20], compression, scaleFactor: 1000 } as const;
  await writeOne(path, spec, values);
  for (const [n, value] of ((await readAll(path)) as Float32Array).entries())
    assert.ok(Math.abs(value - values[n]!) <= 0.0012 * (1 + values[n]!), `${n}: ${value} ${values[n]}`);
});

test('one value, constant fields, and more chunks than one group of the table holds', async (context) => {
  const path = join(folder(context), 'a.om');
  await writeOne(path, { name: '', type: 'float32', shape: [1], chunks: [1], scaleFactor: 10 }, Float32Array.of(-3.5));
  assert.deepEqual(await readAll(path), Float32Array.of(-3.5));
  const same = new Float32Array(40 * 50).fill(271.5);
  await writeOne(path, { name: '', type: 'float32', shape: [40, 50], chunks: [40, 50], scaleFactor: 10 }, same);
  assert.deepEqual(await readAll(path), same);
  const steps = Int32Array.from({ length: 130 * 9 }, (_, n) => n * 3);
  for (const chunks of [
    [1, 1],
    [2, 3],
    [130, 9],
    [7, 2],
  ]) {
    await writeOne(path, { name: '', type: 'int32', shape: [130, 9], chunks }, steps);
    assert.deepEqual(await readAll(path), steps);
  }
});

test('one float64 of any bits comes back without loss', async (context) => {
  const path = join(folder(context), 'wide.om');
  for (const value of [44.00913026160081, 1 / 3, -75.02492843035958, 1e300, 44.25]) {
    await writeOne(
      path,
      { name: '', type: 'float64', shape: [1], chunks: [1], compression: 'fpx_xor_2d' },
      Float64Array.of(value),
    );
    assert.deepEqual(await readAll(path), Float64Array.of(value));
  }
});

test('a range is what a cut of the whole is', async (context) => {
  const path = join(folder(context), 'a.om');
  const values = Int32Array.from({ length: COUNT }, (_, n) => n);
  await writeOne(path, { name: '', type: 'int32', shape: SHAPE, chunks: CHUNKS }, values);
  await using file = await OmFile.open(path);
  const { values: part, shape } = await file.read('', [
    [4, 12],
    [0, 17],
    [7, 9],
  ]);
  assert.deepEqual(shape, [8, 17, 2]);
  const wanted: number[] = [];
  for (let i = 4; i < 12; i++)
    for (let j = 0; j < 17; j++) for (let k = 7; k < 9; k++) wanted.push((i * 17 + j) * 31 + k);
  assert.deepEqual([...part], wanted);
  for (const range of [
    [-1, 2],
    [3, 3],
    [20, 24],
  ] as const)
    await assert.rejects(file.read('', [range, [0, 17], [0, 31]]), /range/);
  await assert.rejects(file.read('', [[0, 1]]), /3 dimensions/);
  await assert.rejects(file.read('none'), /no variable "none"/);
});

/** Root with a group that has an array with attributes. */
async function writeTree(path: string): Promise<void> {
  await using writer = await OmWriter.create(path);
  const units = await writer.scalar('units', 'K');
  const spec = {
    name: 'TT',
    type: 'float32',
    shape: [4, 6],
    chunks: [2, 6],
    scaleFactor: 100,
    children: [units],
  } as const;
  const rows = [0, 2].map((from) => Float32Array.from({ length: 12 }, (_, n) => 270 + from * 6 + n));
  const inner = await writer.group('grid', [await writer.array(spec, rows), await writer.scalar('levels', 3n)]);
  await writer.finish(await writer.group('', [inner, await writer.scalar('scale', 0.25)]));
}

test('a tree of groups, scalars, texts and arrays', async (context) => {
  const path = join(folder(context), 'a.om');
  await writeTree(path);
  await using file = await OmFile.open(path);
  assert.deepEqual(
    file.nodes.map(({ path: own, variable: { type, value } }) => [own, type, value]),
    [
      ['', 'none', undefined],
      ['grid', 'none', undefined],
      ['grid/TT', 'float32', undefined],
      ['grid/TT/units', 'string', 'K'],
      ['grid/levels', 'int64', 3n],
      ['scale', 'float64', 0.25],
    ],
  );
  assert.equal((await file.read('grid/TT')).values[23], 293);
  await assert.rejects(file.read('grid/levels'), /scalar/);
  await assert.rejects(file.read('/'), /group/);
});

test('nothing is left of a file that was not finished', async (context) => {
  const path = join(folder(context), 'a.om');
  {
    await using writer = await OmWriter.create(path);
    await writer.scalar('a', 1);
  }
  await assert.rejects(OmFile.open(path), { code: 'ENOENT' });
});

for (const [version, compression] of [
  [1, 0],
  [2, 2],
  [2, 0],
] as const) {
  test(`a file of version ${version}, compression ${compression}`, async (context) => {
    const path = join(folder(context), 'old.om');
    const values = sampleOf('float32', 70 * 11) as Float32Array;
    const tidy = values.map((v) => Math.fround(Math.round(v * 20) / 20));
    writeFileSync(path, legacyOm(version, compression, tidy, [70, 11], [1, 4], 20));
    assert.deepEqual(await readAll(path), tidy);
    await using file = await OmFile.open(path);
    const part = await file.read('', [
      [65, 67],
      [3, 9],
    ]);
    assert.deepEqual(
      [...part.values],
      [65, 66].flatMap((row) => [...tidy.subarray(row * 11 + 3, row * 11 + 9)]),
    );
  });
}

test('an address is read by ranges', async (context) => {
  const path = join(folder(context), 'a.om');
  await writeTree(path);
  const bytes = readFileSync(path);
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    if (range === null) {
      answer.writeHead(200, { 'Content-Length': bytes.length }).end();
      return;
    }
    asked.push(range[0]);
    answer.writeHead(206).end(bytes.subarray(Number(range[1]), Number(range[2]) + 1));
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  await using file = await OmFile.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a.om`);
  const part = await file.read('grid/TT', [
    [3, 4],
    [1, 3],
  ]);
  assert.deepEqual(part.values, Float32Array.of(289, 290));
  assert.ok(asked.length > 3);
});

test('damage is told, whatever byte it hits', async (context) => {
  const path = join(folder(context), 'a.om');
  await writeTree(path);
  const bytes = readFileSync(path);
  let told = 0;
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0xff;
    writeFileSync(path, damaged);
    try {
      await using file = await OmFile.open(path);
      for (const { path: own, variable } of file.nodes) if (variable.array !== undefined) await file.read(own);
    } catch (error) {
      assert.ok(error instanceof RangeError, `byte ${at}: ${error}`);
      told++;
    }
  }
  assert.ok(told > 40, `${told}`);
  writeFileSync(path, bytes);
  truncateSync(path, bytes.length - 1);
  await assert.rejects(OmFile.open(path), /trailer|cut short/);
});
