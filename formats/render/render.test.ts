/** Lines, symbols and letters of maps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawWinds, feathersOf } from './barbs.js';
import { blend, CLEAR, colourOf, makeCanvas } from './canvas.js';
import { paintBins } from './fill.js';
import { isolines } from './isolines.js';
import { Painter } from './painter.js';
import { drawText, numberText, textStrokes, textWidth } from './text.js';

const lattice = (columns: number, rows: number, at: (i: number, j: number) => number) => ({
  columns,
  rows,
  values: Float32Array.from({ length: columns * rows }, (_, k) => at(k % columns, Math.floor(k / columns))),
});

describe('isolines', () => {
  it('closes circles around a cone', () => {
    const cone = lattice(41, 41, (i, j) => Math.hypot(i - 20, j - 20));
    const lines = isolines(cone, [5.5, 12.5]);
    assert.deepEqual(
      lines.map(({ level, closed }) => [level, closed]),
      [
        [5.5, true],
        [12.5, true],
      ],
    );
    for (const { level, points } of lines) {
      for (let k = 0; k < points.length; k += 2) {
        assert.ok(Math.abs(Math.hypot(points[k]! - 20, points[k + 1]! - 20) - level) < 0.1);
      }
    }
  });

  it('ends at the rim and at missing values', () => {
    const slope = lattice(10, 10, (i, j) => (i === 5 && j === 5 ? Number.NaN : j + 0.5));
    const lines = isolines(slope, [3, 5.25]);
    const at = (level: number) => lines.filter((line) => line.level === level);
    assert.equal(at(3).length, 1);
    assert.equal(at(5.25).length, 2);
    const [whole] = at(3);
    assert.deepEqual([whole!.points[1], whole!.closed], [2.5, false]);
    assert.equal(Math.abs(whole!.points[0]! - whole!.points.at(-2)!), 9);
  });

  it('parts the corners of a saddle by its middle', () => {
    for (const middle of [0, 1]) {
      const saddle = lattice(2, 2, (i, j) => ((i + j) % 2 === 0 ? 1 : middle === 1 ? -0.2 : -3));
      const lines = isolines(saddle, [0]);
      assert.equal(lines.length, 2);
      for (const { points } of lines) assert.equal(points.length, 4);
    }
  });
});

describe('winds', () => {
  it('counts feathers of speeds rounded to 5 kt', () => {
    assert.deepEqual(feathersOf(2.6), [0, 0, 1]);
    assert.deepEqual(feathersOf(12), [0, 1, 0]);
    assert.deepEqual(feathersOf(48), [1, 0, 0]);
    assert.deepEqual(feathersOf(65), [1, 1, 1]);
    assert.deepEqual(feathersOf(117), [2, 1, 1]);
  });

  it('points the shaft to where the wind comes from, feathers on its clockwise side north of the equator', () => {
    const look = { line: colourOf('#000000'), halo: CLEAR, pixelRatio: 1 };
    const covered = (southern: boolean): { left: number; right: number; above: number; below: number } => {
      const canvas = makeCanvas(80, 80);
      // a wind towards the east: from the west
      drawWinds(canvas, [{ x: 40, y: 40, dx: 1, dy: 0, knots: 25, southern }], 'barbs', look);
      const count = { left: 0, right: 0, above: 0, below: 0 };
      canvas.rgba.forEach((colour, n) => {
        if (colour >>> 24 < 100) return;
        const [i, j] = [n % 80, Math.floor(n / 80)];
        if (i < 38) count.left++;
        if (i > 42) count.right++;
        if (j < 38) count.above++;
        if (j > 42) count.below++;
      });
      return count;
    };
    const north = covered(false);
    assert.ok(north.left > 20 && north.right === 0 && north.above > 10 && north.below === 0);
    const south = covered(true);
    assert.ok(south.below > 10 && south.above === 0);
  });
});

describe('canvas', () => {
  it('blends over nothing, over colour, and not at all', () => {
    const canvas = makeCanvas(2, 1);
    blend(canvas, 0, colourOf('#ff0000'), 0.5);
    assert.equal(canvas.rgba[0]! & 0xffffff, 0x0000ff);
    assert.equal(canvas.rgba[0]! >>> 24, 128);
    canvas.rgba[1] = colourOf('#000000');
    blend(canvas, 1, colourOf('#ffffff'), 0.5);
    assert.equal(canvas.rgba[1]! >>> 24, 255);
    assert.equal(canvas.rgba[1]! & 0xff, 128);
    const before = canvas.rgba[1];
    blend(canvas, 1, colourOf('#ffffff'), 0);
    assert.equal(canvas.rgba[1], before);
  });

  it('paints bins by value, and nothing where a value is missing or its bin has no colour', () => {
    const canvas = makeCanvas(5, 1);
    const colours = Uint32Array.of(CLEAR, colourOf('#111111'), colourOf('#222222'));
    paintBins(canvas, Float32Array.of(0, 1, 1.5, 2, Number.NaN), { breaks: Float32Array.of(1, 2), colours });
    assert.deepEqual([...canvas.rgba], [0, colours[1], colours[1], colours[2], 0]);
  });

  it('covers the inside of a polygon and the width of a line', () => {
    const canvas = makeCanvas(20, 20);
    new Painter(canvas).polygon([2, 2, 18, 2, 18, 18, 2, 18]).paint(colourOf('#000000'));
    assert.equal(canvas.rgba[10 * 20 + 10]! >>> 24, 255);
    assert.equal(canvas.rgba[0], CLEAR);
    const line = makeCanvas(20, 20);
    new Painter(line).line([0, 10, 20, 10], 4).paint(colourOf('#000000'));
    const rows = Array.from({ length: 20 }, (_, j) => line.rgba[j * 20 + 10]! >>> 24);
    assert.equal(
      rows.reduce((sum, alpha) => sum + alpha, 0),
      4 * 255,
    );
  });
});

describe('text', () => {
  it('draws every character of a map inside the width that it says', () => {
    const text = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 −+.,:/%°²()';
    const xs = textStrokes(text, 14, { x: 0, y: 7 }).flatMap((stroke) => [...stroke].filter((_, k) => k % 2 === 0));
    assert.ok(Math.min(...xs) >= 0 && Math.max(...xs) <= textWidth(text, 14) + 1e-9);
    assert.equal(textStrokes('é', 14, { x: 0, y: 0 }).length, textStrokes('e', 14, { x: 0, y: 0 }).length);
    const canvas = makeCanvas(60, 20);
    drawText(new Painter(canvas), '12', { x: 30, y: 10, anchor: 'middle' }, { size: 10, colour: colourOf('#000000') });
    assert.ok(canvas.rgba.some((colour) => colour >>> 24 > 200));
  });

  it('writes numbers with a true minus and no more decimals than they need', () => {
    assert.equal(numberText(-40), '−40');
    assert.equal(numberText(0.1 + 0.2), '0.3');
  });
});
