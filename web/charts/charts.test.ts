import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nights, solarElevation } from '../geo/solar.js';
import { blockSums, deaccumulate, histogram, niceTicks, quantiles, summarise, windOf } from '../model/stats.js';
import { barbOf } from './barb.js';
import {
  condensationLevel,
  dewPointOf,
  dewPointOfRelative,
  dryAdiabat,
  mixingLine,
  mixingRatio,
  saturatedAdiabat,
  saturation,
} from './thermo.js';

const near = (one: number, other: number, by: number): void =>
  assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);

describe('numbers', () => {
  it('takes quantiles of what is there', () => {
    assert.deepEqual(quantiles([3, Number.NaN, 1, 2, 4, 5], [0, 0.25, 0.5, 1]), [1, 2, 3, 5]);
    assert.ok(Number.isNaN(quantiles([], [0.5])[0]!));
  });

  it('takes amounts out of sums, never below nothing', () => {
    const hour = 3_600_000;
    const amounts = deaccumulate([0, hour, 2 * hour, 6 * hour, 7 * hour], [0, 1, 0.5, 2.5, 3]);
    assert.deepEqual(
      amounts.map(({ value }) => value),
      [1, 0, 2, 0.5],
    );
    assert.deepEqual(blockSums(amounts, 6 * hour), [{ from: 0, to: 6 * hour, value: 3 }]);
  });

  it('summarises with weights and counts bins', () => {
    const { count, missing, mean } = summarise([1, 3, Number.NaN], [3, 1, 9]);
    assert.deepEqual([count, missing, mean], [2, 1, 1.5]);
    assert.deepEqual(histogram([-1, 0, 4.9, 5, 7], [0, 5]), [1, 2, 2]);
  });

  it('tells where wind comes from', () => {
    near(windOf(0, -5).from, 0, 1e-9);
    near(windOf(-5, 0).from, 90, 1e-9);
    near(windOf(3, 4).speed, 5, 1e-12);
  });

  it('finds round numbers', () => {
    assert.deepEqual(niceTicks(-17, 4), [-15, -10, -5, 0]);
    assert.deepEqual(niceTicks(3, 3), [3]);
  });
});

describe('barbs', () => {
  it('counts feathers as the speed is rounded', () => {
    const feathers = (knots: number): number => barbOf(knots, 20).strokes.split('M').length - 2;
    assert.equal(barbOf(2.4, 20).calm, true);
    assert.equal(feathers(5), 1);
    assert.equal(feathers(17.4), 2);
    assert.equal(feathers(27.6), 3);
    const strong = barbOf(65, 20);
    assert.equal(strong.pennants.split('Z').length - 1, 1);
    assert.equal(strong.strokes.split('M').length - 2, 2);
    assert.notEqual(barbOf(10, 20, true).strokes, barbOf(10, 20).strokes);
  });
});

describe('thermodynamics', () => {
  it('knows saturation and its inverse', () => {
    near(saturation(0), 6.112, 1e-9);
    near(saturation(20), 23.37, 0.05);
    near(dewPointOf(saturation(-12.3)), -12.3, 1e-9);
    near(dewPointOfRelative(0.5, 20), 9.26, 0.05);
  });

  it('follows adiabats', () => {
    near(dryAdiabat(300, 1000), 26.85, 1e-9);
    near(dryAdiabat(300, 500), -27.1, 0.2);
    const moist = saturatedAdiabat(20, [1000, 850, 700, 500]);
    // pseudo-adiabat of 20 degrees (theta-w = 20): 13.8 at 850, 6.0 at 700, -9.1 at 500 within the accuracy of a chart
    near(moist[1]!, 14, 0.6);
    near(moist[2]!, 6.4, 0.9);
    near(moist[3]!, -8.6, 1.2);
    near(mixingLine(mixingRatio(12, 900), 900), 12, 1e-6);
    near(condensationLevel(25, 15, 1000), 867, 6);
  });
});

describe('the sun', () => {
  it('stands where almanacs say', () => {
    near(solarElevation(Date.UTC(2025, 2, 20, 12, 7), [0, 0]), 90, 0.6);
    near(solarElevation(Date.UTC(2025, 5, 21, 12, 0), [51.48, 0]), 61.95, 0.2);
  });

  it('sets and rises in Montreal in January', () => {
    const day = Date.UTC(2025, 0, 16, 12);
    const [night] = nights(day, day + 24 * 3_600_000, [45.5, -73.57]).slice(-1);
    // sunset 16:40 EST, sunrise 07:30 EST
    near((night![0] - day) / 3_600_000, 9.7, 0.2);
  });
});
