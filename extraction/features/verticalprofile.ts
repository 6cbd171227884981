/** Vertical profiles: all levels at a point, one a base time, member and step. */
import type { Feature } from '../../schemas/vocabulary.js';
import type { Selection } from '../selection.js';
import { type FeatureContext, type FeaturePlan, fieldAt, stepLabel } from './context.js';
import { type PointCell, planPoints } from './point-series.js';

function profileCells(selection: Selection): PointCell[] {
  const { bases, levels, numbers, steps } = selection;
  const cells: PointCell[] = [];
  for (let b = 0; b < bases.length; b++) {
    for (let n = 0; n < numbers.length; n++) {
      for (let s = 0; s < steps.length; s++) {
        const time = bases[b]! + 1000 * steps[s]!;
        cells.push({
          base: b,
          number: n,
          levels: Array.from(levels, (_, l) => l),
          cells: Array.from(levels, (_, l) => fieldAt(selection, b, n, l, s, 0)),
          metadata: { step: stepLabel(steps[s]!) },
          domain: ({ lat, lon }) => ({ type: 'VerticalProfile', lat, lon, levels, time }),
        });
      }
    }
  }
  return cells;
}

export function planVerticalprofile(
  context: FeatureContext,
  feature: Extract<Feature, { type: 'verticalprofile' }>,
): Promise<FeaturePlan> {
  return planPoints(context, feature, 'level', profileCells);
}
