import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boxesOf } from './plume-boxes.js';

const HOUR = 3_600_000;

describe('boxes of an ensemble', () => {
  it('stand at the end of their interval and hold all members within it', () => {
    const times = [0, 3, 6, 9, 12].map((hour) => hour * HOUR);
    const members = Array.from({ length: 11 }, (_, n) => ({ times, values: times.map(() => n) }));
    const boxes = boxesOf({ members }, 6 * HOUR);
    assert.deepEqual(
      boxes.map(({ to }) => to / HOUR),
      [0, 6, 12],
    );
    // two times of eleven members: each of 0..10 twice, quantiles between neighbours in rank
    assert.deepEqual(boxes[1]!.numbers, [0, 1, 2.25, 5, 7.75, 9, 10]);
  });

  it('leave missing values out', () => {
    const members = [{ times: [HOUR, 2 * HOUR], values: [Number.NaN, 4] }];
    assert.deepEqual(boxesOf({ members }, 6 * HOUR), [{ to: 6 * HOUR, numbers: [4, 4, 4, 4, 4, 4, 4] }]);
  });
});
