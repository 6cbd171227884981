/** Every command has examples, and the examples of the page run on the demo run as they stand. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXAMPLE_FILES, EXAMPLES, NOT_RUN } from '../../cli/command-examples.js';
import { wordsOf } from '../../cli/completion.js';
import { program } from '../../cli/program.js';
import { root } from '../paths.js';

const PREAMBLE = `set -euo pipefail
polyfst() { "${process.execPath}" "${join(root, 'dist', 'cli', 'main.js')}" "$@"; }
`;
const MADE = [
  ...['records.parquet', 'records.arrow', 'map.png', 'values.bin', 'places.bin', 'temperature.rsf', 'hour6.nc'],
  ...[
    'learning/TT.npy',
    'learning/statistics.json',
    'pressure.om',
    'corner.bin',
    'series.csv',
    'polyfst.bash',
    'polyfst.1',
  ],
  ...['answers/lat45.parquet', 'answers/lat46.parquet', 'converted/2025011500.zarr/zarr.json'],
];

test('every command has examples, and no other', () => {
  const names = wordsOf(program).children.map(({ name }) => name);
  assert.deepEqual(Object.keys(EXAMPLES).sort(), names.sort());
});

test('the examples run and make their files', (context) => {
  if (spawnSync('bash', ['-c', 'true']).status !== 0) return context.skip('bash is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-cli-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(EXAMPLE_FILES)) writeFileSync(join(folder, name), text);
  const lines = Object.entries(EXAMPLES).flatMap(([name, own]) => (NOT_RUN.has(name) ? [] : own));
  const ran = spawnSync('bash', ['-c', `${PREAMBLE}${lines.join('\n')}`], { cwd: folder, encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr.slice(-2000));
  for (const name of MADE) assert.ok(existsSync(join(folder, name)) && statSync(join(folder, name)).size > 0, name);
  assert.match(ran.stdout, /"value":500,"kind":2/);
  assert.match(ran.stdout, /no difference in 47 records/);
  const manual = readFileSync(join(folder, 'polyfst.1'), 'utf8');
  for (const name of Object.keys(EXAMPLES)) assert.ok(manual.includes(name.replaceAll('-', '\\-')), name);
  assert.equal(spawnSync('bash', ['-n', join(folder, 'polyfst.bash')]).status, 0);
  return undefined;
});

test('bash completes commands and flags', (context) => {
  if (spawnSync('bash', ['-c', 'complete -p; true']).status !== 0) return context.skip('bash is not installed');
  const script = `${PREAMBLE}source <(polyfst completion bash)
complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _polyfst; echo "\${COMPREPLY[@]}"; }
complete_words polyfst con; complete_words polyfst convert --wh`;
  const ran = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.equal(ran.stdout, 'convert\n--where\n', ran.stderr);
  return undefined;
});
