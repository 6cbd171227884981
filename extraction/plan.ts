/**
 * Planning: which records a request reads, at which points, and what its answer will look like. Reads nothing but grid
 * descriptors, so the service plans every request before it accepts it: bad and oversized ones are refused by name.
 */
import type { BlockDomain } from '../formats/coverage-block.js';
import type { Limits } from '../schemas/limits.js';
import { FeatureError } from '../schemas/problem.js';
import type { FeatureRequest } from '../schemas/vocabulary.js';
import type { Datacube } from './datacube.js';
import type { FeaturePlan } from './features/context.js';
import { domainTypeOf, planFeature } from './features/registry.js';
import { fieldsOfRequest } from './plan/fields.js';
import type { GridOfRows } from './plan/grids.js';
import type { Plan, PlanCost, PlannedGroup } from './plan/types.js';
import type { RegionFinder } from './region/region.js';
import { NO_ROW, type Selection } from './selection.js';
import { traced } from './trace.js';

export interface PlanDeps {
  readonly limits: Limits;
  /** keeps what it found out about grids and shapes; one for the process */
  readonly regions: RegionFinder;
}

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

/** Bytes of text of the coordinates of a coverage. */
function coordinateBytes(domain: BlockDomain): number {
  switch (domain.type) {
    case 'PointSeries':
      return 23 * domain.times.length;
    case 'VerticalProfile':
      return 6 * domain.levels.length;
    case 'MultiPoint':
      return 20 * domain.points.lat.length * domain.levels.length;
    case 'Trajectory':
      return 43 * domain.path.lat.length;
  }
}

/** Bytes of an answer as CoverageJSON, from the habits of the encoder: an estimate for pricing. Every coverage has its coordinates. */
function textBytes(groups: readonly PlannedGroup[], values: number): number {
  let bytes = 1000 + 9 * values;
  for (const group of groups) for (const { domain } of group.coverages) bytes += 600 + coordinateBytes(domain);
  return bytes;
}

/** Rows of a group are distinct already. */
function distinctRows(groups: readonly PlannedGroup[]): number {
  if (groups.length === 1) return groups[0]!.rows.length;
  const rows = new Set<number>();
  for (const group of groups) for (const row of group.rows) rows.add(row);
  return rows.size;
}

function costOf(groups: readonly PlannedGroup[], plans: readonly FeaturePlan[]): PlanCost {
  const coverages = groups.reduce((sum, group) => sum + group.coverages.length, 0);
  const points = plans.reduce((most, plan) => Math.max(most, plan.points), 0);
  const values = plans.reduce((sum, plan) => sum + plan.values, 0);
  return {
    fields: distinctRows(groups),
    points,
    values,
    bytes_estimate: textBytes(groups, values),
    coverages,
  };
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

const isInterpolated = ({ feature }: FeatureRequest): boolean =>
  'interpolation' in feature && feature.interpolation === 'bilinear';

async function makePlan(request: FeatureRequest, cube: Datacube, deps: PlanDeps): Promise<Plan> {
  const { selection, grids, integers, wide } = await fieldsOfRequest(request, cube);
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
      // what lies between integers is none
      integers: isInterpolated(request) ? new Set() : integers,
      levtype: selection.levtype,
    },
    wide,
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
