/** Signed addresses: good as made and until their time, in no other spelling; keys rotate and are made once. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newJobId } from '../schemas/job.js';
import { idempotentBytes, judgePath, loadSigningKeys, signedPath } from './signing.js';

const key = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);
const download = { id: newJobId(), attempt: 1, user: 'local/alice' };
const END = Date.parse('2026-11-22T00:00:00Z');

test('an address is good until its end, then late', () => {
  const path = signedPath(download, END, [key]);
  assert.equal(judgePath(path, download, END - 1, [key]), 'good');
  assert.equal(judgePath(path, download, END + 1, [key]), 'late');
});

test('it stands for one id, attempt and owner', () => {
  const path = signedPath(download, END, [key]);
  for (const changed of [{ attempt: 2 }, { user: 'local/bob' }, { id: newJobId() }]) {
    assert.equal(judgePath(path, { ...download, ...changed }, 0, [key]), 'bad');
  }
});

test('no other character in any place is accepted', () => {
  const path = signedPath(download, END, [key]);
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_%=';
  for (let at = 0; at < path.length; at++) {
    for (const char of alphabet) {
      if (char === path[at]) continue;
      assert.equal(judgePath(path.slice(0, at) + char + path.slice(at + 1), download, 0, [key]), 'bad');
    }
  }
});

test('keys rotate: the first signs, all are accepted', () => {
  const old = signedPath(download, END, [key]);
  assert.equal(judgePath(old, download, 0, [other, key]), 'good');
  assert.equal(judgePath(old, download, 0, [other]), 'bad');
  assert.notEqual(signedPath(download, END, [other, key]), old);
});

test('processes that start together agree on the key; a damaged one is refused', async (context) => {
  const state = await mkdtemp(join(tmpdir(), 'polyfst-signing-'));
  context.after(() => rm(state, { recursive: true, force: true }));
  const all = await Promise.all(Array.from({ length: 8 }, () => loadSigningKeys(state)));
  for (const keys of all) assert.deepEqual(keys, all[0]);
  await rename(join(state, 'signing.key'), join(state, 'signing.key.old'));
  const rotated = await loadSigningKeys(state);
  assert.equal(rotated.length, 2);
  assert.deepEqual(rotated[1], all[0]?.[0]);
  assert.match(await readFile(join(state, 'signing.key'), 'utf8'), /^[0-9a-f]{64}\n$/);
  await writeFile(join(state, 'signing.key'), 'short');
  await assert.rejects(loadSigningKeys(state), /signing\.key/);
});

test('idempotency ids belong to a user and a key', () => {
  const one = idempotentBytes('local/alice', 'k', [key]);
  assert.equal(one.length, 16);
  assert.deepEqual(idempotentBytes('local/alice', 'k', [key]), one);
  assert.notDeepEqual(idempotentBytes('local/bob', 'k', [key]), one);
  assert.notDeepEqual(idempotentBytes('local/alice', 'k2', [key]), one);
});
