/** The profile of fstd2nc beside fstd2nc itself. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../extraction/convert/convert.js';
import { shared, skipWithout } from '../paths.js';
import { temporaryFolder } from './convert-case.js';
import { environment, jsonLines } from './environment.js';

const golden = shared('fst');

test('profile=fstd2nc has the variables, dimensions and values of fstd2nc', {
  skip: skipWithout(golden, 'fst'),
}, async (context) => {
  const found = environment('fstd2nc');
  if ('skip' in found) return context.skip(found.skip);
  await using folder = await temporaryFolder();
  const run = ['000', '001', '012'].map((step) => join(golden!, `run/2026112100_${step}`));
  const out = join(folder.path, 'ours.nc');
  const options = new Map([['profile', 'fstd2nc']]);
  await convert({ inputs: run, out, where: [], options, signal: AbortSignal.timeout(300_000) });
  const [told] = jsonLines(found.python, 'fstd2nc/profile.py', [out, join(folder.path, 'theirs.nc'), ...run]);
  assert.deepEqual(told, { fields: 8, wrong: [] });
  return undefined;
});
