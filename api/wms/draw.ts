/** Draws the layers of a picture in order, and encodes it. */
import { samplePicture } from '../../extraction/maps/map-field.js';
import { encodePng } from '../../formats/png.js';
import { CLEAR, colourOf, makeCanvas } from '../../formats/render/canvas.js';
import { type Bins, paintBins } from '../../formats/render/fill.js';
import { deliveredBreaks, type Scale } from '../../schemas/styles.js';
import type { MapDeps } from './deps.js';
import { drawIsolines } from './draw-isolines.js';
import { drawSpeed, drawWindSymbols } from './draw-winds.js';
import type { Drawing } from './drawing.js';
import type { AskedLayer, MapRequest } from './map-request.js';
import type { WmsQuery } from './query.js';
import { askedScale, scaleOfField } from './scales.js';

/** Colour for values beyond an end of the scale: `transparent`, or 0xRRGGBB. */
function beyond(query: WmsQuery, key: string): number | undefined {
  const text = query.get(key);
  if (text === undefined || text === 'extend') return undefined;
  if (text === 'transparent') return CLEAR;
  const hex = /^(?:0x|#)([0-9a-f]{6})$/i.exec(text)?.[1];
  return hex === undefined ? undefined : colourOf(`#${hex}`);
}

/** Bins of a scale over the values delivered, with the vendor keys for what lies beyond its ends. */
export function binsOf(scale: Scale, query: WmsQuery): Bins {
  const colours = Uint32Array.from(scale.colours, (colour) => (colour === 'none' ? CLEAR : colourOf(colour)));
  const [below, above] = [beyond(query, 'BELOWMINCOLOR'), beyond(query, 'ABOVEMAXCOLOR')];
  if (below !== undefined) colours[0] = below;
  if (above !== undefined) colours[colours.length - 1] = above;
  return { breaks: deliveredBreaks(scale), colours };
}

async function drawFill(drawing: Drawing, { chosen }: AskedLayer): Promise<void> {
  const { deps, query, picture, look, canvas } = drawing;
  const [scale, values] = await Promise.all([
    scaleOfField(deps.fields, chosen),
    samplePicture(deps, chosen.field, picture, look.interpolation),
  ]);
  paintBins(canvas, values, binsOf(askedScale(scale, query), query));
}

async function drawLayer(drawing: Drawing, layer: AskedLayer): Promise<void> {
  switch (layer.style) {
    case 'fill':
      return drawFill(drawing, layer);
    case 'contours':
      return drawIsolines(drawing, layer.chosen);
    case 'speed':
      return drawSpeed(drawing, layer.chosen, (scale) => binsOf(askedScale(scale, drawing.query), drawing.query));
    case 'barbs':
    case 'arrows':
      return drawWindSymbols(drawing, layer.chosen, layer.style);
  }
}

/** Bytes of the picture. */
export async function drawMap(
  deps: MapDeps,
  { layers, picture, look }: MapRequest,
  query: WmsQuery,
): Promise<Uint8Array> {
  const canvas = makeCanvas(picture.width, picture.height, look.transparent ? CLEAR : colourOf(look.background));
  const drawing = { deps, query, picture, look, canvas };
  for (const layer of layers) await drawLayer(drawing, layer);
  return encodePng(canvas);
}
