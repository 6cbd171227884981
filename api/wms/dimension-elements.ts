/** Dimensions of a layer in the two spellings: values inside `Dimension` (1.3.0), or in an `Extent` of the name (1.1.1). */

import { newestRun } from '../ogc/edr-collections.js';
import type { WmsVersion } from './exceptions.js';
import { axesOf, type MapLayer } from './layers.js';
import { shortest } from './shortest.js';
import { isoText, timeExtent } from './times.js';
import { element, textElement } from './xml.js';

interface Dimension {
  readonly name: string;
  readonly units: string;
  readonly unitSymbol?: string;
  readonly default?: string;
  readonly values: string;
}

const LEVEL_UNITS: Readonly<Record<string, { units: string; unitSymbol?: string }>> = {
  pl: { units: 'hPa', unitSymbol: 'hPa' },
  ml: { units: 'computed_surface' },
  hl: { units: 'm', unitSymbol: 'm' },
  pt: { units: 'K', unitSymbol: 'K' },
  o2d: { units: 'm', unitSymbol: 'm' },
};

/** Dimensions of a layer, those that have values. */
export function dimensionsOfLayer(layer: Pick<MapLayer, 'collection' | 'parameter'>): readonly Dimension[] {
  const { times, levels, numbers, single, runs } = axesOf(layer);
  const { levtype } = layer.collection;
  const found: Dimension[] = [];
  if (times.length > 0) {
    found.push({ name: 'time', units: 'ISO8601', default: isoText(times.at(-1)!), values: timeExtent(times) });
  }
  if (levels.length > 0) {
    const texts = levels.map((level) => String(shortest(level)));
    found.push({
      name: 'elevation',
      ...(LEVEL_UNITS[levtype] ?? { units: '' }),
      default: texts[0]!,
      values: texts.join(','),
    });
  }
  const newest = newestRun({ ...layer.collection, runs });
  if (newest !== undefined) {
    const values = runs.map(({ base }) => isoText(base)).join(',');
    found.push({ name: 'reference_time', units: 'ISO8601', default: isoText(newest.base), values });
  }
  if (numbers.length > 0) {
    // where fields exist that are no member, these are what a request without a number shows
    const fallback = single ? {} : { default: String(numbers[0]) };
    found.push({ name: 'number', units: '1', ...fallback, values: numbers.join(',') });
  }
  return found;
}

export function dimensionElements(layer: Pick<MapLayer, 'collection' | 'parameter'>, version: WmsVersion): string {
  const dimensions = dimensionsOfLayer(layer);
  if (version === '1.3.0') {
    return dimensions
      .map(({ values, default: fallback, ...rest }) =>
        textElement('Dimension', values, { ...rest, default: fallback, nearestValue: 0 }),
      )
      .join('');
  }
  const heads = dimensions.map(({ name, units, unitSymbol }) => element('Dimension', { name, units, unitSymbol }));
  const extents = dimensions.map(({ name, values, default: fallback }) =>
    textElement('Extent', values, { name, default: fallback, nearestValue: 0 }),
  );
  return heads.join('') + extents.join('');
}
