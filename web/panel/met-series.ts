/** From the answers of a point to the rows of a meteogram, still in the units delivered. Pure. */
import { type PointAnswer, present } from '../model/coverage.js';
import { partOf, type Selection } from '../model/select.js';
import { type Amount, deaccumulate, quantiles } from '../model/stats.js';
import type { PointData } from '../page/page.js';
import { askedName } from './point-data.js';

export interface Line {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface Plume {
  readonly times: readonly number[];
  /** p10, p25, p50, p75, p90 at each time */
  readonly quantiles: readonly (readonly number[])[];
  readonly members: readonly Line[];
}

export interface Row {
  readonly line: Line;
  readonly plume: Plume | undefined;
  /** UCUM */
  readonly unit: string;
}

export interface MetRows {
  readonly from: number;
  readonly to: number;
  readonly cloud: readonly Row[];
  readonly temperature: Row | undefined;
  readonly dewPoint: Row | undefined;
  /** hPa of the temperature and wind, when they are not those near the ground */
  readonly level: number | undefined;
  readonly rain: { readonly amounts: readonly Amount[]; readonly unit: string } | undefined;
  readonly u: Row | undefined;
  readonly v: Row | undefined;
  readonly gust: Row | undefined;
  readonly pressure: Row | undefined;
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9];
const LEAST_MEMBERS = 5;

function lineOf(answer: PointAnswer | undefined, name: string): Line {
  const [series] = answer?.series ?? [];
  return series === undefined ? { times: [], values: [] } : present(series, name);
}

function plumeOf(answer: PointAnswer | undefined, name: string): Plume | undefined {
  const members = (answer?.series ?? []).map((series) => present(series, name)).filter(({ times }) => times.length > 0);
  if (members.length < 2) return undefined;
  const times = [...new Set(members.flatMap((member) => member.times))].sort((one, other) => one - other);
  const at = (time: number): number[] =>
    members.map((member) => member.values[member.times.indexOf(time)] ?? Number.NaN);
  const enough = members.length >= LEAST_MEMBERS;
  return { times, quantiles: enough ? times.map((time) => quantiles(at(time), SHARES)) : [], members };
}

export function metRows(selection: Selection, data: PointData): MetRows | undefined {
  const sfc = partOf(selection, 'sfc');
  const pl = partOf(selection, 'pl');
  const row = (nomvar: string): Row | undefined => {
    const name = sfc && askedName(sfc, nomvar);
    if (name === undefined) return undefined;
    const [line, plume] = [lineOf(data.single, name), plumeOf(data.members, name)];
    const unit = data.single?.units[name] ?? data.members?.units[name] ?? '';
    if (line.times.length > 0) return { line, plume, unit };
    // without a control, the first member stands for it
    const [first] = plume?.members ?? [];
    return first && { line: first, plume, unit };
  };
  const aloft = (nomvar: string): Row | undefined => {
    const name = pl && askedName(pl, nomvar);
    const line = name === undefined ? undefined : lineOf(data.aloft, name);
    return line === undefined || line.times.length === 0
      ? undefined
      : { line, plume: undefined, unit: data.aloft!.units[name!] ?? '' };
  };
  const sum = row('PR');
  const rain = sum && { amounts: deaccumulate(sum.line.times, sum.line.values), unit: sum.unit };
  const layers = ['NH', 'NM', 'NB'].flatMap((nomvar) => row(nomvar) ?? []);
  const total = row('NT');
  const near = row('TT');
  const rows = {
    cloud: layers.length > 0 ? layers : total === undefined ? [] : [total],
    temperature: near ?? aloft('TT'),
    dewPoint: row('TD'),
    level: near === undefined && data.aloft !== undefined ? data.level : undefined,
    rain,
    u: row('UU') ?? aloft('UU'),
    v: row('VV') ?? aloft('VV'),
    gust: row('WGE'),
    pressure: row('PN'),
  };
  const lines = [...rows.cloud, rows.temperature, rows.u, rows.pressure, sum].flatMap((one) => one?.line.times ?? []);
  if (lines.length === 0) return undefined;
  return { ...rows, from: Math.min(...lines), to: Math.max(...lines) };
}

/** Value of a line at an instant, between its neighbours; NaN outside. */
export function valueAt({ times, values }: Line, time: number): number {
  const n = times.findIndex((one) => one >= time);
  if (n < 0 || (n === 0 && times[0] !== time)) return Number.NaN;
  if (times[n] === time) return values[n]!;
  const share = (time - times[n - 1]!) / (times[n]! - times[n - 1]!);
  return values[n - 1]! + share * (values[n]! - values[n - 1]!);
}
