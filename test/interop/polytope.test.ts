/** The real polytope-client, earthkit-data and covjsonkit against the HTTP surfaces: every check of the tour must pass. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEYED, KEYS, requestOf, startService } from '../contract/api-service.js';
import { root } from '../paths.js';
import { serveDemo } from '../served-demo.js';
import { environment, interopFolder } from './environment.js';

/** Runs the tour with these settings; every check must pass. */
async function tour(context: TestContext, interpreter: string, settings: object): Promise<void> {
  const child = spawn(interpreter, [join(interopFolder, 'polytope', 'tour.py')], {
    env: { ...process.env, POLYFST_TOUR: JSON.stringify(settings) },
  });
  const output = await outputOf(child);
  for (const line of output.split('\n')) if (/^(ok|not ok|skip) /.test(line)) context.diagnostic(line);
  assert.equal(child.exitCode, 0, output);
  assert.match(output, /"failed": 0/);
}

async function outputOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  return output;
}

test('tour of the Polytope API with the real client, every outcome', async (context) => {
  const found = environment('polytope');
  if ('skip' in found) {
    context.skip(found.skip);
    return;
  }
  await using service = await startService({ config: { ...KEYED, http: { trustProxy: ['127.0.0.1'] } } });
  await tour(context, found.python, {
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
  });
});

test('tour of `polyfst serve` on the demo run, with keys', async (context) => {
  const found = environment('polytope');
  if ('skip' in found || !existsSync(join(root, 'native', 'build', 'fst.node'))) {
    context.skip('skip' in found ? found.skip : 'the native addon is not built');
    return;
  }
  await using service = await serveDemo({ ...KEYED, http: { trustProxy: ['127.0.0.1'] } });
  await tour(context, found.python, {
    url: service.url,
    keys: KEYS,
    user: 'alice',
    email: 'a@b.c',
    trusts_proxy: true,
  });
});
