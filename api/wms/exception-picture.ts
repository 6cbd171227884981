/** Exceptions as pictures: blank, or with the sentence written in it. */
import { encodePng } from '../../formats/png.js';
import { CLEAR, colourOf, makeCanvas } from '../../formats/render/canvas.js';
import { Painter } from '../../formats/render/painter.js';
import { drawText, textWidth } from '../../formats/render/text.js';
import { MAX_SIDE } from './picture.js';
import type { WmsQuery } from './query.js';

const SIZE = 9;
const MARGIN = 10;
const LINE = 19;

function sideOf(query: WmsQuery, key: string): number {
  const value = Number(query.get(key));
  return Number.isInteger(value) && value >= 1 && value <= MAX_SIDE ? value : 256;
}

/** Words in lines that fit a width. */
function linesOf(text: string, room: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) === '' || textWidth(longer, SIZE) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

export async function emptyPicture(query: WmsQuery, text: string | undefined): Promise<Uint8Array> {
  const isClear = query.get('TRANSPARENT')?.toUpperCase() === 'TRUE';
  const canvas = makeCanvas(sideOf(query, 'WIDTH'), sideOf(query, 'HEIGHT'), isClear ? CLEAR : colourOf('#ffffff'));
  if (text !== undefined) {
    const painter = new Painter(canvas);
    const look = { size: SIZE, colour: colourOf('#b3261e'), halo: colourOf('#ffffff', 0.9) };
    linesOf(text, canvas.width - 2 * MARGIN).forEach((line, n) => {
      drawText(painter, line, { x: MARGIN, y: MARGIN + SIZE + n * LINE }, look);
    });
  }
  return encodePng(canvas);
}
