/** Time series: along the steps of each run, or along the base times of several runs at one step. */
import type { Feature } from '../../schemas/vocabulary.js';
import type { Selection } from '../selection.js';
import { type FeatureContext, type FeaturePlan, fieldAt, stepLabel } from './context.js';
import { type PointCell, planPoints, seriesCells } from './point-series.js';

/** Series along base times: one a step, level and member; `t` is base time plus step. */
function datetimeCells(selection: Selection): PointCell[] {
  const { bases, levels, numbers, steps } = selection;
  const cells: PointCell[] = [];
  for (let s = 0; s < steps.length; s++) {
    const times = bases.map((base) => base + 1000 * steps[s]!);
    for (let l = 0; l < levels.length; l++) {
      for (let n = 0; n < numbers.length; n++) {
        cells.push({
          base: 0,
          number: n,
          levels: [l],
          cells: Array.from(bases, (_, b) => fieldAt(selection, b, n, l, s, 0)),
          metadata: { levelist: levels[l]!, step: stepLabel(steps[s]!) },
          domain: ({ lat, lon }) => ({ type: 'PointSeries', lat, lon, level: levels[l]!, times }),
        });
      }
    }
  }
  return cells;
}

export function planTimeseries(
  context: FeatureContext,
  feature: Extract<Feature, { type: 'timeseries' }>,
): Promise<FeaturePlan> {
  if (feature.axis === 'datetime') return planPoints(context, feature, 'datetime', datetimeCells);
  return planPoints(context, feature, 'step', seriesCells);
}
