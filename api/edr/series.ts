/**
 * Series of the same place joined: over runs in time, over levels in the vertical. One coverage a place and member: a
 * PointSeries of one level, a VerticalProfile of one time, else a Grid of one column and row.
 */
import type { BlockDomain, BlockMetadata, CoverageBlock } from '../../formats/coverage-block.js';
import { type OgcCoverage, type OgcDomain, rangeFrom } from '../../formats/ogc-coverage.js';
import type { ParamRef } from '../../schemas/vocabulary.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { hasLevels, sortLevels } from './segments.js';

type Series = CoverageBlock & { readonly domain: Extract<BlockDomain, { type: 'PointSeries' }> };

const isSeries = (block: CoverageBlock): block is Series => block.domain.type === 'PointSeries';

/** Metadata of several runs as one: the base time is a list where they differ. */
export function joinMetadata(all: readonly BlockMetadata[]): BlockMetadata {
  const joined: Record<string, BlockMetadata[string]> = { ...all[0]! };
  for (const key of Object.keys(joined)) {
    const texts = new Set(all.map((one) => JSON.stringify(one[key])));
    if (texts.size === 1) continue;
    delete joined[key];
    if (key === 'Forecast date') joined['fst:forecastDates'] = [...texts].map((text) => String(JSON.parse(text)));
  }
  return joined;
}

/** A column at a longitude and latitude, with the axes that vary. */
function columnDomain(
  collection: EdrCollection,
  { lat, lon }: { readonly lat: number; readonly lon: number },
  levels: Float64Array,
  times: Float64Array,
): OgcDomain {
  const place = { x: Float64Array.of(lon), y: Float64Array.of(lat), t: times };
  const vertical = hasLevels(collection) ? { z: levels } : {};
  if (levels.length === 1) return { type: 'PointSeries', ...place, ...vertical };
  return { type: times.length === 1 ? 'VerticalProfile' : 'Grid', ...place, z: levels };
}

function joinSeries(collection: EdrCollection, series: readonly Series[], params: readonly ParamRef[]): OgcCoverage {
  const times = Float64Array.from(new Set(series.flatMap(({ domain }) => [...domain.times]))).sort();
  const levels = Float64Array.from(
    sortLevels(
      collection,
      series.map(({ domain }) => domain.level),
    ),
  );
  const timeAt = new Map(Array.from(times, (time, at) => [time, at]));
  const levelAt = new Map(Array.from(levels, (level, at) => [level, at]));
  const ranges = params.flatMap((param) => {
    const own = series.flatMap(({ domain, ranges: all }) => {
      const range = all.find((one) => one.param.name === param.name);
      return range === undefined ? [] : [{ domain, range }];
    });
    if (own.length === 0) return [];
    const ranges = own.map(({ range }) => range);
    return rangeFrom(param, ranges, times.length * levels.length, (out, valuesOf) => {
      for (const { domain, range } of own) {
        const [level, from] = [levelAt.get(domain.level)!, valuesOf(range)];
        domain.times.forEach((time, n) => {
          out[timeAt.get(time)! * levels.length + level] = from[n]!;
        });
      }
    });
  });
  const metadata = joinMetadata(series.map((one) => one.metadata));
  return { metadata, domain: columnDomain(collection, series[0]!.domain, levels, times), ranges };
}

/** Coverages of series: places in the order of the request, members within. */
export function joinPointSeries(
  collection: EdrCollection,
  blocks: readonly CoverageBlock[],
  params: readonly ParamRef[],
): readonly OgcCoverage[] {
  const places = new Map<string, Map<number, Series[]>>();
  for (const block of blocks.filter(isSeries)) {
    const { lat, lon } = block.domain;
    const place = JSON.stringify([block.metadata['fst:requestedPoint'], lat, lon]);
    const members = places.get(place) ?? new Map<number, Series[]>();
    places.set(place, members);
    const number = Number(block.metadata['number']);
    const series = members.get(number) ?? [];
    members.set(number, series);
    series.push(block);
  }
  return [...places.values()].flatMap((members) =>
    [...members].sort(([one], [other]) => one - other).map(([, series]) => joinSeries(collection, series, params)),
  );
}
