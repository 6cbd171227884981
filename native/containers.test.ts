/** Scans compared with what the field's own library lists of the reference files: every key, place and order. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import type { RecordTable } from '../schemas/vocabulary.js';
import { shared, skipWithout } from '../test/paths.js';
import { scan } from './index.js';

const folder = shared('fst');
const skip = skipWithout(folder, 'the folder of reference files');

interface ListedRecord {
  readonly [key: string]: unknown;
  readonly file_offset: number;
  readonly total_stored_bytes: number;
}
interface Listing {
  readonly file: string;
  readonly num_records_listed: number;
  readonly records: readonly ListedRecord[];
}

const numbers = ['ip1', 'ip2', 'ip3', 'ni', 'nj', 'nk', 'deet', 'npas', 'ig1', 'ig2', 'ig3', 'ig4'] as const;
const more = ['datyp', 'nbits', 'dateo', 'datev'] as const;
const texts = { nomvar: 4, typvar: 2, etiket: 12, grtyp: 1 } as const;

function text(column: Uint8Array, row: number, width: number): string {
  return Buffer.from(column.buffer, column.byteOffset + row * width, width).toString('latin1');
}

function rowOf(table: RecordTable, row: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of [...numbers, ...more]) out[key] = table[key][row];
  for (const [key, width] of Object.entries(texts)) out[key] = text(table[key as keyof typeof texts], row, width);
  return { ...out, file_offset: table.offset[row], total_stored_bytes: table.bytes[row] };
}

function listings(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(dir, name));
}

async function compare(listing: Listing, path: string): Promise<void> {
  const table = await scan({ path });
  assert.equal(table.count, listing.records.length, path);
  assert.equal(table.complete, true, path);
  listing.records.forEach((wanted, row) => {
    const got = rowOf(table, row);
    for (const [key, value] of Object.entries(got)) assert.equal(value, wanted[key], `${path} row ${row} ${key}`);
    assert.ok((table.payloadBytes[row] ?? 0) > 0);
    const dasiz = table.dasiz[row];
    if (dasiz !== 0) assert.equal(dasiz, wanted['data_bits'], `${path} row ${row} data_bits`);
  });
}

test('every reference file is listed as the field lists it', { skip }, async () => {
  const all = ['', 'run', 'damaged'].flatMap((part) => listings(join(folder ?? '', part)));
  let compared = 0;
  for (const path of all) {
    const listing = JSON.parse(readFileSync(path, 'utf8')) as Partial<Listing>;
    if (listing.file === undefined || listing.records?.[0]?.file_offset === undefined) continue;
    await compare(listing as Listing, path.slice(0, -'.json'.length));
    ++compared;
  }
  assert.ok(compared >= 60, `${compared} files`);
});

test('extended metadata are the stored text', { skip }, async () => {
  const path = join(folder ?? '', 'extmeta.rsf.fst');
  const table = await scan({ path });
  const listing = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Listing;
  listing.records.forEach((wanted, row) => {
    const bytes = table.metadata.subarray(table.metadataStart[row], table.metadataStart[row + 1]);
    assert.equal(Buffer.from(bytes).toString('utf8'), wanted['extended_metadata_raw'] ?? '');
  });
});

async function outcome(name: string): Promise<string> {
  try {
    const table = await scan({ path: join(folder ?? '', 'damaged', name) });
    return `${table.count} ${table.complete}`;
  } catch (error) {
    assert.ok(error instanceof FeatureError, String(error));
    return error.code;
  }
}

test('damaged files give their intact records or a coded error', { skip }, async () => {
  assert.equal(await outcome('zero.xdf.fst'), 'not_fst');
  assert.equal(await outcome('magic.xdf.fst'), 'not_fst');
  assert.equal(await outcome('trunc_hdr.xdf.fst'), 'truncated_file');
  assert.equal(await outcome('trunc_half.xdf.fst'), 'truncated_file');
  assert.equal(await outcome('diraddr.xdf.fst'), '6 true');
  assert.equal(await outcome('ninj.xdf.fst'), '6 true');
  assert.equal(await outcome('cutstream.xdf.fst'), '6 true');
  assert.equal(await outcome('dirflip.rsf.fst'), '6 true');
  assert.equal(await outcome('randflip.rsf.fst'), '6 true');
});

test('a damaged directory yields the same keys as the intact one', { skip }, async () => {
  for (const [damaged, intact] of [
    ['diraddr.xdf.fst', 'intact.xdf.fst'],
    ['ninj.xdf.fst', 'intact.xdf.fst'],
    ['dirflip.rsf.fst', 'intact.rsf.fst'],
  ] as const) {
    const dir = join(folder ?? '', 'damaged');
    const a = await scan({ path: join(dir, damaged) });
    const b = await scan({ path: join(dir, intact) });
    for (let row = 0; row < b.count; ++row) assert.deepEqual(rowOf(a, row), rowOf(b, row), basename(damaged));
  }
});

test('fetched ranges scan as the file they were cut from', { skip }, async () => {
  for (const name of ['manyrec.xdf.fst', 'appends.rsf.fst']) {
    const path = join(folder ?? '', name);
    const bytes = new Uint8Array(readFileSync(path));
    const half = bytes.length >> 1;
    const segments = [
      { offset: half, bytes: bytes.slice(half) },
      { offset: 0, bytes: bytes.slice(0, half) },
    ];
    assert.deepEqual(await scan({ segments, size: bytes.length }), await scan({ path }));
  }
});

test('a file that is not there is told by its code', async () => {
  const error = await scan({ path: 'no-such-file.fst' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FeatureError);
  assert.equal(error.code, 'file_not_found');
  assert.match(error.message, /no-such-file\.fst/);
});

test('text that is no FST file is told by its code, also from memory', async () => {
  const bytes = new TextEncoder().encode('a file of some other kind, long enough for a header');
  await assert.rejects(scan({ segments: [{ offset: 0, bytes }] }), { code: 'not_fst' });
});
