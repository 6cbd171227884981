import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { readBbox, readDatetime, readNames, readNumbers } from './choices.js';

const ms = (text: string): number => Date.parse(text);
const refused = (work: () => unknown, key: string): void =>
  assert.throws(
    work,
    (error: unknown) => error instanceof FeatureError && error.code === 'bad_value' && error.message.startsWith(key),
  );

describe('datetime', () => {
  it('chooses instants, lists and closed intervals', () => {
    const six = ms('2025-01-15T06:00:00Z');
    const hour = 3_600_000;
    const cases: readonly (readonly [text: string, ...hours: number[]])[] = [
      ['2025-01-15T06:00:00Z', 0],
      ['2025-01-15T06:00Z', 0],
      ['2025-01-15T01:00:00-05:00', 0],
      ['2025-01-15T05:00:00Z,2025-01-15T07:00:00Z', -1, 1],
      ['2025-01-15T05:00:00Z/2025-01-15T07:00:00Z', -1, 0, 1],
      ['../2025-01-15T05:00:00Z', -2, -1],
      ['2025-01-15T07:00:00Z/..', 1, 2],
      ['../..', -2, -1, 0, 1, 2],
      ['R2/2025-01-15T05:00:00Z/PT2H', -1, 1],
      ['2025-01-15', -2, -1, 0, 1, 2],
      ['2025-01-14/2025-01-15', -2, -1, 0, 1, 2],
      ['2025-01-15T05:00:00Z/PT2H', -1, 0, 1],
      ['PT1H/2025-01-15T06:00:00Z', -1, 0],
      // an address turns a plus sign that is not escaped into a blank
      ['2025-01-15T08:00:00 02:00', 0],
    ];
    for (const [text, ...hours] of cases) {
      const choice = readDatetime(text)!;
      assert.deepEqual(
        [-2, -1, 0, 1, 2].filter((offset) => choice(six + offset * hour)),
        hours,
        text,
      );
    }
    assert.equal(readDatetime(undefined), undefined);
  });

  it('refuses what is no time and intervals that end before they start', () => {
    for (const text of [
      '',
      'now',
      '2025-13-01',
      '2025-02-30',
      '2025-01-15T25:00:00Z',
      '2025-01-16/2025-01-15',
      'a/b/c/d',
      'R0/2025-01-15T00:00:00Z/PT1H',
      'R2/2025-01-15T00:00:00Z/1H',
      '2025-01-15T06:00:00Z,',
      'PT1H/PT1H',
      '../PT1H',
      'PT1H/..',
      'PT1H',
    ]) {
      refused(() => readDatetime(text), 'datetime');
    }
  });
});

describe('numbers', () => {
  it('chooses values, lists and intervals in either order', () => {
    const levels = [1000, 850, 500, 250];
    const cases: readonly (readonly [text: string, ...levels: number[]])[] = [
      ['850', 850],
      ['850.0', 850],
      ['1000,250', 1000, 250],
      ['250/850', 850, 500, 250],
      ['850/250', 850, 500, 250],
      ['../500', 500, 250],
      ['500/..', 1000, 850, 500],
      ['../..', 1000, 850, 500, 250],
      ['R3/250/250', 500, 250],
    ];
    for (const [text, ...expected] of cases) {
      assert.deepEqual(levels.filter(readNumbers('z', text)!), expected, text);
    }
    assert.deepEqual([0.995, 0.99499998].map(readNumbers('z', '0.995')!), [true, true]);
  });

  it('refuses what is no number', () => {
    for (const text of ['', 'x', '1,', '1/2/3', 'R/1/2', '1e999x', 'NaN']) refused(() => readNumbers('z', text), 'z');
  });
});

describe('names and boxes', () => {
  it('splits names and refuses empty ones', () => {
    assert.deepEqual(readNames('properties', ' TT, UU,TT'), ['TT', 'UU']);
    refused(() => readNames('properties', 'TT,,UU'), 'properties');
  });

  it('reads boxes of four and six numbers, across the date line too', () => {
    assert.deepEqual(readBbox('-75,45,-73,46'), { west: -75, south: 45, east: -73, north: 46 });
    assert.deepEqual(readBbox('170,-10,-170,10'), { west: 170, south: -10, east: 190, north: 10 });
    const { levels, ...box } = readBbox('-75,45,500,-73,46,850');
    assert.deepEqual(box, { west: -75, south: 45, east: -73, north: 46 });
    assert.deepEqual([1000, 850, 700, 500, 250].filter(levels!), [850, 700, 500]);
    for (const text of ['', '1,2,3', '1,2,3,4,5', '0,10,1,-10', '0,-95,1,0', '0,0,x,1', '-900,0,0,1'])
      refused(() => readBbox(text), 'bbox');
  });
});
