/**
 * Collections as the OGC surfaces name them: each Polytope collection is split by level type and grid, since `z` and the
 * horizontal axes mean one thing only within such a part. Derived from a datacube once and kept with it.
 */
import type { Catalogue } from '../../extraction/catalogue.js';
import type { Datacube } from '../../extraction/datacube.js';
import { type Extent, extentOf } from '../../extraction/grid/extent.js';
import type { Grid } from '../../extraction/grid/grid.js';
import { gridOfCubeRow } from '../../extraction/plan/grids.js';
import { type GridKey, type LabelSet, LEVTYPES } from '../../extraction/run-index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { Levtype } from '../../schemas/vocabulary.js';
import { type EdrField, type FieldGroup, fieldGroups, mergeFields } from './edr-fields.js';
import { type EdrParameter, parametersOf } from './edr-parameters.js';

/** A run as far as it is in one collection. */
export interface EdrRun {
  /** `YYYYMMDDTHHMMSSZ` */
  readonly id: string;
  /** base time, ms */
  readonly base: number;
  readonly fields: ReadonlyMap<string, EdrField>;
  /** lead times of any field, seconds, ascending */
  readonly steps: readonly number[];
  /** steps that a whole run has, as far as the other runs tell */
  readonly expectedSteps: number;
  readonly complete: boolean;
}

export interface EdrCollection {
  readonly id: string;
  /** name of the Polytope collection */
  readonly polytope: string;
  readonly cube: Datacube;
  readonly levtype: Levtype;
  readonly grid: Grid;
  readonly extent: Extent;
  /** under which keys the grid is in the datacube, the one with most fields first */
  readonly gridKeys: readonly GridKey[];
  /** whether every field of the level type is on this grid */
  readonly onlyGrid: boolean;
  /** ascending base time */
  readonly runs: readonly EdrRun[];
  readonly parameters: readonly EdrParameter[];
  /** model levels: rank from the top of each level */
  readonly ranks: ReadonlyMap<number, number>;
  readonly keys: RequestKeys;
  readonly fieldCount: number;
}

/** MARS keys that lead a Polytope request to the fields: those that all share, and what members and other fields add. */
export interface RequestKeys {
  readonly all: LabelSet;
  readonly single?: LabelSet;
  readonly members?: LabelSet;
}

interface Part {
  readonly grid: Grid;
  /** grids of the datacube with the same points, and the number of fields on each */
  readonly keys: Map<number, number>;
  /** by number of the run in the datacube */
  readonly groups: Map<number, FieldGroup[]>;
  count: number;
}

/** A grid without geometry has no place on a map: its fields stay with the Polytope API. */
async function gridOrNone(cube: Datacube, row: number): Promise<Grid | undefined> {
  try {
    return await gridOfCubeRow(cube, row);
  } catch (error) {
    if (error instanceof FeatureError) return undefined;
    throw error;
  }
}

/** Parts of a level type, by grid; the largest first. */
async function partsOf(cube: Datacube): Promise<Map<number, Part[]>> {
  const grids = new Map<number, Grid | undefined>();
  const byLevtype = new Map<number, Map<string, Part>>();
  for (const [r, run] of cube.runs.entries()) {
    if (Number.isNaN(run.index.base)) continue;
    for (const group of fieldGroups(run)) {
      if (LEVTYPES[group.levtype] == null) continue;
      if (!grids.has(group.grid)) grids.set(group.grid, await gridOrNone(cube, group.row));
      const grid = grids.get(group.grid);
      if (grid === undefined) continue;
      const parts = byLevtype.get(group.levtype) ?? new Map<string, Part>();
      byLevtype.set(group.levtype, parts);
      const part = parts.get(grid.id) ?? { grid, keys: new Map(), groups: new Map(), count: 0 };
      parts.set(grid.id, part);
      part.keys.set(group.grid, (part.keys.get(group.grid) ?? 0) + group.count);
      part.groups.set(r, [...(part.groups.get(r) ?? []), group]);
      part.count += group.count;
    }
  }
  const bySize = (one: Part, other: Part): number =>
    other.grid.size - one.grid.size || other.count - one.count || (one.grid.id < other.grid.id ? -1 : 1);
  return new Map([...byLevtype].map(([levtype, parts]) => [levtype, [...parts.values()].sort(bySize)]));
}

const HOUR = 3_600_000;

/** Runs of a part. A run is complete when it has as many steps as the fullest run before it of the same time of day. */
function runsOf(cube: Datacube, part: Part): EdrRun[] {
  const runs: EdrRun[] = [];
  for (const [r, groups] of [...part.groups].sort(([one], [other]) => one - other)) {
    const { id, base } = cube.runs[r]!.index;
    const fields = mergeFields(groups);
    const all = [...fields.values()].flatMap(({ single, members }) => [
      ...(single?.steps ?? []),
      ...(members?.steps ?? []),
    ]);
    const steps = [...new Set(all)].sort((one, other) => one - other);
    const clock = (ms: number): number => ms % (24 * HOUR);
    const sameClock = runs.filter((run) => clock(run.base) === clock(base));
    const earlier = sameClock.length > 0 ? sameClock : runs;
    const expectedSteps = Math.max(steps.length, ...earlier.map((run) => run.steps.length));
    runs.push({ id, base, fields, steps, expectedSteps, complete: steps.length >= expectedSteps });
  }
  return runs;
}

/** Labels that all of some label sets agree on. */
function agreed(sets: readonly LabelSet[]): LabelSet {
  const [first = {}] = sets;
  const same = Object.entries(first).filter(([key, value]) =>
    sets.every((one) => one[key as keyof LabelSet] === value),
  );
  return Object.fromEntries(same);
}

function keysOf(cube: Datacube, part: Part): RequestKeys {
  const setsOf = (kind: 'single' | 'members'): LabelSet[] =>
    [...part.groups].flatMap(([r, groups]) =>
      groups.flatMap(({ labels }) => [...labels[kind]].map((number) => cube.runs[r]!.index.labels[number]!)),
    );
  const [single, members] = [setsOf('single'), setsOf('members')];
  return {
    all: agreed([...single, ...members]),
    ...(single.length === 0 ? {} : { single: agreed(single) }),
    ...(members.length === 0 ? {} : { members: agreed(members) }),
  };
}

async function derive(cube: Datacube): Promise<readonly EdrCollection[]> {
  const found: EdrCollection[] = [];
  for (const [number, parts] of [...(await partsOf(cube))].sort(([one], [other]) => one - other)) {
    const levtype = LEVTYPES[number]!;
    for (const [p, part] of parts.entries()) {
      const suffix = p === 0 ? '' : `-g${part.grid.id.slice(0, 6)}`;
      const runs = runsOf(cube, part);
      found.push({
        id: `${cube.collection.name}-${levtype}${suffix}`,
        polytope: cube.collection.name,
        cube,
        levtype,
        grid: part.grid,
        extent: await extentOf(part.grid),
        gridKeys: [...part.keys].sort(([, one], [, other]) => other - one).map(([key]) => cube.grids[key]!),
        onlyGrid: parts.length === 1,
        runs,
        parameters: parametersOf(cube, levtype, runs),
        ranks: new Map([...part.groups.values()].flat().flatMap((group) => [...group.ranks])),
        keys: keysOf(cube, part),
        fieldCount: part.count,
      });
    }
  }
  return found;
}

const derived = new WeakMap<Datacube, Promise<readonly EdrCollection[]>>();

/** Collections of one datacube: sfc, pl, ml … in that order, the largest grid of each first. */
export function edrCollectionsOf(cube: Datacube): Promise<readonly EdrCollection[]> {
  const known = derived.get(cube);
  if (known !== undefined) return known;
  const made = derive(cube);
  derived.set(cube, made);
  // a failure, such as a file that vanished, is not kept
  made.catch(() => derived.delete(cube));
  return made;
}

/** Collections of every Polytope collection that `mayUse` lets through. */
export async function edrCollections(
  catalogue: Catalogue,
  mayUse: (name: string) => boolean,
): Promise<readonly EdrCollection[]> {
  const names = catalogue.collections().filter(({ name }) => mayUse(name));
  const lists = await Promise.all(names.map(({ name }) => edrCollectionsOf(catalogue.cube(name))));
  return lists.flat();
}

/** One collection by id; undefined without it. */
export async function findEdrCollection(
  catalogue: Catalogue,
  id: string,
  mayUse: (name: string) => boolean,
): Promise<EdrCollection | undefined> {
  const candidates = catalogue.collections().filter(({ name }) => id.startsWith(`${name}-`) && mayUse(name));
  for (const { name } of candidates) {
    const found = (await edrCollectionsOf(catalogue.cube(name))).find((one) => one.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The newest complete run; the newest of any when none is. */
export function newestRun(collection: EdrCollection): EdrRun | undefined {
  return collection.runs.findLast(({ complete }) => complete) ?? collection.runs.at(-1);
}
