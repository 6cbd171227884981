import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { append, encode, type NativeField } from '../../native/index.js';
import { parseConfig } from '../../schemas/config.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import { openCatalogue } from '../catalogue.js';
import { planRequest } from '../plan.js';
import { RegionFinder } from '../region/region.js';
import { FsStore } from '../store-fs.js';

const NI = 12;
const NJ = 10;

const common = {
  typvar: 'P',
  etiket: 'T',
  ip2: 0,
  ip3: 0,
  nk: 1,
  deet: 3600,
  npas: 0,
  ig4: 0,
  dateo: 493121600,
  datyp: 5,
  nbits: 32,
};

/** Descriptors of a window on plain lat-lon whose west edge is `west`, tagged 7, 8, 0. */
function axes(west: number): NativeField[] {
  const on = { ...common, typvar: 'X', grtyp: 'L', ip1: 7, ip2: 8, ig1: 100, ig2: 100, ig3: 9000, ig4: 0 };
  return [
    { ...on, nomvar: '>>', ni: NI, nj: 1, values: Float32Array.from({ length: NI }, (_, i) => west + i) },
    { ...on, nomvar: '^^', ni: 1, nj: NJ, values: Float32Array.from({ length: NJ }, (_, j) => 40 + j) },
  ];
}

function field(nomvar: string, hour: number): NativeField {
  const values = new Float32Array(NI * NJ).fill(1);
  return { ...common, nomvar, grtyp: 'Z', ip1: 500, ni: NI, nj: NJ, ig1: 7, ig2: 8, ig3: 0, npas: hour, values };
}

async function write(path: string, fields: readonly NativeField[]): Promise<void> {
  await append(path, 'xdf', await Promise.all(fields.map((one) => encode('xdf', one))));
}

describe('files that tag different axes alike', () => {
  it('are different grids, and files with equal axes are one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'polyfst-tags-'));
    try {
      await write(join(folder, 'a_000'), [...axes(260), field('TT', 0)]);
      await write(join(folder, 'a_001'), [...axes(260), field('TT', 1)]);
      await write(join(folder, 'b_000'), [...axes(300), field('GZ', 0)]);
      const catalogue = await openCatalogue({
        store: await FsStore.open(join(folder, 'state')),
        sources: { data: [folder], collections: {} },
        skip: [join(folder, 'state')],
      });
      await catalogue.refresh();
      const { limits } = parseConfig({});
      const ask = (param: string, step: string, lon: number) =>
        planRequest(
          parseFeatureRequest(
            {
              date: '20261121',
              time: '00',
              levtype: 'pl',
              levelist: '500',
              param,
              step,
              feature: { type: 'timeseries', points: [[45, lon]] },
            },
            { now: new Date() },
          ),
          catalogue.cube('default'),
          { limits, regions: new RegionFinder() },
        );
      assert.equal((await ask('TT', '0/1', 262)).cost.values, 2);
      assert.equal((await ask('GZ', '0', 302)).cost.values, 1);
      await assert.rejects(ask('GZ', '0', 262), { code: 'outside_domain' });
      await assert.rejects(ask('TT/GZ', '0', 262), { code: 'mixed_grids' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
