/** The real polytope-client, earthkit-data and covjsonkit against the HTTP surfaces: every check of the tour must pass. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KEYED, KEYS, requestOf, startService } from '../contract/api-service.js';
import { root } from '../paths.js';
import { environment, interopFolder } from './environment.js';

const START_MS = 60_000;

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

/** Address that a started service prints to standard error, which is read to its end so that the service never blocks. */
function addressOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error(`no address from serve: ${text}`));
    const timer = setTimeout(giveUp, START_MS);
    child.once('close', giveUp);
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-20_000);
      const url = /answers on (http:\S+)/.exec(text)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

test('tour of `polyfst serve` on the demo run, with keys', async (context) => {
  const found = environment('polytope');
  if ('skip' in found || !existsSync(join(root, 'native', 'build', 'fst.node'))) {
    context.skip('skip' in found ? found.skip : 'the native addon is not built');
    return;
  }
  const work = await mkdtemp(join(tmpdir(), 'polyfst-tour-'));
  context.after(() => rm(work, { recursive: true, force: true }));
  const main = join(root, 'dist', 'cli', 'main.js');
  const demo = spawnSync(process.execPath, [main, 'demo', join(work, 'data')], { encoding: 'utf8' });
  assert.equal(demo.status, 0, demo.stderr);
  await writeFile(join(work, 'config.json'), JSON.stringify({ ...KEYED, http: { trustProxy: ['127.0.0.1'] } }));
  const flags = ['--data', join(work, 'data'), '--state', join(work, 'state'), '--config', join(work, 'config.json')];
  const service = spawn(process.execPath, [main, 'serve', ...flags, '--port', '0']);
  const ended = once(service, 'close');
  try {
    const url = await addressOf(service);
    await tour(context, found.python, { url, keys: KEYS, user: 'alice', email: 'a@b.c', trusts_proxy: true });
  } finally {
    service.kill('SIGTERM');
    await ended;
  }
});
