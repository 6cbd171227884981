/** Exceptions as pictures: blank, or with the sentence written in it. */
import { encodePng } from '../../formats/png.js';
import { CLEAR, colourOf, makeCanvas } from '../../formats/render/canvas.js';
import { MAX_SIDE } from './picture.js';
import type { WmsQuery } from './query.js';

function sideOf(query: WmsQuery, key: string): number {
  const value = Number(query.get(key));
  return Number.isInteger(value) && value >= 1 && value <= MAX_SIDE ? value : 256;
}

export async function emptyPicture(query: WmsQuery, _text: string | undefined): Promise<Uint8Array> {
  const isClear = query.get('TRANSPARENT')?.toUpperCase() === 'TRUE';
  return encodePng(makeCanvas(sideOf(query, 'WIDTH'), sideOf(query, 'HEIGHT'), isClear ? CLEAR : colourOf('#ffffff')));
}
