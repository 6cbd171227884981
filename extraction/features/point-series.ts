/** Features at points: time series, positions and vertical profiles. All points share the records, so they are one group. */
import type { BlockDomain, BlockMetadata } from '../../formats/coverage-block.js';
import type { Interpolation, LatLon } from '../../schemas/vocabulary.js';
import type { PlannedCoverage, PlannedRange } from '../plan/types.js';
import type { Selection } from '../selection.js';
import {
  checkCost,
  countFields,
  type FeatureContext,
  type FeaturePlan,
  fieldAt,
  fieldsOf,
  metadataOf,
  RowSlots,
  turned,
  turnsOf,
} from './context.js';
import { type Target, targetsOf } from './targets.js';

/** One coverage at a point before the point is known: its fields, its place in the run, and what its axis holds. */
export interface PointCell {
  readonly base: number;
  readonly number: number;
  /** numbers of its levels */
  readonly levels: readonly number[];
  /** numbers of the fields (param 0) along the axis */
  readonly cells: readonly number[];
  domain(target: Target): BlockDomain;
  readonly metadata: BlockMetadata;
}

function requestedOf(target: Target): BlockMetadata {
  return {
    'fst:requestedPoint': [...target.requested],
    ...(target.distanceKm === undefined ? {} : { 'fst:distanceKm': Math.round(target.distanceKm * 1e6) / 1e6 }),
  };
}

/** Coverages of a selection before the points are known: the rows that they read, and what they say of themselves. */
interface PointLayout {
  readonly rows: Uint32Array;
  readonly cells: readonly PointCell[];
  /** of each cell */
  readonly metadata: readonly BlockMetadata[];
  readonly ranges: readonly (readonly Omit<PlannedRange, 'pick'>[])[];
}

const layouts = new WeakMap<Selection, Map<string, PointLayout>>();

/** Ways to lay out a selection: what runs along the axis of its coverages. */
export type PointAxis = 'step' | 'datetime' | 'level';

/** The layout, made once a selection: it is the same at every point. */
function layoutOf(
  context: FeatureContext,
  axis: PointAxis,
  makeCells: (selection: Selection) => readonly PointCell[],
  turns: Float64Array | undefined,
): PointLayout {
  const { selection } = context;
  const known = layouts.get(selection) ?? new Map<string, PointLayout>();
  layouts.set(selection, known);
  const key = `${axis} ${turns === undefined}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const cells = makeCells(selection);
  const slots = new RowSlots();
  const ranges = cells.map((cell) =>
    selection.params.map((param, p) => ({
      param: p,
      ...fieldsOf(context, slots, p, cell.cells, turned(param, turns)),
    })),
  );
  const metadata = cells.map((cell) => metadataOf(context, cell, cell.metadata));
  const made = { rows: slots.rows(), cells, metadata, ranges };
  known.set(key, made);
  return made;
}

/** Coverages of every point, point outermost. */
export async function planPoints(
  context: FeatureContext,
  { points: places, interpolation }: { readonly points: readonly LatLon[]; readonly interpolation: Interpolation },
  axis: PointAxis,
  makeCells: (selection: Selection) => readonly PointCell[],
): Promise<FeaturePlan> {
  const { selection, limits } = context;
  const fields = countFields(selection);
  checkCost(fields, places.length, limits);
  const targets = await targetsOf(context, places, interpolation);
  checkCost(fields, targets.points.length, limits);
  const turns = await turnsOf(context, targets.points);
  const { rows, cells, metadata, ranges } = layoutOf(context, axis, makeCells, turns);
  const coverages: PlannedCoverage[] = [];
  for (const target of targets.list) {
    const pick = { kind: 'one', slots: target.slots, weights: target.weights } as const;
    const requested = requestedOf(target);
    for (const [c, cell] of cells.entries()) {
      coverages.push({
        metadata: { ...metadata[c]!, ...requested },
        domain: cell.domain(target),
        ranges: ranges[c]!.map((range): PlannedRange => ({ ...range, pick })),
      });
    }
  }
  const group = { rows, points: targets.points, coverages, ...(turns ? { turns } : {}) };
  return { groups: [group], points: places.length, values: places.length * selection.rows.length };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

/** Series along step: one a base time, level and member. */
export function seriesCells(selection: Selection): PointCell[] {
  const { bases, levels, numbers, steps } = selection;
  return range(bases.length).flatMap((b) => {
    const times = steps.map((step) => bases[b]! + 1000 * step);
    return range(levels.length).flatMap((l) =>
      range(numbers.length).map(
        (n): PointCell => ({
          base: b,
          number: n,
          levels: [l],
          cells: range(steps.length).map((s) => fieldAt(selection, b, n, l, s, 0)),
          metadata: { levelist: levels[l]! },
          domain: ({ lat, lon }) => ({ type: 'PointSeries', lat, lon, level: levels[l]!, times }),
        }),
      ),
    );
  });
}
