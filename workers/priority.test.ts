import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { priorityOf } from './priority.js';

describe('priority', () => {
  it('puts small before big, also behind the big ones of the same user', () => {
    const big = Array.from({ length: 1000 }, () => 1e7);
    assert.ok(priorityOf(10, big) < priorityOf(1e6, []));
  });

  it('puts the first job of a user before the second of another', () => {
    assert.ok(priorityOf(100, []) < priorityOf(100, [100]));
  });

  it('does not let a stream of small jobs pass a big one for ever', () => {
    const waiting = Array.from({ length: 2000 }, () => 10);
    assert.ok(priorityOf(1e7, []) < priorityOf(10, waiting));
  });

  it('stays within what BullMQ takes', () => {
    for (const cost of [0, 1, 1e300, Number.MAX_VALUE]) {
      const priority = priorityOf(
        cost,
        Array.from({ length: 5000 }, () => 0),
      );
      assert.ok(Number.isInteger(priority) && priority >= 1 && priority < 2 ** 21);
    }
  });
});
