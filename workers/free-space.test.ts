import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import { FreeSpaceGuard } from './free-space.js';

const MIB = 1048576;

function check(minimum: number, size: number, free: number): Promise<void> {
  return new FreeSpaceGuard('/', minimum, async () => ({ size, free })).check();
}

describe('free-space guard', () => {
  it('refuses below the minimum and says why', async () => {
    await check(512 * MIB, 1e6 * MIB, 512 * MIB);
    await assert.rejects(check(512 * MIB, 1e6 * MIB, 511 * MIB), (error) => {
      assert.ok(error instanceof FeatureError);
      assert.equal(error.code, 'overloaded');
      assert.match(error.message, /511 MiB .*512 MiB/);
      return true;
    });
  });

  it('asks five hundredths of a small disk', async () => {
    await check(512 * MIB, 100 * MIB, 5 * MIB);
    await assert.rejects(check(512 * MIB, 100 * MIB, 4 * MIB));
  });

  it('reads the real disk', async () => {
    await new FreeSpaceGuard('/', 0).check();
  });
});
