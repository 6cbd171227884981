import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Closest } from './closest.js';
import { openGrid } from './grid.js';
import { KdTree } from './nearest.js';
import { cloud, mesh, net, plain } from './sample-grids.js';

const at = (...values: number[]): Float64Array => Float64Array.from(values);

describe('curvilinear grids', () => {
  it('find fractional indices inside their cells', async () => {
    const grid = openGrid(net());
    assert.equal(grid.kind, 'curvilinear');
    const { lat, lon } = await grid.latlon();
    const corner = 12 * 40 + 7;
    const middle = (values: Float64Array): number =>
      (values[corner]! + values[corner + 1]! + values[corner + 40]! + values[corner + 41]!) / 4;
    const [x, y] = await grid.locate(at(lat[corner]!, middle(lat)), at(lon[corner]!, middle(lon))).then((xy) => xy);
    assert.ok(Math.abs(x! - 8) < 1e-6 && Math.abs(y! - 13) < 1e-6);
    const centre = await grid.locate(at(middle(lat)), at(middle(lon)));
    assert.ok(Math.abs(centre[0]! - 8.5) < 0.01 && Math.abs(centre[1]! - 13.5) < 0.01);
  });

  it('end half a cell beyond their rim', async () => {
    const grid = openGrid(net());
    const { lat, lon } = await grid.latlon(Uint32Array.of(0));
    const found = await grid.nearest(at(lat[0]! - 0.3, lat[0]! - 3), at(lon[0]!, lon[0]!));
    assert.deepEqual([...found.inside], [1, 0]);
    const xy = await grid.locate(at(lat[0]! - 0.3, lat[0]! - 3), at(lon[0]!, lon[0]!));
    assert.ok(xy[1]! < 1 && xy[1]! >= 0.5 && Number.isNaN(xy[2]!));
  });

  it('are told from lists folded into rows', () => {
    const folded = cloud(600);
    assert.equal(openGrid({ ...folded, ni: 30, nj: 20 }).kind, 'scattered');
    assert.equal(openGrid({ ...folded, grtyp: 'O', ni: 30, nj: 20 }).kind, 'curvilinear');
    assert.equal(openGrid(mesh()).kind, 'scattered');
    assert.equal(openGrid(plain('+', 1, 1, [1000, 1000, 14550, 28637])).kind, 'scattered');
  });

  it('leave out places that are no coordinates', () => {
    const tree = new KdTree(at(10, Number.NaN, 95, 11), at(20, 20, 20, Number.POSITIVE_INFINITY));
    assert.equal(tree.size, 1);
    const closest = new Closest();
    closest.reset(0);
    tree.nearest(80, 0, closest);
    assert.equal(closest.point, 0);
  });

  it('have no fractional indices where points have no order', async () => {
    const xy = await openGrid(cloud()).locate(at(1), at(2));
    assert.ok(Number.isNaN(xy[0]!) && Number.isNaN(xy[1]!));
  });
});
