/** Grid points in a closed box, on all levels of the request or on those in the box's range. */
import type { Feature } from '../../schemas/vocabulary.js';
import { boxShape } from '../region/shapes.js';
import { allLevels, planArea } from './area.js';
import type { FeatureContext, FeaturePlan } from './context.js';

const LEVEL_SLACK = 1e-5;

export function planBoundingbox(
  context: FeatureContext,
  feature: Extract<Feature, { type: 'boundingbox' }>,
): Promise<FeaturePlan> {
  const { box, levels } = feature;
  const within = (value: number): boolean =>
    levels === undefined ||
    (value >= levels[0] - LEVEL_SLACK * Math.abs(levels[0]) && value <= levels[1] + LEVEL_SLACK * Math.abs(levels[1]));
  const numbers = allLevels(context).filter((l) => within(context.selection.levels[l]!));
  return planArea(context, boxShape(box), JSON.stringify(['box', box]), numbers);
}
