/** NetCDF and Zarr that we write, read by netCDF4, zarr, xarray and pyproj, and judged by a checker of the CF conventions. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { shared, skipWithout } from '../paths.js';
import { type CaseOptions, type ConvertCase, convertCase, temporaryFolder } from './convert-case.js';
import { environment, interopFolder } from './environment.js';

const golden = shared('fst');
const needsGolden = { skip: skipWithout(golden, 'fst') };

/** Interpreter, or undefined with the test skipped. */
function pythonOf(context: TestContext): string | undefined {
  const found = environment('cf');
  if ('python' in found) return found.python;
  context.skip(found.skip);
  return undefined;
}

function check(context: TestContext, python: string, folder: string, cases: readonly object[]): void {
  const settings = join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ cases }));
  const ran = spawnSync(python, [join(interopFolder, 'cf', 'check.py')], {
    encoding: 'utf8',
    env: { ...process.env, POLYFST_CHECK: settings },
    maxBuffer: 2 ** 28,
  });
  const failed = ran.stdout.split('\n').filter((line) => line.startsWith('not ok'));
  assert.equal(ran.status, 0, failed.slice(0, 20).join('\n') + ran.stderr.slice(-2000));
  assert.match(ran.stdout, /^ok /m);
  for (const note of ran.stdout.split('\n').filter((line) => line.startsWith('note'))) context.diagnostic(note);
}

const DESCRIPTORS = ['>>', '^^', '^>', '!!', 'HY'];

/** A case of check.py about a conversion. */
function caseOf(kind: string, made: ConvertCase, more: object = {}): object {
  const fields = made.records.filter(({ nomvar }) => !DESCRIPTORS.includes(String(nomvar).trim()));
  return { kind, path: made.out, folder: made.folder, records: fields, count: fields.length, ...more };
}

const RUN_AXES = {
  coordinates: ['rotated_pole', 'lat', 'lon', 'reftime', 'leadtime', 'time', 'pres', 'rlat', 'rlon'],
  dims: { TT: ['time', 'pres', 'rlat', 'rlon'], PR: ['time', 'rlat', 'rlon'], lat: ['rlat', 'rlon'] },
  dtypes: { TT: 'float32', lat: 'float64', rlon: 'float64', time: 'datetime64', leadtime: 'float64' },
  variable_attributes: {
    TT: { standard_name: 'air_temperature', units: 'degC', fst_nomvar: 'TT' },
    UU: { standard_name: 'x_wind', units: 'kt' },
    pres: { units: 'hPa', positive: 'down' },
  },
};

test('a run in NetCDF and Zarr: names, places and every bit as xarray reads them', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const run = join(golden!, 'run/2026112100.rsf.fst');
  const cases: object[] = [];
  for (const [suffix, set] of [
    ['.nc', {}],
    ['.plain.nc', { pack: 'none' }],
    ['.zarr', {}],
    ['.v2.zarr', { format: 'zarr2' }],
    ['.zarr.zip', {}],
    ['.v2.zarr.zip', { format: 'zarr2' }],
    ['.series.zarr', { chunks: 'series' }],
    ['.series.nc', { chunks: 'series' }],
  ] as const) {
    const { format, ...options } = set as Record<string, string>;
    const made = await convertCase(run, folder.path, suffix, {
      set: options,
      name: 'run',
      ...(format === undefined ? {} : { format }),
    });
    assert.deepEqual([made.outcome.skipped, made.outcome.lost], [[], []]);
    cases.push(caseOf('values', made), caseOf('axes', made, RUN_AXES));
  }
  check(context, python, folder.path, cases);
});

test('NetCDF-3 of a run is the same dataset', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const options = { name: 'classic', format: 'netcdf3' };
  const made = await convertCase(join(golden!, 'run/2026112100.rsf.fst'), folder.path, '.nc', options);
  check(context, python, folder.path, [caseOf('values', made), caseOf('axes', made, RUN_AXES)]);
});

test('netCDF4 appends a step; bare dimensions are no variables', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const made = await convertCase(join(golden!, 'run/2026112100.rsf.fst'), folder.path, '.nc', { name: 'grows' });
  check(context, python, folder.path, [caseOf('append', made, { bare: ['nv', 'bnds'], name: 'TT' })]);
});

test(
  'accumulations have bounds from the base time on and say so, temperatures do not',
  needsGolden,
  async (context) => {
    const python = pythonOf(context);
    if (python === undefined) return;
    await using folder = await temporaryFolder();
    const made = await convertCase(join(golden!, 'run/2026112100.rsf.fst'), folder.path, '.nc', { name: 'rain' });
    check(context, python, folder.path, [caseOf('intervals', made, { sum: 'PR', point: 'TT' })]);
  },
);

interface GoldenVertical {
  readonly kind: number;
  readonly version: number;
  readonly levels: readonly { readonly ip1: readonly number[]; readonly pressure_Pa: readonly (readonly number[])[] }[];
  readonly probe_index: readonly number[];
}

test('terms of model levels give the pressures of the vertical-grid library', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const text = readFileSync(join(golden!, 'hybrid.xdf.fst.json'), 'utf8');
  const { vgrid: stored } = JSON.parse(text) as { vgrid: readonly GoldenVertical[] };
  const vgrid = stored.map(({ kind, version, levels }) => ({
    vcode: 1000 * kind + version,
    levels: levels.flatMap(({ ip1, pressure_Pa }) => ip1.map((own, n) => ({ ip1: own, pressure_Pa: pressure_Pa[n] }))),
  }));
  const made = await convertCase(join(golden!, 'hybrid.xdf.fst'), folder.path, '.nc', { name: 'hybrid' });
  const more = { vgrid, probes: stored[0]!.probe_index, codes: [5002, 5005, 5001, 1001] };
  check(context, python, folder.path, [caseOf('vertical', made, more), caseOf('values', made)]);
});

test('members are a dimension left of time, with their labels', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const more = { members: [1, 2, 3], labels: ['E1_001N', 'E1_002N', 'E1_003N'], names: ['TT', 'GZ'] };
  const cases: object[] = [];
  for (const suffix of ['.nc', '.zarr']) {
    const made = await convertCase(join(golden!, 'ensemble.xdf.fst'), folder.path, suffix, { name: 'ensemble' });
    if (suffix === '.nc') cases.push(caseOf('members', made, more));
    cases.push(caseOf('values', made));
  }
  check(context, python, folder.path, cases);
});

test('each grid is a group whose places and mapping agree', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const made = await convertCase(join(golden!, 'grids.xdf.fst'), folder.path, '.nc', { name: 'grids' });
  const run = await convertCase(join(golden!, 'run/2026112100_000'), folder.path, '.nc', { name: 'rotated' });
  const cases = [caseOf('grids', made, { least: 30 }), caseOf('grids', run, { least: 1 })];
  check(context, python, folder.path, cases);
});

/** Ways to write that change what a checker of the conventions looks at. */
const CHECKED: readonly (CaseOptions & { readonly file: string })[] = [
  { file: 'run/2026112100.rsf.fst', set: { forecast_axis: '1' }, name: 'forecast' },
  { file: 'run/2026112100.rsf.fst', set: { units: 'si' }, name: 'si' },
  { file: 'run/2026112100.rsf.fst', set: { metadata: 'minimal' }, name: 'minimal' },
  { file: 'ensemble.xdf.fst', set: { names: 'cf' }, name: 'cf-names' },
  { file: 'run/2026112100_003', format: 'netcdf3', name: 'classic' },
  { file: 'hybrid.xdf.fst', set: { pressure: '3d', diag: 'join' }, name: 'pressure' },
  { file: 'run/2026112100_003', set: { winds: 'earth', quantize: '9' }, name: 'earth' },
  { file: 'grids.xdf.fst', set: { yinyang: 'stack' }, name: 'stack' },
];

test('a checker of CF 1.11 finds no error in any file', needsGolden, async (context) => {
  const python = pythonOf(context);
  if (python === undefined) return;
  await using folder = await temporaryFolder();
  const files = readdirSync(golden!).filter((name) => name.endsWith('.fst') && !name.includes('.rsf.'));
  const paths: string[] = [];
  for (const name of [...files, 'run/2026112100_003', 'run/2026112100.rsf.fst']) {
    const made = await convertCase(join(golden!, name), folder.path, '.nc', { name: name.replace('/', '_') });
    paths.push(made.out);
  }
  for (const { file, ...options } of CHECKED) {
    paths.push((await convertCase(join(golden!, file), folder.path, '.nc', options)).out);
  }
  check(context, python, folder.path, [{ kind: 'checker', paths, folder: folder.path, order: true }]);
});
