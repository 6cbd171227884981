/** Files that we write, read by the field's own library and by fstd2nc: every key and every value. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { copyRecords, type FstArray, type FstField, type FstRecord, openFst } from '../../extraction/index.js';
import { shared, skipWithout } from '../paths.js';
import { environment, jsonLines } from './environment.js';

const KEYS = ['ni', 'nj', 'nk', 'deet', 'npas', 'ip1', 'ip2', 'ip3', 'ig1', 'ig2', 'ig3', 'ig4'] as const;
const MORE = ['dateo', 'datyp', 'nbits', 'nomvar', 'typvar', 'etiket', 'grtyp'] as const;

type Line = Record<string, number | string> & {
  readonly dtype: string;
  readonly count: number;
  readonly offset: number;
};

/** Interpreter and an empty folder; skips the test without an interpreter. */
function prepared(context: TestContext): { readonly python: string; readonly folder: string } | undefined {
  const found = environment('librmn');
  if ('skip' in found) {
    context.skip(found.skip);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-librmn-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return { python: found.python, folder };
}

const VIEWS: Readonly<Record<string, new (buffer: ArrayBuffer) => FstArray>> = {
  float32: Float32Array,
  float64: Float64Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

function theirs(bytes: Buffer, { dtype, count, offset }: Line): FstArray {
  const size = Number(dtype.replace(/\D/g, '')) / 8;
  return new VIEWS[dtype]!(Uint8Array.from(bytes.subarray(offset, offset + count * size)).buffer);
}

/** What the library is known to read otherwise than it was written (docs/formats/packing.md#reference). */
function misread({ datyp, nbits, nk }: FstRecord): boolean {
  const base = datyp & 63;
  return (base === 1 && datyp >= 128 && nbits < 16) || (datyp === 130 && nbits === 16) || (datyp >= 128 && nk > 1);
}

async function compare(python: string, folder: string, path: string): Promise<{ keys: number; values: number }> {
  const dump = join(folder, 'values.bin');
  const lines = jsonLines(python, 'librmn/read.py', [path, dump]) as Line[];
  const bytes = readFileSync(dump);
  await using file = await openFst(path);
  const records = file.find();
  assert.equal(lines.length, records.length);
  let values = 0;
  for (const [at, record] of records.entries()) {
    const line = lines[at]!;
    const where = `${path} row ${at} ${record.nomvar} ${record.datyp}/${record.nbits}`;
    for (const key of [...KEYS, ...MORE]) assert.equal(line[key], record[key], `${where} ${key}`);
    if (misread(record) || (record.datyp & 64) !== 0) continue;
    const ours = (await file.read(record)).values;
    const other = theirs(bytes, line);
    // binary records have as many words as their bits fill
    for (let n = 0; n < ours.length; n++) {
      if (!Object.is(ours[n], other[n]))
        assert.fail(`${where}: value ${n} is ${ours[n]}, the library says ${other[n]}`);
    }
    values++;
  }
  return { keys: records.length, values };
}

function smooth(ni: number, nj: number): Float32Array {
  return Float32Array.from({ length: ni * nj }, (_, n) => 270 + 20 * Math.sin((n % ni) / 5) * Math.cos(n / ni / 4));
}

function* fields(): Generator<FstField> {
  const [ni, nj] = [40, 35];
  const values = smooth(ni, nj);
  const keys = { typvar: 'P', etiket: 'POLYFST', grtyp: 'X', ni, nj, ig1: 1, ig2: 70000, ig3: 3, ig4: 16777215 };
  const when = { dateo: '2026-11-21T06:00:00Z', deet: 300, npas: 36, ip1: 39945888, ip2: 3 };
  for (const [datyp, nbits] of [
    [1, 12],
    [1, 16],
    [1, 24],
    [5, 32],
    [5, 20],
    [6, 12],
    [6, 16],
    [129, 16],
    [133, 32],
    [134, 12],
    [134, 16],
  ] as const) {
    yield { ...keys, ...when, nomvar: 'TT', ip3: datyp * 100 + nbits, datyp, nbits, values };
  }
  yield { ...keys, ...when, nomvar: 'TT64', values: Float64Array.from(values, (v) => v / 3) };
  yield {
    ...keys,
    ...when,
    nomvar: 'II',
    datyp: 4,
    nbits: 20,
    values: Int32Array.from(values, (v) => Math.round(v * 100) - 27000),
  };
  yield { ...keys, ...when, nomvar: 'UI', datyp: 2, nbits: 20, values: Uint32Array.from(values, (v) => v * 100) };
  yield { ...keys, nomvar: 'TEXT', ni: 11, nj: 1, datyp: 3, nbits: 8, values: new TextEncoder().encode('HELLO THERE') };
  yield { ...keys, nomvar: 'CPLX', ni: 20, nj: 35, datyp: 8, nbits: 32, values };
}

test('the reference library reads every key and value of an XDF file that we write', async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  const path = join(ready.folder, 'ours.xdf');
  await using file = await openFst(path, { create: 'xdf' });
  await file.write(fields());
  const first = await compare(ready.python, ready.folder, path);
  assert.equal(first.keys, 16);
  assert.ok(first.values >= 15);
  // several pages, deletions and changed keys
  await file.write(
    Array.from({ length: 600 }, (_, n) => ({
      nomvar: 'MANY',
      ni: 3,
      values: Float32Array.of(n, n + 1, n + 2),
      ip1: n,
    })),
  );
  await file.remove(file.find({ nomvar: 'MANY', ip1: { from: 100, to: 199 } }));
  await file.edit(file.first({ nomvar: 'MANY', ip1: 7 }), {
    etiket: 'CHANGED',
    ip2: 48,
    dateo: '2026-11-22T00:00:00Z',
  });
  const then = await compare(ready.python, ready.folder, path);
  assert.deepEqual(then, { keys: first.keys + 500, values: first.values + 500 });
});

const reference = shared('fst');

test('the reference library reads the reference records that we copy from RSF to XDF', {
  skip: skipWithout(reference, 'the folder of reference files'),
}, async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  for (const name of ['nbits', 'shapes', 'fieldkinds', 'grids', 'types', 'missing', 'manyrec', 'ips', 'datefile']) {
    const out = join(ready.folder, `${name}.xdf`);
    await copyRecords([join(reference!, `${name}.rsf.fst`)], out);
    const { keys, values } = await compare(ready.python, ready.folder, out);
    context.diagnostic(`${name}: ${keys} records, values of ${values}`);
  }
});

test('fstd2nc opens a run that we write', async (context) => {
  const ready = prepared(context);
  if (ready === undefined) return;
  const path = join(ready.folder, 'run.fst');
  await using file = await openFst(path, { create: 'xdf' });
  const [ni, nj] = [12, 9];
  const levels = [850, 500];
  const made: FstField[] = [];
  for (const [hour, level] of [0, 6].flatMap((h) => levels.map((l) => [h, l] as const))) {
    const values = smooth(ni, nj).map((v) => v + hour + level / 100);
    const keys = { nomvar: 'TT', grtyp: 'L', ig1: 10, ig2: 10, ig3: 9000 + 4500, ig4: 27000, ip1: level, ip2: hour };
    made.push({ ...keys, ni, nj, values, etiket: 'RUN', dateo: '2026-11-21T00:00:00Z', deet: 3600, npas: hour });
  }
  await file.write(made);
  const [variable] = jsonLines(ready.python, 'librmn/dataset.py', [path]) as {
    readonly name: string;
    readonly shape: readonly number[];
    readonly sum: number;
  }[];
  assert.ok(variable);
  assert.equal(variable.name, 'TT');
  assert.deepEqual(
    variable.shape.filter((n) => n > 1),
    [2, 2, nj, ni],
  );
  const sum = made.reduce((total, { values }) => total + (values as Float32Array).reduce((a, b) => a + b, 0), 0);
  assert.ok(Math.abs(variable.sum - sum) < 1e-6 * sum, `${variable.sum} ${sum}`);
});
