/** Values at positions: as time series, with whatever steps the request asks for. */
import type { Feature } from '../../schemas/vocabulary.js';
import type { FeatureContext, FeaturePlan } from './context.js';
import { planPoints, seriesCells } from './point-series.js';

export function planPosition(
  context: FeatureContext,
  feature: Extract<Feature, { type: 'position' }>,
): Promise<FeaturePlan> {
  return planPoints(context, feature, 'step', seriesCells);
}
