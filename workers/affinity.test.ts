/** Runs spread over processes, stay where they are, and move only with their process. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { preferred, runOfJob } from './affinity.js';

const KEYS = Array.from({ length: 2000 }, (_, n) => `demo ["2025${String(n).padStart(4, '0')}","0000"]`);
const self = (id: number): number => id;

describe('affinity', () => {
  it('spreads runs evenly', () => {
    const ids = [1, 2, 3, 4];
    const counts = new Map<number, number>();
    for (const key of KEYS) {
      const id = preferred(key, ids, self)!;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const id of ids) assert.ok(Math.abs(counts.get(id)! - 500) < 100, `${id}: ${counts.get(id)}`);
  });

  it('moves only the runs of a process that goes', () => {
    for (const key of KEYS) {
      const before = preferred(key, [1, 2, 3, 4], self);
      const after = preferred(key, [4, 1, 3], self);
      if (before !== 2) assert.equal(after, before);
    }
    assert.equal(preferred('any', [], self), undefined);
  });

  it('takes jobs on the same base times together, whatever else they ask', () => {
    const base = { version: 1, kind: 'extract', id: '0'.repeat(26), user: 'a/b', acceptedAt: 0, cost: 1 } as const;
    const job = (request: Record<string, unknown>) => ({ ...base, collection: 'demo', request });
    const one = runOfJob(job({ date: '20250115', time: '0000', param: 't' }));
    assert.equal(runOfJob(job({ date: '20250115', time: '0000', param: 'q' })), one);
    assert.notEqual(runOfJob(job({ date: '20250116', time: '0000', param: 't' })), one);
  });
});
