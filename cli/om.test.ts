/** `polyfst om` as a program: lines, ranges, exit codes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeOne } from '../formats/om/samples.js';
import { OmWriter } from '../formats/om/write.js';
import { root } from '../test/paths.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-cli-om-'));
const tree = join(folder, 'tree.om');
const single = join(folder, 'single.om');
const out = join(folder, 'out.bin');

before(async () => {
  const values = Float32Array.from({ length: 60 }, (_, n) => (n === 7 ? Number.NaN : n));
  await writeOne(single, { name: '', type: 'float32', shape: [5, 12], chunks: [2, 12], scaleFactor: 10 }, values);
  await using writer = await OmWriter.create(tree);
  const units = await writer.scalar('units', 'K');
  const spec = { name: 'TT', type: 'int16', shape: [3, 2], chunks: [3, 2], children: [units] } as const;
  const array = await writer.array(spec, [Int16Array.of(1, 2, 3, 4, 5, 6)]);
  await writer.finish(await writer.group('', [array]));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const om = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'om', ...args], { encoding: 'utf8' });

test('om ls prints a line for each variable, parents first', () => {
  const { status, stdout, stderr } = om('ls', tree, '--json');
  assert.equal(status, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const array = { path: 'TT', dtype: 'int16', shape: [3, 2], chunks: [3, 2], compression: 'pfor_delta_2d' };
  assert.deepEqual(lines, [
    { path: '', dtype: 'none' },
    { ...array, scale_factor: 1, add_offset: 0 },
    { path: 'TT/units', dtype: 'string', value: 'K' },
  ]);
});

test('om read writes what the ranges hold; a root array is "" or /', () => {
  const { status, stdout, stderr } = om('read', single, '/', '--range', '0:2,6:8', '--out', out, '--json');
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), { path: '', dtype: 'float32', shape: [2, 2], count: 4 });
  assert.deepEqual([...new Float32Array(Uint8Array.from(readFileSync(out)).buffer)], [6, Number.NaN, 18, 19]);
  assert.equal(om('read', single, '', '--out', out).status, 0);
  assert.equal(readFileSync(out).length, 240);
});

test('mistakes say what is wrong', () => {
  for (const [status, pattern, ...args] of [
    [1, /tree\.om: no variable "UU"/, tree, 'UU'],
    [1, /range 0:9/, single, '', '--range', '0:9,0:1'],
    [2, /not A:B/, single, '', '--range', '3'],
    [1, /om\.test\.js: not an OM file/, new URL(import.meta.url).pathname, ''],
  ] as const) {
    const ran = om('read', ...args, '--out', out);
    assert.equal(ran.status, status, ran.stderr);
    assert.match(ran.stderr, pattern);
    assert.equal(ran.stdout, '');
  }
});
