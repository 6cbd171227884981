import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { fc } from '../../test/fast-check.js';
import { parseWkt } from './wkt.js';

describe('well-known text', () => {
  it('reads points, one and several, with and without their own parentheses', () => {
    assert.deepEqual(parseWkt('POINT(-73.5 45.5)', 'points').points, [{ lon: -73.5, lat: 45.5 }]);
    assert.deepEqual(parseWkt(' point ( 1e1 -.5 ) ', 'points').points, [{ lon: 10, lat: -0.5 }]);
    const both = [
      { lon: 1, lat: 2 },
      { lon: 3, lat: 4 },
    ];
    assert.deepEqual(parseWkt('MULTIPOINT(1 2,3 4)', 'points').points, both);
    assert.deepEqual(parseWkt('MULTIPOINT((1 2),(3 4))', 'points').points, both);
  });

  it('reads levels and times of lines, however the letters are set', () => {
    for (const name of ['LINESTRINGZM', 'LINESTRING ZM', 'linestring zm']) {
      const [line] = parseWkt(`${name}(1 2 500 60,3 4 850 120)`, 'lines').lines;
      assert.deepEqual(line, [
        { lon: 1, lat: 2, z: 500, m: 60 },
        { lon: 3, lat: 4, z: 850, m: 120 },
      ]);
    }
    assert.deepEqual(parseWkt('LINESTRINGM(1 2 60,3 4 120)', 'lines').lines[0]![0], { lon: 1, lat: 2, m: 60 });
    assert.deepEqual(parseWkt('LINESTRING(1 2 500,3 4 850)', 'lines').lines[0]![0], { lon: 1, lat: 2, z: 500 });
    assert.equal(parseWkt('MULTILINESTRING((1 2,3 4),(5 6,7 8))', 'lines').lines.length, 2);
  });

  it('reads polygons with their holes', () => {
    const ring = '(0 0,9 0,9 9,0 9,0 0)';
    const hole = '(2 2,3 2,3 3,2 2)';
    assert.deepEqual(
      parseWkt(`POLYGON(${ring},${hole})`, 'polygons').polygons.map((rings) => rings.length),
      [2],
    );
    const many = parseWkt(`MULTIPOLYGON((${ring},${hole}),(${ring}))`, 'polygons').polygons;
    assert.deepEqual(
      many.map((rings) => rings.length),
      [2, 1],
    );
  });

  it('refuses what is empty, cut short, out of range or of another kind, and says what it needs', () => {
    const wrong = [
      '',
      'POINT',
      'POINT()',
      'POINT EMPTY',
      'POINT(1)',
      'POINT(1 2',
      'POINT(1 2))',
      'POINT(1,2)',
      'POINT(a b)',
      'POINT(1 2 3 4)',
      'POINT(1 91)',
      'POINT(721 0)',
      'POINT(NaN 0)',
      'POINT(1 2,3 4)',
      'LINESTRING(1 2,3 4)',
      'CIRCLE(1 2)',
    ];
    for (const text of wrong) {
      assert.throws(
        () => parseWkt(text, 'points'),
        (error: unknown) =>
          error instanceof FeatureError && error.code === 'bad_shape' && /POINT\(-73\.6 45\.5\)/.test(error.message),
        text,
      );
    }
    assert.throws(() => parseWkt('LINESTRINGM(1 2,3 4)', 'lines'), /longitude, latitude, time/);
  });

  it('gives back every point that is written', () => {
    const coordinate = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate(720), coordinate(90)), { minLength: 1, maxLength: 20 }), (points) => {
        const text = `MULTIPOINT(${points.map((point) => point.join(' ')).join(',')})`;
        const read = parseWkt(text, 'points').points.map(({ lon, lat }) => [lon, lat]);
        assert.deepEqual(
          read,
          points.map((point) => point.map((value) => Number(String(value)))),
        );
      }),
    );
  });

  it('never fails with anything but a refusal', () => {
    const piece = fc.constantFrom(
      'POINT',
      'Z',
      'M',
      '(',
      ')',
      ',',
      ' ',
      '1',
      '-2.5',
      'x',
      'MULTI',
      'POLYGON',
      'LINESTRING',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.constantFrom('points' as const, 'lines' as const, 'polygons' as const),
        (pieces, kind) => {
          try {
            parseWkt(pieces.join(''), kind);
          } catch (error) {
            assert.ok(error instanceof FeatureError);
          }
        },
      ),
    );
  });
});
