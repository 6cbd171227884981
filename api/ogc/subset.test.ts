import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { asInterval, readAxisList, readSizes } from './subset.js';

it('axes have many names, one meaning', () => {
  const list = readAxisList(
    'subset',
    'Lat(40:50), longitude(-80:-70),pressure(850),time("2025-01-15T00:00:00Z"),realization(1)',
  );
  assert.deepEqual(
    [...list],
    [
      ['y', '40:50'],
      ['x', '-80:-70'],
      ['z', '850'],
      ['t', '2025-01-15T00:00:00Z'],
      ['number', '1'],
    ],
  );
});

it('parts of axes become intervals', () => {
  assert.equal(asInterval('40:50', 'y'), '40/50');
  assert.equal(asInterval('*:50', 'y'), '../50');
  assert.equal(asInterval('850', 'z'), '850');
  for (const [text, expected] of [
    ['2025-01-15T00:00:00Z', '2025-01-15T00:00:00Z'],
    ['2025-01-15T00:00:00Z:2025-01-16T00:00:00Z', '2025-01-15T00:00:00Z/2025-01-16T00:00:00Z'],
    ['2025-01-15T00:00:2025-01-16T00:00', '2025-01-15T00:00/2025-01-16T00:00'],
    ['2025-01-15:2025-01-16', '2025-01-15/2025-01-16'],
    ['*:2025-01-16T00:00:00Z', '../2025-01-16T00:00:00Z'],
    ['2025-01-15T00:00:00Z:*', '2025-01-15T00:00:00Z/..'],
  ] as const) {
    assert.equal(asInterval(text, 't'), expected, text);
  }
});

it('refuses what is no list of axes', () => {
  for (const text of ['Lat', 'Lat(', 'Lat(1),', 'Lat(1) Lon(2)', 'Frog(1)', 'Lat(1),lat(2)', '(1)']) {
    assert.throws(() => readAxisList('subset', text), FeatureError, text);
  }
  assert.deepEqual(
    [...readSizes('scale-size', 'Lon(100),Lat(80)')],
    [
      ['x', 100],
      ['y', 80],
    ],
  );
  for (const text of ['Lon(0)', 'Lon(-1)', 'Lon(x)', 'Lon(1:2)'])
    assert.throws(() => readSizes('scale-size', text), FeatureError, text);
});
