/** Grids read from GRIB2 leave what other grids share as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussianLatitudes } from '../grid/gaussian.js';
import { fstGridOfGrib } from './grib2-fst-grid.js';

test('Gaussian grids from north to south and from south to north have the same latitudes', () => {
  const before = Float64Array.from(gaussianLatitudes(24));
  const [south, north] = [before[0]!, before[23]!];
  const grid = {
    kind: 'gaussian',
    ni: 48,
    nj: 24,
    rows: 12,
    lon1: 0,
    lon2: 352.5,
    di: 7.5,
    gridRelative: false,
  } as const;
  for (const [lat1, lat2, northward] of [
    [north, south, false],
    [south, north, true],
    [north, south, false],
  ] as const) {
    const { keys } = fstGridOfGrib({ ...grid, lat1, lat2, northward });
    assert.deepEqual([keys.grtyp, keys.nj], ['G', 24]);
    assert.deepEqual(gaussianLatitudes(24), before);
  }
});
