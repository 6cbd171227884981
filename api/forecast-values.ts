/** Values that variables of `/v1/forecast` are made of: series at places out of the newest complete run. */
import { wrapLongitude } from '../formats/float-text.js';
import type { OgcCoverage } from '../formats/ogc-coverage.js';
import type { LatLon } from '../schemas/vocabulary.js';
import type { EdrDeps } from './edr/deps.js';
import { readQuery } from './edr/extract-query.js';
import type { EdrAsk } from './edr/segments.js';
import { joinPointSeries } from './edr/series.js';
import type { Source } from './forecast-variables.js';
import { type EdrCollection, type EdrRun, newestRun } from './ogc/edr-collections.js';

/** Values of one source at every place, by time. */
type SourceSeries = readonly (ReadonlyMap<number, number> | undefined)[];

export const sourceKey = ({ collection, name, level }: Source): string => `${collection.id} ${name} ${level ?? ''}`;

function seriesOf(coverage: OgcCoverage, { name, level }: Source): ReadonlyMap<number, number> {
  const { t, z } = coverage.domain;
  const times = t!;
  const levels = z?.length ?? 1;
  const at = level === undefined ? 0 : z!.findIndex((value) => Math.abs(value - level) <= 1e-5 * level);
  const values = coverage.ranges.find(({ param }) => param.name === name)?.values;
  const series = new Map<number, number>();
  if (values === undefined || at < 0) return series;
  times.forEach((time, n) => {
    const value = values[n * levels + at]!;
    if (!Number.isNaN(value)) series.set(time, value);
  });
  return series;
}

export interface SourceValues {
  readonly series: ReadonlyMap<string, SourceSeries>;
  /** grid point of each place, as far as the data say */
  readonly places: readonly LatLon[];
}

/** The run of a collection: that of the others where it has it. */
function runFor(collection: EdrCollection, id: string | undefined): EdrRun | undefined {
  return collection.runs.find((run) => run.id === id) ?? newestRun(collection);
}

/** Members of a run: none, or the first where there are only members. */
function firstMember(run: EdrRun, nomvars: readonly string[]): number | undefined {
  const fields = nomvars.flatMap((nomvar) => run.fields.get(nomvar) ?? []);
  if (fields.every(({ single }) => single !== undefined)) return undefined;
  return fields.flatMap(({ members }) => members?.numbers ?? []).sort((one, other) => one - other)[0];
}

export async function readSources(
  sources: readonly Source[],
  points: readonly LatLon[],
  deps: EdrDeps,
  signal: AbortSignal,
): Promise<SourceValues> {
  const series = new Map<string, SourceSeries>();
  let places: readonly LatLon[] = points;
  const runId = sources[0] === undefined ? undefined : newestRun(sources[0].collection)?.id;
  for (const collection of new Set(sources.map((source) => source.collection))) {
    const own = sources.filter((source) => source.collection === collection);
    const run = runFor(collection, runId);
    if (run === undefined) continue;
    const levels = own.flatMap(({ level }) => level ?? []);
    const member = firstMember(
      run,
      own.map(({ nomvar }) => nomvar),
    );
    const ask: EdrAsk = {
      collection,
      run,
      parameters: [...new Map(own.map(({ name, nomvar }) => [name, { name, nomvar }])).values()],
      ...(levels.length === 0
        ? {}
        : { level: (value: number) => levels.some((level) => Math.abs(value - level) <= 1e-5 * level) }),
      ...(member === undefined ? {} : { number: (value: number) => value === member }),
    };
    const blocks = await readQuery(
      ask,
      [{ type: 'position', points: [...points], interpolation: 'nearest' }],
      { extract: deps.extract, inlineValues: deps.config.limits.inlineValues },
      signal,
    );
    const coverages = new Map(
      joinPointSeries(collection, blocks.blocks, blocks.params).map((one) => [
        String(one.metadata['fst:requestedPoint']),
        one,
      ]),
    );
    const at = points.map((point) => coverages.get(String(point)));
    places = at.map((one, n) =>
      one === undefined ? places[n]! : [one.domain.y![0]!, wrapLongitude(one.domain.x![0]!)],
    );
    for (const source of own)
      series.set(
        sourceKey(source),
        at.map((one) => (one === undefined ? undefined : seriesOf(one, source))),
      );
  }
  return { series, places };
}
