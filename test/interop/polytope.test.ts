/** The real polytope-client, earthkit-data and covjsonkit against the HTTP surfaces: every check of the tour must pass. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEYED, KEYS, requestOf, startService } from '../contract/api-service.js';
import { root } from '../paths.js';

const folder = join(root, 'test', 'interop');

/** Interpreter of the environment, or why there is none. Set POLYFST_INTEROP=0 to leave such tests out. */
function python(name: string): { path: string } | { skip: string } {
  if (process.env['POLYFST_INTEROP'] === '0') return { skip: 'POLYFST_INTEROP=0' };
  const made = spawnSync('sh', [join(folder, 'venv.sh'), name], { encoding: 'utf8' });
  if (made.status === 77) return { skip: made.stderr.trim().split('\n').at(-1) ?? 'no environment' };
  assert.equal(made.status, 0, made.stderr);
  return { path: made.stdout.trim() };
}

test('tour of the Polytope API with the real client', async (context) => {
  const found = python('polytope');
  if ('skip' in found) {
    context.skip(found.skip);
    return;
  }
  await using service = await startService({ config: { ...KEYED, http: { trustProxy: ['127.0.0.1'] } } });
  const settings = {
    url: service.url,
    collection: 'demo',
    request: requestOf('2t'),
    bad: { change: { param: 'none' }, words: ['param', 'none', '2t'] },
    forbidden: 'private',
    slow: requestOf('slow'),
    fail: requestOf('fail'),
    fail_words: ['cannot be decoded'],
    bytes: requestOf('bin'),
    grib: requestOf('grib'),
    keys: KEYS,
    user: 'alice',
    email: 'a@b.c',
    trusts_proxy: true,
  };
  const child = spawn(found.path, [join(folder, 'polytope', 'tour.py')], {
    env: { ...process.env, POLYFST_TOUR: JSON.stringify(settings) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  for (const line of output.split('\n')) if (/^(ok|not ok|skip) /.test(line)) context.diagnostic(line);
  assert.equal(code, 0, output);
  assert.match(output, /"failed": 0/);
});
