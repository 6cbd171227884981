/** Classic NetCDF as it is written here: fields, gaps, members and their labels come back as the same records. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FstField } from '../fst/field.js';
import { openFst } from '../fst/file.js';
import { convert } from './convert.js';

const signal = new AbortController().signal;

function emptyFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-classic-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const GRID = { grtyp: 'L', ig1: 10, ig2: 10, ig3: 13500, ig4: 27000, ni: 20, nj: 18 };

function* members(): Generator<FstField> {
  for (const member of [1, 2, 3]) {
    for (const hour of [0, 6]) {
      // one record is not there: its plane holds missing values
      if (member === 2 && hour === 6) continue;
      const values = Float32Array.from({ length: 360 }, (_, k) => k / 8 + member + hour);
      const when = { dateo: '2026-11-21T00:00:00Z', deet: 3600, npas: hour, ip2: hour, ip3: member, ip1: 500 };
      yield { nomvar: 'TT', etiket: `E1_00${member}N`, ...GRID, ...when, values };
    }
  }
}

async function recordsOf(path: string): Promise<string[]> {
  await using file = await openFst(path);
  const lines: string[] = [];
  for (const record of file.find()) {
    const { nomvar, etiket, ip1, ip2, ip3, npas, ig1, ig4 } = record;
    const { values } = await file.read(record);
    lines.push(JSON.stringify([nomvar, etiket, ip1, ip2, ip3, npas, ig1, ig4, [...(values as Float32Array)]]));
  }
  return lines.sort();
}

const through = (input: string, out: string, format?: string, options = new Map<string, string>()) =>
  convert({ inputs: [input], out, where: [], options, signal, ...(format === undefined ? {} : { format }) });

test('members with their labels and gaps come back from classic NetCDF', async (context) => {
  const folder = emptyFolder(context);
  const [one, middle, back] = ['one.xdf', 'classic.nc', 'back.xdf'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await using file = await openFst(one, { create: 'xdf' });
  await file.write(members());
  const made = await through(one, middle, 'netcdf3');
  assert.deepEqual([made.records, made.skipped, made.lost], [5, [], []]);
  assert.equal(readFileSync(middle).subarray(0, 4).toString('latin1'), 'CDF\u0002');
  await through(middle, back);
  assert.deepEqual(await recordsOf(back), await recordsOf(one));
});

test('several grids become a folder of one file each, and series chunks hold the same values', async (context) => {
  const folder = emptyFolder(context);
  const one = join(folder, 'one.xdf');
  await using file = await openFst(one, { create: 'xdf' });
  await file.write(members());
  const other = { ...GRID, ni: 30, nj: 16, ig2: 20 };
  await file.write({ nomvar: 'TT', ...other, ip1: 850, values: new Float32Array(480).fill(3) });
  for (const [name, format] of [
    ['split', 'netcdf3'],
    ['groups', 'netcdf'],
  ] as const) {
    await through(one, join(folder, name), format, new Map(format === 'netcdf' ? [['grids', 'split']] : []));
    const made = readdirSync(join(folder, name));
    assert.equal(made.length, 2);
    const back: string[] = [];
    for (const part of made) {
      await through(join(folder, name, part), join(folder, 'part.xdf'));
      back.push(...(await recordsOf(join(folder, 'part.xdf'))));
    }
    assert.deepEqual(back.sort(), await recordsOf(one));
  }
  for (const suffix of ['.nc', '.zarr', '.zarr.zip']) {
    const out = join(folder, `series${suffix}`);
    await through(one, out, undefined, new Map([['chunks', 'series']]));
    await through(out, join(folder, 'again.xdf'));
    assert.deepEqual(await recordsOf(join(folder, 'again.xdf')), await recordsOf(one), suffix);
  }
});
