/** Help for the tests of features: a request around a feature, and what its refusal must say. */
import assert from 'node:assert/strict';
import { FeatureError } from '../schemas/problem.js';
import { parseFeatureRequest } from '../schemas/request.js';
import type { Feature, FeatureRequest } from '../schemas/vocabulary.js';

const keys = { date: '20250115', time: '0000', levtype: 'sfc', param: '2t', step: '0' };

export function request(feature: unknown, changes: Record<string, unknown> = {}, evenOdd = false): FeatureRequest {
  const all = Object.entries({ ...keys, ...changes, feature }).filter(([, value]) => value !== undefined);
  return parseFeatureRequest(Object.fromEntries(all), {
    now: new Date('2025-01-17T09:00:00Z'),
    selfIntersection: evenOdd ? 'evenodd' : 'error',
  });
}

export function parse<T extends Feature['type']>(type: T, members: object, changes: Record<string, unknown> = {}) {
  const { feature } = request({ type, ...members }, changes);
  assert.equal(feature.type, type);
  return feature as Extract<Feature, { type: T }>;
}

export function assertRefused(
  feature: unknown,
  code: string,
  words: readonly string[],
  changes: Record<string, unknown> = {},
): void {
  try {
    request(feature, changes);
  } catch (error) {
    assert.ok(error instanceof FeatureError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words)
      assert.ok(error.message.toLowerCase().includes(word.toLowerCase()), `${word}: ${error.message}`);
    return;
  }
  assert.fail(`accepted: ${JSON.stringify(feature).slice(0, 300)}`);
}
