/** Text in pictures: the strokes of its letters, placed, turned, and drawn with a halo that keeps them readable. */
import type { Colour } from './canvas.js';
import { CAPITAL, GAP, glyphOf } from './glyphs.js';
import type { Painter } from './painter.js';

export interface TextLook {
  /** height of capitals, pixels */
  readonly size: number;
  readonly colour: Colour;
  /** absent: no halo */
  readonly halo?: Colour;
  /** width of the strokes as a share of the height */
  readonly weight?: number;
}

export interface TextPlace {
  /** of the anchor on the middle line of the capitals, pixels */
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** clockwise, radians */
  readonly turn?: number;
}

const WEIGHT = 0.14;
const HALO = 0.5;

/** Width of a text in pixels. */
export function textWidth(text: string, size: number): number {
  let width = -GAP;
  for (const char of text) width += glyphOf(char).width + GAP;
  return (Math.max(0, width) * size) / CAPITAL;
}

/** Strokes of a text in pixels. */
export function textStrokes(text: string, size: number, place: TextPlace): readonly Float64Array[] {
  const { x, y, anchor = 'start', turn = 0 } = place;
  const scale = size / CAPITAL;
  const shift = anchor === 'start' ? 0 : anchor === 'middle' ? 0.5 : 1;
  let pen = (-textWidth(text, size) * shift) / scale;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const strokes: Float64Array[] = [];
  for (const char of text) {
    const glyph = glyphOf(char);
    for (const stroke of glyph.strokes) {
      const placed = new Float64Array(stroke.length);
      for (let k = 0; k < stroke.length; k += 2) {
        const dx = (pen + stroke[k]!) * scale;
        const dy = (CAPITAL / 2 - stroke[k + 1]!) * scale;
        placed[k] = x + c * dx - s * dy;
        placed[k + 1] = y + s * dx + c * dy;
      }
      strokes.push(placed);
    }
    pen += glyph.width + GAP;
  }
  return strokes;
}

export function drawText(painter: Painter, text: string, place: TextPlace, look: TextLook): void {
  const { size, colour, halo, weight = WEIGHT } = look;
  const strokes = textStrokes(text, size, place);
  const width = Math.max(1, size * weight);
  if (halo !== undefined) {
    for (const stroke of strokes) painter.line(stroke, width + size * HALO);
    painter.paint(halo);
  }
  for (const stroke of strokes) painter.line(stroke, width);
  painter.paint(colour);
}

/** A number as maps write it: a true minus, no more decimals than it needs. */
export function numberText(value: number): string {
  const text = String(Number(value.toPrecision(6)));
  return text.replace('-', '−');
}
