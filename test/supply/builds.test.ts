import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { differences, hashesOf } from './builds.js';

it('names the files of two builds that differ', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-compare-'));
  const write = async (build: string, files: Readonly<Record<string, string>>): Promise<void> => {
    await mkdir(join(folder, build, 'below'), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, build, path), text);
  };
  try {
    await write('one', { a: '1', 'below/b': '2', c: '3' });
    await write('same', { a: '1', 'below/b': '2', c: '3' });
    await write('other', { a: '1', 'below/b': 'x', d: '3' });
    const [one, same, other] = await Promise.all(['one', 'same', 'other'].map((name) => hashesOf(join(folder, name))));
    assert.equal(one!.size, 3);
    assert.deepEqual(differences(one!, same!), []);
    assert.deepEqual(differences(one!, other!), [join('below', 'b'), 'c', 'd']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
