/** The library on files that it writes itself: both containers, every way of changing a file, many files, many readers. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import type { Container } from '../../schemas/vocabulary.js';
import type { FstField } from './field.js';
import { openFst } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const [NI, NJ] = [11, 7];
const fieldOf = (number: number, more: Partial<FstField> = {}): FstField => ({
  nomvar: 'TT',
  ni: NI,
  nj: NJ,
  ip1: number,
  values: Float32Array.from({ length: NI * NJ }, (_, n) => 1000 * number + n),
  dateo: '2026-11-21T00:00:00Z',
  deet: 3600,
  npas: 6,
  ...more,
});

async function fresh(name: string, container: Container, count: number): Promise<Awaited<ReturnType<typeof openFst>>> {
  const file = await openFst(join(folder, name), { create: container });
  await file.write(Array.from({ length: count }, (_, n) => fieldOf(n)));
  return file;
}

for (const container of ['xdf', 'rsf'] as const) {
  test(`${container}: records come back with their keys and values`, async () => {
    const file = await fresh(`keys.${container}`, container, 3);
    assert.equal(file.count, 3);
    const record = file.first({ ip1: 2 });
    assert.deepEqual([record.nomvar, record.ni, record.nj, record.hour, record.row], ['TT', NI, NJ, 6, 2]);
    assert.equal(record.validity?.toISOString(), '2026-11-21T06:00:00.000Z');
    assert.deepEqual(record.level, { value: 2, kind: 2, name: 'mb' });
    const { values, dtype, missing } = await file.read(record);
    assert.deepEqual([dtype, missing], ['float32', 0]);
    assert.deepEqual(values, fieldOf(2).values);
    const points = await file.gather(file.find(), Uint32Array.of(0, 76));
    assert.deepEqual([...points.values], [0, 76, 1000, 1076, 2000, 2076]);
  });

  test(`${container}: every element type keeps every value`, async () => {
    const file = await openFst(join(folder, `types.${container}`), { create: container });
    const arrays = [
      Float64Array.of(Math.PI, -1e300, 5e-324),
      Int8Array.of(-128, 0, 127),
      Int16Array.of(-32768, 0, 32767),
      Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1),
      Uint8Array.of(0, 1, 255),
      Uint16Array.of(0, 1, 65535),
      Uint32Array.of(0, 1, 2 ** 32 - 1),
      ...(container === 'rsf' ? [BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n)] : []),
    ];
    await file.write(arrays.map((values, n) => ({ nomvar: 'ANY', ni: 3, ip1: n, values })));
    for (const [n, wanted] of arrays.entries()) {
      const { values } = await file.read(file.record(n));
      assert.deepEqual([...values].map(String), [...wanted].map(String), wanted.constructor.name);
    }
  });

  test(`${container}: overwrite, delete and changed keys`, async () => {
    const file = await fresh(`change.${container}`, container, 4);
    await file.write(fieldOf(1, { values: new Float32Array(NI * NJ).fill(5) }), { overwrite: true });
    assert.deepEqual(
      file.find().map(({ ip1 }) => ip1),
      [0, 2, 3, 1],
    );
    assert.equal((await file.read(file.first({ ip1: 1 }))).values[3], 5);
    await file.remove(file.first({ ip1: 2 }));
    await file.edit(file.first({ ip1: 3 }), { nomvar: 'HU', etiket: 'NEW', dateo: '2027-01-01T12:00:00Z', npas: 12 });
    const changed = file.first({ nomvar: 'HU' });
    assert.deepEqual([changed.etiket, changed.ip1, changed.hour], ['NEW', 3, 12]);
    assert.equal(changed.validity?.toISOString(), '2027-01-02T00:00:00.000Z');
    assert.deepEqual((await file.read(changed)).values, fieldOf(3).values);
    assert.equal(file.count, 3);
    const again = await openFst(join(folder, `change.${container}`));
    assert.deepEqual(
      again.find().map(({ nomvar, ip1 }) => nomvar + ip1),
      ['TT0', 'HU3', 'TT1'],
    );
  });

  test(`${container}: what another writer appends is seen after refresh, old records stay readable`, async () => {
    const path = join(folder, `append.${container}`);
    const reader = await fresh(`append.${container}`, container, 2);
    const old = reader.find();
    const writer = await openFst(path);
    await writer.write([fieldOf(7), fieldOf(8)]);
    assert.equal(reader.count, 2);
    assert.deepEqual((await reader.read(old[1]!)).values, fieldOf(1).values);
    assert.equal(await reader.refresh(), 4);
    assert.deepEqual((await reader.read(reader.first({ ip1: 8 }))).values, fieldOf(8).values);
    assert.deepEqual((await reader.read(old[0]!)).values, fieldOf(0).values);
  });
}

for (const container of ['xdf', 'rsf'] as const) {
  test(`${container}: a reader beside a writer at work sees whole appends only`, async () => {
    const reader = await fresh(`live.${container}`, container, 4);
    const first = reader.find();
    const writer = await openFst(join(folder, `live.${container}`));
    let writing = true;
    const written = (async () => {
      for (let n = 0; n < 15; n++) await writer.write([4, 5, 6, 7].map((k) => fieldOf(4 * n + k)));
      writing = false;
    })();
    const counts: number[] = [];
    while (writing) {
      counts.push(await reader.refresh());
      const last = reader.record(reader.count - 1);
      assert.deepEqual((await reader.read(last)).values, fieldOf(last.ip1).values);
      assert.deepEqual((await reader.read(first[2]!)).values, fieldOf(2).values);
    }
    await written;
    assert.equal(await reader.refresh(), 64);
    assert.ok(
      counts.every((count, n) => count % 4 === 0 && count >= (counts[n - 1] ?? 0)),
      counts.join(' '),
    );
  });
}

test('extended metadata are kept by RSF, replaced in place, and refused for XDF', async () => {
  const file = await openFst(join(folder, 'meta.rsf'), { create: 'rsf' });
  await file.write(fieldOf(0, { metadata: { unit: 'celsius', bounds: [1, 2] } }));
  assert.deepEqual(file.record(0).metadata, { unit: 'celsius', bounds: [1, 2] });
  await file.putMetadata(file.record(0), { unit: 'kelvin' });
  assert.deepEqual(file.record(0).metadata, { unit: 'kelvin' });
  await assert.rejects(file.putMetadata(file.record(0), { unit: 'k'.repeat(200) }), { code: 'bad_dimensions' });
  await assert.rejects(file.putMetadata(file.record(0), '{"a": nope}'), { code: 'bad_value' });
  const xdf = await fresh('meta.xdf', 'xdf', 1);
  assert.equal(xdf.record(0).metadata, null);
  await assert.rejects(xdf.putMetadata(xdf.record(0), { unit: 'kelvin' }), { code: 'unsupported_type' });
});

test('bare NaN in extended metadata is null, in texts it stays', async () => {
  const { parseMetadata } = await import('./extended-metadata.js');
  const text = '{"a": NaN, "b": [-Infinity, 1], "c": "NaN, \\"NaN\\"", "NaN": 2}';
  assert.deepEqual(parseMetadata(text), { a: null, b: [null, 1], c: 'NaN, "NaN"', NaN: 2 });
  assert.equal(parseMetadata(''), null);
  assert.throws(() => parseMetadata('[1]'), SyntaxError);
});

test('files, folders and globs are one list in order; a thousand at once', async () => {
  const many = join(folder, 'many');
  await mkdir(join(many, 'deep', 'er'), { recursive: true });
  const one = join(folder, 'one.xdf');
  await (await openFst(one, { create: 'xdf' })).write(fieldOf(0));
  for (let n = 0; n < 1000; n++) copyFileSync(one, join(many, `${String(n).padStart(4, '0')}.fst`));
  copyFileSync(one, join(many, 'deep', 'er', 'last.fst'));
  symlinkSync(one, join(many, 'deep', 'link.fst'));
  const all = await openFst(many);
  assert.deepEqual([all.files.length, all.count], [1002, 1002]);
  let sum = 0;
  for await (const { values } of all.readMany(all.find({ nomvar: 'TT' }))) sum += Number(values[76]);
  assert.equal(sum, 76 * 1002);
  assert.equal((await openFst(join(many, '00?1.fst'))).count, 10);
  assert.equal((await openFst(join(many, '**', '*.fst'))).count, 1002);
  assert.equal((await openFst(join(many, 'deep', '*', '*.fst'))).count, 1);
  const listed = await openFst([join(many, '0005.fst'), join(many, '0001.fst'), join(many, '000[0-1].fst')]);
  assert.deepEqual(
    listed.files.map(({ path }) => path.slice(-8)),
    ['0005.fst', '0001.fst', '0000.fst'],
  );
});

test('what is no FST file is passed over in folders and refused by name', async () => {
  const mixed = join(folder, 'mixed');
  await mkdir(mixed);
  copyFileSync(new URL(import.meta.url), join(mixed, 'notes.txt'));
  await (await openFst(join(mixed, 'a.fst'), { create: 'rsf' })).write(fieldOf(0));
  assert.equal((await openFst(mixed)).files.length, 1);
  await assert.rejects(openFst(join(mixed, 'notes.txt')), { code: 'not_fst' });
  await assert.rejects(openFst(join(mixed, 'nothing.fst')), { code: 'file_not_found' });
  await assert.rejects(openFst(join(mixed, 'x*.fst')), { code: 'file_not_found' });
});

test('a hundred readers of one file', async () => {
  const path = join(folder, 'shared.rsf');
  await fresh('shared.rsf', 'rsf', 20);
  const sums = await Promise.all(
    Array.from({ length: 100 }, async (_, reader) => {
      await using file = await openFst(path);
      const { values } = await file.read(file.record(reader % 20));
      return values[1];
    }),
  );
  assert.deepEqual(
    sums,
    sums.map((_, reader) => 1000 * (reader % 20) + 1),
  );
});

test('readMany keeps the order asked for, also in batches of a small budget', async () => {
  const path = join(folder, 'order.xdf');
  await fresh('order.xdf', 'xdf', 200);
  const file = await openFst(path, { memory: 3000 });
  const wanted = file.find().reverse();
  const got: number[] = [];
  for await (const { record, values } of file.readMany(wanted, { as: 'float32' })) {
    assert.equal(values[0], 1000 * record.ip1);
    got.push(record.ip1);
  }
  assert.deepEqual(
    got,
    wanted.map(({ ip1 }) => ip1),
  );
  const tiny = await openFst(path, { memory: 100 });
  await assert.rejects(tiny.read(tiny.record(0)), { code: 'out_of_memory' });
  // a reader inside the loop of another one
  for await (const { record } of file.readMany(wanted.slice(0, 3))) await file.read(record);
});

test('an aborted signal ends every call', async () => {
  const file = await fresh('abort.xdf', 'xdf', 5);
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(openFst(folder, { signal }), /enough/);
  await assert.rejects(file.read(file.record(0), { signal }), /enough/);
  await assert.rejects(file.readMany(file.find(), { signal }).next(), /enough/);
  await assert.rejects(file.write(fieldOf(1), { signal }), /enough/);
  await assert.rejects(file.remove(file.record(0), signal), /enough/);
  assert.equal(file.count, 5);
  const later = new AbortController();
  const reading = file.readMany(file.find(), { signal: later.signal });
  await reading.next();
  later.abort(new Error('that will do'));
  await assert.rejects(async () => {
    for await (const _ of reading);
  }, /that will do/);
});

test('errors carry code, number and place', async () => {
  const path = join(folder, 'errors.rsf');
  const file = await fresh('errors.rsf', 'rsf', 2);
  const error = await openFst(join(folder, 'none.fst')).catch((reason: unknown) => reason);
  assert.ok(error instanceof FeatureError);
  assert.deepEqual([error.code, error.errno], ['file_not_found', -2]);
  assert.throws(() => file.record(2), { code: 'record_not_found', errno: -10 });
  assert.throws(() => file.first({ nomvar: 'ZZ' }), { code: 'record_not_found' });
  await assert.rejects(file.write(fieldOf(1, { nomvar: 'TOOLONG' })), { code: 'bad_value' });
  await assert.rejects(file.write(fieldOf(1, { ni: 5 })), { code: 'bad_dimensions', errno: -11 });
  await assert.rejects(file.write(fieldOf(1, { values: [1, 2] as never })), {
    code: 'bad_value',
    message: /typed array/,
  });
  const record = file.record(1);
  await assert.rejects(file.edit(record, { ip1: 2 ** 31 }), { code: 'bad_value', message: /ip1/ });
  await assert.rejects(file.edit(record, { nomvar: 5 } as never), { code: 'bad_value', message: /nomvar/ });
  await assert.rejects(file.edit(record, { ni: 5 } as never), { code: 'unknown_key', message: /ni/ });
  for (const place of [
    [Number.NaN, 0],
    [91, 0],
    [0, Number.POSITIVE_INFINITY],
  ] as const)
    await assert.rejects(file.at(record, [place]), { code: 'bad_value', message: /itude/ });
  truncateSync(path, record.offset + 40);
  await assert.rejects(file.read(record), { code: 'run_changed' });
  await file.close();
  assert.throws(() => file.find(), { code: 'invalid_handle', errno: -4 });
});

test('a record that cannot be decoded is reported, and the others are delivered', async () => {
  const file = await fresh('bad.xdf', 'xdf', 3);
  const second = file.record(1);
  // a type that does not exist, as a damaged directory would say
  file.files[0]!.table.datyp[1] = 62;
  const bad: FeatureError[] = [];
  const rows: number[] = [];
  for await (const { record } of file.readMany(file.find(), { onBad: (error) => bad.push(error) }))
    rows.push(record.row);
  assert.deepEqual(rows, [0, 2]);
  assert.equal(bad.length, 1);
  assert.ok(bad[0]!.errno < 0);
  assert.deepEqual(bad[0]!.data, { file: second.path, row: 1, offset: second.offset });
  await assert.rejects(file.read(second), { code: bad[0]!.code });
});

test('two files cannot be written to, and close is final only once', async () => {
  const both = await openFst([join(folder, 'keys.xdf'), join(folder, 'keys.rsf')]);
  assert.equal(both.count, 6);
  assert.equal(both.record(4).path, join(folder, 'keys.rsf'));
  await assert.rejects(both.write(fieldOf(1)), { code: 'bad_value' });
  await both.close();
  await both.close();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});
