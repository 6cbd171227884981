/** Grid points in a disk in degrees, or in a cap of a radius in km. */
import type { Feature } from '../../schemas/vocabulary.js';
import { capShape, circleShape } from '../region/shapes.js';
import { allLevels, planArea } from './area.js';
import type { FeatureContext, FeaturePlan } from './context.js';

export function planCircle(
  context: FeatureContext,
  feature: Extract<Feature, { type: 'circle' }>,
): Promise<FeaturePlan> {
  const { center, radius, units } = feature;
  const shape = units === 'km' ? capShape(center, radius) : circleShape(center, radius);
  return planArea(context, shape, JSON.stringify(['circle', center, radius, units]), allLevels(context));
}
