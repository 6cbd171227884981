/** CoverageJSON documents: valid by the official schema, of the same structure as the samples, streamed in bounded chunks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import type { CovjsonProfile } from '../schemas/coverage.js';
import type { ParamRef } from '../schemas/vocabulary.js';
import { shared, skipWithout } from '../test/paths.js';
import type { BlockDomain, CollectionHead, CoverageBlock } from './coverage-block.js';
import { encodeCovjson } from './covjson.js';

const param = (name: string, nomvar: string): ParamRef => ({
  name,
  nomvar,
  description: `made-up ${name}`,
  unit: 'K',
  scale: 1,
  offset: 0,
  ...(name === '2t' ? { paramId: 167 } : {}),
});
const T0 = Date.UTC(2025, 0, 1);
const HOUR = 3600e3;
const points = { lat: Float64Array.of(45, 45, 45.5), lon: Float64Array.of(286, 286.5, 286) };

const head = (domainType: BlockDomain['type'], levtype: 'sfc' | 'pl'): CollectionHead => ({
  domainType,
  params: [param('2t', 'TT')],
  integers: new Set(),
  levtype,
});

async function document(profile: CovjsonProfile, from: CollectionHead, blocks: readonly CoverageBlock[]) {
  const chunks: Uint8Array[] = [];
  const source = (async function* () {
    for (const block of blocks) yield await Promise.resolve(block);
  })();
  for await (const chunk of encodeCovjson(profile, from, source)) chunks.push(chunk);
  return { chunks, json: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> };
}

const metadata = {
  class: 'rd',
  stream: 'oper',
  type: 'fc',
  expver: '0001',
  domain: 'g',
  levtype: 'sfc',
  number: 0,
  'Forecast date': '2025-01-01T00:00:00Z',
};
const block = (domain: BlockDomain, values: number[], more: object = {}): CoverageBlock => ({
  metadata: { ...metadata, ...more },
  domain,
  ranges: [{ param: param('2t', 'TT'), values: Float32Array.from(values) }],
});

const times = Float64Array.of(T0, T0 + 3 * HOUR, T0 + 6 * HOUR);
const levels = Float64Array.of(1000, 850);
const examples: Record<BlockDomain['type'], readonly [CollectionHead, readonly CoverageBlock[]]> = {
  PointSeries: [
    head('PointSeries', 'sfc'),
    [1, 2].map((number) =>
      block({ type: 'PointSeries', lat: 45.5, lon: 286.5, level: 0, times }, [281.7, Number.NaN, 281.5], {
        number,
        levelist: 0,
      }),
    ),
  ],
  VerticalProfile: [
    head('VerticalProfile', 'pl'),
    [block({ type: 'VerticalProfile', lat: 45.5, lon: -73.5, levels, time: T0 }, [Number.NaN, 14.185], { step: 0 })],
  ],
  MultiPoint: [
    head('MultiPoint', 'sfc'),
    [0, 6].map((step) =>
      block(
        { type: 'MultiPoint', base: T0, valid: T0 + step * HOUR, points, levels: Float64Array.of(0) },
        [288.2, 288.175, 288.25],
        { step },
      ),
    ),
  ],
  Trajectory: [
    head('Trajectory', 'pl'),
    [
      block(
        { type: 'Trajectory', path: { ...points, level: Float64Array.of(1000, 925, 850), time: times } },
        [15.05, 14.746, 14.08],
      ),
    ],
  ],
};

const schemaFile = shared('schemas', 'covjson', 'coveragejson.schema.draft-07.json');
for (const profile of ['ecmwf', 'ogc'] as const) {
  test(`the official schema accepts every domain type in profile ${profile}`, {
    skip: skipWithout(schemaFile, 'schemas/covjson'),
  }, async () => {
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(
      JSON.parse(readFileSync(schemaFile!, 'utf8')) as object,
    );
    for (const [from, blocks] of Object.values(examples)) {
      const { json } = await document(profile, from, blocks);
      assert.ok(validate(json), `${from.domainType}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
    }
  });
}

/** Names and kinds of everything in a document, values aside. */
function structure(node: unknown): unknown {
  if (Array.isArray(node)) return node.length === 0 ? [] : [structure(node.find((item) => item !== null))];
  if (typeof node !== 'object' || node === null) return typeof node;
  const entries = Object.entries(node).filter(([key]) => !/^(fst:|cf:|mars:paramId)/.test(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, structure(value)]));
}

const SAMPLES: readonly (readonly [string, CovjsonProfile, BlockDomain['type']])[] = [
  ['01-timeseries-ensemble.json', 'ecmwf', 'PointSeries'],
  ['03-verticalprofile.json', 'ecmwf', 'VerticalProfile'],
  ['04-polygon-two-steps.json', 'ecmwf', 'MultiPoint'],
  ['06-trajectory-4d.json', 'ecmwf', 'Trajectory'],
  ['ogc-02-verticalprofile.json', 'ogc', 'VerticalProfile'],
  ['ogc-04-trajectory.json', 'ogc', 'Trajectory'],
];
for (const [name, profile, domainType] of SAMPLES) {
  const path = shared('spec', 'coveragejson-samples', name);
  test(`the structure of ${name}`, { skip: skipWithout(path, 'spec/coveragejson-samples') }, async () => {
    const sample = JSON.parse(readFileSync(path!, 'utf8')) as { coverages: object[]; parameters: object };
    const [from, blocks] = examples[domainType];
    const { json } = await document(profile, from, blocks);
    const own = json as typeof sample;
    for (const part of ['domain', 'mars:metadata'] as const) {
      const of = (d: typeof sample): unknown => structure((d.coverages[0] as Record<string, unknown>)[part]);
      assert.deepEqual(of(own), of(sample), part);
    }
    const ranges = (d: typeof sample): unknown =>
      structure(Object.values((d.coverages[0] as { ranges: object }).ranges)[0]);
    assert.deepEqual(ranges(own), ranges(sample));
    assert.deepEqual(
      structure((own as unknown as { referencing: unknown }).referencing),
      structure((sample as unknown as { referencing: unknown }).referencing),
    );
    assert.deepEqual(structure(Object.values(own.parameters)[0]), structure(Object.values(sample.parameters)[0]));
  });
}

test('keys come in an order that can be streamed, coverages last', async () => {
  const { json } = await document('ecmwf', ...examples.MultiPoint);
  assert.deepEqual(Object.keys(json), ['type', 'domainType', 'parameters', 'referencing', 'coverages']);
});

test('a large area leaves in chunks of bounded size, and every coverage carries the same points', async () => {
  const n = 200_000;
  const many = {
    lat: Float64Array.from({ length: n }, (_, p) => 40 + p * 1e-5),
    lon: Float64Array.from({ length: n }, (_, p) => 300 - p * 1e-5),
  };
  const values = Array.from({ length: n }, (_, p) => p / 7);
  const level = Float64Array.of(0);
  const two = [0, 6].map((step) =>
    block({ type: 'MultiPoint', base: T0, valid: T0, points: many, levels: level }, values, { step }),
  );
  const { chunks, json } = await document('ecmwf', head('MultiPoint', 'sfc'), two);
  const sizes = chunks.map((chunk) => chunk.length);
  // coordinates that are kept for the next coverage, too
  assert.equal(sizes.filter((size) => size > 2 ** 20).length, 0);
  const [a, b] = json['coverages'] as {
    domain: { axes: { composite: { values: number[][] } } };
    ranges: Record<string, { values: number[] }>;
  }[];
  assert.deepEqual(a!.domain.axes.composite.values, b!.domain.axes.composite.values);
  const last = [40 + (n - 1) * 1e-5, -60 - (n - 1) * 1e-5, 0];
  for (const [at, wanted] of last.entries()) {
    assert.ok(Math.abs(a!.domain.axes.composite.values[n - 1]![at]! - wanted) < 1e-8);
  }
  assert.deepEqual(a!.ranges['2t']!.values.map(Math.fround), values.map(Math.fround));
});
