/** Data, indexes and results on S3, over a line that fails: the service has no file of its own but its journal and queue. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { S3Files } from '../../extraction/store/s3-files.js';
import { S3Store } from '../../extraction/store-s3.js';
import { FeatureError } from '../../schemas/problem.js';
import { answers, hashOf, questions } from '../chaos/questions.js';
import { seededRandom } from '../chaos/random.js';
import { root } from '../paths.js';
import { startTestService } from '../service.js';
import { type Fault, startFaultProxy } from './fault-proxy.js';
import { BUCKET, noMoto, startMoto } from './moto.js';

const FAULTS: readonly Fault[] = ['500', '503', 'cut', 'reset', 'delay'];
const QUESTIONS = 6;
const PLACE = { region: 'us-east-1', timeoutMs: 20_000 };
const program = join(root, 'dist/cli/main.js');

/** Puts the files of a folder into the bucket. */
async function upload(folder: string, endpoint: string, prefix: string): Promise<void> {
  const store = await S3Store.open({ url: `s3://${BUCKET}/${prefix}`, endpoint, ...PLACE });
  for (const name of await readdir(folder)) await store.write(name, [await readFile(join(folder, name))]);
  store.close();
}

/** The demo run in two files, one of each container. */
async function demoFiles(folder: string): Promise<string> {
  const [demo, data] = [join(folder, 'demo'), join(folder, 'data')];
  await promisify(execFile)(process.execPath, [program, 'demo', demo]);
  await mkdir(data);
  await copyFile(join(demo, 'collection.json'), join(data, 'collection.json'));
  const names = (await readdir(demo)).filter((name) => name !== 'collection.json').map((name) => join(demo, name));
  const half = names.length >> 1;
  const copy = (some: string[], out: string, format: string): Promise<unknown> =>
    promisify(execFile)(process.execPath, [program, 'copy', ...some, join(data, out), '--format', format]);
  await copy(names.slice(0, half), 'first.fst', 'xdf');
  await copy(names.slice(half), 'second.fst', 'rsf');
  return data;
}

describe('F9: data on S3', { skip: noMoto }, () => {
  it('is indexed, asked and delivered through errors, slow-downs and cut bodies', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'polyfst-s3-data-'));
    const data = await demoFiles(folder);
    await using moto = await startMoto();
    await using proxy = await startFaultProxy(moto.port);
    await upload(data, moto.url, 'runs');
    const random = seededRandom(13);
    const ranged = new Set<string>();
    proxy.choose = (method, path) => {
      if (method === 'GET' && path.includes('/runs/')) ranged.add(path.split('?')[0]!);
      return FAULTS[Math.floor(random() * 20)] ?? 'none';
    };
    const asked = questions(QUESTIONS);
    const hashes = await answers(asked, data, folder);
    const store = { url: `s3://${BUCKET}/service`, endpoint: proxy.url, timeoutMs: 20_000 };
    {
      await using service = await startTestService([`s3://${BUCKET}/runs`], { store });
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
    const kept = await S3Store.open({ url: store.url, endpoint: moto.url, ...PLACE });
    const keys: string[] = [];
    for await (const key of kept.list('')) keys.push(key);
    kept.close();
    assert.ok(
      ['results/', 'index/'].every((place) => keys.some((key) => key.startsWith(place))),
      keys.join(),
    );
    assert.ok(ranged.size > 1, [...ranged].join());
    assert.ok(FAULTS.filter((fault) => proxy.seen[fault] > 0).length >= 4, JSON.stringify(proxy.seen));
    const [first] = asked;
    const file = join(folder, 'ask.json');
    const place = { ...process.env, POLYFST_STORE_ENDPOINT: moto.url };
    await writeFile(file, JSON.stringify(first!.request));
    const args = ['query', file, '--data', `s3://${BUCKET}/runs`, '--state', join(folder, 'state')];
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
      env: place,
      encoding: 'buffer',
      maxBuffer: 1 << 26,
    });
    assert.equal(hashOf(stdout), hashes.get(first!.name), 'polyfst query reads s3:// too');
    await rm(folder, { recursive: true, force: true });
  });

  it('tells an object that was replaced, one that is gone, and a bucket that is not there', async () => {
    await using moto = await startMoto();
    const store = await S3Store.open({ url: `s3://${BUCKET}/own`, endpoint: moto.url, ...PLACE });
    const files = await S3Files.open({ endpoint: moto.url, ...PLACE, cacheBytes: 2 ** 20 });
    const path = `s3://${BUCKET}/own/file`;
    const hasCode =
      (code: string) =>
      (error: unknown): boolean =>
        error instanceof FeatureError && error.code === code;
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, n) => n % 253));
    await store.write('file', [bytes]);
    await store.write('.hidden', [bytes]).catch(() => undefined);
    const known = (await files.identity(path))!;
    const listed = [];
    for await (const file of files.list(`s3://${BUCKET}/own/`)) listed.push(file);
    assert.deepEqual(listed, [known]);
    const [first] = await files.read(known, [{ offset: 10, bytes: 20 }]);
    assert.deepEqual(Buffer.from(first!.bytes), bytes.subarray(0, 65_536));
    const tail = await files.read(known, [{ offset: 199_990, bytes: 1000 }]);
    assert.deepEqual(Buffer.from(tail.at(-1)!.bytes), bytes.subarray(196_608));
    await store.write('file', [bytes.subarray(1)]);
    assert.notDeepEqual(await files.identity(path), known);
    await assert.rejects(files.read(known, [{ offset: 100_000, bytes: 1 }]), hasCode('run_changed'));
    await store.remove('file');
    assert.equal(await files.identity(path), undefined);
    assert.equal(await files.text(path), undefined);
    await assert.rejects(files.read(known, [{ offset: 70_000, bytes: 1 }]), hasCode('run_changed'));
    await assert.rejects(files.list('s3://no-such-bucket/x')[Symbol.asyncIterator]().next(), hasCode('file_not_found'));
    store.close();
    files.close();
  });
});
