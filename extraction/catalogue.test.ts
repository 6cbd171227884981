import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import type { Source } from '../schemas/vocabulary.js';
import { type TestRecord, tableOf } from '../test/tables.js';
import { checkUnchanged } from './catalogue/data-file.js';
import { rowsOfVariable } from './catalogue/field-block.js';
import { textAt } from './catalogue/fixed-text.js';
import { type Catalogue, openCatalogue } from './catalogue.js';
import { findDescriptor, recordsOf } from './datacube.js';
import { isoToStamp } from './fst/time.js';
import type { IndexEvent } from './index-run.js';
import { FsStore } from './store-fs.js';

/** Files of these tests hold a line that says what they are and their records as JSON. */
async function scanJson(source: Source): ReturnType<typeof scan> {
  scans.push('path' in source ? source.path : '');
  return scan(source);
}
async function scan(source: Source) {
  const text = await readFile('path' in source ? source.path : '', 'utf8');
  if (!text.startsWith('FST')) throw new FeatureError('not_fst', 'not an RPN standard file');
  if (!text.endsWith('end')) return tableOf([], 'xdf', false);
  return tableOf(JSON.parse(text.slice(3, -3)) as TestRecord[]);
}

let scans: string[] = [];
let dir = '';
let data = '';
let catalogue: Catalogue;
let store: FsStore;

const write = (name: string, records: readonly TestRecord[]): Promise<void> =>
  writeFile(join(data, name), `FST${JSON.stringify(records)}end`);
const tt = (hour: number, more: Partial<TestRecord> = {}): TestRecord => ({
  nomvar: 'TT',
  ip1: 500,
  deet: 3600,
  npas: hour,
  ...more,
});

async function reopen(data: readonly string[], skip: readonly string[] = []): Promise<Catalogue> {
  return openCatalogue({ store, sources: { data, collections: {} }, skip, scan: scanJson });
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyfst-catalogue-'));
  data = join(dir, 'data');
  await mkdir(data);
  store = await FsStore.open(join(dir, 'state'));
  scans = [];
  catalogue = await reopen([data]);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** [file name, record] of every TT record of the default collection, by row. */
function fields(): string[] {
  const cube = catalogue.cube('default');
  return cube.runs.flatMap(({ index, firstRow }) =>
    [...rowsOfVariable(index, 'TT')].map((row) => {
      const records = recordsOf(cube, Uint32Array.of(row + firstRow));
      return `${cube.files[records.file[0]!]!.path.slice(data.length + 1)}:${records.record[0]}`;
    }),
  );
}

describe('Catalogue', () => {
  it('finds files in folders, leaves the others alone, says so once', async () => {
    await mkdir(join(data, 'deep', 'er'), { recursive: true });
    await write('a', [tt(0), tt(1)]);
    await write('deep/er/b', [tt(2)]);
    await writeFile(join(data, 'notes.txt'), 'hello');
    await writeFile(join(data, '.hidden'), 'FST[]end');
    await symlink(data, join(data, 'deep', 'loop'));
    const events: IndexEvent[] = [];
    const listener = (message: unknown): unknown => events.push(message as IndexEvent);
    subscribe('fst:index', listener);
    const report = await catalogue.refresh();
    await catalogue.refresh();
    unsubscribe('fst:index', listener);
    assert.deepEqual({ ...report }, { changed: ['default'], files: 2, records: 3, runs: 1, unfinished: [] });
    assert.deepEqual(fields().sort(), ['a:0', 'a:1', 'deep/er/b:0']);
    assert.deepEqual(
      events.map(({ level, file }) => [level, file]),
      [['debug', join(data, 'notes.txt')]],
    );
    assert.equal(scans.length, 3);
  });

  it('scans only what changed, and follows what came, changed and went', async () => {
    await write('a', [tt(0)]);
    await write('b', [tt(1)]);
    await catalogue.refresh();
    const before = catalogue.cube('default');
    assert.deepEqual((await catalogue.refresh()).changed, []);
    assert.equal(catalogue.cube('default'), before);
    scans = [];
    await write('b', [tt(1), tt(2)]);
    await write('c', [tt(3)]);
    await rm(join(data, 'a'));
    assert.deepEqual((await catalogue.refresh()).changed, ['default']);
    assert.deepEqual(scans.sort(), [join(data, 'b'), join(data, 'c')]);
    assert.deepEqual(fields().sort(), ['b:0', 'b:1', 'c:0']);
    assert.equal(before.rowCount, 2, 'who holds the old cube still sees the old version');
    await assert.rejects(checkUnchanged(before.files[0]!), { code: 'run_changed' });
    await checkUnchanged(catalogue.cube('default').files[0]!);
  });

  it('starts from what was published without a scan, in this process or another', async () => {
    await write('a', [tt(0), tt(6, { dateo: isoToStamp('2026-11-22T00:00:00Z') })]);
    await catalogue.refresh();
    scans = [];
    const other = await reopen([data]);
    assert.equal(other.cube('default').runs.length, 2);
    assert.deepEqual((await other.refresh()).changed, []);
    await write('b', [tt(1)]);
    await catalogue.refresh();
    assert.equal(await other.sync(), true);
    assert.equal(await other.sync(), false);
    assert.equal(other.cube('default').rowCount, 3);
    assert.deepEqual(scans, [join(data, 'b')]);
  });

  it('keeps unfinished files out until they are whole', async () => {
    await write('a', [tt(0)]);
    await writeFile(join(data, 'b'), 'FST[{"nomvar":"TT"');
    const report = await catalogue.refresh();
    assert.deepEqual(report.unfinished, [join(data, 'b')]);
    assert.deepEqual(fields(), ['a:0']);
    await write('b', [tt(1)]);
    await catalogue.refresh();
    assert.deepEqual(fields(), ['a:0', 'b:0']);
    await truncate(join(data, 'b'), 10);
    await catalogue.refresh();
    assert.deepEqual(fields(), ['a:0']);
  });

  it('lets the newest of equal records win, by time and then by name', async () => {
    const { selectFields } = await import('./selection.js');
    const { parseFeatureRequest } = await import('../schemas/request.js');
    const body = {
      ...{ date: '20261121', time: '00', levtype: 'pl', levelist: 500, param: 'TT', step: 0 },
      feature: { type: 'position', points: [[45, -73]] },
    };
    const winner = (): string => {
      const cube = catalogue.cube('default');
      const { rows } = selectFields(parseFeatureRequest(body, { now: new Date() }), cube);
      return cube.files[recordsOf(cube, rows).file[0]!]!.path.slice(data.length + 1);
    };
    for (const name of ['a', 'b', 'c']) await write(name, [tt(0)]);
    for (const name of ['a', 'b', 'c']) await utimes(join(data, name), 1000, 1000);
    await catalogue.refresh();
    assert.equal(winner(), 'c');
    await utimes(join(data, 'a'), 2000, 2000);
    await catalogue.refresh();
    assert.equal(winner(), 'a');
    assert.equal(catalogue.cube('default').rowCount, 3);
  });

  it('reads collection.json, again when it changes', async () => {
    const define = (definition: unknown) => writeFile(join(data, 'collection.json'), JSON.stringify(definition));
    await define({ name: 'demo', class: 'rd', rules: [{ etiket: 'TEST*', stream: 'enfo', number: 'ip3' }] });
    await write('a', [tt(0, { ip3: 4 })]);
    await catalogue.refresh();
    assert.deepEqual(
      catalogue.collections().map(({ name }) => name),
      ['demo'],
    );
    const labels = () => catalogue.cube('demo').runs[0]!.index.labels;
    assert.deepEqual(labels(), [{ class: 'rd', stream: 'enfo', type: 'pf' }]);
    scans = [];
    await define({ name: 'demo', class: 'od' });
    await catalogue.refresh();
    assert.deepEqual(labels(), [{ class: 'od', stream: 'oper', type: 'fc' }]);
    assert.equal(scans.filter((path) => path.endsWith('a')).length, 0);
    await define({ name: 'demo', colour: 'red' });
    await assert.rejects(catalogue.refresh(), { code: 'bad_value', message: /collection\.json/ });
    assert.throws(() => catalogue.cube('other'), { code: 'not_found', message: /other.*demo/ });
  });

  it('makes a damaged index again', async () => {
    await write('a', [tt(0)]);
    await catalogue.refresh();
    const place = join(store.root, 'index', (await readdir(join(store.root, 'index')))[0]!);
    for (const name of await readdir(place)) {
      if (name.endsWith('.arrow')) await writeFile(join(place, name), 'rubbish');
    }
    catalogue = await reopen([data]);
    await catalogue.refresh();
    assert.deepEqual(fields(), ['a:0']);
  });

  it('passes over the state folder and refuses a missing data folder', async () => {
    await write('a', [tt(0)]);
    catalogue = await reopen([dir], [store.root]);
    await catalogue.refresh();
    assert.equal((await catalogue.refresh()).files, 1);
    assert.ok(!scans.some((path) => path.startsWith(store.root)));
    await rename(data, join(dir, 'moved'));
    await assert.rejects((await reopen([data])).refresh(), { code: 'file_not_found', message: /--data/ });
  });

  it('repeats the descriptors of a file in each of its runs', async () => {
    const later = isoToStamp('2026-11-22T00:00:00Z');
    const axis = { nomvar: '>>', typvar: 'X', ip1: 7, ip2: 8, ip3: 9, dateo: 0 };
    await write('a', [axis, tt(0), tt(0, { dateo: later })]);
    await write('b', [axis, tt(1)]);
    await catalogue.refresh();
    const cube = catalogue.cube('default');
    assert.equal(cube.runs.length, 2);
    const [first, second] = cube.runs;
    for (const { index, firstRow } of [first!, second!]) {
      for (const row of rowsOfVariable(index, 'TT')) {
        const found = findDescriptor(cube, '>>', [7, 8, 9], firstRow + row)! - firstRow;
        assert.equal(textAt(index.columns.nomvar, 4, found), '>>');
        assert.equal(index.columns.file[found], index.columns.file[row]);
      }
    }
    assert.equal(findDescriptor(cube, '>>', [7, 8, 10], 0), undefined);
  });
});
