/** Families of parameters, their breaks in every unit, and the colours of the table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binOf, deliveredBreaks, familyOf, type Scale, type Styled, scaleOf, withRange } from './styles.js';

const FIELDS: readonly (readonly [family: string, styled: Styled])[] = [
  ['temperature', { standardName: 'air_temperature', unit: 'degC' }],
  ['temperature', { standardName: 'surface_temperature', unit: 'K' }],
  ['other', { standardName: 'air_potential_temperature', unit: 'K' }],
  ['other', { standardName: 'dew_point_depression', unit: 'degC' }],
  ['wind', { standardName: 'wind_speed', unit: 'kt' }],
  ['component', { standardName: 'eastward_wind', unit: 'm s-1', levtype: 'pl', level: 250 }],
  ['precipitation', { standardName: 'lwe_thickness_of_precipitation_amount', unit: 'm' }],
  ['precipitation-rate', { standardName: 'lwe_precipitation_rate', unit: 'm s-1' }],
  ['cloud', { standardName: 'cloud_area_fraction', unit: '1' }],
  ['cloud', { standardName: 'low_type_cloud_area_fraction', unit: '1' }],
  ['humidity', { standardName: 'relative_humidity', unit: '%' }],
  ['pressure', { standardName: 'air_pressure_at_mean_sea_level', unit: 'Pa' }],
  ['other', { standardName: 'surface_air_pressure', unit: 'hPa' }],
  ['height', { standardName: 'geopotential_height', unit: 'gpm', levtype: 'pl', level: 500 }],
  ['signed', { standardName: 'atmosphere_upward_relative_vorticity', unit: 's-1' }],
  ['other', { unit: 'unknown' }],
];

function check(scale: Scale, name: string): void {
  assert.equal(scale.colours.length, scale.breaks.length + 1, name);
  for (let k = 1; k < scale.breaks.length; k++) assert.ok(scale.breaks[k]! > scale.breaks[k - 1]!, name);
  for (const colour of scale.colours) assert.match(colour, /^#[0-9a-f]{6}$|^none$/, name);
  const real = scale.colours.filter((colour) => colour !== 'none');
  assert.equal(new Set(real).size, real.length, `${name}: each bin has a colour of its own`);
}

describe('styles', () => {
  it('finds the family of a parameter, and a whole scale for it', () => {
    for (const [family, styled] of FIELDS) {
      assert.equal(familyOf(styled), family, styled.standardName);
      check(scaleOf(styled, [3, 47]), `${styled.standardName}`);
    }
    for (const level of [1000, 925, 850, 700, 500, 250, 100, 10, 3]) {
      check(scaleOf({ standardName: 'geopotential_height', unit: 'dam', levtype: 'pl', level }), `height ${level}`);
    }
  });

  it('has temperature edges at multiples of 5 degrees in every unit', () => {
    const celsius = scaleOf({ standardName: 'air_temperature', unit: 'degC' });
    const kelvin = scaleOf({ standardName: 'air_temperature', unit: 'K' });
    assert.deepEqual(celsius.breaks, kelvin.breaks);
    const edges = deliveredBreaks(kelvin);
    celsius.breaks.forEach((edge, n) => {
      assert.equal(Math.abs(edge % 5), 0);
      // a value on the edge, rounded as fields are, belongs above it; the float32 before it does not
      const onEdge = Math.fround(edge + 273.15);
      assert.equal(binOf(edges, onEdge), n + 1);
      assert.equal(binOf(edges, onEdge - 2e-5), n);
      assert.equal(binOf(deliveredBreaks(celsius), edge), n + 1);
    });
    assert.equal(celsius.colours[binOf(deliveredBreaks(celsius), -0.1)], '#d3ecf4');
    assert.equal(celsius.colours[binOf(deliveredBreaks(celsius), 0)], '#fbf0c4');
  });

  it('doubles winds aloft, and follows the level of heights', () => {
    const near = scaleOf({ standardName: 'wind_speed', unit: 'm s-1', levtype: 'sfc' });
    const aloft = scaleOf({ standardName: 'wind_speed', unit: 'm s-1', levtype: 'pl', level: 250 });
    assert.deepEqual(
      aloft.breaks,
      near.breaks.map((value) => 2 * value),
    );
    const height = scaleOf({ standardName: 'geopotential_height', unit: 'dam', levtype: 'pl', level: 500 });
    assert.deepEqual([height.breaks[0], height.breaks.at(-1), height.contours.step], [486, 594, 6]);
  });

  it('covers the range of anything else with nice breaks', () => {
    for (const range of [
      [0, 1],
      [-3, 11],
      [97_300, 103_900],
      [1e-7, 4e-6],
      [5, 5],
      [Number.NaN, Number.NaN],
    ] as const) {
      const scale = scaleOf({ unit: 'unknown' }, range);
      check(scale, String(range));
      assert.equal(scale.breaks.length, 11);
      const step = scale.breaks[1]! - scale.breaks[0]!;
      if (range[1] > range[0])
        assert.ok(scale.breaks.at(-1)! >= range[1] - step && scale.breaks[0]! <= range[0] + step);
    }
  });

  it('spreads its colours over an asked range', () => {
    const scale = withRange(scaleOf({ standardName: 'air_temperature', unit: 'K' }), -10, 10, 5);
    check(scale, 'asked');
    assert.deepEqual(scale.breaks, [-10, -10 + 20 / 3, -10 + 40 / 3, 10]);
  });
});
