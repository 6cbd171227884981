/** The reference forecast, from its files to CoverageJSON: values at sampled grid points equal those read by the reference library. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { coverageCollectionSchema } from '../schemas/coverage.js';
import { DEFAULT_LIMITS } from '../schemas/limits.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { shared, skipWithout } from '../test/paths.js';
import { Budget } from './budget.js';
import { openCatalogue } from './catalogue.js';
import type { Datacube } from './datacube.js';
import { extract } from './extract.js';
import { RegionFinder } from './region/region.js';
import { FsStore } from './store-fs.js';

const run = shared('fst', 'run');
const now = new Date('2026-11-21T09:00:00Z');
const skip = skipWithout(run, 'fst/run');
const deps = { limits: DEFAULT_LIMITS, regions: new RegionFinder(), memory: new Budget(2 ** 28), cores: 2 };

interface Golden {
  readonly nomvar: string;
  readonly level: { readonly value: number } | null;
  readonly values: { readonly sample_index?: readonly number[]; readonly sample?: readonly number[] };
  readonly lonlat?: { readonly file: string; readonly offset: number; readonly count: number };
}

const golden = (step: number): Golden[] =>
  (
    JSON.parse(readFileSync(join(run!, `2026112100_${String(step).padStart(3, '0')}.json`), 'utf8')) as {
      records: Golden[];
    }
  ).records;

/** Places of the sampled points, as the reference library gives them (float32). */
function places(indices: readonly number[]): [number, number][] {
  const { file, offset, count } = golden(0).find((r) => r.lonlat?.file)!.lonlat!;
  const bytes = readFileSync(join(run!, file));
  const at = (n: number): number => bytes.readFloatLE(offset + 4 * n);
  return indices.map((k) => [at(k), at(count + k)]);
}

async function withCube(work: (cube: Datacube) => Promise<void>): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'polyfst-test-'));
  try {
    const sources = { data: [run!], collections: {} };
    const catalogue = await openCatalogue({ store: await FsStore.open(state), sources });
    await catalogue.refresh();
    await work(catalogue.cube('default'));
  } finally {
    rmSync(state, { recursive: true });
  }
}

async function ask(cube: Datacube, body: object) {
  const chunks: Uint8Array[] = [];
  const request = parseFeatureRequest({ date: '20261121', time: '0000', levtype: 'pl', ...body }, { now });
  for await (const chunk of extract(request, cube, deps)) chunks.push(chunk);
  return coverageCollectionSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
}

const at = (records: readonly Golden[], nomvar: string, level: number): readonly number[] =>
  records.find((r) => r.nomvar.trim() === nomvar && r.level?.value === level && r.values.sample)!.values.sample!;

test('a time series of 25 steps equals the goldens bit for bit', { skip }, async () => {
  await withCube(async (cube) => {
    const indices = golden(0).find((r) => r.nomvar.trim() === 'TT')!.values.sample_index!;
    const feature = { type: 'timeseries', points: places(indices) };
    const { coverages } = await ask(cube, { levelist: '500', param: 'TT', step: '0/to/24', feature });
    assert.equal(coverages.length, indices.length);
    const steps = Array.from({ length: 25 }, (_, step) => at(golden(step), 'TT', 500));
    coverages.forEach((coverage, n) => {
      const values = coverage.ranges['TT']!.values.map((v) => Math.fround(v!));
      assert.deepEqual(
        values,
        steps.map((samples) => samples[n]!),
      );
      assert.ok(Number(coverage['mars:metadata']!['fst:distanceKm']) < 0.02);
    });
    const kelvin = await ask(cube, { levelist: '500', param: 't', step: '0/to/24', feature });
    assert.deepEqual(
      kelvin.coverages[0]!.ranges['t']!.values.map((v) => Math.fround(v!)),
      steps.map((samples) => Math.fround(samples[0]! + 273.15)),
    );
  });
});

test('vertical profiles of every variable equal the goldens bit for bit', { skip }, async () => {
  await withCube(async (cube) => {
    const levels = [1000, 925, 850, 700, 500, 300, 250, 100];
    const indices = golden(0).find((r) => r.nomvar.trim() === 'TT')!.values.sample_index!;
    const feature = { type: 'verticalprofile', points: places(indices.slice(0, 5)) };
    const body = { levelist: '1/to/1000', param: 'TT/HU/UU/VV/GZ', step: '3', feature };
    const { coverages } = await ask(cube, body);
    const records = golden(3);
    coverages.forEach((coverage, n) => {
      assert.deepEqual(coverage.domain.axes['levelist'], { values: levels });
      for (const nomvar of ['TT', 'HU', 'UU', 'VV', 'GZ']) {
        const values = coverage.ranges[nomvar]!.values.map((v) => Math.fround(v!));
        assert.deepEqual(
          values,
          levels.map((level) => at(records, nomvar, level)[n]!),
          nomvar,
        );
      }
    });
  });
});

test('winds asked by MARS names are turned to true directions: speed stays', { skip }, async () => {
  await withCube(async (cube) => {
    const feature = { type: 'circle', center: [[35, -85]], radius: 3 };
    const body = { levelist: '500', step: '3', feature };
    const grid = (await ask(cube, { ...body, param: 'UU/VV' })).coverages[0]!.ranges;
    const east = (await ask(cube, { ...body, param: 'u' })).coverages[0]!.ranges['u']!.values;
    const north = (await ask(cube, { ...body, param: 'v' })).coverages[0]!.ranges['v']!.values;
    assert.ok(east.length > 20);
    let differ = 0;
    east.forEach((u, n) => {
      const own = 0.514444 * Math.hypot(grid['UU']!.values[n]!, grid['VV']!.values[n]!);
      assert.ok(Math.abs(Math.hypot(u!, north[n]!) - own) < 1e-4);
      if (Math.abs(u! - 0.514444 * grid['UU']!.values[n]!) > 0.01) differ++;
    });
    assert.ok(differ > 0);
  });
});

test('an aborted extraction stops and gives its memory back', { skip }, async () => {
  await withCube(async (cube) => {
    const controller = new AbortController();
    const feature = { type: 'timeseries', points: [[35, -85]] };
    const request = parseFeatureRequest(
      {
        date: '20261121',
        time: '0000',
        levtype: 'pl',
        levelist: '500',
        param: 'TT',
        step: '0/to/24',
        feature,
      },
      { now },
    );
    controller.abort(new Error('revoked'));
    await assert.rejects(async () => {
      for await (const _ of extract(request, cube, deps, controller.signal)) assert.fail('nothing may come');
    }, /revoked/);
    assert.equal(deps.memory.free, deps.memory.total);
  });
});
