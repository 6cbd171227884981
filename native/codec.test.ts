/**
 * Decoding against the reference files: every record of every file, in its own element type, as float32, and at points.
 * The reference's own misreadings (file `quirks`) are compared with what was written instead.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Container, RecordBatch, RecordTable } from '../schemas/vocabulary.js';
import { shared, skipWithout } from '../test/paths.js';
import { type DecodedNative, type Dtype, decode, decodeNative, gather, scan } from './index.js';

interface GoldenValues {
  readonly dtype: Dtype;
  readonly count: number;
  readonly file?: string;
  readonly offset?: number;
  readonly sha256?: string;
  readonly inline?: readonly (number | null)[];
}

interface GoldenRecord {
  readonly nomvar: string;
  readonly datyp: number;
  readonly nbits: number;
  readonly ip3: number;
  readonly file_offset: number;
  readonly values?: GoldenValues | null;
  readonly missing?: readonly number[] | 'all';
}

interface Golden {
  readonly file: string;
  readonly format: 'XDF' | 'RSF';
  readonly records: readonly GoldenRecord[];
  readonly missing_flags?: Readonly<Record<string, number>>;
  readonly requested?: readonly { readonly written?: GoldenValues }[];
}

type Numbers = ArrayLike<number | bigint>;

const ELEMENT_BYTES: Readonly<Record<Dtype, number>> = {
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  complex64: 8,
  complex128: 16,
};

/** Elements of little-endian bytes; complex values as pairs. */
function elements(bytes: Uint8Array, dtype: Dtype): Numbers {
  const buffer = Uint8Array.from(bytes).buffer;
  switch (dtype) {
    case 'float64':
    case 'complex128':
      return new Float64Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint8':
      return new Uint8Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    default:
      return new Float32Array(buffer);
  }
}

export function batchOf(table: RecordTable, rows: readonly number[] = [...table.ni.keys()]): RecordBatch {
  return {
    container: table.container,
    payloadOffset: Float64Array.from(rows, (row) => table.payloadOffset[row] ?? 0),
    payloadBytes: Float64Array.from(rows, (row) => table.payloadBytes[row] ?? 0),
    ni: Uint32Array.from(rows, (row) => table.ni[row] ?? 0),
    nj: Uint32Array.from(rows, (row) => table.nj[row] ?? 0),
    nk: Uint32Array.from(rows, (row) => table.nk[row] ?? 0),
    datyp: Uint8Array.from(rows, (row) => table.datyp[row] ?? 0),
    nbits: Uint8Array.from(rows, (row) => table.nbits[row] ?? 0),
    dasiz: Uint8Array.from(rows, (row) => table.dasiz[row] ?? 0),
  };
}

function goldenElements(folder: string, values: GoldenValues): Numbers | undefined {
  if (values.inline) return values.inline.map((v) => v ?? Number.NaN);
  if (values.file === undefined) return undefined;
  const start = values.offset ?? 0;
  const bytes = readFileSync(join(folder, values.file));
  return elements(bytes.subarray(start, start + values.count * ELEMENT_BYTES[values.dtype]), values.dtype);
}

/** Bits for floats (NaN is NaN whatever its payload), value for integers of any width. */
function same(a: number | bigint | undefined, b: number | bigint | undefined): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b);
  return a !== undefined && b !== undefined && BigInt(a) === BigInt(b);
}

interface Row {
  readonly name: string;
  readonly container: Container;
  readonly golden: GoldenRecord;
  readonly bytes: Uint8Array;
  readonly dtype: Dtype;
  readonly missing: number;
}

function checkMissing(row: Row, got: Numbers, flags: Readonly<Record<string, number>>): ReadonlySet<number> {
  const listed = row.golden.missing === 'all' ? [...Array(got.length).keys()] : (row.golden.missing ?? []);
  const places = new Set((row.golden.datyp & 64) === 0 ? [] : listed);
  assert.equal(row.missing, places.size, `${row.name}: missing points`);
  for (const place of places) {
    const wanted = row.dtype.startsWith('float') ? Number.NaN : flags[row.dtype];
    assert.ok(same(got[place], wanted), `${row.name}: point ${place} is missing`);
  }
  return places;
}

function checkValues(row: Row, folder: string, flags: Readonly<Record<string, number>>): void {
  const values = row.golden.values;
  if (!values) return;
  if (row.container === 'rsf') assert.equal(row.dtype, values.dtype, row.name);
  if (values.sha256 !== undefined && row.dtype === values.dtype && row.golden.missing === undefined) {
    assert.equal(createHash('sha256').update(row.bytes).digest('hex'), values.sha256, row.name);
    return;
  }
  const wanted = goldenElements(folder, values);
  assert.ok(wanted, `${row.name}: no values to compare with`);
  const got = elements(row.bytes, row.dtype);
  assert.equal(got.length, wanted.length, row.name);
  const missing = checkMissing(row, got, flags);
  for (let i = 0; i < got.length; i++) {
    if (!missing.has(i)) assert.ok(same(got[i], wanted[i]), `${row.name}: point ${i} is ${got[i]}, not ${wanted[i]}`);
  }
}

/** Rows of a table by the file offset of their records. */
function rowsByOffset(table: RecordTable, golden: Golden): number[] {
  const byOffset = new Map(Array.from(table.offset, (offset, row) => [offset, row]));
  return golden.records.map((record) => {
    const row = byOffset.get(record.file_offset);
    assert.ok(row !== undefined, `${golden.file}: no record at ${record.file_offset}`);
    return row;
  });
}

function rowOf(golden: Golden, decoded: DecodedNative, r: number): Row {
  const record = golden.records[r];
  const dtype = decoded.dtype[r];
  assert.ok(record && dtype);
  return {
    name: `${golden.file} ${r} ${record.nomvar} datyp ${record.datyp} nbits ${record.nbits}`,
    container: golden.format === 'XDF' ? 'xdf' : 'rsf',
    golden: record,
    bytes: decoded.bytes.subarray(decoded.start[r], decoded.start[r + 1]),
    dtype,
    missing: decoded.missing[r] ?? 0,
  };
}

async function checkFile(jsonPath: string): Promise<void> {
  const folder = dirname(jsonPath);
  const golden = JSON.parse(readFileSync(jsonPath, 'utf8')) as Golden;
  const source = { path: join(folder, golden.file) };
  const table = await scan(source);
  const rows = rowsByOffset(table, golden);
  const decoded = await decodeNative(source, batchOf(table, rows));
  for (let r = 0; r < rows.length; r++) {
    const row = rowOf(golden, decoded, r);
    if (row.golden.values) assert.equal(decoded.status[r], 0, row.name);
    checkValues(row, folder, golden.missing_flags ?? {});
  }
  await checkFloats(source, table, rows, decoded);
}

/** decode() gives the same numbers as float32, gather() the same again at points. */
async function checkFloats(
  source: { readonly path: string },
  table: RecordTable,
  rows: readonly number[],
  decoded: DecodedNative,
): Promise<void> {
  for (const [r, row] of rows.entries()) {
    const dtype = decoded.dtype[r] ?? 'float32';
    if (decoded.status[r] !== 0 || dtype.startsWith('complex')) continue;
    const batch = batchOf(table, [row]);
    const { values, status } = await decode(source, batch);
    if (status[0] !== 0) {
      assert.equal((table.datyp[row] ?? 0) & 63, 0, 'only words without a type have no float32');
      continue;
    }
    const native = elements(decoded.bytes.subarray(decoded.start[r], decoded.start[r + 1]), dtype);
    const isMissing = (decoded.missing[r] ?? 0) > 0;
    if (((table.datyp[row] ?? 0) & 63) !== 0 && !isMissing) {
      for (let i = 0; i < values.length; i++) {
        assert.ok(Object.is(values[i], Math.fround(Number(native[i]))), `${source.path} row ${row} point ${i}`);
      }
    }
    const points = Uint32Array.from({ length: 24 }, (_, k) => (k * 7919 + row * 131) % values.length);
    const picked = await gather(source, batch, points);
    assert.equal(picked.status[0], 0);
    for (const [k, point] of points.entries()) {
      assert.ok(Object.is(picked.values[k], values[point]), `${source.path} row ${row} gathers point ${point}`);
    }
  }
}

const folder = shared('fst');
const files = folder
  ? [folder, join(folder, 'run'), join(folder, 'damaged')]
      .filter((path) => existsSync(path))
      .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
      .filter((path) => /(\.fst|\/run\/[0-9_]+)\.json$/.test(path) && !path.includes('quirks.'))
  : [];

test('every record of the reference files, bit for bit', { skip: skipWithout(folder, 'the folder fst') }, async (t) => {
  assert.ok(files.length > 65);
  for (const path of files) await t.test(path.slice(path.lastIndexOf('/') + 1), () => checkFile(path));
});

/** Greatest difference from what was written, in quanta of the packing (twice the range over 2^nbits). */
function worstInQuanta(got: Numbers, wanted: Numbers, nbits: number): number {
  const numbers = Array.from(wanted, Number);
  const range = numbers.reduce((a, b) => Math.max(a, b)) - numbers.reduce((a, b) => Math.min(a, b));
  const worst = numbers.reduce((most, value, i) => Math.max(most, Math.abs(Number(got[i]) - value)), 0);
  return worst / ((2 * range) / 2 ** nbits);
}

for (const format of ['xdf', 'rsf'] as const) {
  const path = shared('fst', `quirks.${format}.fst.json`);
  test(`records that the reference misreads, ${format}`, { skip: skipWithout(path, 'the file quirks') }, async () => {
    assert.ok(path);
    const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
    const source = { path: join(dirname(path), golden.file) };
    const table = await scan(source);
    const decoded = await decodeNative(source, batchOf(table, rowsByOffset(table, golden)));
    let compared = 0;
    for (const [r, record] of golden.records.entries()) {
      const written = golden.requested?.[r]?.written;
      const kind = record.nomvar.trim();
      if (!written || ['K134', 'K133', 'J64'].includes(kind)) continue;
      const row = rowOf(golden, decoded, r);
      assert.equal(decoded.status[r], 0, row.name);
      const wanted = goldenElements(dirname(path), written);
      assert.ok(wanted);
      const got = elements(row.bytes, row.dtype);
      assert.equal(got.length, wanted.length, row.name);
      const worst = worstInQuanta(got, wanted, record.nbits);
      assert.ok(kind.startsWith('I') ? worst === 0 : worst <= 1, `${row.name}: off by ${worst} quanta`);
      compared++;
    }
    assert.ok(compared >= 8);
  });
}
