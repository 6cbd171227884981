/**
 * What the pages tell people to type works: every shell block is run in a shell against a service on the demo run, every Python
 * block in the environment of its page. Blocks marked `console` show what starts the service and are not run.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ensureDemo } from '../../cli/demo.js';
import { environment } from '../interop/environment.js';
import { root } from '../paths.js';
import { startTestService, type TestService } from '../service.js';

const run = promisify(execFile);
const ADDRESS = 'http://127.0.0.1:8080';

/** Pages whose blocks are run, and the Python environment of each. */
const PAGES = {
  tour: 'zarr',
  edr: 'edr',
  coverages: 'edr',
  maps: 'wms',
  zarr: 'zarr',
  forecast: 'edr',
} as const;

const page = (name: string): string => readFileSync(join(root, 'docs', `${name}.md`), 'utf8');

function blocks(name: string, language: 'sh' | 'python'): readonly string[] {
  const text = page(name);
  const known = [...text.matchAll(/^```(\w*)$/gm)].map(([, found]) => found!);
  for (const found of known) assert.ok(['', 'sh', 'python', 'console', 'json'].includes(found), `${name}: ${found}`);
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, body]) => body!);
}

/** A shell in which an answer that is no success ends the block, and `polyfst` is that of this tree. */
const PREAMBLE = `set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@"; }
polyfst() { "${process.execPath}" "${join(root, 'dist', 'cli', 'main.js')}" "$@"; }
`;

async function hasShell(): Promise<string | undefined> {
  const missing = await run('bash', ['-c', 'command -v curl']).then(
    () => undefined,
    () => 'bash or curl is not installed',
  );
  return missing;
}

/** What the tour says that comes out. */
async function checkTour(output: string, cwd: string): Promise<void> {
  assert.match(output, /x,y,t,2t \[K\]\n/);
  assert.match(output, /^-73\.5,45\.5,2025-01-16T12:00:00Z,294\.375$/m);
  const png = await readFile(join(cwd, 'map.png'));
  assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
  for (const name of ['area.covjson', 'answer.covjson']) {
    const { type } = JSON.parse(await readFile(join(cwd, name), 'utf8')) as { type: string };
    assert.equal(type, 'CoverageCollection', name);
  }
  assert.ok((await readFile(join(cwd, 'answer.csv'), 'utf8')).split('\n').length > 100);
  assert.ok((await readFile(join(cwd, 'hour6.nc'))).length > 1000);
}

describe('commands of the pages', () => {
  let folder: string;
  let service: TestService;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-docs-'));
    await ensureDemo(join(folder, 'data'));
    service = await startTestService([join(folder, 'data')]);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const here = (text: string): string => text.replaceAll(ADDRESS, service.url);

  for (const [name, venv] of Object.entries(PAGES)) {
    it(`docs/${name}.md: the shell`, async (context) => {
      const missing = await hasShell();
      if (missing !== undefined) {
        context.skip(missing);
        return;
      }
      const found = blocks(name, 'sh');
      assert.ok(found.length > 0);
      // one shell a page: later blocks use what earlier ones set and wrote
      const script = PREAMBLE + found.map(here).join('\n');
      const cwd = await mkdtemp(join(folder, `${name}-`));
      const { stdout } = await run('bash', ['-c', script], {
        cwd,
        maxBuffer: 64 * 2 ** 20,
      }).catch((error: { stdout: string; stderr: string }) =>
        assert.fail(`${error.stdout.slice(-2000)}\n${error.stderr}`),
      );
      assert.doesNotMatch(stdout, /ServiceException|"error":true/);
      if (name === 'tour') await checkTour(stdout, cwd);
    });

    it(`docs/${name}.md: Python`, async (context) => {
      const found = blocks(name, 'python');
      if (found.length === 0) return;
      const made = environment(venv);
      if ('skip' in made) {
        context.skip(made.skip);
        return;
      }
      for (const block of found) {
        await run(made.python, ['-c', here(block)], { maxBuffer: 64 * 2 ** 20 }).catch((error: { stderr: string }) =>
          assert.fail(`${block}\n${error.stderr}`),
        );
      }
    });
  }
});

describe('links of the pages', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path));

  it('lead to files that there are', () => {
    for (const path of ['README.md', ...pages]) {
      const text = readFileSync(join(root, path), 'utf8').replace(/^```.*?^```$/gms, '');
      for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target!)) continue;
        assert.ok(existsSync(join(root, dirname(path), target!)), `${path}: ${target}`);
      }
    }
  });

  it('the index names the pages of the surfaces', () => {
    const index = page('README');
    for (const name of Object.keys(PAGES)) assert.ok(index.includes(`](${name}.md)`), name);
  });
});
