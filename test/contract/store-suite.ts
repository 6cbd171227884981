/** What every ObjectStore must do, run against each implementation by its own test file. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ObjectStore, readWhole } from '../../extraction/store.js';
import { FeatureError } from '../../schemas/problem.js';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
}

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof FeatureError && error.code === code;

/** Registers the suite; `open` gives an empty store. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`ObjectStore contract: ${name}`, () => {
    let opened: StoreUnderTest;
    let store: ObjectStore;
    before(async () => {
      opened = await open();
      store = opened.store;
    });
    after(() => opened.close());

    it('gives back what was written, whole and in part', async () => {
      const info = await store.write('a/b/one', [bytes('hello '), bytes('world')]);
      assert.equal(info.bytes, 11);
      assert.deepEqual(await store.head('a/b/one'), info);
      assert.deepEqual(await readWhole(store, 'a/b/one'), bytes('hello world'));
      assert.deepEqual(await store.read('a/b/one', 6, 5), bytes('world'));
      assert.deepEqual(await store.read('a/b/one', 11, 0), new Uint8Array(0));
    });

    it('takes chunks from an async generator and an empty object', async () => {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 100; i++) yield bytes(`${i % 10}`.repeat(1000));
      }
      assert.equal((await store.write('big', chunks())).bytes, 100_000);
      assert.equal((await store.read('big', 5_000, 1))[0], '5'.charCodeAt(0));
      assert.equal((await store.write('empty', [])).bytes, 0);
    });

    it('replaces an object as a whole and changes its etag', async () => {
      const first = await store.write('replaced', [bytes('one')]);
      const second = await store.write('replaced', [bytes('two')]);
      assert.notEqual(first.etag, second.etag);
      assert.deepEqual(await readWhole(store, 'replaced'), bytes('two'));
    });

    it('keeps what was there when a write fails', async () => {
      await store.write('kept', [bytes('old')]);
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield bytes('new');
        throw new Error('source broke');
      }
      await assert.rejects(store.write('kept', broken()), /source broke/);
      await assert.rejects(store.write('never', broken()), /source broke/);
      assert.deepEqual(await readWhole(store, 'kept'), bytes('old'));
      assert.equal(await store.head('never'), undefined);
      assert.deepEqual(await keysOf(store, 'never'), []);
    });

    it('shows nothing of an unfinished write', async () => {
      let seen: string[] = ['not looked'];
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield bytes('x'.repeat(100_000));
        seen = await keysOf(store, 'slow');
        assert.equal(await store.head('slow'), undefined);
      }
      await store.write('slow', slow());
      assert.deepEqual(seen, []);
      assert.deepEqual(await keysOf(store, 'slow'), ['slow']);
    });

    it('stops a write and a read that were aborted', async () => {
      const signal = AbortSignal.abort();
      await assert.rejects(store.write('aborted', [bytes('x')], signal), { name: 'AbortError' });
      assert.equal(await store.head('aborted'), undefined);
      await assert.rejects(store.read('a/b/one', 0, 1, signal), { name: 'AbortError' });
    });

    it('refuses reads beyond the end and of what is not there', async () => {
      await assert.rejects(store.read('a/b/one', 6, 6), hasCode('truncated_file'));
      await assert.rejects(store.read('a/b/one', 2 ** 52, 1), hasCode('truncated_file'));
      await assert.rejects(store.read('nowhere', 0, 1), hasCode('file_not_found'));
      await assert.rejects(store.read('a/b', 0, 1), hasCode('file_not_found'));
      assert.equal(await store.head('a/b'), undefined);
    });

    it('lists by prefix, sorted, and forgets what was removed', async () => {
      for (const key of ['list/c', 'list/a', 'list/b/x', 'listing']) await store.write(key, [bytes(key)]);
      assert.deepEqual(await keysOf(store, 'list/'), ['list/a', 'list/b/x', 'list/c']);
      assert.deepEqual(await keysOf(store, 'list/b'), ['list/b/x']);
      assert.deepEqual(await keysOf(store, 'list'), ['list/a', 'list/b/x', 'list/c', 'listing']);
      assert.deepEqual(await keysOf(store, 'nothing/'), []);
      await store.remove('list/a');
      await store.remove('list/a');
      assert.deepEqual(await keysOf(store, 'list/'), ['list/b/x', 'list/c']);
    });

    it('refuses keys that are not plain', async () => {
      for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.a', 'a\0b', 'a b', 'a\\b', 'x'.repeat(2000)]) {
        await assert.rejects(async () => store.read(key, 0, 0), hasCode('general_error'), JSON.stringify(key));
        await assert.rejects(async () => store.write(key, []), hasCode('general_error'), JSON.stringify(key));
      }
    });
  });
}
