/** The Python package against `polyfst serve`: every check of its tour must pass. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../paths.js';
import { serveDemo } from '../served-demo.js';
import { environment } from './environment.js';

const run = promisify(execFile);

test('the Python package: retrieve, table, open_run', async (context) => {
  const found = environment('python');
  if ('skip' in found || !existsSync(join(root, 'native', 'build', 'fst.node'))) {
    context.skip('skip' in found ? found.skip : 'the native addon is not built');
    return;
  }
  await using service = await serveDemo();
  const folder = join(root, 'clients', 'python');
  const env = { ...process.env, PYTHONPATH: join(folder, 'src'), PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await run(found.python, [join(folder, 'tests', 'tour.py'), service.url], { env });
  for (const line of stdout.trim().split('\n')) {
    context.diagnostic(line);
    assert.match(line, /^ok /);
  }
  assert.equal(stdout.trim().split('\n').length, 11);
});
