/** Answers of the demo run, from request to text: every case of the request language, every value checked by its formula. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeCovjson } from '../formats/covjson.js';
import { type CoverageCollection, coverageCollectionSchema } from '../schemas/coverage.js';
import { DEFAULT_LIMITS } from '../schemas/limits.js';
import { FeatureError } from '../schemas/problem.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { type DemoCube, demoCube } from '../test/demo-cube.js';
import { BASE, CONVERSION, FIRST, HYBRIDS } from '../test/demo-formula.js';
import { shared, skipWithout } from '../test/paths.js';
import { assemble } from './assemble.js';
import { planRequest } from './plan.js';
import { RegionFinder } from './region/region.js';

const now = new Date('2025-01-17T09:00:00Z');
const demo = demoCube();
const deps = { limits: DEFAULT_LIMITS, regions: new RegionFinder() };

async function answer(body: object, data: DemoCube = demo, limits = DEFAULT_LIMITS): Promise<CoverageCollection> {
  const request = parseFeatureRequest(body, { now });
  const plan = await planRequest(request, data.cube, { ...deps, limits });
  const profile = request.format === 'covjson-ogc' ? 'ogc' : 'ecmwf';
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCovjson(profile, plan.head, assemble(plan, data.slabs(plan)))) chunks.push(chunk);
  const parsed = coverageCollectionSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
  assert.equal(parsed.coverages.length, plan.cost.coverages);
  return parsed;
}

async function refusal(body: object, data: DemoCube = demo, limits = DEFAULT_LIMITS): Promise<FeatureError> {
  try {
    await answer(body, data, limits);
  } catch (error) {
    if (error instanceof FeatureError) return error;
    throw error;
  }
  return assert.fail('the request was answered');
}

interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly level: number;
  readonly base: number;
  readonly valid: number;
}

function expected(name: string, nomvar: string, levtype: unknown, number: number, at: Place): number {
  const hours = (at.valid - at.base) / 3.6e6;
  const days = (at.base - FIRST) / 8.64e7;
  const ml = at.level >= 1 ? 1000 * HYBRIDS[at.level - 1]! : 1000 * at.level;
  const level = levtype === 'pl' ? at.level : levtype === 'ml' ? ml : 1000;
  const stored = Math.fround(
    BASE[nomvar]! + 0.1 * at.lat - 0.05 * at.lon + 0.25 * hours + number - 0.01 * (1000 - level) + 2 * days,
  );
  const [scale, offset] = CONVERSION[name] ?? [1, 0];
  return scale === 1 && offset === 0 ? stored : Math.fround(stored * scale + offset);
}

const values = (axis: unknown): unknown[] => (axis as { values: unknown[] }).values;

/** Places of a coverage in the order of its values. */
function placesOf(coverage: CoverageCollection['coverages'][number], domainType: string): Place[] {
  const { axes } = coverage.domain;
  const meta = coverage['mars:metadata']!;
  const base = Date.parse(String(meta['Forecast date']));
  const list = (name: string): number[] => values(axes[name]).map(Number);
  const times = axes['t'] ? values(axes['t']).map((t) => Date.parse(String(t))) : [];
  if (domainType === 'MultiPoint' || domainType === 'Trajectory') {
    const path = domainType === 'Trajectory';
    const valid = path ? 0 : Date.parse(String(meta['fst:validTime']));
    return (values(axes['composite']) as unknown[][]).map((tuple) => {
      const [lat, lon, level] = (path ? tuple.slice(1) : tuple).map(Number) as [number, number, number];
      return { lat, lon, level, base, valid: path ? Date.parse(String(tuple[0])) : valid };
    });
  }
  const [lat, lon] = [list('latitude')[0]!, list('longitude')[0]!];
  if (domainType === 'VerticalProfile') {
    return list('levelist').map((level) => ({ lat, lon, level, base, valid: times[0]! }));
  }
  const level = list('levelist')[0]!;
  // along base times the step is the same everywhere, so base = t - step
  const step = meta['step'] === undefined ? undefined : 3.6e6 * Number(meta['step']);
  return times.map((valid) => ({ lat, lon, level, base: step === undefined ? base : valid - step, valid }));
}

function checkValues(collection: CoverageCollection): void {
  for (const coverage of collection.coverages) {
    const meta = coverage['mars:metadata']!;
    const places = placesOf(coverage, collection.domainType!);
    for (const [name, range] of Object.entries(coverage.ranges)) {
      const nomvar = collection.parameters[name]!['fst:nomvar']!;
      const wanted = places.map((at) => expected(name, nomvar, meta['levtype'], Number(meta['number']), at));
      assert.deepEqual(
        range.values.map((v) => (v === null ? null : Math.fround(v))),
        wanted,
        `${name}`,
      );
      assert.equal(range.shape?.[0], range.values.length);
    }
  }
}

interface Case {
  readonly id: string;
  readonly request: object;
  readonly expect: 'ok' | 'error';
  readonly errorContains?: readonly string[];
  readonly coverages?: { count: number; domainType: string; axes: Record<string, number> };
}

const casesFile = shared('spec', 'feature-requests.json');
test('every case of the request language', {
  skip: skipWithout(casesFile, 'spec/feature-requests.json'),
}, async (t) => {
  const cases = JSON.parse(readFileSync(casesFile!, 'utf8')) as Case[];
  for (const { id, request, expect, errorContains, coverages } of cases) {
    await t.test(id, async () => {
      if (expect === 'error') {
        const { message } = await refusal(request);
        for (const word of errorContains ?? []) assert.ok(message.toLowerCase().includes(word.toLowerCase()), message);
        return;
      }
      const collection = await answer(request);
      assert.equal(collection.coverages.length, coverages!.count);
      assert.equal(collection.domainType, coverages!.domainType);
      for (const coverage of collection.coverages) {
        const sizes = Object.entries(coverage.domain.axes).map(([name, axis]) => [name, values(axis).length]);
        assert.deepEqual(Object.fromEntries(sizes), coverages!.axes);
      }
      checkValues(collection);
    });
  }
});

const keys = {
  class: 'rd',
  stream: 'oper',
  type: 'fc',
  expver: '0001',
  domain: 'g',
  date: '20250115',
  time: '0000',
};
const surface = { ...keys, levtype: 'sfc', param: '2t', step: '0' };
const pressure = { ...keys, levtype: 'pl', param: 't', step: '0' };
const box = {
  type: 'boundingbox',
  points: [
    [44.75, -74.25],
    [46.25, -72.75],
  ],
};

test('metadata of a series: requested point, distance, forecast date, level, no step', async () => {
  const feature = { type: 'timeseries', points: [[45.6, -73.6]] };
  const { coverages } = await answer({ ...surface, step: '0/to/6', feature });
  const meta = coverages[0]!['mars:metadata']!;
  assert.deepEqual(meta['fst:requestedPoint'], [45.6, -73.6]);
  assert.ok(Math.abs(Number(meta['fst:distanceKm']) - 13.5749) < 0.001, String(meta['fst:distanceKm']));
  assert.equal(meta['Forecast date'], '2025-01-15T00:00:00Z');
  assert.equal(meta['levelist'], 0);
  assert.equal(meta['number'], 0);
  assert.equal(meta['class'], 'rd');
  assert.equal('step' in meta, false);
});

test('areas give base time on t, step and valid time in metadata; sub-hourly steps as text', async () => {
  const { coverages } = await answer({ ...surface, param: 'tp', step: '30m', feature: box });
  const [coverage] = coverages;
  assert.deepEqual(coverage!.domain.axes['t'], { values: ['2025-01-15T00:00:00Z'] });
  assert.equal(coverage!['mars:metadata']!['step'], '30m');
  assert.equal(coverage!['mars:metadata']!['fst:validTime'], '2025-01-15T00:30:00Z');
});

test('the ogc profile: axes x, y, t; valid time; no level of surface fields; a domain type on each domain', async () => {
  const { coverages, referencing } = await answer({ ...surface, step: '6', format: 'covjson-ogc', feature: box });
  const [coverage] = coverages;
  assert.equal(coverage!.domain.domainType, 'MultiPoint');
  const composite = coverage!.domain.axes['composite'] as { coordinates: string[]; values: number[][] };
  assert.deepEqual(composite.coordinates, ['x', 'y']);
  assert.deepEqual(composite.values[0], [-74, 45]);
  assert.deepEqual(coverage!.domain.axes['t'], { values: ['2025-01-15T06:00:00Z'] });
  assert.deepEqual(
    referencing?.map((r) => r.coordinates),
    [['x', 'y'], ['t']],
  );
  const profile = { type: 'verticalprofile', points: [[45.5, -73.5]] };
  const column = await answer({ ...pressure, levelist: '1000/500', format: 'covjson-ogc', feature: profile });
  assert.deepEqual(Object.keys(column.coverages[0]!.domain.axes), ['x', 'y', 'z', 't']);
});

test('levels of a box with levels are outermost, the points the same on each', async () => {
  const feature = {
    type: 'boundingbox',
    axes: ['latitude', 'longitude', 'levelist'],
    points: [
      [45, -74, 1000],
      [45.5, -73.5, 850],
    ],
  };
  const { coverages } = await answer({ ...pressure, feature });
  const tuples = (coverages[0]!.domain.axes['composite'] as { values: number[][] }).values;
  assert.equal(tuples.length, 12);
  assert.deepEqual(new Set(tuples.slice(0, 4).map((tuple) => tuple[2])).size, 1);
});

test('a trajectory keeps levels of the body in one composite, and its own steps as times', async () => {
  const path = {
    type: 'trajectory',
    points: [
      [45, -74],
      [46, -73],
    ],
    axes: ['lat', 'long'],
    inflation: 0.4,
  };
  const body = await answer({ ...pressure, levelist: '1000/500', step: '0/6', feature: path });
  assert.equal(body.coverages.length, 2);
  checkValues(body);
  const tuples = (body.coverages[1]!.domain.axes['composite'] as { values: unknown[][] }).values;
  assert.deepEqual(
    tuples.map((t) => t[3]),
    [...tuples.keys()].map((n) => (n < tuples.length / 2 ? 1000 : 500)),
  );
  assert.equal(body.coverages[1]!['mars:metadata']!['step'], 6);
  const sweep = {
    type: 'trajectory',
    points: [
      [45, -74, 0],
      [46, -73, 2],
    ],
    axes: ['lat', 'long', 'step'],
    inflation: [0.4, 0.4, 0.9],
  };
  const { step: _step, ...open } = { ...pressure, levelist: '500' };
  const own = await answer({ ...open, feature: sweep });
  checkValues(own);
  const times = new Set(
    (own.coverages[0]!.domain.axes['composite'] as { values: unknown[][] }).values.map((t) => t[0]),
  );
  assert.deepEqual([...times].sort(), ['2025-01-15T00:00:00Z', '2025-01-15T01:00:00Z', '2025-01-15T02:00:00Z']);
});

test('bilinear gives the value between the points, at the requested coordinates', async () => {
  const feature = { type: 'timeseries', points: [[45.1, -73.3]], interpolation: 'bilinear' };
  const { coverages } = await answer({ ...surface, param: 'TT', feature });
  const wanted = 10 + 0.1 * 45.1 + 0.05 * 73.3;
  assert.ok(Math.abs(coverages[0]!.ranges['TT']!.values[0]! - wanted) < 1e-5);
  assert.deepEqual(coverages[0]!.domain.axes['latitude'], { values: [45.1] });
});

test('policies of a collection: nulls outside, nearest point for an empty shape', async () => {
  const lenient = demoCube({ outsidePolicy: 'null', emptyFeature: 'nearest' });
  const outside = {
    type: 'timeseries',
    points: [
      [10, 10],
      [45, -73],
    ],
  };
  const { coverages } = await answer({ ...surface, feature: outside }, lenient);
  assert.deepEqual(coverages[0]!.ranges['2t']!.values, [null]);
  assert.deepEqual(coverages[0]!.domain.axes['latitude'], { values: [10] });
  assert.notEqual(coverages[1]!.ranges['2t']!.values[0], null);
  const small = {
    type: 'polygon',
    shape: [
      [45.1, -73.9],
      [45.1, -73.8],
      [45.2, -73.8],
    ],
  };
  const one = await answer({ ...surface, feature: small }, lenient);
  assert.equal((one.coverages[0]!.domain.axes['composite'] as { values: unknown[] }).values.length, 1);
});

test('refusals name numbers, distances and remedies', async () => {
  const swapped = await refusal({ ...surface, feature: { type: 'timeseries', points: [[-73.5, 45.5]] } });
  assert.equal(swapped.code, 'outside_domain');
  assert.match(swapped.message, /km/);
  assert.match(swapped.message, /\[45\.5, -73\.5\]/);
  const empty = await refusal({
    ...surface,
    feature: {
      type: 'polygon',
      shape: [
        [45.1, -73.9],
        [45.1, -73.8],
        [45.2, -73.8],
      ],
    },
  });
  assert.equal(empty.code, 'no_points_in_feature');
  assert.match(empty.message, /\[45, -74\]|\[45, -73\.5\]/);
  const far = await refusal({ ...surface, feature: { type: 'circle', center: [[0, 0]], radius: 2 } });
  assert.equal(far.code, 'outside_domain');
  const large = await refusal({ ...surface, step: '0/to/24', feature: box }, demo, { ...DEFAULT_LIMITS, values: 200 });
  assert.equal(large.code, 'too_large');
  for (const number of ['25', '9', '225', '200']) assert.ok(large.message.includes(number), large.message);
});
