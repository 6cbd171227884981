import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFinal, isJobId, JOB_STATES, jobIdFrom, jobResultSchema, jobSchema, newJobId, userId } from './job.js';

test('ids are 26 characters and keep all bits', () => {
  assert.equal(jobIdFrom(new Uint8Array(16)), '0'.repeat(26));
  assert.equal(jobIdFrom(new Uint8Array(16).fill(255)), `7${'z'.repeat(25)}`);
  const one = new Uint8Array(16);
  one[15] = 33;
  assert.equal(jobIdFrom(one), `${'0'.repeat(24)}11`);
  const made = new Set(Array.from({ length: 1000 }, newJobId));
  assert.equal(made.size, 1000);
  for (const id of made) assert.ok(isJobId(id), id);
  assert.throws(() => jobIdFrom(new Uint8Array(15)));
  for (const text of [
    '',
    '0'.repeat(25),
    '0'.repeat(27),
    'A'.repeat(26),
    `${'0'.repeat(25)}\n`,
    `${'0'.repeat(26)}\n`,
  ]) {
    assert.ok(!isJobId(text), JSON.stringify(text));
  }
});

test('users of different realms never share an identity', () => {
  assert.notEqual(userId({ realm: 'a/b', name: 'c' }), userId({ realm: 'a', name: 'b/c' }));
  assert.equal(userId({ realm: 'a', name: 'b' }), 'a/b');
});

test('final states', () => {
  assert.deepEqual(
    JOB_STATES.filter((state) => !isFinal(state)),
    ['queued', 'processing'],
  );
});

test('stored jobs are checked', () => {
  const job = {
    version: 1,
    kind: 'extract',
    id: newJobId(),
    user: 'a/b',
    acceptedAt: 1,
    cost: 5,
    collection: 'demo',
    request: { param: '2t' },
  };
  assert.deepEqual(jobSchema.parse(job), job);
  assert.ok(!jobSchema.safeParse({ ...job, version: 2 }).success, 'a version that is not known');
  assert.ok(!jobSchema.safeParse({ ...job, id: '../x' }).success);
  assert.ok(!jobSchema.safeParse({ ...job, extra: 1 }).success);
  assert.ok(jobResultSchema.safeParse({ ok: false, code: 'no_data', message: 'x' }).success);
  assert.ok(!jobResultSchema.safeParse({ ok: false, code: 'nonsense', message: 'x' }).success);
});
