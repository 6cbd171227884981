import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from '../../test/fast-check.js';
import type { Feature } from '../state/state.js';
import { moveCorner, removeCorner } from './corners.js';
import { outlineOf } from './shapes.js';

const SHAPES: readonly Feature[] = [
  { kind: 'pt', at: [45, -73] },
  {
    kind: 'poly',
    ring: [
      [44, -74],
      [46, -74],
      [46, -70],
      [44, -69],
    ],
  },
  { kind: 'box', box: [43, -74, 46, -70] },
  { kind: 'circ', at: [45, -72], km: 150 },
  { kind: 'frame', outer: [42, -76, 48, -66], inner: [44, -72, 46, -70] },
  {
    kind: 'track',
    vertices: [
      { at: [42, -78], hours: 0 },
      { at: [46, -70], hours: 6 },
      { at: [48, -64], hours: 9 },
    ],
    levels: [850],
  },
];

describe('corners of a shape', () => {
  it('are where they were moved to, whatever the shape', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SHAPES),
        fc.nat(7),
        fc.integer({ min: -900, max: 900 }),
        fc.integer({ min: -900, max: 900 }),
        (shape, n, north, east) => {
          const { corners } = outlineOf(shape);
          const index = n % corners.length;
          const [lat, lon] = corners[index]!;
          const to = [lat + north / 1000, lon + east / 1000] as const;
          const moved = moveCorner(shape, index, to);
          if (moved === undefined) return;
          const [newLat, newLon] = outlineOf(moved).corners[index]!;
          assert.ok(Math.abs(newLat - to[0]) < 1e-4 && Math.abs(newLon - to[1]) < 1e-4);
          assert.equal(outlineOf(moved).corners.length, corners.length);
        },
      ),
    );
  });

  it('cannot turn a box over, nor take the hole out of a frame', () => {
    assert.equal(moveCorner(SHAPES[2]!, 0, [47, -73]), undefined);
    assert.equal(moveCorner(SHAPES[4]!, 6, [49, -70]), undefined);
  });

  it('go away while enough of them are left', () => {
    const three = removeCorner(SHAPES[1]!, 1)!;
    assert.equal(outlineOf(three).corners.length, 3);
    assert.equal(removeCorner(three, 0), undefined);
    assert.equal(removeCorner(SHAPES[2]!, 0), undefined);
    const two = removeCorner(SHAPES[5]!, 0)!;
    assert.equal(removeCorner(two, 0), undefined);
  });
});
