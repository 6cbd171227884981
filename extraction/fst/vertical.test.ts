import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { shared, skipWithout } from '../../test/paths.js';
import { encodeIp } from './ip.js';
import { levelIndex, levelValues, parseVertical, verticalFromHy } from './vertical.js';

interface Golden {
  vgrid: {
    kind: number;
    version: number;
    tags: number[];
    probe_p0_hPa: number[];
    levels: { ip1: number[]; pressure_Pa: number[][] }[];
  }[];
  records: {
    nomvar: string;
    ip1: number;
    ip2: number;
    ni: number;
    nj: number;
    values: { file: string; offset: number; count: number };
  }[];
}

for (const format of ['xdf', 'rsf']) {
  const golden = shared('fst', `hybrid.${format}.fst.json`);
  test(`pressures of every level of every coordinate, ${format}`, {
    skip: skipWithout(golden, 'the hybrid goldens'),
  }, () => {
    const { vgrid, records } = JSON.parse(readFileSync(golden!, 'utf8')) as Golden;
    let worst = 0;
    let checked = 0;
    for (const { kind, version, tags, levels, probe_p0_hPa } of vgrid) {
      const record = records.find(
        ({ nomvar, ip1, ip2 }) => nomvar.trim() === '!!' && ip1 === tags[0] && ip2 === tags[1],
      )!;
      const { file, offset, count } = record.values;
      const bytes = readFileSync(shared('fst', file)!).subarray(offset, offset + 8 * count);
      const values = new Float64Array(new Uint8Array(bytes).buffer);
      const table = parseVertical(values, record.ni, record.nj);
      assert.equal(table.vcode, kind * 1000 + version);
      const surface = probe_p0_hPa.map((hPa) => hPa * 100);
      for (const { ip1, pressure_Pa } of levels) {
        const got = levelValues(table, ip1, { surface });
        pressure_Pa.flat().forEach((wanted, at) => {
          worst = Math.max(worst, Math.abs(got[at]! / wanted - 1));
          checked++;
        });
      }
      if (kind !== 2) assert.equal(table.reference, 'P0');
    }
    assert.ok(checked > 100, String(checked));
    assert.ok(worst <= 5e-16, `relative error ${worst}`);
  });
}

/** A name in the low bytes of a double, as descriptors keep it. */
function named(name: string): number {
  const view = new DataView(new ArrayBuffer(8));
  for (let at = 0; at < 4; at++) view.setUint8(at, name.padEnd(4).charCodeAt(at));
  return view.getFloat64(0, true);
}

const m10 = encodeIp(10, 4);
const bottom = encodeIp(1, 5);

test('a staggered table by hand', () => {
  const level = encodeIp(0.5, 5);
  const rows = [5, 5, 3, 1000, 100000, 0, 1, named('P0'), 0, level, Math.log(50000), 0.25, bottom, Math.log(100000), 1];
  const table = parseVertical(Float64Array.from(rows), 3, 5);
  assert.deepEqual(
    [table.vcode, table.unit, table.reference, table.pref, table.ptop],
    [5005, 'Pa', 'P0', 100000, 1000],
  );
  const got = levelValues(table, [level, bottom, m10], { surface: [98765.4] });
  assert.ok(Math.abs(got[0]! - 50000 * 0.987654 ** 0.25) < 1e-6);
  assert.equal(got[1], 98765.4, 'the surface is not rounded');
  assert.ok(Number.isNaN(got[2]!), 'a level that the table has not');
});

test('heights follow two scales of topography', () => {
  const level = encodeIp(100, 21);
  const header = [21, 1, 3, 0, 0, 0, 0, named('ME'), named('MELS'), 0, 0, 0];
  const table = parseVertical(Float64Array.from([...header, level, 100, 0.5, 0.25]), 4, 4);
  assert.deepEqual([table.unit, table.reference, table.referenceLarge], ['m', 'ME', 'MELS']);
  assert.deepEqual([...levelValues(table, [level], { surface: [200, 0], large: [80, 0] })], [220, 100]);
});

test('old and new codes of a level are the same level', () => {
  const table = parseVertical(Float64Array.from([2, 1, 1, 500, 50000, 0, 850, 85000, 0]), 3, 3);
  assert.equal(levelIndex(table, encodeIp(850, 2)), 1);
  assert.equal(levelIndex(table, encodeIp(851, 2)), -1);
  assert.deepEqual([...levelValues(table, [encodeIp(500, 2)], { surface: [1, 2] })], [50000, 50000]);
});

test('the older record gives the coefficients of its levels', () => {
  const top = encodeIp(10, 2);
  const levels = [encodeIp(0.5, 5), bottom];
  const table = verticalFromHy({ ip1: top, ig1: 800, ig2: 1600 }, levels);
  assert.deepEqual([table.vcode, table.ptop, table.pref], [5001, 1000, 80000]);
  const ht = 0.0125;
  const b = ((0.5 - ht) / (1 - ht)) ** 1.6;
  const [half, whole] = levelValues(table, levels, { surface: [95000] });
  assert.ok(Math.abs(half! - (80000 * (0.5 - b) + b * 95000)) < 0.01, String(half));
  assert.equal(whole, 95000);
  const sigma = verticalFromHy({ ip1: top, ig1: 800, ig2: 1000 }, [2000, 12000]);
  assert.deepEqual([sigma.vcode, ...levelValues(sigma, [2000, 12000], { surface: [90000] })], [1003, 1000, 90000]);
});

test('tables that do not hold together are refused', () => {
  const refused = (values: number[], ni: number, nj: number) =>
    assert.throws(() => parseVertical(Float64Array.from(values), ni, nj), { code: 'grid_error' }, String(values));
  refused([2, 1, 1, 500, 50000, 0], 2, 3);
  refused([2, 1, 1, 500, 50000, 0], 3, 9);
  refused([9, 9, 1, 500, 50000, 0], 3, 2);
  refused([2, 1, 5, 500, 50000, 0], 3, 2);
  refused([5, 5, 1, 500, 50000, 0], 3, 2);
  refused([2, 1, Number.NaN, 500, 50000, 0], 3, 2);
  assert.throws(() => verticalFromHy({ ip1: 10, ig1: 0, ig2: 1000 }, []), { code: 'grid_error' });
});
