/** The files of examples/deploy say what the program understands: commands, flags, settings, variables, paths. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { load } from 'js-yaml';
import { parseConfig, SETTINGS } from '../schemas/config.js';
import { root } from './paths.js';

const read = (name: string): string => readFileSync(join(root, 'examples/deploy', name), 'utf8');

interface Compose {
  readonly 'x-polyfst': { readonly build: { readonly dockerfile: string }; readonly volumes: readonly string[] };
  readonly services: Readonly<
    Record<
      string,
      { readonly image?: string; readonly command: readonly string[]; readonly volumes?: readonly string[] }
    >
  >;
  readonly volumes: Readonly<Record<string, null>>;
}

/** Long flags that a command of the program has. */
function flagsOf(command: string): Set<string> {
  const help = execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), command, '--help'], {
    encoding: 'utf8',
  });
  return new Set(help.match(/--[a-z][a-z-]+/g));
}

describe('deployment', () => {
  const compose = load(read('compose.yaml')) as Compose;

  it('the compose file starts commands that there are, with flags that they have', () => {
    const ours = Object.entries(compose.services).filter(([name]) => name !== 'redis');
    assert.deepEqual(ours.map(([name]) => name).sort(), ['serve', 'watch', 'work']);
    for (const [name, { command }] of ours) {
      assert.equal(command[0], name);
      const flags = flagsOf(name);
      for (const flag of command.filter((word) => word.startsWith('--'))) assert.ok(flags.has(flag), `${name} ${flag}`);
    }
    const named = [...compose['x-polyfst'].volumes, ...(compose.services['redis']?.volumes ?? [])]
      .map((volume) => volume.split(':')[0]!)
      .filter((volume) => /^\w+$/.test(volume));
    assert.deepEqual(named.sort(), Object.keys(compose.volumes).sort());
  });

  it('Redis is started as `durability: power` asks', () => {
    const words = compose.services['redis']?.command.join(' ') ?? '';
    assert.match(words, /--appendfsync always/);
    assert.match(words, /--maxmemory-policy noeviction/);
  });

  it('the configuration is valid, and its example key is nobody’s', () => {
    const config = parseConfig(load(read('config.yaml')) as object);
    assert.equal(config.files.index, false);
    assert.match(config.auth.keys[0]!.sha256, /^0{64}$/);
  });

  it('the container file starts the service that it has copied', () => {
    const text = read('Containerfile');
    assert.match(text, /^USER node$/m);
    const [, entry = ''] = /^ENTRYPOINT \["node", "\/opt\/polyfst\/(.*)"\]$/m.exec(text) ?? [];
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { polyfst: string } };
    assert.equal(entry, bin.polyfst);
    const [, words = ''] = /^CMD (\[.*\])$/m.exec(text) ?? [];
    const command = JSON.parse(words) as string[];
    const flags = flagsOf(command[0]!);
    for (const flag of command.filter((word) => word.startsWith('--'))) assert.ok(flags.has(flag), flag);
  });

  it('the unit sets variables that are read, and systemd accepts it', (t) => {
    const text = read('polyfst.service');
    const known = new Set(SETTINGS.map(({ variable }) => variable));
    for (const [name] of text.matchAll(/POLYFST_[A-Z_]+/g)) assert.ok(known.has(name), name);
    assert.match(text, /^ExecStart=\/usr\/bin\/node \/opt\/polyfst\/dist\/cli\/main\.js serve$/m);
    const verified = spawnSync('systemd-analyze', ['verify', join(root, 'examples/deploy/polyfst.service')], {
      encoding: 'utf8',
    });
    if (verified.error !== undefined)
      return t.diagnostic('systemd-analyze is not installed: the unit was not verified');
    const about = verified.stderr.split('\n').filter((line) => line.includes('polyfst.service'));
    // Whether node is at the path of the unit depends on the machine.
    assert.deepEqual(
      about.filter((line) => !line.includes('is not executable')),
      [],
    );
    return undefined;
  });
});
