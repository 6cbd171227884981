import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import { lockState } from './state-lock.js';

describe('F8 lock of the state directory', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-lock-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const refusesNaming = (path: string) => (error: unknown) =>
    error instanceof FeatureError && error.code === 'file_locked' && error.message.includes(path);

  it('is held once, under every name of the directory, until it is released', async () => {
    const state = join(folder, 'state');
    const lock = await lockState(state);
    await assert.rejects(lockState(state), refusesNaming(state));
    const alias = join(folder, 'alias');
    await symlink(state, alias);
    await assert.rejects(lockState(alias), refusesNaming(alias));
    await lock.release();
    await using _ = await lockState(alias);
  });

  it('dies with its holder, also by SIGKILL', async () => {
    const state = join(folder, 'killed');
    const program = `import(${JSON.stringify(new URL('./state-lock.js', import.meta.url).href)})
      .then((m) => m.lockState(${JSON.stringify(state)})).then(() => console.log('held'), (e) => console.log(e.message));
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    assert.equal(said.toString().trim(), 'held');
    await assert.rejects(lockState(state), refusesNaming(state));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await using _ = await lockState(state);
  });
});
