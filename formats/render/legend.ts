/** Legends: a bar of the colours of a scale with its breaks below, or samples of lines and symbols. */
import { drawWinds } from './barbs.js';
import { type Canvas, CLEAR, type Colour, colourOf, fillRect, makeCanvas } from './canvas.js';
import { Painter } from './painter.js';
import { drawText, numberText, textWidth } from './text.js';

export interface LegendLook {
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  readonly background: Colour;
  readonly text: Colour;
  readonly muted: Colour;
}

export interface LegendScale {
  readonly title: string;
  readonly unitText: string;
  readonly breaks: readonly number[];
  /** `#rrggbb`, or `none` */
  readonly colours: readonly string[];
}

const MARGIN = 10;
const TITLE_SIZE = 8.2;
const TICK_SIZE = 7.4;

/** The longest part of a text that fits. */
function fitted(text: string, size: number, room: number): string {
  if (textWidth(text, size) <= room) return text;
  let end = text.length;
  while (end > 0 && textWidth(`${text.slice(0, end).trimEnd()}...`, size) > room) end--;
  return end === 0 ? '' : `${text.slice(0, end).trimEnd()}...`;
}

function heading(painter: Painter, look: LegendLook, title: string, right: string): void {
  const { pixelRatio: r } = look;
  const y = 12 * r;
  const size = TITLE_SIZE * r;
  const end = look.width - MARGIN * r;
  drawText(painter, right, { x: end, y, anchor: 'end' }, { size, colour: look.text });
  const room = end - textWidth(right, size) - 2 * MARGIN * r;
  drawText(painter, fitted(title, size, room), { x: MARGIN * r, y }, { size, colour: look.text });
}

/** Bins of equal width, the first and last standing for what lies beyond; a tick below each boundary where there is room. */
export function colourLegend(scale: LegendScale, look: LegendLook): Canvas {
  const canvas = makeCanvas(look.width, look.height, look.background);
  const painter = new Painter(canvas);
  const { pixelRatio: r } = look;
  heading(painter, look, scale.title, scale.unitText);
  const count = scale.colours.length;
  const room = look.width - 2 * MARGIN * r;
  const edge = (n: number): number => Math.round(MARGIN * r + (n * room) / count);
  const [top, thick] = [Math.round(21 * r), Math.round(10 * r)];
  scale.colours.forEach((colour, n) => {
    if (colour !== 'none') fillRect(canvas, edge(n), top, edge(n + 1) - edge(n), thick, colourOf(colour));
    else {
      const [x0, x1, y0, y1] = [edge(n) + 0.5, edge(n + 1) - 0.5, top + 0.5, top + thick - 0.5];
      painter.line([x0, y0, x1, y0, x1, y1, x0, y1, x0, y0], Math.max(1, 0.8 * r)).paint(look.muted);
    }
  });
  const size = TICK_SIZE * r;
  const every = tickStep(scale.breaks, room / count, size);
  scale.breaks.forEach((value, n) => {
    if ((n - every.first) % every.step !== 0) return;
    const x = edge(n + 1);
    painter.line([x, top + thick + 1 * r, x, top + thick + 3.5 * r], Math.max(1, 0.9 * r)).paint(look.muted);
    drawText(painter, numberText(value), { x, y: top + thick + 11 * r, anchor: 'middle' }, { size, colour: look.text });
  });
  return canvas;
}

/** Every how many breaks a number has room; a break at zero gets one. */
function tickStep(breaks: readonly number[], width: number, size: number): { step: number; first: number } {
  const widest = Math.max(1, ...breaks.map((value) => textWidth(numberText(value), size)));
  const step = Math.max(1, Math.ceil((widest + size * 0.7) / width));
  const zero = breaks.indexOf(0);
  const round = breaks.findIndex((value, n) => value % ((breaks[n + step] ?? 0) - value || 1) === 0);
  const first = zero >= 0 ? zero % step : step === 1 || round < 0 ? 0 : round % step;
  return { step, first };
}

export interface LineSample {
  readonly title: string;
  readonly detail: string;
  readonly colour: Colour;
}

/** A thin and a thick line with their meaning. */
export function lineLegend({ title, detail, colour }: LineSample, look: LegendLook): Canvas {
  const canvas = makeCanvas(look.width, look.height, look.background);
  const painter = new Painter(canvas);
  const { pixelRatio: r } = look;
  heading(painter, look, title, '');
  const y = 30 * r;
  painter.line([MARGIN * r, y, 40 * r, y], r);
  painter.line([48 * r, y, 78 * r, y], 1.9 * r).paint(colour);
  drawText(painter, detail, { x: 90 * r, y }, { size: TICK_SIZE * r, colour: look.text });
  return canvas;
}

/** Symbols of 5, 10, 25 and 50 kt with their speeds. */
export function windLegend(title: string, kind: 'barbs' | 'arrows', colour: Colour, look: LegendLook): Canvas {
  const canvas = makeCanvas(look.width, look.height, look.background);
  const painter = new Painter(canvas);
  const { pixelRatio: r } = look;
  heading(painter, look, title, 'kt');
  const speeds = [5, 10, 25, 50, 65];
  const room = (look.width - 2 * MARGIN * r) / speeds.length;
  speeds.forEach((knots, n) => {
    const x = MARGIN * r + n * room;
    const middle = kind === 'barbs' ? x + 26 * r : x + 16 * r;
    const mark = { x: middle, y: 36 * r, dx: 1, dy: 0, knots, southern: false };
    drawWinds(canvas, [mark], kind, { line: colour, halo: CLEAR, pixelRatio: r });
    drawText(
      painter,
      String(knots),
      { x: x + (kind === 'barbs' ? 32 : 37) * r, y: 33 * r },
      { size: TICK_SIZE * r, colour: look.text },
    );
  });
  return canvas;
}
