/** Tables that we write, read by polars, pyarrow and geopandas; answers as NetCDF and OM, read by xarray and omfiles. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../extraction/convert/convert.js';
import { openRecords } from '../../extraction/convert/records.js';
import { root, shared, skipWithout } from '../paths.js';
import { temporaryFolder } from './convert-case.js';
import { environment, interopFolder } from './environment.js';

const golden = shared('fst');
const needsGolden = { skip: skipWithout(golden, 'fst') };
const never = new AbortController().signal;

function check(environmentOf: string, script: string, settings: object): string | undefined {
  const found = environment(environmentOf);
  if ('skip' in found) return found.skip;
  const ran = spawnSync(found.python, [join(interopFolder, script)], {
    encoding: 'utf8',
    env: { ...process.env, POLYFST_CHECK: JSON.stringify(settings) },
    maxBuffer: 2 ** 28,
  });
  const failed = ran.stdout.split('\n').filter((line) => line.startsWith('not ok'));
  assert.equal(ran.status, 0, failed.slice(0, 20).join('\n') + ran.stderr.slice(-2000));
  assert.match(ran.stdout, /^ok /m);
  return undefined;
}

const COMMON = { date: '20261121', time: '0000', levtype: 'pl', levelist: '850/500', param: 'TT/UU', step: '0/to/6' };
const BOX = [
  [44, -76],
  [45, -76],
  [45, -75],
  [44, -75],
  [44, -76],
];
const REQUESTS = {
  series: { ...COMMON, feature: { type: 'timeseries', points: [[44, -75]] } },
  polygon: { ...COMMON, step: '3', levelist: '500', feature: { type: 'polygon', shape: BOX } },
};
const FORMATS = ['covjson', 'csv', 'arrow', 'parquet', 'geojson', 'nc', 'om'];

test('tables and answers in polars, pyarrow, geopandas, xarray and omfiles', needsGolden, async (context) => {
  await using folder = await temporaryFolder();
  const run = join(golden!, 'run');
  const answers: Record<string, string>[] = [];
  for (const [name, request] of Object.entries(REQUESTS)) {
    const path = join(folder.path, `${name}.json`);
    await writeFile(path, JSON.stringify(request));
    const made: Record<string, string> = {};
    for (const suffix of FORMATS) {
      const out = join(folder.path, `${name}.${suffix}`);
      const state = join(folder.path, 'state');
      const flags = ['extract', path, out, '--data', run, '--state', state];
      const ran = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...flags], { encoding: 'utf8' });
      assert.equal(ran.status, 0, ran.stderr);
      made[suffix] = out;
    }
    answers.push(made);
  }
  const tables: Record<string, string> = {};
  const input = join(run, '2026112100.rsf.fst');
  for (const suffix of ['arrow', 'parquet', 'csv']) {
    const out = join(folder.path, `records.${suffix}`);
    await convert({ inputs: [input], out, where: [], options: new Map(), signal: never });
    tables[suffix] = out;
  }
  const all = await openRecords([input], []);
  const tt500 = await openRecords([input], ['nomvar=TT', 'level=500']);
  const settings = { ...tables, rows: all.count, tt500: tt500.rows.length, points: answers };
  const told = [
    check('tables', 'tables/check.py', settings),
    check('cf', 'tables/netcdf.py', { answers }),
    check('om', 'tables/om.py', { answers }),
  ];
  for (const skipped of told) if (skipped !== undefined) context.diagnostic(skipped);
});
