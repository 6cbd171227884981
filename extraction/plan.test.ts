/** What a plan says of the size of its answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCovjson } from '../formats/covjson.js';
import { DEFAULT_LIMITS } from '../schemas/limits.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { demoCube } from '../test/demo-cube.js';
import { assemble } from './assemble.js';
import { planRequest } from './plan.js';
import { RegionFinder } from './region/region.js';

const now = new Date('2025-01-17T09:00:00Z');
const deps = { limits: DEFAULT_LIMITS, regions: new RegionFinder() };
const data = demoCube();
const keys = { stream: 'oper', type: 'fc', date: '20250116', time: '0000' };
const area = [
  [41, -79],
  [49, -79],
  [49, -61],
  [41, -61],
];

const REQUESTS = {
  series: { levtype: 'sfc', param: '2t/tp', step: '0/to/24', feature: { type: 'timeseries', points: [[45.5, -73.5]] } },
  column: {
    ...{ levtype: 'pl', levelist: '250/500/850/1000', param: 't', step: '0/to/24' },
    feature: { type: 'verticalprofile', points: [[45.5, -73.5]] },
  },
  areas: { levtype: 'sfc', param: '2t', step: '0/to/24', feature: { type: 'polygon', shape: area } },
  levels: {
    ...{ levtype: 'pl', levelist: '500/1000', param: 't', step: '0/to/6' },
    feature: { type: 'polygon', shape: area },
  },
  tracks: {
    ...{ levtype: 'sfc', param: '2t', step: '0/to/24' },
    feature: { type: 'trajectory', points: [area[0], area[2]], axes: ['latitude', 'longitude'] },
  },
};

for (const [name, body] of Object.entries(REQUESTS)) {
  test(`the estimated size is that of the answer, to a third: ${name}`, async () => {
    const plan = await planRequest(parseFeatureRequest({ ...keys, ...body }, { now }), data.cube, deps);
    let bytes = 0;
    for await (const chunk of encodeCovjson('ecmwf', plan.head, assemble(plan, data.slabs(plan))))
      bytes += chunk.length;
    const share = plan.cost.bytes_estimate / bytes;
    assert.ok(share > 0.67 && share < 1.5, `${plan.cost.bytes_estimate} bytes were told, ${bytes} came`);
  });
}
