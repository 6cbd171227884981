/** Asks for the series of a point: surface fields for the meteogram, upper-air ones for profiles. One EDR position each. */
import type { Param, Part } from '../model/catalogue.js';
import { type PointAnswer, readPoint } from '../model/coverage.js';
import { partOf } from '../model/select.js';
import { codeOf } from '../model/server.js';
import { isoSecond } from '../model/times.js';
import type { Page, PointData } from '../page/page.js';
import { isInside } from '../page/pointer.js';
import type { LatLon } from '../state/state.js';

/** What a meteogram shows, in the order in which it is asked for. */
export const MET_NAMES = ['TT', 'TD', 'PR', 'NT', 'NB', 'NM', 'NH', 'UU', 'VV', 'WGE', 'PN'] as const;
export const PROFILE_NAMES = ['TT', 'HR', 'HU', 'TD', 'GZ', 'UU', 'VV'] as const;

/** Name under which a variable is asked for: winds by their MARS names, which are turned to north. */
export function askedName(part: Part, nomvar: string): string | undefined {
  const param = part.params.find((one) => one.nomvar === nomvar && one.components === undefined);
  if (param === undefined) return undefined;
  return nomvar === 'UU' || nomvar === 'VV' ? (param.shortName ?? param.key) : param.key;
}

export const paramOf = (part: Part, nomvar: string): Param | undefined =>
  part.params.find((one) => one.nomvar === nomvar);

interface Ask {
  readonly part: Part;
  readonly run: string;
  readonly at: LatLon;
  readonly names: readonly string[];
  readonly z?: number;
  readonly time?: number;
  readonly members?: boolean;
}

export function positionPath({ part, run, at, names, z, time, members }: Ask): string {
  const query = new URLSearchParams({
    coords: `POINT(${at[1]} ${at[0]})`,
    'parameter-name': names.join(','),
    f: 'CoverageJSON',
  });
  if (z !== undefined) query.set('z', String(z));
  if (time !== undefined) query.set('datetime', isoSecond(time));
  if (members === true) query.set('number', part.numbers.join(','));
  return `/edr/collections/${encodeURIComponent(part.id)}/instances/${run}/position?${query}`;
}

async function ask(page: Page, wanted: Ask, signal: AbortSignal): Promise<PointAnswer | undefined> {
  if (wanted.names.length === 0) return undefined;
  try {
    return readPoint(await page.server.json(positionPath(wanted), signal), wanted.members);
  } catch (error) {
    // outside of the grid is an answer, not a failure
    if (codeOf(error) === 'outside_domain' || codeOf(error) === 'no_data') return undefined;
    throw error;
  }
}

const present = (part: Part | undefined, nomvars: readonly string[], run: ReadonlySet<string> | undefined): string[] =>
  part === undefined
    ? []
    : nomvars.flatMap((nomvar) => {
        const key = paramOf(part, nomvar)?.components?.[0] ?? paramOf(part, nomvar)?.key;
        const name = askedName(part, nomvar);
        return name !== undefined && key !== undefined && run?.has(key) !== false ? [name] : [];
      });

/** Series of the surface, and of the lowest pressure level where the surface has no temperature. */
export async function loadMeteogram(page: Page, at: LatLon, signal: AbortSignal): Promise<PointData> {
  const selection = page.selection!;
  const { run } = selection;
  if (!(await isInside(page, at, signal))) return { single: undefined, members: undefined };
  const sfc = partOf(selection, 'sfc');
  const keys = sfc && page.data.runs.get(sfc.id)?.find(({ id }) => id === run!.id)?.keys;
  const names = present(sfc, MET_NAMES, keys);
  const hasTemperature = sfc !== undefined && askedName(sfc, 'TT') !== undefined;
  const pl = hasTemperature ? undefined : partOf(selection, 'pl');
  const low = pl?.levels.reduce((one, other) => Math.max(one, other), 0);
  const [single, members, aloft] = await Promise.all([
    sfc === undefined || (sfc.single === undefined && sfc.numbers.length > 0)
      ? undefined
      : ask(page, { part: sfc, run: run!.id, at, names }, signal),
    sfc === undefined || sfc.numbers.length === 0
      ? undefined
      : ask(page, { part: sfc, run: run!.id, at, names, members: true }, signal),
    pl === undefined || low === undefined
      ? undefined
      : ask(page, { part: pl, run: run!.id, at, names: present(pl, ['TT', 'UU', 'VV'], undefined), z: low }, signal),
  ]);
  return {
    single: single ?? (aloft && { ...aloft, series: [] }),
    members,
    ...(aloft === undefined ? {} : { aloft, level: low! }),
  };
}

/** Most values of a profile that are asked for at once: the whole run, so that the slider needs no request. */
const MAX_VALUES = 20_000;

export async function loadProfile(page: Page, at: LatLon, time: number, signal: AbortSignal): Promise<PointData> {
  const selection = page.selection!;
  const { run } = selection;
  const pl = partOf(selection, 'pl');
  if (pl === undefined || run === undefined || !(await isInside(page, at, signal)))
    return { single: undefined, members: undefined };
  const names = present(pl, PROFILE_NAMES, undefined);
  const whole = pl.levels.length * run.times.length * names.length <= MAX_VALUES;
  const single = await ask(page, { part: pl, run: run.id, at, names, ...(whole ? {} : { time }) }, signal);
  return { single, members: undefined };
}
