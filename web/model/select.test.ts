import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { START } from '../state/state.js';
import { modelsOf } from './catalogue.js';
import { partOf, selectionOf } from './select.js';

const collection = (id: string, grid: string, param: string): object => ({
  id,
  title: id,
  extent: { spatial: { bbox: [[-100, 30, -60, 60]] } },
  parameter_names: { [param]: { unit: { symbol: { value: 'Cel' } } } },
  polyfst: {
    polytope: { collection: 'two', keys: { levtype: 'sfc' } },
    grid: { id: grid, kind: 'separable', spacing: 1 },
  },
});
const MODELS = modelsOf({
  collections: [
    collection('two-sfc', 'coarse', 'TT'),
    collection('two-sfc-gabc123', 'fine', 'TT'),
    collection('two-pl-gabc123', 'fine', 'GZ'),
    collection('two-pl', 'coarse', 'GZ'),
  ],
});

describe('a run on several grids', () => {
  const on = (id: string) => selectionOf({ ...START, collection: id }, MODELS, new Map())!;

  it('has the fields of a point from the grid that is shown', () => {
    assert.equal(partOf(on('two-sfc-gabc123'), 'sfc')?.id, 'two-sfc-gabc123');
    assert.equal(partOf(on('two-sfc-gabc123'), 'pl')?.id, 'two-pl-gabc123');
    assert.equal(partOf(on('two-pl'), 'sfc')?.id, 'two-sfc');
    assert.equal(partOf(on('two-pl'), 'hl'), undefined);
  });
});
