import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fittingStride } from '../request/fitting.js';
import type { AreaField } from './area-data.js';
import { groundOf, groundPath } from './ground-path.js';
import { barbsOf, frameOf, sectionOf } from './section.js';
import { withHours, withLevel } from './track-edit.js';

/** Three places on the equator, a degree apart, at two levels. */
const FIELD: AreaField = {
  time: 0,
  member: -1,
  lat: new Float64Array(6),
  lon: Float64Array.of(0, 1, 2, 0, 1, 2),
  level: Float64Array.of(500, 500, 500, 1000, 1000, 1000),
  times: new Float64Array(6),
  values: Float32Array.of(1, 2, 3, 4, 5, 6),
  unit: 'Cel',
  wind: { u: new Float32Array(6).fill(10), v: new Float32Array(6), unit: 'm/s' },
};
const PLACE = { left: 0, top: 0, width: 222.4, height: 100 };

describe('a cross-section', () => {
  it('has rows from below, and knots', () => {
    const section = sectionOf(FIELD);
    assert.deepEqual(section.levels, [1000, 500]);
    assert.deepEqual(section.values, [
      [4, 5, 6],
      [1, 2, 3],
    ]);
    assert.ok(Math.abs(section.km[2]! - 222.4) < 0.1);
    assert.ok(Math.abs(section.wind!.u[0]![0]! - 19.44) < 0.01);
  });

  it('is linear in pressure or in its logarithm', () => {
    const section = sectionOf(FIELD);
    const [plain, log] = [frameOf(section, PLACE, false), frameOf(section, PLACE, true)];
    assert.equal(plain.y(750), 50);
    assert.ok(Math.abs(log.y(Math.sqrt(500 * 1000)) - 50) < 1e-9);
    for (const { y, levelAt } of [plain, log]) assert.ok(Math.abs(y(levelAt(0.3)) - 30) < 1e-9);
  });

  it('has no barbs below the ground', () => {
    const section = sectionOf(FIELD);
    const frame = frameOf(section, PLACE, false);
    assert.equal(barbsOf(section, frame, () => true).length, 2);
    const above = barbsOf(section, frame, (_km, level) => level <= 900);
    assert.equal(above.length, 1);
    assert.match(above[0]!.transform, /rotate\(270\.0\)/);
  });

  it('draws the ground where it reaches into the section', () => {
    const frame = frameOf(sectionOf(FIELD), PLACE, false);
    assert.equal(groundPath({ km: [0, 200], pressure: [1010, 1020] }, frame), '');
    assert.equal(
      groundPath({ km: [0, 222.4], pressure: [1010, 900] }, frame),
      'M0.0 100L0.0 100.0L222.4 80.0L222.4 100Z',
    );
  });

  it('reads the ground from a trajectory, in Pa or hPa', () => {
    const answer = (symbol: string, values: readonly number[]) => ({
      type: 'Coverage',
      parameters: { P0: { type: 'Parameter', unit: { symbol: { value: symbol } } } },
      domain: {
        type: 'Domain',
        domainType: 'Trajectory',
        axes: {
          composite: {
            dataType: 'tuple',
            coordinates: ['t', 'x', 'y'],
            values: [
              ['2026-11-21T06:00:00Z', 0, 0],
              ['2026-11-21T09:00:00Z', 1, 0],
            ],
          },
        },
      },
      ranges: { P0: { type: 'NdArray', dataType: 'float', axisNames: ['composite'], shape: [2], values } },
    });
    for (const document of [answer('hPa', [1000, 900]), answer('Pa', [100_000, 90_000])]) {
      const { km, pressure } = groundOf(document, 'P0');
      assert.deepEqual(pressure, [1000, 900]);
      assert.ok(Math.abs(km[1]! - 111.2) < 0.1);
    }
  });
});

describe('the vertices of a track', () => {
  const track = {
    kind: 'track',
    vertices: [
      { at: [0, 0], hours: 0 },
      { at: [0, 4], hours: 1 },
    ],
    levels: [1000, 500],
  } as const;

  it('take hours that are numbers', () => {
    assert.deepEqual(
      withHours(track, [3, 4.5])?.vertices.map(({ hours }) => hours),
      [3, 4.5],
    );
    assert.equal(withHours(track, [Number.NaN, 1]), undefined);
    assert.equal(withHours(track, [-1, 1]), undefined);
  });

  it('take levels in the order of the collection, and keep one', () => {
    assert.deepEqual(withLevel(track, 850, [1000, 850, 500]).levels, [1000, 850, 500]);
    const one = withLevel(track, 1000, [1000, 850, 500]);
    assert.deepEqual(one.levels, [500]);
    assert.deepEqual(withLevel(one, 500, [1000, 850, 500]).levels, [500]);
  });
});

describe('a request that is too large', () => {
  const sentence = (values: number, limit: number): string =>
    `The request asks for 25 fields at 40 points, ${values} values, over the limit of ${limit}; ask for fewer steps.`;

  it('fits with every nth of its steps, where one step fits', () => {
    assert.equal(fittingStride(sentence(1000, 500), 25, 25), 3);
    assert.equal(fittingStride(sentence(1000, 520), 25, 25), 2);
    assert.equal(fittingStride(sentence(1000, 39), 25, 25), undefined);
    assert.equal(fittingStride('The service is full.', 25, 25), undefined);
  });
});
