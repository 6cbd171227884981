/** The text formats of EDR over one small answer: the same values in each, and what makes each valid. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ParamRef } from '../schemas/vocabulary.js';
import { writeCsv } from './csv.js';
import { writeGeojson } from './geojson.js';
import { type OgcAnswer, type OgcCoverage, placesOf, rangeAxes } from './ogc-coverage.js';
import { writeOgcCovjson } from './ogc-covjson.js';

const TT: ParamRef = {
  name: 'TT',
  nomvar: 'TT',
  standardName: 'air_temperature',
  description: 'Température',
  unit: 'degC',
  scale: 1,
  offset: 0,
};
const UU: ParamRef = { name: 'UU', nomvar: 'UU', description: 'Wind, "X"', unit: 'kt', scale: 1, offset: 0 };
const SIX = Date.UTC(2025, 0, 15, 6);
const HOUR = 3_600_000;

const series: OgcCoverage = {
  metadata: { number: 0 },
  domain: {
    type: 'PointSeries',
    x: Float64Array.of(286.5),
    y: Float64Array.of(45.5),
    t: Float64Array.of(SIX, SIX + HOUR),
  },
  ranges: [
    { param: TT, values: Float32Array.of(1.1, Number.NaN) },
    { param: UU, values: Float32Array.of(-3, 0.1) },
  ],
};
const grid: OgcCoverage = {
  metadata: { number: 0 },
  domain: {
    type: 'Grid',
    x: Float64Array.of(-75, -74),
    y: Float64Array.of(45),
    z: Float64Array.of(850, 500),
    t: Float64Array.of(SIX),
  },
  ranges: [{ param: TT, values: Float32Array.of(1, 2, 3, 4) }],
};
const points: OgcCoverage = {
  metadata: { number: 0 },
  domain: {
    type: 'MultiPoint',
    t: Float64Array.of(SIX),
    composite: { x: Float64Array.of(180, -74), y: Float64Array.of(45, 46) },
  },
  ranges: [{ param: TT, values: Float32Array.of(1, 2) }],
};
const answer = (...coverages: OgcCoverage[]): OgcAnswer => ({
  params: [TT, UU],
  integers: new Set(),
  levtype: 'sfc',
  coverages,
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('places', () => {
  it('follow the order of the values', () => {
    assert.deepEqual(rangeAxes(grid.domain), { names: ['t', 'z', 'y', 'x'], shape: [1, 2, 1, 2] });
    assert.deepEqual(
      [...placesOf(grid)].map(({ x, z, index }) => [x, z, index]),
      [
        [-75, 850, 0],
        [-74, 850, 1],
        [-75, 500, 2],
        [-74, 500, 3],
      ],
    );
    assert.deepEqual(rangeAxes(points.domain), { names: ['composite'], shape: [2] });
  });
});

describe('CSV', () => {
  it('is one table; missing values are empty, texts quoted', () => {
    const lines = text(writeCsv(answer(series))).split('\n');
    assert.deepEqual(lines, [
      'x,y,t,TT [Cel],UU [[kn_i]]',
      '-73.5,45.5,2025-01-15T06:00:00Z,1.1,-3.0',
      '-73.5,45.5,2025-01-15T07:00:00Z,,0.1',
      '',
    ]);
    assert.equal(text(writeCsv(answer(grid))).split('\n')[3], '-75.0,45.0,500,2025-01-15T06:00:00Z,3.0,');
  });

  it('tells members apart and takes comments only when asked', () => {
    const other = { ...series, metadata: { number: 7 } };
    const [head, first] = text(writeCsv(answer(series, other))).split('\n');
    assert.deepEqual(
      [head, first],
      ['x,y,t,number,TT [Cel],UU [[kn_i]]', '-73.5,45.5,2025-01-15T06:00:00Z,0,1.1,-3.0'],
    );
    assert.match(text(writeCsv(answer(series), ['two\nlines'])), /^# two lines\nx,y/);
  });
});

describe('EDR-GeoJSON', () => {
  it('has a feature a place and time with the values under their names', () => {
    const document = JSON.parse(text(writeGeojson(answer(series), 'http://h/edr/q?x=1'))) as {
      features: { id: string; geometry: object; properties: Record<string, unknown> }[];
      parameters: { id: string; description: string; observedProperty: { label: string } }[];
    };
    assert.deepEqual(
      document.parameters.map(({ id, description, observedProperty }) => [id, description, observedProperty.label]),
      [
        ['TT', 'Température', 'Température'],
        ['UU', 'Wind, "X"', 'Wind, "X"'],
      ],
    );
    assert.deepEqual(
      document.features.map(({ properties }) => [properties['datetime'], properties['TT'], properties['UU']]),
      [
        ['2025-01-15T06:00:00Z', 1.1, -3],
        ['2025-01-15T07:00:00Z', null, 0.1],
      ],
    );
    assert.deepEqual(document.features[0]!.geometry, { type: 'Point', coordinates: [-73.5, 45.5] });
    assert.equal(new Set(document.features.map(({ id }) => id)).size, 2);
  });
});

describe('CoverageJSON', () => {
  it('is a Coverage when there is one, a CoverageCollection of several', () => {
    const one = JSON.parse(text(writeOgcCovjson(answer(series)))) as {
      type: string;
      parameters: Record<string, { description: { en: string }; unit: { symbol: { value: string } } }>;
    };
    assert.equal(one.type, 'Coverage');
    assert.equal(one.parameters['TT']!.description.en, 'Température');
    assert.equal(one.parameters['UU']!.unit.symbol.value, '[kn_i]');
    const both = JSON.parse(text(writeOgcCovjson(answer(series, grid)))) as {
      type: string;
      domainType?: string;
      coverages: object[];
    };
    assert.deepEqual([both.type, both.domainType, both.coverages.length], ['CoverageCollection', undefined, 2]);
    assert.throws(() => writeOgcCovjson(answer()));
  });

  it('keeps longitudes within half a turn and writes no token that JSON lacks', () => {
    const document = text(writeOgcCovjson(answer(series, points)));
    assert.doesNotMatch(document, /NaN|Infinity/);
    const { coverages } = JSON.parse(document) as {
      coverages: {
        domain: { axes: Record<string, { values: unknown[] }> };
        ranges: Record<string, { values: unknown[] }>;
      }[];
    };
    assert.deepEqual(coverages[0]!.domain.axes['x']!.values, [-73.5]);
    assert.deepEqual(coverages[0]!.ranges['TT']!.values, [1.1, null]);
    assert.deepEqual(coverages[1]!.domain.axes['composite']!.values, [
      [-180, 45],
      [-74, 46],
    ]);
  });
});
