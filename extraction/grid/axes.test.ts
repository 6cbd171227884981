import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { tensorAxes } from './axes.js';
import { openGrid } from './grid.js';
import { CLOSED, ONE_DEGREE, onReference, plain, YIN_YANG } from './sample-grids.js';
import { angleBetween } from './sphere.js';

describe('axes of closed-form grids', () => {
  it('are those of the native core', async () => {
    for (const def of CLOSED) {
      const grid = openGrid(def);
      const own = await grid.latlon();
      const core = await native.gridPoints(def);
      const worst = own.lat.reduce(
        (most, lat, k) => Math.max(most, angleBetween(lat, own.lon[k]!, core.lat[k]!, core.lon[k]!)),
        0,
      );
      assert.ok(worst < 1e-11, `${def.grtyp} ${def.ig}: ${worst}`);
      assert.ok(own.lon.every((lon) => lon >= -180 && lon < 180));
    }
  });

  it('tell how columns wrap', () => {
    const wrapOf = (grtyp: string, ni: number): string => openGrid(plain(grtyp, ni, 10)).wrap;
    assert.equal(wrapOf('A', 24), 'periodic');
    assert.equal(wrapOf('B', 25), 'repeated');
    assert.equal(openGrid(plain('B', 25, 13)).columns, 24);
    assert.equal(openGrid(ONE_DEGREE).wrap, 'periodic');
    assert.equal(openGrid(plain('L', 359, 181, [100, 100, 0, 0])).wrap, 'window');
    const twice = onReference(
      'E',
      [900, 0, 43200, 43200],
      Float64Array.from({ length: 75 }, (_, k) => 5 * k),
      Float64Array.of(-5, 0, 5),
    );
    assert.deepEqual([openGrid(twice).wrap, openGrid(twice).columns], ['repeated', 72]);
  });

  it('are parallels and meridians also in an upright or upside-down rotated frame', async () => {
    const upright = openGrid(plain('E', 37, 18, [900, 0, 43200, 43200]));
    assert.equal(upright.kind, 'separable');
    // the second point west of the first turns the frame over
    const over = onReference('E', [900, 0, 43200, 14400], Float64Array.of(10, 20, 40), Float64Array.of(-30, 0, 10));
    const grid = openGrid(over);
    assert.equal(grid.kind, 'separable');
    const core = await native.gridPoints(over);
    const own = await grid.latlon();
    const apart = own.lat.map((lat, k) => angleBetween(lat, own.lon[k]!, core.lat[k]!, core.lon[k]!));
    assert.ok(apart.every((angle) => angle < 1e-12));
  });

  it('are one object for equal content, whatever its tags', () => {
    const axes = [Float64Array.of(1, 2, 3), Float64Array.of(4, 5)] as const;
    const one = onReference('E', [1217, 0, 57986, 57216], ...axes);
    const other = {
      ...onReference('E', [1217, 0, 57986, 57216], axes[0].slice(), axes[1].slice()),
      ig: [7, 8, 9, 0] as const,
    };
    assert.equal(openGrid(one), openGrid(other));
    assert.notEqual(openGrid(one).id, openGrid(onReference('E', [1217, 0, 57986, 57220], ...axes)).id);
    assert.equal(openGrid({ ...other, grtyp: '#' }).id, openGrid(one).id);
  });

  it('refuse what cannot be', () => {
    const code = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        if (error instanceof FeatureError) return error.code;
      }
      return 'none';
    };
    assert.equal(
      code(() => openGrid(plain('!', 3, 3))),
      'unsupported_grid',
    );
    assert.equal(
      code(() => openGrid(plain('X', 3, 3))),
      'unsupported_grid',
    );
    assert.equal(
      code(() => openGrid(plain('A', 0, 3))),
      'grid_error',
    );
    assert.equal(
      code(() => openGrid(plain('A', 3, 3, [5, 0, 0, 0]))),
      'grid_error',
    );
    assert.equal(
      code(() => openGrid(plain('Z', 3, 3))),
      'grid_error',
    );
    assert.equal(
      code(() => openGrid({ ...YIN_YANG, nj: 100 })),
      'grid_error',
    );
    assert.equal(
      code(() => openGrid(plain('L', 10, 200, [100, 100, 0, 0]))),
      'grid_error',
    );
    assert.equal(
      code(() => openGrid(plain('A', 2 ** 31, 3))),
      'grid_error',
    );
    const folded = onReference('L', [100, 100, 9000, 0], Float64Array.of(1, 3, 2), Float64Array.of(1, 2));
    assert.equal(
      code(() => tensorAxes(folded)),
      'grid_error',
    );
  });
});
