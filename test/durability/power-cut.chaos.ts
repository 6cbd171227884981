/** F6, P1: with `durability: power`, no accepted request and no revocation is lost in a power cut (test/durability/power-cut.ts). */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../chaos/random.js';
import { root } from '../paths.js';
import { cutPower, durableNow } from './power-cut.js';

const program = fileURLToPath(new URL('../chaos/queue-program.js', import.meta.url));
const compiler = spawnSync('cc', ['--version']).status === 0;
const seed = Number(process.env['POLYFST_SEED'] ?? Date.now() % 1e9);
const random = seededRandom(seed);
const CUTS = 5;

describe(`F6 power cuts (POLYFST_SEED=${seed})`, { skip: compiler ? false : 'no C compiler (cc)' }, () => {
  let folder: string;
  let library: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-power-'));
    library = join(folder, 'log-syncs.so');
    const source = join(root, 'test', 'durability', 'log-syncs.c');
    const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function run(
    state: string,
    options: readonly string[],
    env: NodeJS.ProcessEnv,
    killAfterMs?: number,
  ): Promise<string[][]> {
    const child = spawn(process.execPath, [program, state, 'embedded', ...options], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (killAfterMs !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    await once(child, 'close');
    clearTimeout(timer);
    return text.split('\n').map((line) => line.split(' '));
  }

  it('P1 loses nothing that was accepted or revoked', async () => {
    const state = join(folder, 'state');
    await run(state, [], {});
    const accepted = new Set<string>();
    const revoked = new Set<string>();
    let damage = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const log = join(folder, `syncs-${cut}`);
      await writeFile(log, '');
      const durable = durableNow(state);
      const said = await run(state, ['--submit', '40'], { LD_PRELOAD: library, SYNC_LOG: log }, random() * 500);
      for (const [word, id] of said) {
        if (word === 'accepted') accepted.add(id!);
        if (word === 'revoked') revoked.add(id!);
      }
      damage += cutPower(state, durable, log);
    }
    const last = await run(state, [], {});
    const ends = new Map(last.filter((line) => line[0] === 'ended').map((line) => [line[1]!, line.slice(2).join(' ')]));
    assert.ok(accepted.size > CUTS && damage > 0, 'the cuts cut nothing');
    for (const id of accepted) {
      const end = ends.get(id);
      if (revoked.has(id)) assert.equal(end, 'cancelled cancelled');
      else if (end !== 'cancelled cancelled') assert.equal(end, `processed answer of ${id}`);
    }
  });

  it('is a model that does take away what was not synced', async () => {
    const state = join(folder, 'model');
    for (const part of ['journal', 'store', 'queue/pgdata']) await mkdir(join(state, part), { recursive: true });
    const log = join(folder, 'model-log');
    await writeFile(log, '');
    const durable = durableNow(state);
    const write = `const fs = require('node:fs'); const folder = ${JSON.stringify(join(state, 'journal'))};
      for (const name of ['synced', 'nameless', 'lost']) {
        const file = fs.openSync(folder + '/' + name, 'w');
        fs.writeSync(file, 'kept');
        if (name !== 'lost') fs.fsyncSync(file);
        fs.writeSync(file, ' cut');
        if (name === 'synced') fs.fsyncSync(fs.openSync(folder, 'r'));
      }`;
    const env = { ...process.env, LD_PRELOAD: library, SYNC_LOG: log };
    assert.equal(spawnSync(process.execPath, ['-e', write], { env }).status, 0);
    assert.equal(cutPower(state, durable, log), 3);
    const { readdirSync, readFileSync } = await import('node:fs');
    assert.deepEqual(readdirSync(join(state, 'journal')), ['synced']);
    assert.equal(readFileSync(join(state, 'journal', 'synced'), 'utf8'), 'kept');
  });
});
