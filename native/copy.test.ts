/** Records moved between files and containers with their packed words untouched, and changes to files, through the boundary. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { FeatureError } from '../schemas/problem.js';
import type { Container, RecordTable } from '../schemas/vocabulary.js';
import { shared, skipWithout } from '../test/paths.js';
import { append, decodeNative, edit, encode, extractRaw, type NativeField, scan } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-copy-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let serial = 0;
const fresh = (): string => join(folder, `${serial++}.fst`);

const reference = shared('fst');
const skip = skipWithout(reference, 'the folder of reference files');

function field(ip1: number, extra: Partial<NativeField> = {}): NativeField {
  const ni = 21;
  const nj = 17;
  const values = Float32Array.from({ length: ni * nj }, (_, i) => Math.sin(i / 9) * 20 + ip1);
  const keys = { nomvar: 'TT', typvar: 'P', etiket: 'SELF MADE', grtyp: 'X', ip1, ip2: 6, ip3: 0, nk: 1 };
  const grid = { ig1: 0, ig2: 0, ig3: 0, ig4: 0, deet: 300, npas: 72, dateo: 493121600 };
  return { ...keys, ...grid, ni, nj, datyp: 134, nbits: 12, values, ...extra };
}

async function selfMade(container: Container, count: number, extra: Partial<NativeField> = {}): Promise<string> {
  const path = fresh();
  const records = await Promise.all(Array.from({ length: count }, (_, i) => encode(container, field(i, extra))));
  await append(path, container, records);
  return path;
}

/** Columns that a copy must keep; places and, towards XDF, metadata are others. */
function keysOf(table: RecordTable): unknown {
  const { nomvar, typvar, etiket, grtyp, ip1, ip2, ip3, ni, nj, nk, deet, npas } = table;
  const { ig1, ig2, ig3, ig4, datyp, nbits, dateo, datev } = table;
  const texts = [nomvar, typvar, etiket, grtyp].map((column) => Buffer.from(column).toString('latin1'));
  return [texts, ip1, ip2, ip3, ni, nj, nk, deet, npas, ig1, ig2, ig3, ig4, datyp, nbits, dateo, datev];
}

async function copied(path: string, to: Container): Promise<{ from: RecordTable; path: string }> {
  const from = await scan({ path });
  const target = fresh();
  await append(target, to, await extractRaw({ path }, from, to));
  return { from, path: target };
}

test('raw copies there and back give the file', async () => {
  const path = await selfMade('xdf', 30);
  const there = await copied(path, 'rsf');
  const back = await copied(there.path, 'xdf');
  assert.deepEqual(keysOf(await scan({ path: there.path })), keysOf(there.from));
  assert.deepEqual(readFileSync(back.path), readFileSync(path));
});

const names = ['types', 'shapes', 'missing', 'extmeta', 'grids', 'deleted', 'nk3d', 'quirks', 'turbofast'];
for (const name of names) {
  test(`raw copies of ${name} decode to the same bytes`, { skip }, async () => {
    for (const container of ['xdf', 'rsf'] as const) {
      const path = join(reference ?? '', `${name}.${container}.fst`);
      if (!existsSync(path)) continue;
      const other = container === 'xdf' ? 'rsf' : 'xdf';
      const table = await scan({ path });
      const movable = (row: number): boolean =>
        table.nbits[row] !== 64 || ![2, 4].includes((table.datyp[row] ?? 0) & 63);
      const rows = Array.from({ length: table.count }, (_, row) => row).filter(movable);
      const picked = {
        container,
        offset: Float64Array.from(rows, (row) => table.offset[row] ?? 0),
        bytes: Float64Array.from(rows, (row) => table.bytes[row] ?? 0),
      };
      const target = fresh();
      await append(target, other, await extractRaw({ path }, picked, other));
      const after = await scan({ path: target });
      const before = await decodeNative({ path }, table);
      const again = await decodeNative({ path: target }, after);
      rows.forEach((row, i) => {
        assert.equal(again.status[i], before.status[row], `${path} row ${row}`);
        // XDF does not say the element size: compare where both containers give the same type.
        if (again.dtype[i] !== before.dtype[row]) return;
        const a = again.bytes.subarray(again.start[i], again.start[i + 1]);
        const b = before.bytes.subarray(before.start[row], before.start[row + 1]);
        assert.ok(Buffer.compare(a, b) === 0, `${path} row ${row}`);
      });
    }
  });
}

test('64-bit integers are refused on the way to XDF', { skip }, async () => {
  const path = join(reference ?? '', 'types.rsf.fst');
  await assert.rejects(extractRaw({ path }, await scan({ path }), 'xdf'), { code: 'type_mismatch' });
});

test('edits delete, rename and rewrite metadata in place', async () => {
  const path = await selfMade('rsf', 5, { metadata: '{"unit":"celsius"}' });
  const before = await scan({ path });
  await edit(path, [
    { offset: before.offset[0] ?? -1, remove: true },
    { offset: before.offset[2] ?? -1, keys: { nomvar: 'UU', ip1: 7, dateo: 493143200 }, metadata: '{"unit":"knot"}' },
  ]);
  const table = await scan({ path });
  assert.equal(table.count, 4);
  assert.equal(Buffer.from(table.nomvar).toString('latin1'), 'TT  UU  TT  TT  ');
  assert.deepEqual([...table.ip1], [1, 7, 3, 4]);
  assert.equal(table.dateo[1], 493143200);
  const text = table.metadata.subarray(table.metadataStart[1], table.metadataStart[2]);
  assert.equal(Buffer.from(text).toString(), '{"unit":"knot"}');
});

test('a writer that fails says why and leaves the file as it was', async () => {
  const path = await selfMade('xdf', 2);
  const bytes = readFileSync(path);
  const records = await extractRaw(
    { path: await selfMade('rsf', 1) },
    await scan({ path: await selfMade('rsf', 1) }),
    'rsf',
  );
  const error = await append(path, 'rsf', records).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FeatureError);
  assert.equal(error.code, 'type_mismatch');
  assert.ok(error.message.startsWith(path));
  await assert.rejects(edit(path, [{ offset: 8, remove: true }]), { code: 'record_not_found' });
  assert.deepEqual(readFileSync(path), bytes);
});

test('twenty appends at once lose nothing', async () => {
  const path = fresh();
  const records = await Promise.all(Array.from({ length: 20 }, (_, i) => encode('xdf', field(i))));
  let refused = 0;
  const one = async (record: Uint8Array): Promise<void> => {
    for (;;) {
      try {
        return await append(path, 'xdf', [record]);
      } catch (error) {
        if (!(error instanceof FeatureError) || error.code !== 'file_locked') throw error;
        ++refused;
      }
    }
  };
  await Promise.all(records.map(one));
  const table = await scan({ path });
  assert.equal(table.count, 20, `${refused} refusals`);
  assert.deepEqual(new Set(table.ip1), new Set(Array.from({ length: 20 }, (_, i) => i)));
});

test('readers during appends see whole appends only', async () => {
  for (const container of ['xdf', 'rsf'] as const) {
    const path = await selfMade(container, 10);
    const batch = await Promise.all(Array.from({ length: 10 }, (_, i) => encode(container, field(i))));
    let writing = true;
    const writer = (async () => {
      for (let i = 0; i < 30; ++i) await append(path, container, batch);
      writing = false;
    })();
    let last = 10;
    while (writing) {
      const table = await scan({ path });
      assert.equal(table.count % 10, 0, `${container}: ${table.count}`);
      assert.ok(table.count >= last, `${container}: ${table.count} after ${last}`);
      last = table.count;
    }
    await writer;
    assert.equal((await scan({ path })).count, 310);
  }
});

test('scans work in worker threads', async () => {
  const path = await selfMade('rsf', 50);
  const module = new URL('./index.js', import.meta.url).href;
  const code = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(module)}).then(async ({ scan }) => {
      let rows = 0;
      for (let i = 0; i < 200; ++i) rows += (await scan({ path: ${JSON.stringify(path)} })).count;
      parentPort.postMessage(rows);
    });`;
  const worker = new Worker(code, { eval: true });
  const rows = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  assert.equal(rows, 10_000);
});
