/** The MARS-style reader on self-made files and on the reference run: every value against the record it comes from. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { shared, skipWithout } from '../test/paths.js';
import type { FstField } from './fst/field.js';
import { openFst } from './fst/file.js';
import { MarsReader } from './mars-reader.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-mars-'));
const path = join(folder, 'run.rsf');
const [NI, NJ] = [36, 18];

/** Value of a field that says which one it is and where. */
const valueAt = (level: number, hour: number, day: number, k: number): number =>
  level / 10 + hour + 100 * day + k / 1000;

before(async () => {
  const file = await openFst(path, { create: 'rsf' });
  const fields: FstField[] = [];
  // L grid: south-west corner and steps in hundredths of degrees
  const grid = { grtyp: 'L', ig1: 1000, ig2: 1000, ig3: 500, ig4: 0, ni: NI, nj: NJ } as const;
  for (const [day, dateo] of ['2025-03-08T18:00:00Z', '2025-03-09T18:00:00Z'].entries())
    for (const hour of [0, 3])
      for (const [nomvar, level] of [
        ['TT', 850],
        ['TT', 500],
        ['HU', 850],
        ['HU', 500],
        ['P0', 0],
      ] as const) {
        const values = Float32Array.from({ length: NI * NJ }, (_, k) => valueAt(level, hour, day, k));
        const keys = { typvar: 'P', etiket: 'MADE', deet: 3600, npas: hour, ip2: hour, datyp: 5, nbits: 32 };
        fields.push({ ...grid, ...keys, nomvar, ip1: level, dateo, values });
      }
  await file.write(fields);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const DATE = { date: '20250309', time: ['18'] } as const;

test('fields come in the order asked for, with times, units and coordinates', async () => {
  await using reader = await MarsReader.open(path);
  const fields = await reader.read({ param: ['q', 't'], level: [500, 850], ...DATE, step: [3, 0] });
  assert.deepEqual(
    fields.map(({ param, nomvar, units, level, step }) => [param, nomvar, units, level, step]),
    ['q HU kg kg-1', 't TT K'].flatMap((text) => {
      const [param, nomvar, ...units] = text.split(' ');
      return [500, 850].flatMap((level) => [3, 0].map((step) => [param, nomvar, units.join(' '), level, step]));
    }),
  );
  const [first] = fields;
  assert.deepEqual(first!.shape, [NJ, NI]);
  assert.deepEqual(
    [first!.levtype, first!.number, first!.reftime, first!.validtime],
    ['pl', 0, '2025-03-09T18:00:00Z', '2025-03-09T21:00:00Z'],
  );
  assert.ok(fields.every(({ lat, lon }) => lat === first!.lat && lon === first!.lon));
  assert.ok(first!.lon.every((lon) => lon >= -180 && lon < 180));
  const warm = fields.find(({ param, level, step }) => param === 't' && level === 850 && step === 3)!;
  for (const [k, value] of warm.values.entries())
    assert.equal(value, Math.fround(Math.fround(valueAt(850, 3, 1, k)) + 273.15), `point ${k}`);
});

test('what is absent means the newest run, all steps, all levels, pl or sfc', async () => {
  await using reader = await MarsReader.open([path]);
  const surface = await reader.read({ PARAM: 'sp' });
  assert.deepEqual(
    surface.map(({ levtype, level, step, reftime }) => [levtype, level, step, reftime]),
    [0, 3].map((step) => ['sfc', null, step, '2025-03-09T18:00:00Z']),
  );
  assert.equal((await reader.read({ param: 'TT', levtype: 'pl' })).length, 4);
  const [native] = await reader.read({ param: 'TT', Level: '500', step: '0', date: '20250308' });
  assert.equal(native!.units, 'degC');
  assert.equal(native!.reftime, '2025-03-08T18:00:00Z');
  assert.equal(native!.values[7], Math.fround(valueAt(500, 0, 0, 7)));
  const range = await reader.read({ param: 'TT', level: '500/850', step: '0/to/3/by/3', area: [50, -100, 20, -60] });
  assert.equal(range.length, 4);
});

test('what is no query, and a server that does not answer, are told by code', async () => {
  await using reader = await MarsReader.open([path]);
  for (const query of [null, 'param=t', []]) await assert.rejects(reader.read(query as never), { code: 'bad_request' });
  // nothing listens on the discard port of the loopback
  await assert.rejects(MarsReader.open('http://127.0.0.1:9'), { code: 'storage_unavailable', message: /address/ });
});

test('an area is closed; points of whole rows and columns keep that shape', async () => {
  await using reader = await MarsReader.open(folder);
  const query = { param: 'TT', level: 500, step: 0 };
  const [whole] = await reader.read(query);
  for (const area of [
    [55, 20, 5, 60],
    [50.2, -30.5, -20, 30],
    [90, 170, -90, -160],
  ] as const) {
    const [north, west, south, east] = area;
    const [cut] = await reader.read({ ...query, area });
    const inside: number[] = [];
    for (let k = 0; k < whole!.values.length; k++) {
      const turned = (((whole!.lon[k]! - west) % 360) + 360) % 360;
      const width = east < west ? east + 360 - west : east - west;
      if (whole!.lat[k]! <= north && whole!.lat[k]! >= south && turned <= width) inside.push(k);
    }
    assert.ok(inside.length > 20);
    assert.deepEqual(
      [...cut!.values],
      inside.map((k) => whole!.values[k]),
    );
    assert.deepEqual(
      [...cut!.lat],
      inside.map((k) => whole!.lat[k]),
    );
    assert.equal(cut!.shape.length, 2);
    assert.equal(cut!.shape[0]! * cut!.shape[1]!, inside.length);
  }
});

test('Arrow and CoverageJSON hold the same values', async () => {
  await using reader = await MarsReader.open(folder);
  const query = { param: ['t', 'q'], level: [850, 500], step: 3, area: [40, 0, 0, 50] };
  const fields = await reader.read(query);
  const table = tableFromIPC(await reader.read(query, { as: 'arrow' }));
  assert.deepEqual(
    [...table.getChild('value')!],
    fields.flatMap(({ values }) => [...values]),
  );
  assert.deepEqual([...new Set(table.getChild('param')!)], ['t', 'q']);
  const answer = await reader.read(query, { as: 'covjson' });
  assert.equal(answer.type, 'CoverageCollection');
  const ranges = answer.coverages[0]!.ranges as Record<string, { values: readonly number[] }>;
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  const own = sum(fields.filter(({ param }) => param === 't').map(({ values }) => sum(values)));
  assert.ok(Math.abs(sum(ranges['t']!.values) - own) < 1e-2);
});

test('refusals name the key and the value', async () => {
  const reader = await MarsReader.open(folder);
  for (const [query, pattern] of [
    [{ param: 't', level: 123 }, /levelist.*123/],
    [{ param: 't', level: 500, colour: 'red' }, /colour/],
    [{ param: 't', level: 500, format: 'csv' }, /format/],
    [{ param: 't', level: 500, levelist: 850 }, /levelist/],
    [{ param: 'nothing', level: 500 }, /nothing/],
    [{ param: 't', level: 500, date: '19990101', time: '00' }, /19990101/],
    [{ param: 't', level: 500, step: 99 }, /99/],
    [{ param: 't', level: 500, area: [1, 2, 3] }, /area/],
    [{ param: 't', level: 500, area: [-61, 1, -64, 4] }, /area/],
  ] as const)
    await assert.rejects(reader.read(query), pattern);
  await assert.rejects(reader.read({ param: 't', level: 500 }, { as: 'text' as 'arrays' }), /as/);
  await assert.rejects(reader.read({ param: 't', level: 500 }, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
  await reader.close();
  await assert.rejects(reader.read({ param: 't', level: 500 }), /closed/);
  await assert.rejects(MarsReader.open(join(folder, 'absent')), /absent/);
});

const run = shared('fst', 'run');

test('fields of the reference run are those of its records', { skip: skipWithout(run, 'fst/run') }, async () => {
  await using reader = await MarsReader.open(run!);
  const fields = await reader.read({ param: ['TT', 'GZ'], level: [850, 250], step: [0, 6] });
  assert.equal(fields.length, 8);
  for (const { nomvar, level, step, values, shape } of fields) {
    const file = await openFst(join(run!, `2026112100_${String(step).padStart(3, '0')}`));
    const record = file.find({ nomvar, level: level! })[0]!;
    assert.deepEqual(shape, [record.nj, record.ni]);
    assert.deepEqual(values, (await file.read(record, { as: 'float32' })).values);
  }
});
