/**
 * Encoding: fields written by us come back through scan and decode, and values of the reference files pack into the reference's
 * own words. Compared are the types whose decoded values determine their tokens: datyp 1 truncates, so it does not repack.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import type { Container, RecordBatch, RecordTable } from '../schemas/vocabulary.js';
import { shared, skipWithout } from '../test/paths.js';
import { append, type Dtype, decode, decodeNative, encode, type NativeField, scan } from './index.js';

const KEYS = {
  nomvar: 'TT  ',
  typvar: 'P ',
  etiket: 'TEST        ',
  grtyp: 'X',
  ip1: 500,
  ip2: 6,
  ip3: 0,
  deet: 300,
  npas: 72,
  ig1: 0,
  ig2: 0,
  ig3: 0,
  ig4: 0,
  dateo: 493121600,
} as const;

function batchOf(table: RecordTable, row: number): RecordBatch {
  return {
    container: table.container,
    payloadOffset: table.payloadOffset.slice(row, row + 1),
    payloadBytes: table.payloadBytes.slice(row, row + 1),
    ni: table.ni.slice(row, row + 1),
    nj: table.nj.slice(row, row + 1),
    nk: table.nk.slice(row, row + 1),
    datyp: table.datyp.slice(row, row + 1),
    nbits: table.nbits.slice(row, row + 1),
    dasiz: table.dasiz.slice(row, row + 1),
  };
}

function typed(bytes: Uint8Array, dtype: Dtype): NativeField['values'] {
  const buffer = Uint8Array.from(bytes).buffer;
  const makers: Readonly<Record<Dtype, () => NativeField['values']>> = {
    float32: () => new Float32Array(buffer),
    float64: () => new Float64Array(buffer),
    int8: () => new Int8Array(buffer),
    int16: () => new Int16Array(buffer),
    int32: () => new Int32Array(buffer),
    int64: () => new BigInt64Array(buffer),
    uint8: () => new Uint8Array(buffer),
    uint16: () => new Uint16Array(buffer),
    uint32: () => new Uint32Array(buffer),
    uint64: () => new BigUint64Array(buffer),
    complex64: () => new Float32Array(buffer),
    complex128: () => new Float64Array(buffer),
  };
  return makers[dtype]();
}

/** Payload words of a packed record or a file; XDF stores them big-endian. */
function wordsOf(bytes: Uint8Array, container: Container): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, i) =>
    view.getUint32(4 * i, container === 'rsf'),
  );
}

/** Payload of what `encode` returns: 80 bytes of keys before it in XDF; SOR, 19 words of keys and EOR around it in RSF. */
function payloadOf(record: Uint8Array, container: Container): Uint8Array {
  return container === 'xdf' ? record.subarray(80) : record.subarray(16 + 19 * 4, record.length - 12);
}

/** Bits of an uncompressed payload that mean something. */
function meaningfulBits(datyp: number, nbits: number, n: number): number {
  const base = datyp & 63;
  if (base === 6) return 96 + 16 * n;
  if (base === 8) return 2 * n * nbits;
  return (base === 3 || base === 7 ? 8 : nbits) * n;
}

function checkWords(name: string, ours: Uint32Array, theirs: Uint32Array, bits: number | undefined): void {
  let padding = 0;
  for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
    const mine = ours[i] ?? 0;
    const wanted = theirs[i] ?? 0;
    if (mine === wanted || (bits !== undefined && 32 * i >= bits)) continue;
    // characters of datyp 3 fill a word from below; all else from above
    const used = bits === undefined ? 32 : Math.min(32, bits - 32 * i);
    const shift = 32 - used;
    if (used < 32 && (mine >>> shift === wanted >>> shift || mine << shift === wanted << shift)) continue;
    // turbo: words behind the end of a stream, zero in ours, are not initialised in the reference's
    assert.ok(
      bits === undefined && mine === 0,
      `${name}: word ${i} is ${mine.toString(16)}, not ${wanted.toString(16)}`,
    );
    padding++;
  }
  assert.ok(padding <= 8, `${name}: ${padding} words differ`);
}

function repacks(datyp: number, nomvar: string): boolean {
  const base = datyp & 63;
  // a field of denormal numbers decodes to zeros; what stands for missing points depends on the field before packing
  return base !== 1 && nomvar.trim() !== 'DENO' && !((datyp & 64) !== 0 && base === 6);
}

async function checkFile(path: string): Promise<number> {
  const table = await scan({ path });
  const file = readFileSync(path);
  let compared = 0;
  for (let row = 0; row < table.count; row++) {
    const nomvar = Buffer.from(table.nomvar.subarray(4 * row, 4 * row + 4)).toString();
    const datyp = table.datyp[row] ?? 0;
    if (!repacks(datyp, nomvar)) continue;
    const name = `${path} row ${row} datyp ${datyp} nbits ${table.nbits[row]}`;
    const decoded = await decodeNative({ path }, batchOf(table, row));
    assert.equal(decoded.status[0], 0, name);
    const shape = { ni: table.ni[row] ?? 0, nj: table.nj[row] ?? 0, nk: table.nk[row] ?? 0 };
    const nbits = table.nbits[row] ?? 0;
    const values = typed(decoded.bytes, decoded.dtype[0] ?? 'float32');
    const record = await encode(table.container, { ...KEYS, ...shape, datyp, nbits, values });
    const start = table.payloadOffset[row] ?? 0;
    const theirs = wordsOf(file.subarray(start, start + (table.payloadBytes[row] ?? 0)), table.container);
    const n = shape.ni * shape.nj * shape.nk;
    const bits = datyp >= 128 ? undefined : meaningfulBits(datyp, nbits, n);
    checkWords(name, wordsOf(payloadOf(record, table.container), table.container), theirs, bits);
    compared++;
  }
  return compared;
}

const folder = shared('fst');

test('reference values pack into the reference words', { skip: skipWithout(folder, 'the folder fst') }, async () => {
  assert.ok(folder);
  const names = readdirSync(folder).filter((name) =>
    /^(types|nbits|shapes|fieldkinds|missing|nk3d|grids)\..*fst$/.test(name),
  );
  let compared = 0;
  for (const name of names) compared += await checkFile(join(folder, name));
  assert.ok(compared > 900, `only ${compared} records were compared`);
});

for (const container of ['xdf', 'rsf'] as const) {
  test(`records written here are read here, ${container}`, async () => {
    const ni = 24;
    const nj = 19;
    const values = Float32Array.from({ length: ni * nj }, (_, i) => Math.fround(20 * Math.sin(i / 17) + i / 50));
    const requests = [
      [5, 32],
      [133, 32],
      [6, 16],
      [134, 12],
      [1, 24],
      [129, 16],
    ] as const;
    const folder = mkdtempSync(join(tmpdir(), 'polyfst-'));
    try {
      const path = join(folder, `out.${container}`);
      const records: Uint8Array[] = [];
      for (const [datyp, nbits] of requests) {
        records.push(await encode(container, { ...KEYS, ni, nj, nk: 1, datyp, nbits, values }));
      }
      await append(path, container, records);
      const table = await scan({ path });
      assert.equal(table.count, requests.length);
      for (const [row, [datyp, nbits]] of requests.entries()) {
        assert.equal(table.datyp[row], datyp);
        const { values: got, status } = await decode({ path }, batchOf(table, row));
        assert.equal(status[0], 0);
        const quantum = (datyp & 63) === 5 ? 0 : 120 / 2 ** nbits;
        assert.ok(
          got.every((value, i) => Math.abs(value - (values[i] ?? 0)) <= quantum + 4e-6 * (quantum > 0 ? 1 : 0)),
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('what cannot be packed is refused with a code', async () => {
  const field = { ...KEYS, ni: 2, nj: 1, nk: 1 };
  const refusal = (code: string) => (error: unknown) => error instanceof FeatureError && error.code === code;
  const nan = Float32Array.of(1, Number.NaN);
  await assert.rejects(encode('xdf', { ...field, datyp: 6, nbits: 16, values: nan }), refusal('bad_value'));
  const wide = BigInt64Array.of(1n, 2n);
  await assert.rejects(encode('xdf', { ...field, datyp: 4, nbits: 64, values: wide }), refusal('unsupported_type'));
  const few = Float32Array.of(1);
  await assert.rejects(encode('xdf', { ...field, datyp: 5, nbits: 32, values: few }), refusal('bad_dimensions'));
});
