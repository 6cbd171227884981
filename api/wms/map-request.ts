/** A GetMap request, read: layers with their styles and dimensions, the picture, and how it is drawn. */
import type { Picture } from '../../extraction/maps/pixel-map.js';
import type { Interpolation } from '../../schemas/vocabulary.js';
import type { MapDeps } from './deps.js';
import { WmsException, type WmsVersion } from './exceptions.js';
import { type AskedDimensions, type ChosenField, chooseField } from './field-choice.js';
import { findLayer } from './layers.js';
import { readPicture } from './picture.js';
import type { WmsQuery } from './query.js';
import { type StyleName, styleNamed } from './style-names.js';

export const MOST_LAYERS = 16;

/** One layer of a picture. */
export interface AskedLayer {
  readonly chosen: ChosenField;
  readonly style: StyleName;
}

export interface Look {
  readonly interpolation: Interpolation;
  readonly transparent: boolean;
  /** `#rrggbb` */
  readonly background: string;
  /** device pixels a CSS pixel: strokes, text and distances grow with it */
  readonly pixelRatio: number;
  readonly theme: 'light' | 'dark';
  /** distance of barbs and arrows, CSS pixels */
  readonly spacing: number;
}

export interface MapRequest {
  readonly layers: readonly AskedLayer[];
  readonly picture: Picture;
  readonly look: Look;
}

export function dimensionsOf(query: WmsQuery): AskedDimensions {
  return {
    time: query.get('TIME'),
    elevation: query.get('ELEVATION'),
    referenceTime: query.get('DIM_REFERENCE_TIME') ?? query.get('REFERENCE_TIME'),
    number: query.get('DIM_NUMBER') ?? query.get('NUMBER'),
  };
}

export function readLook(query: WmsQuery): Look {
  const background = query.get('BGCOLOR') ?? '0xFFFFFF';
  const hex = /^(?:0x|#)([0-9a-f]{6})$/i.exec(background)?.[1];
  if (hex === undefined) {
    throw new WmsException('InvalidParameterValue', `BGCOLOR ${background.slice(0, 20)} is not 0xRRGGBB.`);
  }
  const ratio = query.number('PIXELRATIO', 1);
  if (!(ratio >= 0.5 && ratio <= 4)) {
    throw new WmsException('InvalidParameterValue', `PIXELRATIO ${ratio} is not between 0.5 and 4; use 1 or 2.`);
  }
  return {
    interpolation: query.word('INTERPOLATION', ['nearest', 'bilinear'], 'nearest'),
    transparent: query.word('TRANSPARENT', ['TRUE', 'FALSE'], 'FALSE') === 'TRUE',
    background: `#${hex.toLowerCase()}`,
    pixelRatio: ratio,
    theme: query.word('THEME', ['light', 'dark'], 'light'),
    spacing: query.integer('SPACING', 24, 400, 66),
  };
}

/** Names of a comma list. */
export function readLayerNames(query: WmsQuery, key: string): readonly string[] {
  const names = query.require(key).split(',');
  if (names.length > MOST_LAYERS) {
    throw new WmsException(
      'InvalidParameterValue',
      `${key} names ${names.length} layers; at most ${MOST_LAYERS} are drawn.`,
    );
  }
  return names;
}

export async function chooseLayers(
  deps: MapDeps,
  query: WmsQuery,
  names: readonly string[],
  mayUse: (collection: string) => boolean,
): Promise<readonly ChosenField[]> {
  const layers = await Promise.all(names.map((name) => findLayer(deps.catalogue, name, mayUse)));
  const asked = dimensionsOf(query);
  return layers.map((layer) => chooseField(layer, asked));
}

function styleList(query: WmsQuery, count: number): readonly string[] {
  const text = query.raw('STYLES') ?? '';
  const styles = text === '' ? Array.from({ length: count }, () => '') : text.split(',');
  if (styles.length !== count) {
    throw new WmsException(
      'StyleNotDefined',
      `STYLES names ${styles.length} styles for ${count} layers; name one a layer.`,
    );
  }
  return styles;
}

export async function readMapRequest(
  deps: MapDeps,
  query: WmsQuery,
  version: WmsVersion,
  mayUse: (collection: string) => boolean,
): Promise<MapRequest> {
  const names = readLayerNames(query, 'LAYERS');
  const styles = styleList(query, names.length);
  const picture = readPicture(query, version);
  const look = readLook(query);
  const chosen = await chooseLayers(deps, query, names, mayUse);
  return { layers: chosen.map((one, n) => ({ chosen: one, style: styleNamed(one.layer, styles[n]!) })), picture, look };
}
