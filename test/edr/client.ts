/** Asking EDR in tests: parsed answers, and the values of CoverageJSON by place. */
import { ask, type Reply } from '../contract/http.js';

export interface EdrCoverage {
  readonly type: string;
  readonly 'mars:metadata': Readonly<Record<string, unknown>>;
  readonly domain: {
    readonly domainType: string;
    readonly axes: Readonly<
      Record<string, { readonly values: readonly unknown[]; readonly coordinates?: readonly string[] }>
    >;
  };
  readonly parameters?: Readonly<Record<string, { readonly unit: { readonly symbol: { readonly value: string } } }>>;
  readonly ranges: Readonly<
    Record<
      string,
      {
        readonly axisNames: readonly string[];
        readonly shape: readonly number[];
        readonly values: readonly (number | null)[];
      }
    >
  >;
}

/** GET of an address below `/edr`. */
export function edr(base: string, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return ask(base, `/edr${path.replaceAll(' ', '%20').replaceAll('"', '%22')}`, { headers });
}

/** Coverages of an answer, one or several. Throws when it is none. */
export function coveragesOf(reply: Reply): readonly EdrCoverage[] {
  if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text.slice(0, 500)}`);
  const document = reply.json as unknown as EdrCoverage & { readonly coverages?: readonly EdrCoverage[] };
  return document.coverages ?? [document];
}

/** Value at a place of a coverage, by the names of its axes. */
export function valueAt(
  coverage: EdrCoverage,
  parameter: string,
  at: Readonly<Record<string, unknown>>,
): number | null {
  const { axisNames, shape, values } = coverage.ranges[parameter]!;
  const index = axisNames.reduce((sum, name, n) => {
    const place = coverage.domain.axes[name]!.values.findIndex(
      (value) => JSON.stringify(value) === JSON.stringify(at[name]),
    );
    if (place < 0) throw new Error(`no ${String(at[name])} on ${name}`);
    return sum * shape[n]! + place;
  }, 0);
  return values[index]!;
}

/** Value of the demo run in the units of its records, from the formula of its generator. */
export function demoValue(
  base: number,
  place: {
    readonly lat: number;
    readonly lon: number;
    readonly hour: number;
    readonly level?: number;
    readonly number?: number;
    readonly day?: number;
  },
): number {
  const { lat, lon, hour, level = 1000, number = 0, day = 0 } = place;
  return Math.fround(base + 0.1 * lat - 0.05 * lon + 0.25 * hour + number - 0.01 * (1000 - level) + 2 * day);
}
