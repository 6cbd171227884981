/** `polyfst copy` as a program: exit codes, what it says, and what it leaves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openFst } from '../extraction/fst/file.js';
import { root } from '../test/paths.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-cli-copy-'));
const input = join(folder, 'in.rsf');
const output = join(folder, 'out.rsf');

before(async () => {
  const file = await openFst(input, { create: 'rsf' });
  const values = Float32Array.from({ length: 400 }, (_, n) => n / 3);
  await file.write(
    [500, 850].flatMap((ip1) =>
      ['TT', 'UU'].map((nomvar) => ({ nomvar, ip1, ni: 20, nj: 20, values, metadata: { level: ip1 } })),
    ),
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

function copy(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'copy', ...args], { encoding: 'utf8' });
}

test('records are chosen, packed and reported', async () => {
  const { status, stdout, stderr } = copy(
    ...[input, output, '--where', 'nomvar=TT', '--where', 'level=500', '--where', 'level=85*'],
    ...['--datyp', '134', '--nbits', '12', '--json'],
  );
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  const report = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([report['format'], report['records'], report['recoded']], ['rsf', 2, 2]);
  const file = await openFst(output);
  assert.deepEqual(
    file.find().map(({ nomvar, ip1, datyp, nbits }) => [nomvar, ip1, datyp, nbits]),
    [
      ['TT', 500, 134, 12],
      ['TT', 850, 134, 12],
    ],
  );
});

test('what cannot be kept is named and makes exit 3', () => {
  const { status, stdout, stderr } = copy(input, join(folder, 'out.fst'), '--format', 'xdf');
  assert.equal(status, 3);
  assert.equal(stdout, '');
  assert.equal(stderr.trim().split('\n').length, 4);
  assert.match(stderr, /in\.rsf: record 0 \(TT\) loses its extended metadata/);
});

test('mistakes are exit 2, nothing to copy is exit 1, and neither leaves a file', () => {
  const none = join(folder, 'none.rsf');
  for (const args of [
    [input],
    [input, none, '--format', 'grib'],
    [input, none, '--where', 'colour=red'],
    [input, none, '--datyp', 'x'],
    [input, none, '--nbits', '99'],
    [input, none, '--colour'],
  ])
    assert.equal(copy(...args).status, 2, args.join(' '));
  const { status, stderr } = copy(input, none, '--where', 'nomvar=ZZ');
  assert.equal(status, 1);
  assert.match(stderr, /nomvar=ZZ/);
  assert.equal(copy(join(folder, 'absent.rsf'), none).status, 1);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('none') || name.endsWith('.tmp')),
    [],
  );
});
