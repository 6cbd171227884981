/** The MARS-style reader on a server gives what it gives on the server's files. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MarsReader } from '../extraction/mars-reader.js';
import { FeatureError } from '../schemas/problem.js';
import { root } from './paths.js';
import { serveDemo } from './served-demo.js';

const skip = existsSync(join(root, 'native', 'build', 'fst.node')) ? false : 'the native addon is not built';

test('fields from a server equal those from its files', { skip }, async () => {
  await using service = await serveDemo();
  await using local = await MarsReader.open(service.data);
  await using remote = await MarsReader.open(service.url);
  for (const query of [
    { param: ['2t', 'TT'], stream: 'oper', step: [0, 6], area: [60, -100, 30, -60] },
    { param: 't', stream: 'oper', level: [850, 500], step: [6, 0], area: [60, -100, 45, -60] },
    { param: 't', stream: 'oper', level: 500, step: 0 },
    { param: '2t', stream: 'enfo', type: 'pf', step: 0, area: [46, -80, 40, -70] },
  ]) {
    const [own, theirs] = [await local.read(query), await remote.read(query)];
    assert.deepEqual(theirs, own, JSON.stringify(query));
    assert.ok(theirs.length > 0);
    assert.ok(theirs.every(({ lat }) => lat === theirs[0]!.lat));
    assert.deepEqual(await remote.read(query, { as: 'arrow' }), await local.read(query, { as: 'arrow' }));
  }
  const bad = { param: 't', stream: 'oper', level: 501 };
  await assert.rejects(
    remote.read(bad),
    (error: unknown) => error instanceof FeatureError && /501/.test(error.message),
  );
  await assert.rejects(MarsReader.open(service.url, { collection: 'other' }), /other.*demo/);
});
