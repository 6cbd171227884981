import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupRows } from './row-groups.js';

describe('groupRows', () => {
  it('numbers rows that agree in every column, in order of appearance', () => {
    const a = [1, 2, 1, 1, 2, -1];
    const b = [0, Number.NaN, 0, 5, Number.NaN, 0];
    const { group, first } = groupRows([a, b], 6);
    assert.deepEqual(
      [[...group], first],
      [
        [0, 1, 0, 2, 1, 3],
        [0, 1, 3, 5],
      ],
    );
    assert.deepEqual(groupRows([a], 0).first, []);
  });

  it('agrees with a map of texts on many rows', () => {
    const columns = [7, 13, 5].map((of) => Int32Array.from({ length: 3000 }, (_, row) => (row * row) % of));
    const { group } = groupRows(columns, 3000);
    const numbers = new Map<string, number>();
    for (let row = 0; row < 3000; row++) {
      const key = columns.map((column) => column[row]).join();
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      assert.equal(group[row], numbers.get(key));
    }
  });
});
