/** CoverageJSON of EDR positions as series: times by levels, one of each member. Pure. */

export interface PointSeries {
  /** -1: no member */
  readonly member: number;
  /** ms; empty when the coverage has no time */
  readonly times: readonly number[];
  readonly levels: readonly number[];
  /** [time][level] in one array; NaN is missing */
  readonly values: Readonly<Record<string, Float64Array>>;
}

export interface PointAnswer {
  readonly lat: number;
  readonly lon: number;
  readonly km: number | undefined;
  readonly units: Readonly<Record<string, string>>;
  readonly series: readonly PointSeries[];
}

interface Axis {
  readonly values?: readonly unknown[];
}
interface Coverage {
  readonly domain: { readonly axes: Readonly<Record<string, Axis>> };
  readonly ranges: Readonly<Record<string, { readonly values: readonly (number | null)[] }>>;
  readonly parameters?: Parameters;
  readonly 'mars:metadata'?: Readonly<Record<string, unknown>>;
}
type Parameters = Readonly<
  Record<string, { readonly unit?: { readonly symbol?: string | { readonly value?: string } } }>
>;

interface Document {
  readonly type: string;
  readonly coverages?: readonly Coverage[];
  readonly parameters?: Parameters;
}

const axis = (coverage: Coverage, name: string): readonly unknown[] => coverage.domain.axes[name]?.values ?? [];

function seriesOf(coverage: Coverage, isMember: boolean): PointSeries {
  const times = axis(coverage, 't').map((value) => Date.parse(String(value)));
  const values = Object.fromEntries(
    Object.entries(coverage.ranges).map(([name, range]) => [
      name,
      Float64Array.from(range.values, (value) => value ?? Number.NaN),
    ]),
  );
  const number = Number(coverage['mars:metadata']?.['number']);
  return {
    member: isMember && Number.isInteger(number) ? number : -1,
    times,
    levels: axis(coverage, 'z').map(Number),
    values,
  };
}

/** Undefined when the answer holds nothing. `asMembers`: the fields asked for are members, and say which. */
export function readPoint(document: unknown, asMembers = false): PointAnswer | undefined {
  const answer = document as (Document & Coverage) | null;
  if (answer === null || typeof answer !== 'object') return undefined;
  const coverages = answer.type === 'CoverageCollection' ? (answer.coverages ?? []) : [answer as Coverage];
  const [first] = coverages;
  if (first?.domain === undefined) return undefined;
  const parameters = { ...answer.parameters, ...first.parameters };
  const units = Object.fromEntries(
    Object.entries(parameters).map(([name, { unit }]) => {
      const symbol = unit?.symbol;
      return [name, typeof symbol === 'string' ? symbol : (symbol?.value ?? '')];
    }),
  );
  const km = Number(first['mars:metadata']?.['fst:distanceKm']);
  return {
    lat: Number(axis(first, 'y')[0]),
    lon: Number(axis(first, 'x')[0]),
    km: Number.isFinite(km) ? km : undefined,
    units,
    series: coverages.map((coverage) => seriesOf(coverage, asMembers)),
  };
}

/** Times at which a parameter has a value at any level, and the values there. */
export function present(series: PointSeries, name: string): { readonly times: number[]; readonly values: number[] } {
  const values = series.values[name];
  const width = Math.max(1, series.levels.length);
  const [times, found]: [number[], number[]] = [[], []];
  for (const [n, time] of series.times.entries()) {
    const value = values?.[n * width] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    times.push(time);
    found.push(value);
  }
  return { times, values: found };
}
