/**
 * Feature requests through the HTTP API on the demo run. The corpus beside the checkout says what each answers; the values of
 * every answer are held against the formula of the demo run, so that a right shape with wrong numbers fails.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeDemo } from '../cli/demo.js';
import { decodeCoverages } from '../client/covjson.js';
import type { CoverageCollection } from '../schemas/coverage.js';
import { expectedValue } from './demo-formula.js';
import { shared, skipWithout } from './paths.js';
import { startTestService, type TestService } from './service.js';

interface Case {
  readonly id: string;
  readonly request: unknown;
  readonly expect: 'ok' | 'error';
  readonly errorContains?: readonly string[];
  readonly coverages?: { count?: number; domainType?: string; axes?: Record<string, number> };
}

const corpus = shared('spec', 'feature-requests.json');
const cases: readonly Case[] = corpus === undefined ? [] : (JSON.parse(readFileSync(corpus, 'utf8')) as Case[]);

/** Cases of our own: they run in every checkout. */
const OWN: readonly Case[] = [
  {
    id: 'own-timeseries',
    request: {
      stream: 'oper',
      date: '20250115',
      time: '00',
      levtype: 'sfc',
      param: '2t/TT',
      step: '0/to/24/by/6',
      feature: { type: 'timeseries', points: [[45.5, -73.5]] },
    },
    expect: 'ok',
    coverages: { count: 1, domainType: 'PointSeries', axes: { t: 5 } },
  },
  {
    id: 'own-profile',
    request: {
      stream: 'oper',
      date: '20250115',
      time: '12',
      levtype: 'pl',
      levelist: '1000/500',
      param: 't',
      step: '3',
      feature: { type: 'verticalprofile', points: [[41, -61]] },
    },
    expect: 'ok',
    coverages: { count: 1, domainType: 'VerticalProfile', axes: { levelist: 2, t: 1 } },
  },
  {
    id: 'own-box',
    request: {
      stream: 'oper',
      date: '20250115',
      time: '00',
      levtype: 'sfc',
      param: 'msl',
      step: '0',
      feature: {
        type: 'boundingbox',
        points: [
          [44, -74],
          [45, -73],
        ],
      },
    },
    expect: 'ok',
    coverages: { count: 1, domainType: 'MultiPoint', axes: { composite: 9 } },
  },
  {
    id: 'own-step-twice',
    request: {
      stream: 'oper',
      date: '20250115',
      time: '00',
      levtype: 'sfc',
      param: '2t',
      step: '0',
      feature: { type: 'timeseries', points: [[45, -73]], range: { start: 0, end: 3 } },
    },
    expect: 'error',
    errorContains: ['step', 'over'],
  },
];

function axisSize(coverage: CoverageCollection['coverages'][number], axis: string): number | undefined {
  const found = coverage.domain.axes[axis];
  return found === undefined || !('values' in found) ? undefined : found.values.length;
}

function checkShape(collection: CoverageCollection, wanted: Case['coverages']): void {
  if (wanted?.count !== undefined) assert.equal(collection.coverages.length, wanted.count, 'number of coverages');
  if (wanted?.domainType !== undefined) assert.equal(collection.domainType, wanted.domainType);
  for (const [axis, size] of Object.entries(wanted?.axes ?? {})) {
    assert.equal(axisSize(collection.coverages[0]!, axis), size, `size of ${axis}`);
  }
}

/** Every value follows from the formula of the demo run. */
function checkValues(collection: CoverageCollection): void {
  let compared = 0;
  for (const coverage of decodeCoverages(collection)) {
    for (const [name, values] of Object.entries(coverage.values)) {
      const nomvar = String(collection.parameters?.[name]?.['fst:nomvar'] ?? name);
      for (let i = 0; i < values.length; i++) {
        const wanted = expectedValue(name, nomvar, coverage, i);
        if (wanted === undefined || Number.isNaN(values[i])) continue;
        assert.equal(values[i], wanted, `${name} at value ${i} of ${JSON.stringify(coverage.metadata)}`);
        compared++;
      }
    }
  }
  assert.ok(compared > 0, 'no value was compared');
}

describe('feature requests on the demo run', { skip: false }, () => {
  let folder: string;
  let service: TestService;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-demo-'));
    await writeDemo(folder, 'xdf');
    service = await startTestService([folder], { now: '2025-01-17T09:00:00Z' });
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const check = async (one: Case): Promise<void> => {
    const { status, body } = await service.ask('demo', one.request);
    if (one.expect === 'error') {
      assert.equal(status >= 400 && status < 500, true, `status ${status}`);
      const message = String((body as { message: unknown }).message);
      for (const word of one.errorContains ?? []) {
        assert.ok(message.toLowerCase().includes(word.toLowerCase()), `"${message}" does not say "${word}"`);
      }
      return;
    }
    assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
    const collection = body as CoverageCollection;
    checkShape(collection, one.coverages);
    checkValues(collection);
  };

  for (const one of OWN) it(one.id, () => check(one));

  describe('the corpus', { skip: skipWithout(corpus, 'the corpus of feature requests') }, () => {
    for (const one of cases) it(one.id, () => check(one));
  });
});
