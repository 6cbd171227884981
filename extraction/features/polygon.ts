/** Grid points in the union of polygons. */
import type { Feature } from '../../schemas/vocabulary.js';
import { polygonShape } from '../region/shapes.js';
import { allLevels, planArea } from './area.js';
import type { FeatureContext, FeaturePlan } from './context.js';

export function planPolygon(
  context: FeatureContext,
  feature: Extract<Feature, { type: 'polygon' }>,
): Promise<FeaturePlan> {
  const { polygons } = feature;
  return planArea(context, polygonShape(polygons), JSON.stringify(['polygon', polygons]), allLevels(context));
}
