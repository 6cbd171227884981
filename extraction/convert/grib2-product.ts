/** Level, time, member and parameter of a record as GRIB2 says them. */
import type { GribParameter } from '../../formats/grib2/parameters.js';
import type { Product, Surface } from '../../formats/grib2/products.js';
import { FeatureError } from '../../schemas/problem.js';
import { shortestDecimal } from '../fst/decimal.js';
import { KIND } from '../fst/ip.js';
import { decodeTriplet } from '../fst/ip-triplet.js';
import type { VerticalTable } from '../fst/vertical.js';

/** Code table 4.5. */
const GROUND = 1;
const TOP = 8;
const SURFACES = { ground: GROUND, column: GROUND, top: TOP, 'mean-sea': 101 } as const;
const PA_PER_HPA = 100;

interface Surfaces {
  readonly first: Surface;
  readonly second?: Surface;
}

/** Types of code table 4.5 by kind, and what a level's value is multiplied by. */
const TYPES: ReadonlyMap<number, readonly [type: number, factor: number]> = new Map([
  [KIND.heightAboveSea, [102, 1]],
  [KIND.sigma, [104, 1]],
  [KIND.pressure, [100, PA_PER_HPA]],
  [KIND.heightAboveGround, [103, 1]],
  [KIND.theta, [107, 1]],
  [KIND.depth, [160, 1]],
  [KIND.galChen, [118, 1]],
]);

export interface LevelOptions {
  /** write 1.5 m as 2 m, as products are published */
  readonly screen: boolean;
  /** vertical coordinate of hybrid levels */
  readonly vertical: () => Promise<VerticalTable | undefined>;
}

interface RecordKeys {
  readonly ip1: number;
  readonly ip2: number;
  readonly ip3: number;
}

/** Hybrid levels whose pressure is A + B * surface pressure, the only ones that type 105 means. */
const LINEAR = new Set([1003, 5001, 5999]);

async function hybrid(value: number, options: LevelOptions): Promise<Surfaces & Pick<Product, 'coefficients'>> {
  const table = await options.vertical();
  if (table === undefined || !LINEAR.has(table.vcode)) {
    throw new FeatureError(
      'unsupported_type',
      `hybrid levels of ${table === undefined ? 'an unknown vertical coordinate' : `vcode ${table.vcode}`} have no GRIB2 level type that readers compute pressure from; interpolate to pressure levels, or convert to netcdf.`,
    );
  }
  return { first: { type: 105, value }, coefficients: Float64Array.from([...table.a, ...table.b]) };
}

/** Surfaces of a record. Throws FeatureError `unsupported_type` for levels that GRIB2 has no words for. */
export async function surfacesOf(
  keys: RecordKeys,
  parameter: GribParameter,
  options: LevelOptions,
): Promise<Surfaces & Pick<Product, 'coefficients'>> {
  const { surface } = parameter;
  if (keys.ip1 === 0 || surface === 'column' || surface === 'mean-sea' || surface === 'top') {
    const first = surface === undefined || surface === 'soil' ? GROUND : SURFACES[surface];
    return { first: { type: first }, ...(surface === 'column' ? { second: { type: TOP } } : {}) };
  }
  const { level } = decodeTriplet(keys.ip1, keys.ip2, keys.ip3);
  if (level?.kind === KIND.hybrid) return hybrid(shortestDecimal(level.from), options);
  const row = TYPES.get(level?.kind ?? -1);
  if (level === null || row === undefined) {
    throw new FeatureError(
      'unsupported_type',
      `ip1 ${keys.ip1} is no level that GRIB2 knows (kind ${level?.kind ?? 'none'}); convert to netcdf.`,
    );
  }
  const [type, factor] = row;
  const scaled = (value: number): number => {
    const exact = shortestDecimal(value) * factor;
    return options.screen && type === 103 && exact === 1.5 ? 2 : Number(exact.toPrecision(9));
  };
  const first = { type, value: scaled(level.from) };
  return level.from === level.to ? { first } : { first, second: { type, value: scaled(level.to) } };
}

export interface Timing {
  /** seconds */
  readonly step: number;
  /** seconds; NaN where the record does not say */
  readonly stepFrom: number;
}

/** Lead and interval. Fields that are sums by their nature begin at the base time unless the record says another start. */
export function timeOf({ step, stepFrom }: Timing, { statistic }: GribParameter): Pick<Product, 'lead' | 'interval'> {
  if (statistic === undefined) return { lead: step };
  return { lead: step, interval: { from: Number.isNaN(stepFrom) ? 0 : stepFrom, statistic } };
}
