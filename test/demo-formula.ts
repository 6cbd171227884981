/** What the demo run holds, from its formula, in the units of an answer; undefined where an answer does not tell enough. */
import type { DecodedCoverage } from '../client/covjson.js';

/** Base value of each variable, stored unit. */
export const BASE: Readonly<Record<string, number>> = {
  TT: 10,
  HU: 5,
  GZ: 100,
  UU: 20,
  VV: -15,
  PN: 1010,
  P0: 990,
  NT: 0,
  PR: 0,
};
/** Earliest base time, ms. */
export const FIRST = Date.UTC(2025, 0, 15);
/** Hybrid coordinates of the model levels, from level 1 on. */
export const HYBRIDS = [0.5, 0.7, 0.85, 0.95, 0.995];

/** scale and offset from the stored unit to that of the name; names not here are delivered as stored */
export const CONVERSION: Readonly<Record<string, readonly [scale: number, offset: number]>> = {
  '2t': [1, 273.15],
  t: [1, 273.15],
  gh: [10, 0],
  z: [98.0665, 0],
  '10u': [0.514444, 0],
  '10v': [0.514444, 0],
  u: [0.514444, 0],
  v: [0.514444, 0],
  msl: [100, 0],
  sp: [100, 0],
};

function levelTerm(coverage: DecodedCoverage, i: number): number | undefined {
  const levtype = coverage.metadata['levtype'];
  if (levtype === 'sfc') return 1000;
  const level = coverage.level[i]!;
  if (levtype === 'pl') return level;
  if (levtype === 'ml') return 1000 * (level <= 1 && !Number.isInteger(level) ? level : (HYBRIDS[level - 1] ?? level));
  return undefined;
}

/** `name` as asked, `nomvar` as stored; `i` counts the values of the coverage. */
export function expectedValue(name: string, nomvar: string, coverage: DecodedCoverage, i: number): number | undefined {
  const first = Date.parse(String(coverage.metadata['Forecast date']));
  const level = levelTerm(coverage, i);
  if (Number.isNaN(first) || level === undefined || BASE[nomvar] === undefined) return undefined;
  const { step } = coverage.metadata;
  const time = coverage.time[i]!;
  // areas carry the base time as t; series along the datetime axis have one step and a base time each
  const hours = step === undefined ? (time - first) / 3_600_000 : hoursOf(step);
  const base = step === undefined || time === first ? first : time - hours * 3_600_000;
  const days = (base - FIRST) / 86_400_000;
  const number = Number(coverage.metadata['number'] ?? 0);
  const stored = Math.fround(
    BASE[nomvar] +
      0.1 * coverage.lat[i]! -
      0.05 * coverage.lon[i]! +
      0.25 * hours +
      number -
      0.01 * (1000 - level) +
      2 * days,
  );
  const [scale, offset] = CONVERSION[name] ?? [1, 0];
  return Math.fround(stored * scale + offset);
}

function hoursOf(step: unknown): number {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(String(step));
  return parts === null ? Number(step) : Number(parts[1] ?? 0) + Number(parts[2] ?? 0) / 60;
}
