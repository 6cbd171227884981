import assert from 'node:assert/strict';
import { it } from 'node:test';
import { downloadEnd } from './download-end.js';

const LIMITS = { resultTtlSeconds: 3600, downloadTtlSeconds: 60 };
const ENDED = 1_000_000;
const endAt = (seconds: number, limits = LIMITS): number =>
  (downloadEnd({ finishedAt: ENDED, expiresAt: ENDED + 3_600_000 }, limits, ENDED + 1000 * seconds) - ENDED) / 1000;

it('an address given out late is good for at least half the time, at most the whole', () => {
  for (const seconds of [0, 1, 29, 30, 59, 60, 61, 1000, 3000]) {
    const left = endAt(seconds) - seconds;
    assert.ok(left > 30 && left <= 60, `${seconds}: ${left}`);
  }
});

it('polls soon after each other name one address', () => {
  assert.equal(endAt(0), endAt(29));
  assert.equal(endAt(61), endAt(89));
});

it('no address outlives its result; clocks that go back do no harm', () => {
  assert.equal(endAt(3590), 3600);
  assert.equal(endAt(0, { ...LIMITS, downloadTtlSeconds: 86_400 }), 3600);
  assert.equal(endAt(-500), 60);
});
