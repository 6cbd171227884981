/** Series with one level each, for formats whose variables have no vertical dimension: `TT_500hPa`, `UU_0.995hy`. */
import type { LevelClass } from '../../formats/cf-names.js';
import { decodeIp, KIND } from '../fst/ip.js';
import type { Place, Series } from './series.js';

const UNITS: Readonly<Record<Exclude<LevelClass, 'ml' | 'none'>, string>> = {
  pl: 'hPa',
  hl: 'm',
  asl: 'mASL',
  theta: 'K',
  depth: 'm',
  code: '',
};

const MODEL_UNITS: Readonly<Record<number, string>> = { [KIND.sigma]: 'sg', [KIND.hybrid]: 'hy', [KIND.galChen]: 'm' };

function suffixOf({ levels }: Series, { level, ip1 }: Place): string {
  if (levels === 'none') return `_${level}`;
  const unit = levels === 'ml' ? (MODEL_UNITS[decodeIp(ip1)?.kind ?? -1] ?? '') : UNITS[levels];
  return `_${level}${unit}`;
}

/** One series a level; those that have but one keep their name. */
export function splitLevels(series: readonly Series[]): Series[] {
  return series.flatMap((one) => {
    const byLevel = new Map<number, Place[]>();
    for (const place of one.places) {
      const list = byLevel.get(place.level);
      if (list === undefined) byLevel.set(place.level, [place]);
      else list.push(place);
    }
    if (byLevel.size < 2) return [one];
    return [...byLevel.values()].map((places, at) => ({
      ...one,
      name: one.name + suffixOf(one, places[0]!),
      places,
      duplicates: at === 0 ? one.duplicates : [],
    }));
  });
}
