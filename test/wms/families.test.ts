/** One table decides what family a parameter is of: the documents of EDR, the legends of the WMS and so the page agree. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { it } from 'node:test';
import type { Family } from '../../schemas/styles.js';
import { startTestService } from '../service.js';
import { GRIDS, writeRun } from './run-files.js';

const EXPECTED: Readonly<Record<string, Family>> = {
  ES: 'other',
  HR: 'humidity',
  HU: 'other',
  NT: 'cloud',
  P0: 'other',
  PN: 'pressure',
  PR: 'precipitation',
  RT: 'precipitation-rate',
  TD: 'temperature',
  TH: 'other',
  TT: 'temperature',
  UU: 'component',
  UV: 'wind',
  WW: 'signed',
};

interface Parameter {
  readonly measurementType: { readonly method: string };
  readonly polyfst: { readonly family: string };
}

it('a parameter is of one family on every surface', async () => {
  const folder = await writeRun(GRIDS.l, Object.keys(EXPECTED));
  try {
    await using service = await startTestService([folder]);
    const answer = await fetch(`${service.url}/edr/collections/default-sfc`);
    const { parameter_names: parameters } = (await answer.json()) as { parameter_names: Record<string, Parameter> };
    assert.deepEqual(Object.keys(parameters).sort(), Object.keys(EXPECTED));
    for (const [name, { polyfst, measurementType }] of Object.entries(parameters)) {
      const query = `service=WMS&request=GetLegendGraphic&layer=default-sfc/${name}&format=application/json`;
      const legend = (await (await fetch(`${service.url}/wms?${query}`)).json()) as { family: string };
      assert.deepEqual([polyfst.family, legend.family], [EXPECTED[name], EXPECTED[name]], name);
      assert.equal(measurementType.method, name === 'PR' ? 'sum' : 'instantaneous', name);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
