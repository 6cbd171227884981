/** Lines of the benchmark and what is made of them: names, verdicts, tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownReport } from './report.js';
import { type BenchRow, keyOf, linesOf } from './row.js';
import { verdictsOf } from './targets.js';

const timing = { medianMs: 2, minMs: 1, n: 9 };
const measured = { row: 'W1', data: 'u', values: 240, checked: true, sum: 1 } as const;
const lines = (peer: string, ms: number, checked = true): BenchRow[] =>
  linesOf({ ...measured, checked }, 'opened', 'covjson', timing, [{ name: peer, ms }]);

test('a line a peer, with its ratio; one without when there is none', () => {
  const both = linesOf(measured, 'opened', 'values', timing, [
    { name: 'a', ms: 8 },
    { name: 'b', ms: 1 },
  ]);
  assert.deepEqual(
    both.map(({ peer, ratio, side }) => [peer, ratio, side]),
    [
      ['a', 4, 'none'],
      ['b', 0.5, 'none'],
    ],
  );
  assert.equal(linesOf(measured, 'cold', 'values', timing)[0]!.ratio, null);
});

test('a row keeps its name when the version of its peer changes', () => {
  assert.equal(keyOf(lines('gribjump 0.13.1', 1)[0]!), keyOf(lines('gribjump 0.14', 1)[0]!));
  assert.notEqual(keyOf(lines('gribjump 0.13.1', 1)[0]!), keyOf(lines('fstd2nc 0.13.1', 1)[0]!));
});

test('a target is met, missed, wrong or not measured, by the worst of its rows', () => {
  const verdict = (rows: readonly BenchRow[]): string | undefined =>
    verdictsOf(rows).find(({ name, wanted }) => name === 'W1-u' && wanted.includes('gribjump'))?.verdict;
  assert.equal(verdict([]), 'not measured');
  assert.equal(verdict(lines('gribjump 0.13.1', 12)), 'met');
  assert.equal(verdict(lines('gribjump 0.13.1', 11.9)), 'missed');
  assert.equal(verdict([...lines('gribjump 1', 12), ...lines('gribjump 1', 2)]), 'missed');
  assert.equal(verdict(lines('gribjump 0.13.1', 12, false)), 'wrong answer');
  const memory = { ...lines('allowed memory', 1)[0]!, row: 'W3-memory' };
  const found = verdictsOf([memory]).find(({ name }) => name === 'memory, W1-W5');
  assert.deepEqual([found?.verdict, found?.figure], ['missed', 0.5]);
});

test('the report has a line a target and a line a row, and marks wrong answers', () => {
  const rows = [...lines('gribjump 0.13.1', 12), ...lines('pread floor', 1, false)];
  const text = markdownReport(rows, 'npm run bench', 0.5);
  assert.ok(text.includes('| W1-u | >= 6 x gribjump | 6 |'));
  assert.equal(text.split('WRONG ANSWER').length, 2);
  assert.equal(
    text
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('| W1 |')).length,
    2,
  );
});
