/** `polyfst ls` as a program: conditions, tables, readers that leave early. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openFst } from '../extraction/fst/file.js';
import { root } from '../test/paths.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-ls-'));
const path = join(folder, 'many.fst');
const main = join(root, 'dist', 'cli', 'main.js');
const ls = (...args: string[]) => spawnSync(process.execPath, [main, 'ls', ...args], { encoding: 'utf8' });

before(async () => {
  await using file = await openFst(path, { create: 'xdf' });
  const keys = {
    nomvar: 'TT',
    grtyp: 'X',
    ni: 4,
    nj: 3,
    dateo: '2026-11-21T00:00:00Z',
    deet: 3600,
    datyp: 5,
    nbits: 32,
  };
  await file.write(Array.from({ length: 600 }, (_, k) => ({ ...keys, npas: k, ip2: k, values: new Float32Array(12) })));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('conditions choose, and rows keep their numbers', () => {
  const { status, stdout } = ls(path, '--where', 'hour=7', '--where', 'hour=599', '--json');
  assert.equal(status, 0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { row: number; data_bits: number });
  assert.deepEqual(
    lines.map(({ row, data_bits }) => [row, data_bits]),
    [
      [7, 32],
      [599, 32],
    ],
  );
  assert.match(ls(path, '--where', 'hour=7').stdout, /1 of 600 records/);
  assert.equal(ls(path, '--where', 'colour=7').status, 2);
});

test('tables are written instead of the listing', () => {
  const [arrow, parquet] = [join(folder, 'a.arrow'), join(folder, 'a.parquet')];
  const { status, stdout } = ls(path, '--arrow', arrow, '--parquet', parquet);
  assert.deepEqual([status, stdout], [0, '']);
  assert.ok(existsSync(arrow) && existsSync(parquet));
});

test('a reader that has seen enough ends the listing without a complaint', (context) => {
  if (spawnSync('bash', ['-c', 'true']).status !== 0) return context.skip('bash is not installed');
  const command = `"${process.execPath}" "${main}" ls "${path}" --json | head -n 1 >/dev/null; exit \${PIPESTATUS[0]}`;
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return undefined;
});

test('a file that is none is named with a remedy, beside one that is read', () => {
  const { status, stderr } = ls(path, join(folder, 'absent.fst'));
  assert.equal(status, 3);
  assert.match(stderr, /absent\.fst: .*; check the path/);
});
