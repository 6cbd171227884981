/** The examples of the page on conversions run, one after the other in one folder, and make what they name. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONVERT_FORMATS } from '../../extraction/convert/convert.js';
import { root } from '../paths.js';

const page = readFileSync(join(root, 'docs', 'conversions.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, body]) => body!);

const PREAMBLE = `set -uo pipefail
polyfst() { "${process.execPath}" "${join(root, 'dist', 'cli', 'main.js')}" "$@"; local code=$?; [ $code = 0 ] || [ $code = 3 ] || { echo "exit $code: $*" >&2; exit 1; }; }
`;

test('the page names every format that can be written', () => {
  for (const format of CONVERT_FORMATS) assert.ok(page.includes(`\`${format}\``), format);
});

test('every example of the page runs and makes its file', (context) => {
  if (spawnSync('bash', ['-c', 'true']).status !== 0) return context.skip('bash is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-conversions-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const ran = spawnSync('bash', ['-c', PREAMBLE + blocks.join('\n')], { cwd: folder, encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr.slice(-2000));
  const made = blocks.flatMap((block) =>
    [...block.matchAll(/^polyfst convert (?:run\S*|\S+) (\S+)/gm)].map(([, name]) => name!),
  );
  assert.ok(made.length >= 16);
  for (const name of [...made, 'series.covjson', 'series.csv', 'series.nc', 'series.om']) {
    assert.ok(existsSync(join(folder, name)), name);
  }
  return undefined;
});
