/** Grid points in an outer box and not inside an inner one. */
import type { Feature } from '../../schemas/vocabulary.js';
import { frameShape } from '../region/shapes.js';
import { allLevels, planArea } from './area.js';
import type { FeatureContext, FeaturePlan } from './context.js';

export function planFrame(context: FeatureContext, feature: Extract<Feature, { type: 'frame' }>): Promise<FeaturePlan> {
  const { outer, inner } = feature;
  return planArea(context, frameShape(outer, inner), JSON.stringify(['frame', outer, inner]), allLevels(context));
}
