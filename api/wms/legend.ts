/** GetLegendGraphic: the colours, lines or symbols of a style with their values; as JSON, the scale itself. */
import type { Response } from 'express';
import { encodePng } from '../../formats/png.js';
import { type Canvas, CLEAR, colourOf } from '../../formats/render/canvas.js';
import { colourLegend, type LegendLook, lineLegend, windLegend } from '../../formats/render/legend.js';
import { numberText } from '../../formats/render/text.js';
import type { Scale } from '../../schemas/styles.js';
import type { MapDeps } from './deps.js';
import { inksOf } from './drawing.js';
import { WmsException } from './exceptions.js';
import { type ChosenField, chooseField } from './field-choice.js';
import { findLayer } from './layers.js';
import { dimensionsOf, type Look, readLook } from './map-request.js';
import type { WmsQuery } from './query.js';
import { askedScale, scaleOfField } from './scales.js';
import { type StyleName, styleNamed } from './style-names.js';
import { speedScale } from './winds.js';

const SIZE = { width: 340, height: 50 } as const;
const MOST_WIDTH = 2048;

export function legendSize(_style: StyleName): { readonly width: number; readonly height: number } {
  return SIZE;
}

function lookOf(query: WmsQuery, look: Look): LegendLook {
  const { pixelRatio, theme, transparent } = look;
  const surface = theme === 'dark' ? '#131c22' : '#ffffff';
  const asked = query.get('BGCOLOR') === undefined ? surface : look.background;
  // a size of the request is that of the picture; smaller ones would cut the text
  const width = query.integer('WIDTH', 1, MOST_WIDTH, Math.round(SIZE.width * pixelRatio));
  const height = query.integer('HEIGHT', 1, MOST_WIDTH, Math.round(SIZE.height * pixelRatio));
  return {
    width: Math.max(width, Math.round(200 * pixelRatio)),
    height: Math.max(height, Math.round(SIZE.height * pixelRatio)),
    pixelRatio,
    background: transparent ? CLEAR : colourOf(asked),
    text: colourOf(theme === 'dark' ? '#e9eff2' : '#13212b'),
    muted: colourOf(theme === 'dark' ? '#a3b2bc' : '#4f5f6b'),
  };
}

function titleOf({ layer, level }: ChosenField, style: StyleName): string {
  const { description } = layer.parameter.ref;
  const wind = style === 'speed' || style === 'barbs' || style === 'arrows';
  const name = wind ? 'Wind' : description;
  const unit = layer.collection.levtype === 'pl' ? ' hPa' : '';
  return level === undefined ? name : `${name}, ${numberText(level)}${unit}`;
}

function drawLegend(chosen: ChosenField, style: StyleName, scale: Scale, look: Look, shape: LegendLook): Canvas {
  const title = titleOf(chosen, style);
  const { line } = inksOf(look);
  switch (style) {
    case 'fill':
    case 'speed':
      return colourLegend({ title, ...scale }, shape);
    case 'contours': {
      const { step } = scale.contours;
      const every = step === undefined ? 'at the breaks of the fill' : `every ${numberText(step)} ${scale.unitText}`;
      return lineLegend({ title, detail: every, colour: line }, shape);
    }
    case 'barbs':
    case 'arrows':
      return windLegend(title, style, line, shape);
  }
}

/** The scale that a style shows a field with. */
export async function scaleOfStyle(
  deps: MapDeps,
  chosen: ChosenField,
  style: StyleName,
  query: WmsQuery,
): Promise<Scale> {
  const scale = style === 'speed' ? speedScale(chosen) : await scaleOfField(deps.fields, chosen);
  return askedScale(scale, query);
}

export async function getLegendGraphic(
  deps: MapDeps,
  query: WmsQuery,
  mayUse: (name: string) => boolean,
  res: Response,
): Promise<void> {
  const layer = await findLayer(deps.catalogue, query.require('LAYER'), mayUse);
  const style = styleNamed(layer, query.get('STYLE') ?? '');
  const chosen = chooseField(layer, dimensionsOf(query));
  const scale = await scaleOfStyle(deps, chosen, style, query);
  const format = (query.get('FORMAT') ?? 'image/png').toLowerCase();
  if (!/^image\/png|^application\/json/.test(format)) {
    throw new WmsException('InvalidFormat', `FORMAT ${format.slice(0, 40)} is not offered; use image/png.`);
  }
  const look = readLook(query);
  const bytes = format.startsWith('image')
    ? await encodePng(drawLegend(chosen, style, scale, look, lookOf(query, look)))
    : Buffer.from(JSON.stringify({ title: titleOf(chosen, style), style, ...scale }));
  res.setHeader('Content-Type', format.startsWith('image') ? 'image/png' : 'application/json');
  res.setHeader('Cache-Control', 'private, max-age=60');
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}
