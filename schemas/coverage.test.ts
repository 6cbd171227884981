import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shared, skipWithout } from '../test/paths.js';
import { coverageCollectionSchema, profileOf } from './coverage.js';

const samples = shared('spec', 'coveragejson-samples');

test('samples of both profiles are accepted and told apart', { skip: skipWithout(samples, 'the samples') }, () => {
  const names = readdirSync(samples!).filter((name) => name.endsWith('.json'));
  assert.ok(names.length >= 10);
  for (const name of names) {
    const document = coverageCollectionSchema.parse(JSON.parse(readFileSync(join(samples!, name), 'utf8')));
    assert.equal(profileOf(document), name.startsWith('ogc') ? 'ogc' : 'ecmwf', name);
  }
});

test('a small document, and a broken one', () => {
  const range = { type: 'NdArray', dataType: 'float', axisNames: ['t'], shape: [1], values: [null] };
  const domain = { type: 'Domain', axes: { t: { values: ['2025-01-15T00:00:00Z'] }, latitude: { values: [45] } } };
  const parameters = { TT: { type: 'Parameter', observedProperty: { id: 'TT', label: { en: 'Air temperature' } } } };
  const document = {
    type: 'CoverageCollection',
    parameters,
    coverages: [{ type: 'Coverage', domain, ranges: { TT: range } }],
  };
  assert.equal(coverageCollectionSchema.parse(document).coverages[0]!.ranges['TT']!.values[0], null);
  assert.ok(!coverageCollectionSchema.safeParse({ ...document, coverages: [{ type: 'Coverage', domain }] }).success);
});
