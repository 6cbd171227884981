/** One process indexes, another serves what that has published, while files arrive. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openCatalogue } from '../extraction/catalogue.js';
import { FsStore } from '../extraction/store-fs.js';
import { root } from '../test/paths.js';

const program = join(root, 'dist/cli/main.js');

it('watch publishes what others adopt', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-watch-'));
  const [demo, data, state] = ['demo', 'data', 'state'].map((name) => join(folder, name)) as [string, string, string];
  await promisify(execFile)(process.execPath, [program, 'demo', demo]);
  await mkdir(data);
  await copyFile(join(demo, 'collection.json'), join(data, 'collection.json'));
  const names = (await readdir(demo)).filter((name) => name !== 'collection.json').sort();
  await copyFile(join(demo, names[0]!), join(data, names[0]!));
  const child: ChildProcess = spawn(process.execPath, [program, 'watch', '--data', data, '--state', state], {
    stdio: 'ignore',
  });
  try {
    // What a service with files.index: false does: it looks only at the store.
    const store = await FsStore.open(join(state, 'store'));
    const catalogue = await openCatalogue({ store, sources: { data: [data], collections: {} } });
    const records = async (): Promise<number> => {
      await catalogue.sync();
      return catalogue.collections().length === 0 ? 0 : catalogue.cube('demo').rowCount;
    };
    const until = async (isThere: (count: number) => boolean): Promise<number> => {
      for (let left = 600; left > 0; left--) {
        const count = await records();
        if (isThere(count)) return count;
        assert.equal(child.exitCode, null, 'watch ended');
        await sleep(100);
      }
      throw new Error('nothing was published');
    };
    const first = await until((count) => count > 0);
    await copyFile(join(demo, names[1]!), join(data, names[1]!));
    assert.ok((await until((count) => count > first)) > first);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
