/** Scenarios T27 and T28 (docs/regions.md) through the whole chain, on files that the test writes: levels of a box, masked points. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { append, encode, type NativeField } from '../native/index.js';
import { parseConfig } from '../schemas/config.js';
import type { CoverageCollection } from '../schemas/coverage.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { Budget } from './budget.js';
import { type Catalogue, openCatalogue } from './catalogue.js';
import { extract } from './extract.js';
import { RegionFinder } from './region/region.js';
import { FsStore } from './store-fs.js';

const NI = 360;
const NJ = 181;
/** latitude 0, longitude 1 */
const MASKED = 90 * NI + 1;
const LEVELS = [1000, 925, 850, 700, 500, 300];

function field(nomvar: string, ip1: number, datyp: number): NativeField {
  const values = Float32Array.from({ length: NI * NJ }, (_, k) => Math.floor(k / NI) - 90 + (k % NI) / 1000);
  if (datyp >= 64) values[MASKED] = Number.NaN;
  return {
    ...{
      nomvar,
      typvar: 'P',
      etiket: 'GLOBE',
      grtyp: 'L',
      ip1,
      ip2: 0,
      ip3: 0,
      ni: NI,
      nj: NJ,
      nk: 1,
      deet: 3600,
      npas: 0,
    },
    ...{ ig1: 100, ig2: 100, ig3: 0, ig4: 0, dateo: 493121600, datyp, nbits: datyp === 69 ? 32 : 16, values },
  };
}

describe('a globe of one degree', () => {
  let folder: string;
  let catalogue: Catalogue;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-globe-'));
    const fields = [
      ...LEVELS.map((level) => field('TT', level, 5)),
      field('TM', 0, 69),
      field('GL', 0, 65),
      field('I8', 0, 198),
    ];
    await append(
      join(folder, 'globe'),
      'xdf',
      await Promise.all(fields.map((one) => encode('xdf', { ...one, nbits: one.datyp === 5 ? 32 : one.nbits }))),
    );
    const store = await FsStore.open(join(folder, 'state'));
    catalogue = await openCatalogue({
      store,
      sources: { data: [folder], collections: {} },
      skip: [join(folder, 'state')],
    });
    await catalogue.refresh();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const ask = async (body: object): Promise<CoverageCollection> => {
    const { limits } = parseConfig({});
    const request = parseFeatureRequest(
      { date: '20261121', time: '00', step: '0', ...body },
      { now: new Date(), limits },
    );
    const deps = { limits, regions: new RegionFinder(), memory: new Budget(2 ** 28), cores: 2 };
    const chunks: Uint8Array[] = [];
    for await (const chunk of extract(request, catalogue.cube('default'), deps)) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as CoverageCollection;
  };

  it('T27: a box with a third axis takes the levels between, ends included', async () => {
    const feature = {
      type: 'boundingbox',
      axes: ['latitude', 'longitude', 'levelist'],
      points: [
        [0, 0, 1000],
        [1, 1, 500],
      ],
    };
    const answer = await ask({ levtype: 'pl', param: 'TT', feature });
    const composite = answer.coverages[0]!.domain.axes['composite'] as { values: number[][] };
    assert.equal(answer.coverages.length, 1);
    assert.equal(composite.values.length, 4 * 5);
    assert.deepEqual([...new Set(composite.values.map((tuple) => tuple[2]))], [1000, 925, 850, 700, 500]);
    await assert.rejects(ask({ levtype: 'pl', levelist: '500', param: 'TT', feature }), { code: 'over_specified' });
  });

  for (const nomvar of ['TM', 'GL', 'I8']) {
    it(`T28: a masked point of ${nomvar} is null, the others are there`, async () => {
      const square = [
        [0, 0],
        [0, 3],
        [3, 3],
        [3, 0],
      ];
      const answer = await ask({ levtype: 'sfc', param: nomvar, feature: { type: 'polygon', shape: square } });
      const { values } = answer.coverages[0]!.ranges[nomvar]!;
      assert.equal(values.length, 16);
      assert.deepEqual(
        values.flatMap((value, k) => (value === null ? [k] : [])),
        [1],
      );
      assert.ok(Math.abs(Number(values[15]) - 3.003) < 0.01);
      const point = await ask({ levtype: 'sfc', param: nomvar, feature: { type: 'timeseries', points: [[0, 1]] } });
      assert.deepEqual(point.coverages[0]!.ranges[nomvar]!.values, [null]);
    });
  }
});
