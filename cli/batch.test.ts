/** `polyfst batch` and `polyfst auto-convert` as programs: what they deliver, and that they go on after a kill. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import type { FstField } from '../extraction/fst/field.js';
import { openFst } from '../extraction/fst/file.js';
import { root } from '../test/paths.js';
import { childrenOf, JOURNAL } from './batch.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-batch-'));
const data = join(folder, 'data');
const state = join(folder, 'state');
const main = join(root, 'dist', 'cli', 'main.js');
const COUNT = 60;

const fieldAt = (hour: number, nomvar = 'TT'): FstField => ({
  ...{ nomvar, typvar: 'P', etiket: 'BATCH', grtyp: 'L', ni: 20, nj: 15, ig1: 50, ig2: 50, ig3: 13000, ig4: 26000 },
  ...{ dateo: '2026-11-21T00:00:00Z', deet: 3600, npas: hour, ip1: 0, ip2: hour },
  values: Float32Array.from({ length: 300 }, (_, k) => 10 * hour + Math.sin(k)),
});

async function writeHour(hour: number, dir = data): Promise<void> {
  await using file = await openFst(join(dir, `2026112100_00${hour}`), { create: 'xdf' });
  await file.write([fieldAt(hour), fieldAt(hour, 'PN')]);
}

const request = (k: number): object => ({
  ...{ date: '20261121', time: '0000', levtype: 'sfc', param: 'TT', step: '0/to/3' },
  feature: { type: 'timeseries', points: [[41 + 0.1 * k, -99]] },
});

before(async () => {
  mkdirSync(data);
  for (let hour = 0; hour < 4; hour++) await writeHour(hour);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

async function killAfterLines(child: ChildProcess, count: number): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  let seen = 0;
  for await (const _ of lines) if (++seen === count) break;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('a killed batch goes on where it was; its answers are those of one run', async () => {
  const file = join(folder, 'many.jsonl');
  writeFileSync(file, Array.from({ length: COUNT }, (_, k) => JSON.stringify(request(k / 10))).join('\n'));
  const out = join(folder, 'answers');
  const args = ['batch', file, '-o', out, '--data', data, '--state', state, '--json', '--concurrency', '2'];
  await killAfterLines(spawn(process.execPath, [main, ...args]), 3);
  writeFileSync(join(out, '.0123abcd.left.covjson'), 'half');
  appendFileSync(join(out, JOURNAL), '{"line":9,"id":"cut');
  const again = run(...args);
  assert.equal(again.status, 0, again.stderr);
  const lines = linesOf(again.stdout);
  assert.equal(lines.length, COUNT);
  assert.ok(lines.every(({ state: ended }) => ended === 'done'));
  assert.ok(lines.filter(({ skipped }) => skipped === true).length >= 3);
  const fresh = join(folder, 'fresh');
  assert.equal(run('batch', file, '-o', fresh, '--data', data, '--state', state).status, 0);
  const names = readdirSync(fresh);
  assert.deepEqual(readdirSync(out), names);
  assert.equal(names.length, COUNT + 1);
  for (const name of names.filter((one) => one !== JOURNAL)) {
    assert.deepEqual(readFileSync(join(out, name)), readFileSync(join(fresh, name)), name);
  }
  const third = linesOf(run(...args).stdout);
  assert.equal(third.filter(({ skipped }) => skipped === true).length, COUNT);
});

test('ids, formats, and a request that fails beside one that does not', () => {
  const file = join(folder, 'mixed.jsonl');
  const bad = { ...request(0), param: 'NONE' };
  writeFileSync(
    file,
    [
      { id: 'good', request: request(1), format: 'csv' },
      { id: 'bad', request: bad },
    ]
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  const out = join(folder, 'mixed');
  const { status, stdout, stderr } = run('batch', file, '-o', out, '--data', data, '--state', state, '--json');
  assert.equal(status, 3, stderr);
  assert.match(stderr, /mixed\.jsonl:2: .*NONE/);
  assert.deepEqual(
    linesOf(stdout)
      .map(({ id, state: ended }) => `${id} ${ended}`)
      .sort(),
    ['bad failed', 'good done'],
  );
  assert.match(readFileSync(join(out, 'good.csv'), 'utf8'), /^point,/);
});

test('mistakes in the file of requests', () => {
  const good = JSON.stringify(request(0));
  for (const [text, pattern] of [
    ['', /no request/],
    ['[1]', /give an object/],
    [`${good}\n{`, /x:2: not JSON/],
    [JSON.stringify({ id: '../up', request: {} }), /id "\.\.\/up"/],
    [JSON.stringify({ id: 'a', request: {}, format: 'bmp' }), /format bmp/],
    [['a', 'a'].map((id) => JSON.stringify({ id, request: {} })).join('\n'), /that of line 1/],
  ] as const) {
    assert.throws(() => childrenOf('x', text), pattern);
  }
});

test('auto-convert converts a run when it is whole, once, and anew when it has changed', async () => {
  const from = join(folder, 'incoming');
  const to = join(folder, 'converted');
  mkdirSync(from);
  mkdirSync(to);
  const config = join(folder, 'watch.json');
  const rule = { from, to, format: 'netcdf', where: ['nomvar=TT'], set: { units: 'si' }, files: 2, settleMs: 0 };
  writeFileSync(
    config,
    JSON.stringify({ state: join(folder, 'watching'), files: { rescanMs: 100 }, autoConvert: [rule] }),
  );
  const look = () => linesOf(run('auto-convert', '--config', config, '--once', '--json').stdout);
  await writeHour(0, from);
  assert.deepEqual(look(), []);
  await writeHour(1, from);
  writeFileSync(join(to, '.0123abcd.2026112100.nc'), 'half');
  const watching = spawn(process.execPath, [main, 'auto-convert', '--config', config, '--json']);
  await killAfterLines(watching, 1);
  assert.deepEqual(readdirSync(to), ['2026112100.nc']);
  assert.deepEqual(look(), []);
  await writeHour(2, from);
  utimesSync(join(from, '2026112100_002'), new Date(1e12), new Date(1e12));
  const [anew] = look();
  assert.deepEqual([anew!['state'], anew!['records']], ['done', 3]);
  rmSync(join(to, '2026112100.nc'));
  assert.equal(look().length, 1);
  assert.equal(run('auto-convert').status, 2);
});
