import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFeatureRequest } from '../../schemas/request.js';
import { cubeOf } from '../../test/cubes.js';
import { selectFields } from '../selection.js';
import { findMask } from './cube-masks.js';

describe('findMask', () => {
  const cube = cubeOf([
    { nomvar: 'TM', typvar: 'P@' },
    { nomvar: 'TM', typvar: '@@' },
    { nomvar: 'TM', typvar: 'P@', ip2: 1, deet: 3600, npas: 1 },
    { nomvar: 'TM', typvar: '@@', ip2: 1, ip3: 5, deet: 3600, npas: 1 },
  ]);

  it('pairs a masked field with its mask', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => findMask(cube, row)),
      [1, undefined, undefined, undefined],
    );
  });

  it('is never taken for data', () => {
    const keys = { date: '20261121', time: '00', levtype: 'sfc', param: 'TM', step: 0 };
    const body = { ...keys, feature: { type: 'position', points: [[45, -73]] } };
    assert.deepEqual([...selectFields(parseFeatureRequest(body, { now: new Date() }), cube).rows], [0]);
  });
});
