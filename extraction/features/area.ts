/** Features that cover an area: all grid points in a shape, every level and param of one time in one coverage. */
import type { PointList } from '../../formats/coverage-block.js';
import { isoTime } from '../../formats/float-text.js';
import { FeatureError } from '../../schemas/problem.js';
import type { PlannedGroup } from '../plan/types.js';
import type { Shape } from '../region/shape.js';
import { expand } from '../region/spans.js';
import {
  checkCost,
  countFields,
  type FeatureContext,
  type FeaturePlan,
  fieldAt,
  fieldsOf,
  metadataOf,
  RowSlots,
  stepLabel,
  turned,
  turnsOf,
} from './context.js';

const short = (value: number): string => String(Math.round(value * 1e4) / 1e4);

/** Point of the grid that is nearest to the middle of a shape, and the error that names it. */
async function nothingInside(context: FeatureContext, shape: Shape): Promise<{ point: number; error: FeatureError }> {
  const lat = Math.max(-90, Math.min(90, (shape.south + shape.north) / 2));
  const lon = (shape.west + shape.east) / 2;
  const nearest = await context.grid.nearest(Float64Array.of(lat), Float64Array.of(lon));
  const at = `[${short(nearest.lat[0]!)}, ${short(nearest.lon[0]!)}]`;
  const far = `${short(nearest.distanceKm[0]!)} km from the middle of the shape`;
  const notes = (context.request.notes ?? []).map((note) => ` (${note})`).join('');
  const error =
    nearest.inside[0] === 1
      ? new FeatureError(
          'no_points_in_feature',
          `feature "${context.request.feature.type}": no grid point lies in the shape; the nearest is ${at}, ${far}: enlarge the shape or ask for that point${notes}.`,
        )
      : new FeatureError(
          'outside_domain',
          `feature "${context.request.feature.type}": the shape is outside the grid, no grid point lies in it; the nearest is ${at}, ${far}: move the shape${notes}.`,
        );
  return { point: nearest.point[0]!, error };
}

/** Points of the grid in the shape, by the collection's rule when there are none. */
export async function pointsInside(context: FeatureContext, shape: Shape, key: string): Promise<Uint32Array> {
  const spans = await context.regions.find(context.grid, shape, key);
  if (spans.count > 0) {
    checkCost(countFields(context.selection), spans.count, context.limits);
    return expand(spans);
  }
  const { emptyFeature } = context.cube.collection;
  if (emptyFeature === 'empty') return new Uint32Array(0);
  const { point, error } = await nothingInside(context, shape);
  const mayTakeNearest = emptyFeature === 'nearest' && error.code === 'no_points_in_feature';
  if (!mayTakeNearest) throw error;
  return Uint32Array.of(point);
}

/** One coverage a base time, member and step, over the levels with the given numbers. */
export async function planArea(
  context: FeatureContext,
  shape: Shape,
  key: string,
  levels: readonly number[],
): Promise<FeaturePlan> {
  const { selection } = context;
  const points = await pointsInside(context, shape, key);
  if (points.length === 0) return { groups: [], points: 0, values: 0 };
  const turns = await turnsOf(context, points);
  const list: PointList = await context.grid.latlon(points);
  const levelValues = Float64Array.from(levels, (l) => selection.levels[l]!);
  const groups: PlannedGroup[] = [];
  for (let b = 0; b < selection.bases.length; b++) {
    for (let n = 0; n < selection.numbers.length; n++) {
      for (let s = 0; s < selection.steps.length; s++) {
        const base = selection.bases[b]!;
        const valid = base + 1000 * selection.steps[s]!;
        const cells = levels.map((l) => fieldAt(selection, b, n, l, s, 0));
        const slots = new RowSlots();
        const ranges = selection.params.map((param, p) => ({
          param: p,
          ...fieldsOf(context, slots, p, cells, turned(param, turns)),
          pick: { kind: 'all' } as const,
        }));
        const more = { step: stepLabel(selection.steps[s]!), 'fst:validTime': isoTime(valid) };
        const coverage = {
          metadata: metadataOf(context, { base: b, number: n, levels }, more),
          domain: { type: 'MultiPoint', base, valid, points: list, levels: levelValues } as const,
          ranges,
        };
        groups.push({ rows: slots.rows(), points, coverages: [coverage], ...(turns ? { turns } : {}) });
      }
    }
  }
  const cells = selection.bases.length * selection.numbers.length * selection.steps.length * levels.length;
  return { groups, points: points.length, values: cells * selection.params.length * points.length };
}

/** Numbers of all levels of the selection. */
export function allLevels(context: FeatureContext): number[] {
  return Array.from(context.selection.levels, (_, l) => l);
}
