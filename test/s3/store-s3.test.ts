/** S3Store under the contract of every store, without and with faults between it and the store; and what only S3 can do wrong. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readWhole } from '../../extraction/store.js';
import { S3Store } from '../../extraction/store-s3.js';
import { FeatureError } from '../../schemas/problem.js';
import { seededRandom } from '../chaos/random.js';
import { storeContract } from '../contract/store-suite.js';
import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { BUCKET, type MotoServer, noMoto, startMoto } from './moto.js';

const url = (folder: string): string => `s3://${BUCKET}/${folder}`;
const open = (endpoint: string, folder: string, timeoutMs = 10_000): Promise<S3Store> =>
  S3Store.open({ url: url(folder), endpoint, region: 'us-east-1', timeoutMs });

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof FeatureError && error.code === code;

/** A tenth each of errors, slow-downs, cut bodies, lost connections, delays. */
function unreliable(seed: number): () => Fault {
  const random = seededRandom(seed);
  const faults: readonly Fault[] = ['500', '503', 'cut', 'reset', 'delay'];
  return () => faults[Math.floor(random() * 10)] ?? 'none';
}

if (noMoto === false) {
  storeContract('S3Store', async () => {
    const moto = await startMoto();
    const store = await open(moto.url, 'contract');
    return { store, close: async () => moto[Symbol.asyncDispose]() };
  });

  storeContract('S3Store behind an unreliable line', async () => {
    const moto = await startMoto();
    const proxy = await startFaultProxy(moto.port);
    proxy.choose = unreliable(7);
    const store = await open(proxy.url, 'faults', 30_000);
    const close = async (): Promise<void> => {
      store.close();
      await proxy[Symbol.asyncDispose]();
      await moto[Symbol.asyncDispose]();
    };
    return { store, close };
  });
}

describe('F9: S3Store', { skip: noMoto }, () => {
  let moto: MotoServer;
  let proxy: FaultProxy;
  let store: S3Store;
  before(async () => {
    moto = await startMoto();
    proxy = await startFaultProxy(moto.port);
    store = await open(proxy.url, 'own', 3000);
  });
  after(async () => {
    store.close();
    await proxy[Symbol.asyncDispose]();
    await moto[Symbol.asyncDispose]();
  });

  it('writes large objects in parts that appear together', async () => {
    const piece = Buffer.alloc(3_000_000, 'a');
    const info = await store.write('large', Array(7).fill(piece));
    assert.equal(info.bytes, 21_000_000);
    assert.deepEqual(await store.head('large'), info);
    assert.equal((await store.read('large', 16_777_210, 10)).length, 10);
    await assert.rejects(
      store.write(
        'never',
        (function* () {
          for (let n = 0; n < 5; n++) yield piece;
          throw new Error('source broke');
        })(),
      ),
      /source broke/,
    );
    assert.equal(await store.head('never'), undefined);
  });

  it('creates an object once, also when the answer to the first attempt is lost', async () => {
    const [one, two] = [Buffer.from('one'), Buffer.from('two')];
    assert.equal(await store.create('once', one), true);
    assert.equal(await store.create('once', two), false);
    assert.deepEqual(await readWhole(store, 'once'), new Uint8Array(one));
    let lost = 0;
    proxy.choose = (method) => (method === 'PUT' && lost++ === 0 ? 'late' : 'none');
    assert.equal(await store.create('lost', one), true);
    proxy.choose = () => 'none';
    assert.equal(await store.create('lost', two), false);
    const racers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => store.create('race', Buffer.from(`racer${n}`))),
    );
    assert.equal(racers.filter(Boolean).length, 1);
  });

  it('reads the rest of a body that was cut, and never less than was asked for', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
    await store.write('cut', [bytes]);
    let cuts = 0;
    proxy.choose = () => (cuts++ < 3 ? 'cut' : 'none');
    assert.deepEqual(await store.read('cut', 1000, 90_000), new Uint8Array(bytes.subarray(1000, 91_000)));
    assert.ok(cuts >= 4);
    proxy.choose = () => 'none';
  });

  it('gives up in time, opens the circuit, and comes back', async () => {
    await store.write('there', [Buffer.from('x')]);
    proxy.choose = () => 'stall';
    const begun = performance.now();
    await assert.rejects(store.read('there', 0, 1), hasCode('storage_unavailable'));
    assert.ok(performance.now() - begun < 6000);
    proxy.choose = () => '503';
    for (let n = 0; n < 5; n++) await assert.rejects(store.head('there'), hasCode('storage_unavailable'));
    const seen = proxy.seen['503'];
    await assert.rejects(store.head('there'), /has been failing/);
    assert.equal(proxy.seen['503'], seen, 'the open circuit asks nothing');
    proxy.choose = () => 'none';
    for (;;) {
      const info = await store.head('there').catch(() => undefined);
      if (info !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });

  it('stops when its caller does', async () => {
    proxy.choose = () => 'stall';
    const abort = new AbortController();
    const reading = store.read('there', 0, 1, abort.signal);
    abort.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    proxy.choose = () => 'none';
  });
});
