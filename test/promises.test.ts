/** The table of promises and faults is complete, and every test that it names is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './paths.js';

const PROMISES = 14;
const FAULTS = 20;
const rows = [...readFileSync(join(root, 'docs', 'promises.md'), 'utf8').matchAll(/^\| ([PF]\d+) \|.*\| (.*) \|$/gm)];

test('every promise and every fault has a row with a test', () => {
  const expected = [
    ...Array.from({ length: PROMISES }, (_, n) => `P${n + 1}`),
    ...Array.from({ length: FAULTS }, (_, n) => `F${n + 1}`),
  ];
  assert.deepEqual(
    rows.map(([, number]) => number),
    expected,
  );
  for (const [, number, tests = ''] of rows) {
    const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file!);
    assert.ok(files.length > 0, `${number} has no test`);
    for (const file of files) assert.ok(existsSync(join(root, file)), `${number}: ${file} is not there`);
  }
});
