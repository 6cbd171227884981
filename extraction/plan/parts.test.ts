import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeCovjson } from '../../formats/covjson.js';
import { DEFAULT_LIMITS } from '../../schemas/limits.js';
import { parseFeatureRequest } from '../../schemas/request.js';
import { demoCube } from '../../test/demo-cube.js';
import { assemble } from '../assemble.js';
import { planRequest } from '../plan.js';
import { RegionFinder } from '../region/region.js';
import { areaKm2 } from './feature-area.js';
import { type PlanPart, partCount, partOfPlan, partsOfPlan } from './parts.js';
import type { Plan } from './types.js';

const demo = demoCube();
const now = new Date('2025-01-17T09:00:00Z');

/** Runs at four times of two days; `member`: of the ensemble instead, which has one run. */
async function plan(over: object, format = 'covjson'): Promise<Plan> {
  const body = {
    ...{ class: 'rd', expver: '0001', domain: 'g', stream: 'oper', type: 'fc', levtype: 'sfc', param: '2t' },
    ...{ date: '20250115/20250116', time: '0000/1200', step: '0/1/2', format },
    feature: {
      type: 'boundingbox',
      points: [
        [46, -75],
        [44, -72],
      ],
    },
    ...over,
  };
  return planRequest(parseFeatureRequest(body, { now }), demo.cube, {
    limits: DEFAULT_LIMITS,
    regions: new RegionFinder(),
  });
}

async function bytesOf(whole: Plan, part?: PlanPart): Promise<Buffer> {
  const own = part === undefined ? whole : partOfPlan(whole, part);
  const piece = part && { isFirst: part.from === 0, isLast: part.to === whole.groups.length };
  const profile = whole.request.format === 'covjson-ogc' ? 'ogc' : 'ecmwf';
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCovjson(profile, whole.head, assemble(own, demo.slabs(own)), undefined, piece)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

describe('parts of a plan', () => {
  for (const format of ['covjson', 'covjson-ogc']) {
    it(`give the answer one after another, byte for byte (${format})`, async () => {
      const whole = await plan({}, format);
      const answer = await bytesOf(whole);
      for (const most of [2, 3, 4, 32]) {
        const parts = partsOfPlan(whole, most);
        assert.equal(parts.length, Math.min(most, 4));
        const pieces = await Promise.all(parts.map((part) => bytesOf(whole, part)));
        assert.ok(Buffer.concat(pieces).equals(answer));
      }
    });
  }

  it('are cut where date or member change, and nowhere else', async () => {
    const whole = await plan({});
    const dates = whole.groups.map((group) => group.coverages[0]!.metadata['Forecast date']);
    for (const { from } of partsOfPlan(whole, 32).slice(1)) assert.notEqual(dates[from], dates[from - 1]);
    const members = await plan({
      stream: 'enfo',
      type: 'pf',
      number: '1/2/3',
      step: '0/6',
      date: '20250115',
      time: '0000',
    });
    assert.equal(partsOfPlan(members, 32).length, 3);
    assert.equal(partsOfPlan(await plan({ date: '20250115', time: '0000' }), 32).length, 1);
  });

  it('are as many as the limits of values or of area want, and as can be cut', async () => {
    const whole = await plan({});
    const area = areaKm2(whole.request.feature) * whole.cost.fields;
    const none = { splitValues: 0, areaKm2: 0 };
    assert.equal(partCount(whole, none), undefined);
    assert.equal(partCount(whole, { ...none, areaKm2: Math.ceil(area) }), undefined);
    assert.equal(partCount(whole, { ...none, areaKm2: Math.ceil(area / 2) }), 2);
    assert.equal(partCount(whole, { ...none, areaKm2: 1 }), 4);
    assert.equal(partCount(whole, { ...none, splitValues: whole.cost.values }), undefined);
    assert.equal(partCount(whole, { ...none, splitValues: whole.cost.values - 1 }), 3);
    assert.equal(partCount(whole, { splitValues: whole.cost.values, areaKm2: Math.ceil(area / 3) }), 3);
    const oneRun = await plan({ date: '20250115', time: '0000' });
    assert.equal(partCount(oneRun, { ...none, areaKm2: 1 }), undefined);
    const series = await plan({ feature: { type: 'timeseries', points: [[45, -73]] } });
    assert.equal(partCount(series, { ...none, areaKm2: 1 }), undefined);
  });

  it('cover the plan without gaps, whatever their number', async () => {
    const whole = await plan({});
    for (const most of [1, 2, 3, 5]) {
      const parts = partsOfPlan(whole, most);
      assert.equal(parts[0]!.from, 0);
      assert.equal(parts.at(-1)!.to, whole.groups.length);
      for (const [n, part] of parts.slice(1).entries()) assert.equal(part.from, parts[n]!.to);
    }
  });
});
