/** Budgets: order of service, passing by small requests, aborts, and that nothing is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../test/fast-check.js';
import { Budget, checkFits } from './budget.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('requests that fit are served at once, others in their order', async () => {
  const budget = new Budget(100);
  const first = await budget.acquire(80);
  const served: string[] = [];
  const second = budget.acquire(60).then((release) => {
    served.push('second');
    return release;
  });
  const third = budget.acquire(60).then((release) => {
    served.push('third');
    return release;
  });
  await settle();
  assert.deepEqual(served, []);
  first();
  first();
  (await second)();
  (await third)();
  assert.deepEqual(served, ['second', 'third']);
  assert.equal(budget.free, 100);
});

test('small requests pass a large one that waits, but not for ever', async () => {
  const budget = new Budget(100);
  const holder = await budget.acquire(50);
  let isServed = false;
  const large = budget.acquire(100).then((release) => {
    isServed = true;
    return release;
  });
  let passed = 0;
  for (let n = 0; n < 40; n++) {
    const small = budget.acquire(10);
    const winner = await Promise.race([small.then(() => 'small'), settle().then(() => 'nobody')]);
    if (winner === 'nobody') {
      small.then((release) => release());
      break;
    }
    passed++;
    (await small)();
  }
  assert.ok(passed > 0 && passed < 40, String(passed));
  holder();
  (await large)();
  assert.ok(isServed);
});

test('an aborted wait leaves the queue and lets the next one in', async () => {
  const budget = new Budget(10);
  const holder = await budget.acquire(6);
  const controller = new AbortController();
  const aborted = budget.acquire(10, controller.signal);
  const next = budget.acquire(4);
  controller.abort(new Error('revoked'));
  await assert.rejects(aborted, /revoked/);
  (await next)();
  holder();
  assert.equal(budget.free, 10);
});

test('more than the whole counts as the whole, and can be refused by name', async () => {
  const budget = new Budget(10);
  const release = await budget.acquire(1000);
  assert.equal(budget.free, 0);
  release();
  assert.throws(() => checkFits(budget, 11), /11 bytes.*10/);
});

test('whatever the order of requests and releases, all is given back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 }), async (amounts) => {
      const budget = new Budget(20);
      let held = 0;
      await Promise.all(
        amounts.map(async (amount) => {
          const release = await budget.acquire(amount);
          held += Math.min(20, amount);
          assert.ok(held <= 20);
          await settle();
          held -= Math.min(20, amount);
          release();
        }),
      );
      assert.equal(budget.free, 20);
    }),
    { numRuns: 50 },
  );
});
