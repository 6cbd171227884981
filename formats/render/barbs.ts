/** Winds as symbols: barbs in knots after the WMO's plotting rules, and arrows. Directions are those of the map. */
import type { Canvas, Colour } from './canvas.js';
import { Painter } from './painter.js';

/** One wind on the map. */
export interface WindMark {
  /** pixels */
  readonly x: number;
  readonly y: number;
  /** unit vector to where the wind blows, pixels: x right, y down */
  readonly dx: number;
  readonly dy: number;
  readonly knots: number;
  readonly southern: boolean;
}

export interface WindLook {
  readonly line: Colour;
  readonly halo: Colour;
  readonly pixelRatio: number;
}

const SHAFT = 24;
const FEATHER = 10;
const SPACING = 4.2;
const WIDTH = 1.35;
const CALM_KNOTS = 2.5;

/** Strokes and pennants of one barb, in pixels. */
interface Symbol2D {
  readonly strokes: readonly (readonly number[])[];
  readonly pennants: readonly (readonly number[])[];
}

/** Number of pennants, full and half feathers of a speed rounded to 5 kt. */
export function feathersOf(knots: number): readonly [pennants: number, full: number, half: number] {
  const fives = Math.round(knots / 5);
  return [Math.floor(fives / 10), Math.floor((fives % 10) / 2), fives % 2];
}

function barb({ x, y, dx, dy, knots, southern }: WindMark, ratio: number): Symbol2D {
  // the shaft points to where the wind comes from; feathers stand on its clockwise side, south of the equator on the other
  const [ux, uy] = [-dx, -dy];
  const side = southern ? -1 : 1;
  const [px, py] = [-uy * side, ux * side];
  const at = (along: number, across: number): [number, number] => [
    x + ratio * (ux * along + px * across),
    y + ratio * (uy * along + py * across),
  ];
  const [pennants, full, half] = feathersOf(knots);
  const strokes: number[][] = [[...at(0, 0), ...at(SHAFT, 0)]];
  const flags: number[][] = [];
  let place = SHAFT;
  for (let n = 0; n < pennants; n++) {
    flags.push([...at(place, 0), ...at(place - 1, FEATHER), ...at(place - 6, 0)]);
    place -= n === pennants - 1 ? 6 + SPACING * 0.7 : 6.6;
  }
  for (let n = 0; n < full; n++, place -= SPACING) {
    strokes.push([...at(place, 0), ...at(place + 3.4, FEATHER)]);
  }
  if (half === 1) {
    // a single half feather stands in from the end, so that it cannot be taken for a full one
    if (place === SHAFT) place -= SPACING;
    strokes.push([...at(place, 0), ...at(place + 1.8, FEATHER * 0.52)]);
  }
  return { strokes, pennants: flags };
}

function arrow({ x, y, dx, dy, knots }: WindMark, ratio: number): Symbol2D {
  const length = ratio * Math.min(34, 9 + knots * 0.5);
  const head = ratio * Math.min(7.5, 4 + knots * 0.08);
  const [tx, ty] = [x + (dx * length) / 2, y + (dy * length) / 2];
  const wing = (side: number): [number, number] => [
    tx - head * dx + head * 0.48 * side * -dy,
    ty - head * dy + head * 0.48 * side * dx,
  ];
  return {
    strokes: [[x - (dx * length) / 2, y - (dy * length) / 2, tx - dx * head * 0.7, ty - dy * head * 0.7]],
    pennants: [[tx, ty, ...wing(1), ...wing(-1)]],
  };
}

/** Draws the symbols over the picture; calm winds are an open circle. */
export function drawWinds(canvas: Canvas, marks: readonly WindMark[], kind: 'barbs' | 'arrows', look: WindLook): void {
  const painter = new Painter(canvas);
  const { pixelRatio: ratio } = look;
  const calm = marks.filter(({ knots }) => knots < CALM_KNOTS);
  const symbols = marks
    .filter(({ knots }) => knots >= CALM_KNOTS)
    .map((mark) => (kind === 'barbs' ? barb(mark, ratio) : arrow(mark, ratio)));
  for (const extra of [1.8, 0]) {
    for (const { x, y } of calm) painter.ring(x, y, 3 * ratio, (WIDTH + extra) * ratio);
    for (const { strokes, pennants } of symbols) {
      for (const stroke of strokes) painter.line(stroke, (WIDTH + extra) * ratio);
      for (const pennant of pennants) {
        painter.polygon(pennant);
        painter.line([...pennant, pennant[0]!, pennant[1]!], (0.5 + extra) * ratio);
      }
    }
    painter.paint(extra > 0 ? look.halo : look.line);
  }
}
