/** Draws the layers of a picture in order, and encodes it. */
import { samplePicture } from '../../extraction/map-field.js';
import type { Picture } from '../../extraction/pixel-map.js';
import { encodePng } from '../../formats/png.js';
import { type Canvas, CLEAR, colourOf, makeCanvas } from '../../formats/render/canvas.js';
import { type Bins, paintBins } from '../../formats/render/fill.js';
import { deliveredBreaks, type Scale } from '../../schemas/styles.js';
import type { MapDeps } from './deps.js';
import type { AskedLayer, Look, MapRequest } from './map-request.js';
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

/** Bins of a scale over the values delivered. */
export function binsOf(scale: Scale, query?: WmsQuery): Bins {
  const colours = Uint32Array.from(scale.colours, (colour) => (colour === 'none' ? CLEAR : colourOf(colour)));
  const [below, above] = query === undefined ? [] : [beyond(query, 'BELOWMINCOLOR'), beyond(query, 'ABOVEMAXCOLOR')];
  if (below !== undefined) colours[0] = below;
  if (above !== undefined) colours[colours.length - 1] = above;
  return { breaks: deliveredBreaks(scale), colours };
}

interface Drawing {
  readonly deps: MapDeps;
  readonly query: WmsQuery;
  readonly picture: Picture;
  readonly look: Look;
  readonly canvas: Canvas;
  readonly signal: AbortSignal | undefined;
}

async function drawFill(
  { deps, query, picture, look, canvas, signal }: Drawing,
  { chosen }: AskedLayer,
): Promise<void> {
  const [scale, values] = await Promise.all([
    scaleOfField(deps.fields, chosen),
    samplePicture(deps, chosen.field, picture, look.interpolation, signal),
  ]);
  paintBins(canvas, values, binsOf(askedScale(scale, query), query));
}

/** Bytes of the picture. */
export async function drawMap(
  deps: MapDeps,
  { layers, picture, look }: MapRequest,
  query: WmsQuery,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const canvas = makeCanvas(picture.width, picture.height, look.transparent ? CLEAR : colourOf(look.background));
  const drawing = { deps, query, picture, look, canvas, signal };
  for (const layer of layers) await drawFill(drawing, layer);
  return encodePng(canvas);
}
