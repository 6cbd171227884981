/** The request cases on the demo run, as far as the selection decides them: which fields, or which refusal. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { demoFiles } from '../cli/demo-run.js';
import { type FilePart, mergeRun, splitByBase } from '../extraction/catalogue/merge-run.js';
import { type Datacube, makeDatacube } from '../extraction/datacube.js';
import { runId } from '../extraction/run-index.js';
import { selectFields } from '../extraction/selection.js';
import { collectionConfigSchema } from '../schemas/collection.js';
import { FeatureError } from '../schemas/problem.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { shared, skipWithout } from './paths.js';
import { tableOf } from './tables.js';

interface Case {
  readonly id: string;
  readonly request: Record<string, unknown>;
  readonly expect: 'ok' | 'error';
  readonly errorContains?: readonly string[];
  readonly coverages?: { readonly count: number; readonly domainType: string; readonly axes: Record<string, number> };
}

const path = shared('spec', 'feature-requests.json');
const now = new Date('2025-01-17T09:00:00Z');

function demoCube(): Datacube {
  const collection = {
    name: 'demo',
    ...collectionConfigSchema.parse({
      roots: ['/demo'],
      class: 'rd',
      expver: '0001',
      domain: 'g',
      rules: [
        { etiket: 'R1DEMO__N', stream: 'oper', type: 'fc' },
        { etiket: 'E1DEMO__N*', stream: 'enfo', number: 'ip3' },
      ],
    }),
  };
  const parts = new Map<string, { base: number; parts: FilePart[] }>();
  for (const [at, { name, fields }] of [...demoFiles()].entries()) {
    const file = { path: `/demo/${name}`, dev: 1, ino: at, size: 1, mtimeMs: 1, container: 'xdf' as const };
    const table = tableOf(fields);
    for (const [base, rows] of splitByBase(table)) {
      const run = parts.get(runId(base)) ?? { base, parts: [] };
      parts.set(runId(base), run);
      run.parts.push({ file, table, rows });
    }
  }
  const runs = [...parts.values()].flatMap(({ base, parts: of }) => mergeRun(base, of, collection) ?? []);
  return makeDatacube(collection, 'v', runs);
}

/** Coverages that the selected fields split into, as far as that is told by the axes of the selection. */
function coverageCount(request: ReturnType<typeof parseFeatureRequest>, cube: Datacube): number {
  const { bases, numbers, levels, steps } = selectFields(request, cube);
  const { feature } = request;
  if (feature.type === 'timeseries') {
    const time = feature.axis === 'step' ? bases.length : steps.length;
    return feature.points.length * time * numbers.length * levels.length;
  }
  if (feature.type === 'position') return feature.points.length * bases.length * numbers.length;
  if (feature.type === 'verticalprofile') return feature.points.length * bases.length * numbers.length * steps.length;
  const onPath = feature.type === 'trajectory' && feature.axes.includes('step');
  return bases.length * numbers.length * (onPath ? 1 : steps.length);
}

/** Refusals that need the grid: none of the selection's. */
const NEEDS_GRID: ReadonlySet<string> = new Set(['FR-030', 'FR-058']);

describe('request cases on the demo run', { skip: skipWithout(path, 'feature-requests.json') }, () => {
  const cases = path === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as Case[]);
  const cube = demoCube();
  for (const { id, request, expect, errorContains = [], coverages } of cases) {
    if (NEEDS_GRID.has(id)) continue;
    it(`${id}: ${expect}`, () => {
      if (expect === 'ok') {
        const parsed = parseFeatureRequest(request, { now });
        assert.equal(coverageCount(parsed, cube), coverages!.count);
        const selection = selectFields(parsed, cube);
        const { axes } = coverages!;
        if (parsed.feature.type === 'timeseries' && parsed.feature.axis === 'step') {
          assert.equal(selection.steps.length, axes['t']);
        }
        if (parsed.feature.type === 'verticalprofile') assert.equal(selection.levels.length, axes['levelist']);
        return;
      }
      assert.throws(
        () => selectFields(parseFeatureRequest(request, { now }), cube),
        (error: unknown) => {
          assert.ok(error instanceof FeatureError, String(error));
          for (const word of errorContains) {
            assert.ok(error.message.toLowerCase().includes(word.toLowerCase()), `"${word}" in: ${error.message}`);
          }
          return true;
        },
      );
    });
  }
});
