/** Styles of a layer: the fill for every field, isolines for most, and for winds their speed, barbs and arrows. */
import { tableOf } from '../../extraction/select/params.js';
import { WmsException } from './exceptions.js';
import type { MapLayer } from './layers.js';

export const STYLES = {
  fill: { title: 'Binned colours', abstract: 'Each pixel has the colour of the bin of its value.' },
  contours: { title: 'Isolines', abstract: 'Labelled lines of equal value.' },
  speed: { title: 'Wind speed', abstract: 'Binned colours of the speed of the wind, in m/s.' },
  barbs: { title: 'Wind barbs', abstract: 'Half a feather 5 kt, a feather 10 kt, a pennant 50 kt.' },
  arrows: { title: 'Wind arrows', abstract: 'Arrows along the wind, longer where it is stronger.' },
} as const;

export type StyleName = keyof typeof STYLES;
export const DEFAULT_STYLE: StyleName = 'fill';

/** The other component, where the collection has it on the same level type and grid. */
export function partnerOf({ collection, parameter }: Pick<MapLayer, 'collection' | 'parameter'>): string | undefined {
  const partner = tableOf(collection.cube).vectors.get(parameter.nomvar)?.partner;
  const has = partner !== undefined && collection.runs.some(({ fields }) => fields.has(partner));
  return has ? partner : undefined;
}

/** Styles that a layer has, its default first. */
export function stylesOf(layer: Pick<MapLayer, 'collection' | 'parameter'>): readonly StyleName[] {
  return partnerOf(layer) === undefined ? ['fill', 'contours'] : ['fill', 'contours', 'speed', 'barbs', 'arrows'];
}

/** A style by name; empty and `default` mean the fill. */
export function styleNamed(layer: MapLayer, name: string): StyleName {
  if (name === '' || name === 'default') return DEFAULT_STYLE;
  const found = stylesOf(layer).find((style) => style === name);
  if (found === undefined) {
    throw new WmsException(
      'StyleNotDefined',
      `Layer ${layer.name} has no style "${name.slice(0, 40)}"; it has ${stylesOf(layer).join(', ')}.`,
    );
  }
  return found;
}
