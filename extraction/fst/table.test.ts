/** The metadata table: columns over the scan, nulls, several files, and the same content in Arrow and Parquet. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { shared, skipWithout } from '../../test/paths.js';
import { openFst } from './file.js';
import { encodeIp } from './ip.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-table-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function sample(name: string): Promise<string> {
  const path = join(folder, name);
  const file = await openFst(path, { create: 'rsf' });
  const values = Float32Array.from({ length: 512 }, (_, n) => n);
  const grid = { grtyp: 'L', ig1: 100, ig2: 100, ig3: 9000, ig4: 0, ni: 32, nj: 16 };
  const time = { dateo: '2026-11-21T00:00:00Z', deet: 900, npas: 6 };
  await file.write([
    { ...grid, ...time, nomvar: 'TT', ip1: encodeIp(500, 2), values, datyp: 134, nbits: 12 },
    {
      ...grid,
      ...time,
      nomvar: 'PR',
      ip1: 0,
      ip2: encodeIp(6, 10),
      ip3: encodeIp(3, 10),
      values: values.map((v, n) => (n === 3 ? Number.NaN : v)),
      datyp: 70,
      nbits: 16,
    },
    { nomvar: 'XX', grtyp: 'X', ni: 3, ip1: 32768, values: Float32Array.of(1, 2, 3) },
  ]);
  return path;
}

test('rows say what the records are', async () => {
  const file = await openFst(await sample('one.rsf'));
  const table = await file.table();
  const rows = table.toArray().map((row) => ({ ...row?.toJSON() }) as Record<string, unknown>);
  const [tt, pr, xx] = rows;
  assert.deepEqual([tt?.['nomvar'], tt?.['level_type'], tt?.['ip_level'], tt?.['ip_kind']], ['TT', 'hPa', 500, 2]);
  assert.deepEqual([tt?.['forecast_hour'], tt?.['compressed'], tt?.['missing']], [1.5, true, false]);
  assert.equal(tt?.['date_of_validity'], Date.UTC(2026, 10, 21, 1, 30));
  assert.deepEqual([pr?.['interval'], pr?.['ip2_level'], pr?.['ip3_level'], pr?.['missing']], [true, 6, 3, true]);
  assert.match(String(tt?.['grid_id']), /^[0-9a-f]{16}$/);
  assert.equal(pr?.['grid_id'], tt?.['grid_id']);
  for (const key of ['ip_level', 'level_type', 'date_of_validity', 'grid_id', 'ip2_kind'])
    assert.equal(xx?.[key], null, key);
  assert.deepEqual(
    [xx?.['key'], xx?.['path'], xx?.['offset']],
    [2, file.files[0]!.path, BigInt(file.record(2).offset)],
  );
});

test('numeric columns of one file are the scanned ones', async () => {
  const file = await openFst(await sample('zero.rsf'));
  const table = await file.table();
  const { buffer } = file.files[0]!.table.ip1;
  for (const key of ['ip1', 'deet', 'ni', 'datyp']) {
    assert.equal(table.getChild(key)?.data[0]?.values.buffer, buffer, key);
  }
});

async function parquetRows(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const buffer = Uint8Array.from(bytes).buffer;
  return parquetReadObjects({ file: buffer });
}

test('Parquet holds what Arrow holds, also of several files', async () => {
  const file = await openFst([await sample('a.rsf'), await sample('b.rsf')]);
  const bytes = await file.parquet();
  const rows = await parquetRows(bytes);
  const arrow = (await file.table()).toArray().map((row) => ({ ...row?.toJSON() }) as Record<string, unknown>);
  assert.equal(rows.length, 6);
  for (const [n, row] of rows.entries()) {
    for (const [key, value] of Object.entries(row)) {
      const other = arrow[n]![key];
      assert.deepEqual(value instanceof Date ? value.getTime() : (value ?? null), other ?? null, `${n} ${key}`);
    }
  }
  assert.deepEqual(
    rows.map(({ key }) => key),
    [0, 1, 2, 0, 1, 2],
  );
  const schema = parquetMetadata(Uint8Array.from(bytes).buffer).schema;
  assert.equal(schema.find(({ name }) => name === 'date_of_validity')?.logical_type?.type, 'TIMESTAMP');
});

test('a table of no records has its columns', async () => {
  const file = await openFst(join(folder, 'none.rsf'), { create: 'rsf' });
  assert.equal((await file.table()).numRows, 0);
  assert.ok((await file.arrow()).byteLength > 0);
});

const reference = shared('fst');
const skip = skipWithout(reference, 'the folder of reference files');

test('linked files have the order of the reference', { skip }, async () => {
  for (const container of ['xdf', 'rsf']) {
    const listing = JSON.parse(readFileSync(join(reference!, `linked.${container}.json`), 'utf8')) as {
      readonly files: readonly string[];
      readonly order: readonly [nomvar: string, ip2: number][];
    };
    const file = await openFst(listing.files.map((name) => join(reference!, name)));
    assert.deepEqual(
      file.find().map(({ nomvar, ip2 }) => [nomvar.padEnd(4), ip2]),
      listing.order.map(([nomvar, ip2]) => [nomvar, ip2]),
    );
  }
});

test('members, grids and metadata of the reference files', { skip }, async () => {
  const members = await (await openFst(join(reference!, 'ensemble.xdf.fst'))).table();
  const numbers = new Set(members.getChild('member')?.toArray() as Int16Array);
  assert.ok([1, 2, 3].every((number) => numbers.has(number)));
  const extended = await openFst(join(reference!, 'extmeta.rsf.fst'));
  const listing = JSON.parse(readFileSync(join(reference!, 'extmeta.rsf.fst.json'), 'utf8')) as {
    readonly records: readonly { readonly extended_metadata?: unknown }[];
  };
  assert.deepEqual(
    extended.find().map(({ metadata }) => metadata),
    listing.records.map(({ extended_metadata }) => extended_metadata ?? null),
  );
  const hybrid = await openFst(join(reference!, 'hybrid.xdf.fst'));
  assert.equal((await hybrid.vertical(hybrid.first({ nomvar: 'TT' }))).unit, 'Pa');
});
