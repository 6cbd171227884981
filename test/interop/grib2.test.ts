/** GRIB2 that we write through ecCodes and cfgrib, and GRIB2 that ecCodes writes through our reader. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ConvertOutcome, convert } from '../../extraction/convert/convert.js';
import { openFst } from '../../extraction/fst/file.js';
import { toEarth } from '../../extraction/grid/winds.js';
import { writeMade, writeNames } from '../grib-records.js';
import { shared, skipWithout } from '../paths.js';
import { convertCase, temporaryFolder } from './convert-case.js';
import { environment, interopFolder, jsonLines } from './environment.js';

const golden = shared('fst');

const never = new AbortController().signal;

const convertTo = (input: string, out: string): Promise<ConvertOutcome> =>
  convert({ inputs: [input], out, where: [], options: new Map(), signal: never });

/** Both components of a wind to the east and north in m/s, from the library. */
async function turnedWind(path: string, row: number): Promise<readonly Float64Array[]> {
  await using file = await openFst(path);
  const record = file.record(row);
  const [partner] = file.find({ nomvar: 'VV', ip1: record.ip1 });
  const [u, v] = [await file.read(record), await file.read(partner!)];
  const grid = await file.grid(record);
  const turns = await grid.rotation(Uint32Array.from({ length: grid.size }, (_, k) => k));
  const { east, north } = toEarth(u.values as Float32Array, v.values as Float32Array, turns);
  return [east, north].map((values) => values.map((value) => value * METRES_PER_SECOND));
}

/** Of a knot. */
const METRES_PER_SECOND = 0.514444;

function check(python: string, settings: object): void {
  const ran = spawnSync(python, [join(interopFolder, 'grib2', 'check.py')], {
    encoding: 'utf8',
    env: { ...process.env, POLYFST_CHECK: JSON.stringify(settings) },
    maxBuffer: 2 ** 28,
  });
  const failed = ran.stdout.split('\n').filter((line) => line.startsWith('not ok'));
  assert.equal(ran.status, 0, failed.slice(0, 20).join('\n') + ran.stderr.slice(-2000));
  assert.match(ran.stdout, /^ok /m);
}

test('ecCodes reads every grid, value, name and time of the reference files', {
  skip: skipWithout(golden, 'fst'),
}, async (context) => {
  const found = environment('grib2');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const made = [];
  for (const name of ['grids.xdf.fst', 'ensemble.rsf.fst', 'run/2026112100_003', 'run/2026112100_000']) {
    made.push(await convertCase(join(golden!, name), folder.path, '.grib2', { name: name.replace('/', '_') }));
  }
  const cases = made.map(({ out, skipped, records }) => ({ grib: out, folder: folder.path, skipped, records }));
  check(found.python, { cases, cfgrib: [made[2]!.out] });
  return undefined;
});

test('winds to the east and north, missing points, constants, intervals and members', async (context) => {
  const found = environment('grib2');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'made.fst');
  const keys = await writeMade(path);
  const made = await convertCase(path, folder.path, '.grib2', { name: 'made' });
  assert.deepEqual(made.outcome.skipped, []);
  const cases = [{ grib: made.out, folder: folder.path, skipped: [], records: made.records }];
  check(found.python, { cases, keys: [[made.out, keys]] });
  return undefined;
});

test('every nomvar of the table is known to ecCodes', async (context) => {
  const found = environment('grib2');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'names.fst');
  await writeNames(path);
  const made = await convertCase(path, folder.path, '.grib2', { name: 'names' });
  assert.deepEqual(made.outcome.skipped, []);
  check(found.python, {
    cases: [{ grib: made.out, folder: folder.path, skipped: [], records: made.records }],
  });
  return undefined;
});

test('wind turned to the east and north carries no flag', { skip: skipWithout(golden, 'fst') }, async (context) => {
  const found = environment('grib2');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const where = ['nomvar=UU', 'nomvar=VV', 'level=500'];
  const options = { set: { winds: 'earth' }, where, name: 'earth' };
  const made = await convertCase(join(golden!, 'run/2026112100_003'), folder.path, '.grib2', options);
  const keys = made.records.map(() => ({ uvRelativeToGrid: 0 }));
  const [u] = made.records;
  const turned = await turnedWind(join(golden!, 'run/2026112100_003'), Number(u!['row']));
  const dump = join(folder.path, 'turned.bin');
  await writeFile(dump, Buffer.concat(turned.map(({ buffer }) => Buffer.from(buffer))));
  check(found.python, { cases: [], keys: [[made.out, keys]], vectors: [[made.out, dump]] });
  const back = join(folder.path, 'back.fst');
  await assert.rejects(convertTo(made.out, back), /grid axes/);
  return undefined;
});

interface Sample {
  readonly file: string;
  readonly short: string;
  readonly ni: number;
  readonly nj: number;
  readonly values: readonly number[];
  readonly lat?: readonly number[];
  readonly lon?: readonly number[];
}

test('we read what ecCodes writes: four grids, two packings, and refuse JPEG', async (context) => {
  const found = environment('grib2');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const samples = jsonLines(found.python, 'grib2/samples.py', [folder.path]) as Sample[];
  assert.equal(samples.length, 6);
  const letters: Record<string, string> = { regular_ll: 'L', rotated_ll: 'Z', polar: 'N', regular_gg: 'G', ieee: 'L' };
  for (const sample of samples) {
    const out = join(folder.path, `${sample.file}.fst`);
    const name = sample.file.replace('.grib2', '');
    if (name === 'jpeg') {
      await assert.rejects(convertTo(join(folder.path, sample.file), out), /unsupported_packing: 5\.40/);
      continue;
    }
    await convertTo(join(folder.path, sample.file), out);
    await assertSample(sample, out, letters[name]!);
  }
  return undefined;
});

async function assertSample(sample: Sample, out: string, letter: string): Promise<void> {
  await using file = await openFst(out);
  const record = file.first({ nomvar: 'TT' });
  if (letter !== 'N') assert.equal(record.grtyp, letter, sample.file);
  else assert.ok('NZ'.includes(record.grtyp));
  const [values, { lat, lon }] = [await file.read(record), await (await file.grid(record)).latlon()];
  const stored = values.values as Float32Array;
  const range = Math.max(...sample.values) - Math.min(...sample.values);
  if (sample.lat === undefined) return;
  // rows may have been turned: places tell which value belongs where
  const places = new Map<string, number>();
  const key = (a: number, b: number): string => `${a.toFixed(2)} ${((((b % 360) + 360) % 360) + 0.001).toFixed(2)}`;
  for (const [k, value] of sample.values.entries()) places.set(key(sample.lat[k]!, sample.lon![k]!), value);
  let held = 0;
  for (let k = 0; k < stored.length; k++) {
    const wanted = places.get(key(lat[k]!, lon[k]!));
    if (wanted === undefined) continue;
    held++;
    assert.ok(Math.abs(stored[k]! + 273.15 - wanted) <= range / 65535 + 5e-5, `${sample.file} ${k}`);
  }
  assert.ok(held >= 0.98 * sample.values.length, `${sample.file}: ${held} of ${sample.values.length} places found`);
}
