/** The service with indexes and results on S3, over a line that fails: accepted requests end with the right bytes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { S3Store } from '../../extraction/store-s3.js';
import { answers, hashOf, questions } from '../chaos/questions.js';
import { seededRandom } from '../chaos/random.js';
import { root } from '../paths.js';
import { startTestService } from '../service.js';
import { type Fault, startFaultProxy } from './fault-proxy.js';
import { BUCKET, noMoto, startMoto } from './moto.js';

const FAULTS: readonly Fault[] = ['500', '503', 'cut', 'reset', 'delay'];
const QUESTIONS = 8;

describe('F9: the service on S3', { skip: noMoto }, () => {
  it('indexes, answers and delivers through errors, slow-downs and cut bodies', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'polyfst-s3-'));
    const data = join(folder, 'data');
    await promisify(execFile)(process.execPath, [join(root, 'dist/cli/main.js'), 'demo', data]);
    await using moto = await startMoto();
    await using proxy = await startFaultProxy(moto.port);
    const random = seededRandom(11);
    proxy.choose = () => FAULTS[Math.floor(random() * 20)] ?? 'none';
    const asked = questions(QUESTIONS);
    const hashes = await answers(asked, data, folder);
    const url = `s3://${BUCKET}/service`;
    {
      const store = { url, endpoint: proxy.url, timeoutMs: 20_000 };
      await using service = await startTestService([data], { store });
      for (const { name, request } of asked) {
        const answer = await fetch(`${service.url}/api/v2/demo/requests`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(request),
        });
        const bytes = Buffer.from(await answer.arrayBuffer());
        assert.equal(answer.status, 200, bytes.toString());
        assert.equal(hashOf(bytes), hashes.get(name), name);
      }
    }
    const store = await S3Store.open({ url, endpoint: moto.url, region: 'us-east-1', timeoutMs: 5000 });
    const keys: string[] = [];
    for await (const key of store.list('')) keys.push(key);
    store.close();
    assert.ok(
      keys.some((key) => key.startsWith('results/')) && keys.some((key) => !key.startsWith('results/')),
      keys.join(),
    );
    assert.ok(FAULTS.filter((fault) => proxy.seen[fault] > 0).length >= 4, JSON.stringify(proxy.seen));
    await rm(folder, { recursive: true, force: true });
  });
});
