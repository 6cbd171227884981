/** The catalogue over real files: the ones this project writes, and the reference run. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { append, encode, type NativeField } from '../../native/index.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import type { Container } from '../../schemas/vocabulary.js';
import { shared, skipWithout } from '../../test/paths.js';
import { tableOfReference } from '../../test/tables.js';
import { openCatalogue } from '../catalogue.js';
import { type Datacube, recordsOf } from '../datacube.js';
import { isoToStamp } from '../fst/time.js';
import { type Selection, selectFields } from '../selection.js';
import { FsStore } from '../store-fs.js';

async function withCube(data: string, state: string, check: (cube: Datacube) => void): Promise<void> {
  const store = await FsStore.open(state);
  const catalogue = await openCatalogue({ store, sources: { data: [data], collections: {} }, skip: [state] });
  await catalogue.refresh();
  check(catalogue.cube('default'));
}

function field(hour: number, dateo: number): NativeField {
  const values = new Float32Array(12).fill(hour);
  return {
    ...{ nomvar: 'TT', typvar: 'P', etiket: 'TEST', grtyp: 'L', ip1: 500, ip2: hour, ip3: 0, ni: 4, nj: 3, nk: 1 },
    ...{ deet: 3600, npas: hour, ig1: 100, ig2: 100, ig3: 9000, ig4: 0, dateo, datyp: 5, nbits: 32, values },
  };
}

const request = (step: string, number?: string): ReturnType<typeof parseFeatureRequest> =>
  parseFeatureRequest(
    {
      ...{ date: '20261121', time: '0000', levtype: 'pl', levelist: '500', param: 'TT', step },
      ...(number === undefined ? {} : { number }),
      feature: { type: 'timeseries', points: [[45, -73]] },
    },
    { now: new Date('2026-11-21T12:00:00Z') },
  );
const hoursOf = (selection: Selection): number[] => [...selection.steps].map((step) => step / 3600);

describe('Catalogue over files', () => {
  for (const container of ['xdf', 'rsf'] as const satisfies readonly Container[]) {
    it(`finds the fields of ${container} files that were written here`, async () => {
      const dir = await mkdtemp(join(tmpdir(), 'polyfst-files-'));
      const dateo = isoToStamp('2026-11-21T00:00:00Z');
      for (const hours of [[0, 1], [2]]) {
        const records = await Promise.all(hours.map((hour) => encode(container, field(hour, dateo))));
        await append(join(dir, `h${hours[0]}.fst`), container, records);
      }
      await withCube(dir, join(dir, 'state'), (cube) => {
        const selection = selectFields(request('0/to/24'), cube);
        assert.deepEqual(hoursOf(selection), [0, 1, 2]);
        const records = recordsOf(cube, selection.rows);
        assert.deepEqual([...records.record], [0, 1, 0]);
        assert.deepEqual([...records.ni], [4, 4, 4]);
        assert.ok(records.payloadBytes.every((bytes) => bytes >= 48));
      });
      await rm(dir, { recursive: true });
    });
  }

  const run = shared('fst', 'run');
  it('takes 25 hours out of the reference run', { skip: skipWithout(run, 'fst/run') }, async () => {
    const state = await mkdtemp(join(tmpdir(), 'polyfst-state-'));
    await withCube(run!, state, (cube) => {
      assert.equal(hoursOf(selectFields(request('0/to/24'), cube)).length, 25);
      assert.deepEqual(selectFields(request('0/to/24'), cube).numbers, Int32Array.of(0));
      assert.equal(
        cube.rowCount,
        cube.files.reduce((sum, { path }) => sum + tableOfReference(path).count, 0),
      );
    });
    await rm(state, { recursive: true });
  });

  it('takes three hours out of a folder with the RSF file alone', { skip: skipWithout(run, 'fst/run') }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'polyfst-rsf-'));
    await copyFile(join(run!, '2026112100.rsf.fst'), join(dir, 'a.fst'));
    await withCube(dir, join(dir, '.state'), (cube) =>
      assert.deepEqual(hoursOf(selectFields(request('0/to/24'), cube)), [0, 6, 12]),
    );
    await rm(dir, { recursive: true });
  });

  const ensemble = shared('fst', 'ensemble.xdf.fst');
  it('sees the members of the reference ensemble', { skip: skipWithout(ensemble, 'fst/ensemble') }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'polyfst-ens-'));
    await copyFile(ensemble!, join(dir, 'a.fst'));
    await withCube(dir, join(dir, '.state'), (cube) => {
      const selection = selectFields(request('0/to/24', '1/to/50'), cube);
      assert.deepEqual(
        [[...selection.numbers], hoursOf(selection)],
        [
          [1, 2, 3],
          [0, 3, 6],
        ],
      );
      assert.throws(() => selectFields(request('0'), cube), { code: 'under_specified', message: /number/ });
    });
    await rm(dir, { recursive: true });
  });
});
