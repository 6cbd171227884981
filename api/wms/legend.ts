/** GetLegendGraphic: the colours, lines or symbols of a style with their values. */
import type { Request, Response } from 'express';
import { encodePng } from '../../formats/png.js';
import { colourOf, fillRect, makeCanvas } from '../../formats/render/canvas.js';
import type { MapDeps } from './deps.js';
import { chooseField } from './field-choice.js';
import { findLayer } from './layers.js';
import { dimensionsOf } from './map-request.js';
import type { WmsQuery } from './query.js';
import { askedScale, scaleOfField } from './scales.js';
import type { StyleName } from './style-names.js';

export function legendSize(_style: StyleName): { readonly width: number; readonly height: number } {
  return { width: 340, height: 52 };
}

export async function getLegendGraphic(
  deps: MapDeps,
  query: WmsQuery,
  mayUse: (name: string) => boolean,
  _req: Request,
  res: Response,
): Promise<void> {
  const layer = await findLayer(deps.catalogue, query.require('LAYER'), mayUse);
  const scale = askedScale(await scaleOfField(deps.fields, chooseField(layer, dimensionsOf(query))), query);
  const canvas = makeCanvas(340, 52, colourOf('#ffffff'));
  scale.colours.forEach((colour, n) => {
    if (colour !== 'none') fillRect(canvas, 4 + n * 12, 10, 12, 12, colourOf(colour));
  });
  const bytes = await encodePng(canvas);
  res.setHeader('Content-Type', 'image/png');
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}
