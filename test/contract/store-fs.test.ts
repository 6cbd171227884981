/** FsStore under the contract of every store, and what only a folder can do wrong. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FsStore } from '../../extraction/store-fs.js';
import { FeatureError } from '../../schemas/problem.js';
import { storeContract } from './store-suite.js';

async function temporary(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'polyfst-store-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

storeContract('FsStore', async () => {
  const { dir, remove } = await temporary();
  return { store: await FsStore.open(join(dir, 'store')), close: remove };
});

const denied = (error: unknown): boolean => error instanceof FeatureError && error.code === 'permission_denied';

describe('FsStore', () => {
  it('refuses links that leave the root, for files and for folders', async () => {
    const { dir, remove } = await temporary();
    const store = await FsStore.open(join(dir, 'store'));
    await mkdir(join(dir, 'outside'));
    await writeFile(join(dir, 'outside', 'secret'), 'secret');
    await symlink(join(dir, 'outside', 'secret'), join(store.root, 'file'));
    await symlink(join(dir, 'outside'), join(store.root, 'folder'));
    await assert.rejects(store.read('file', 0, 1), denied);
    await assert.rejects(store.head('folder/secret'), denied);
    await assert.rejects(store.write('folder/new', []), denied);
    await assert.rejects(store.write('folder/deep/new', []), denied);
    await assert.rejects(store.remove('folder/secret'), denied);
    assert.deepEqual(await readdir(join(dir, 'outside')), ['secret']);
    await remove();
  });

  it('sweeps old unfinished writes and leaves young ones', async () => {
    const { dir, remove } = await temporary();
    const store = await FsStore.open(dir);
    await store.write('kept/object', [new Uint8Array(1)]);
    await writeFile(join(dir, 'kept', '.writing-old'), 'x');
    await writeFile(join(dir, 'kept', '.writing-young'), 'x');
    await utimes(join(dir, 'kept', '.writing-old'), 1, 1);
    assert.equal(await store.sweep(60_000, Date.now()), 1);
    assert.deepEqual((await readdir(join(dir, 'kept'))).sort(), ['.writing-young', 'object']);
    await remove();
  });

  it('names the local path of an object', async () => {
    const { dir, remove } = await temporary();
    const store = await FsStore.open(dir);
    assert.equal(store.localPath('a/b'), join(store.root, 'a', 'b'));
    await remove();
  });
});
