/**
 * Planning: which records a request reads, at which points, and what its answer will look like. Reads nothing but grid
 * descriptors, so the service plans every request before it accepts it: bad and oversized ones are refused by name.
 */
import type { Limits } from '../schemas/limits.js';
import { FeatureError } from '../schemas/problem.js';
import type { FeatureRequest } from '../schemas/vocabulary.js';
import { type Datacube, recordsOf } from './datacube.js';
import type { FeaturePlan } from './features/context.js';
import { domainTypeOf, planFeature } from './features/registry.js';
import { type GridOfRows, gridsOfRows } from './plan-grids.js';
import type { Plan, PlanCost, PlannedGroup } from './plan-types.js';
import type { RegionFinder } from './region/region.js';
import { NO_ROW, type Selection, selectFields } from './selection.js';
import { traced } from './trace.js';

export interface PlanDeps {
  readonly limits: Limits;
  /** keeps what it found out about grids and shapes; one for the process */
  readonly regions: RegionFinder;
}

const existing = (rows: Uint32Array): Uint32Array => rows.filter((row) => row !== NO_ROW);

/** The part of a selection whose params are on one grid. */
function onGrid(selection: Selection, rows: ReadonlySet<number>): Selection {
  const width = selection.params.length;
  const kept = selection.params
    .map((_, p) => p)
    .filter((p) => {
      for (let at = p; at < selection.rows.length; at += width) if (rows.has(selection.rows[at]!)) return true;
      return false;
    });
  const narrow = (all: Uint32Array): Uint32Array => {
    const out = new Uint32Array((all.length / width) * kept.length);
    for (let at = 0; at < out.length; at++) {
      const row = all[Math.floor(at / kept.length) * width + kept[at % kept.length]!]!;
      out[at] = row !== NO_ROW && rows.has(row) ? row : NO_ROW;
    }
    return out;
  };
  return {
    ...selection,
    params: kept.map((p) => selection.params[p]!),
    rows: narrow(selection.rows),
    ...(selection.partners ? { partners: narrow(selection.partners) } : {}),
  };
}

/** Selections by grid: one under the ecmwf profile, which cannot hold several point lists. */
function split(selection: Selection, grids: readonly GridOfRows[], request: FeatureRequest): Selection[] {
  if (grids.length === 1) return [selection];
  const parts = grids.map(({ rows }) => onGrid(selection, rows));
  const names = grids.map(
    ({ grid }, g) => `${parts[g]!.params.map((p) => p.name).join(', ')} on ${grid.def.grtyp} ${grid.ni}x${grid.nj}`,
  );
  const shared = parts.reduce((sum, part) => sum + part.params.length, 0) > selection.params.length;
  if (shared || request.format !== 'covjson-ogc') {
    throw new FeatureError(
      'mixed_grids',
      `"param": the fields are on ${grids.length} grids (${names.join('; ')}); send a request for each grid.`,
      { data: { grids: names } },
    );
  }
  return parts;
}

/** Without partner components that lie on another grid than their field: those cannot be turned together. */
function withPartnersOnGrid(selection: Selection, cube: Datacube): Selection {
  const { rows, partners } = selection;
  if (partners === undefined) return selection;
  const gridOf = (row: number): number => recordsOf(cube, Uint32Array.of(row)).grid[0]!;
  const kept = partners.map((partner, at) => {
    const row = rows[at]!;
    return partner !== NO_ROW && row !== NO_ROW && gridOf(partner) === gridOf(row) ? partner : NO_ROW;
  });
  return { ...selection, partners: kept };
}

/** Params whose records hold plain integers and stay as they are. */
function integersOf(selection: Selection, cube: Datacube): Set<string> {
  const width = selection.params.length;
  const names = new Set<string>();
  selection.params.forEach((param, p) => {
    if (param.scale !== 1 || param.offset !== 0 || param.rotate !== undefined) return;
    const rows = existing(selection.rows.filter((_, at) => at % width === p));
    const { datyp } = recordsOf(cube, rows);
    const isInteger = (type: number): boolean => [2, 4].includes(type & 15);
    if (rows.length > 0 && datyp.every(isInteger)) names.add(param.name);
  });
  return names;
}

/** Bytes of text of an answer, from the habits of the encoder: an estimate for pricing. */
function textBytes(values: number, points: number, coverages: number): number {
  return Math.round(1000 + 8 * values + 30 * Math.min(points, values) + 900 * coverages);
}

function costOf(groups: readonly PlannedGroup[], plans: readonly FeaturePlan[]): PlanCost {
  const rows = new Set<number>();
  let coverages = 0;
  for (const group of groups) {
    for (const row of group.rows) rows.add(row);
    coverages += group.coverages.length;
  }
  const points = plans.reduce((most, plan) => Math.max(most, plan.points), 0);
  const values = plans.reduce((sum, plan) => sum + plan.values, 0);
  return { fields: rows.size, points, values, bytes_estimate: textBytes(values, points, coverages), coverages };
}

/**
 * Plan of a request on one version of the data. Throws FeatureError: what selection refuses, `too_large` with the numbers,
 * `outside_domain`, `no_points_in_feature`, `mixed_grids`, `unsupported_grid`.
 */
export function planRequest(request: FeatureRequest, cube: Datacube, deps: PlanDeps): Promise<Plan> {
  const attributes = { 'polyfst.feature': request.feature.type, 'polyfst.collection': cube.collection.name };
  return traced('polyfst.plan', attributes, async (span) => {
    const plan = await makePlan(request, cube, deps);
    span.setAttribute('polyfst.values', plan.cost.values);
    return plan;
  });
}

async function makePlan(request: FeatureRequest, cube: Datacube, deps: PlanDeps): Promise<Plan> {
  const selection = withPartnersOnGrid(selectFields(request, cube), cube);
  const grids = await gridsOfRows(cube, existing(selection.rows));
  if (grids.length === 0) {
    throw new FeatureError('no_data', 'The request selects no field at all: no data for any of its values; widen it.');
  }
  const parts = split(selection, grids, request);
  const plans: FeaturePlan[] = [];
  for (const [g, part] of parts.entries()) {
    const { grid } = grids[g]!;
    plans.push(await planFeature({ request, selection: part, cube, grid, ...deps }, request.feature));
  }
  const groups = plans.flatMap((plan, g) => renumbered(plan.groups, parts[g]!, selection));
  return {
    request,
    cube,
    head: {
      domainType: domainTypeOf(request.feature),
      params: selection.params,
      integers: integersOf(selection, cube),
      levtype: selection.levtype,
    },
    groups,
    cost: costOf(groups, plans),
    notes: request.notes ?? [],
  };
}

/** Ranges that name params of a part, named as params of the whole. */
function renumbered(groups: readonly PlannedGroup[], part: Selection, whole: Selection): readonly PlannedGroup[] {
  if (part === whole) return groups;
  const number = part.params.map((param) => whole.params.indexOf(param));
  return groups.map((group) => ({
    ...group,
    coverages: group.coverages.map((coverage) => ({
      ...coverage,
      ranges: coverage.ranges.map((range) => ({ ...range, param: number[range.param]! })),
    })),
  }));
}
