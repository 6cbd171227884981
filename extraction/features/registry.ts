/** Which planner plans which feature; the compiler asks for every type of the union. */
import type { Feature } from '../../schemas/vocabulary.js';
import { planBoundingbox } from './boundingbox.js';
import { planCircle } from './circle.js';
import type { FeatureContext, FeaturePlan } from './context.js';
import { planFrame } from './frame.js';
import { planPolygon } from './polygon.js';
import { planPosition } from './position.js';
import { planTimeseries } from './timeseries.js';
import { planTrajectory } from './trajectory.js';
import { planVerticalprofile } from './verticalprofile.js';

export function planFeature(context: FeatureContext, feature: Feature): Promise<FeaturePlan> {
  switch (feature.type) {
    case 'timeseries':
      return planTimeseries(context, feature);
    case 'verticalprofile':
      return planVerticalprofile(context, feature);
    case 'position':
      return planPosition(context, feature);
    case 'polygon':
      return planPolygon(context, feature);
    case 'boundingbox':
      return planBoundingbox(context, feature);
    case 'frame':
      return planFrame(context, feature);
    case 'circle':
      return planCircle(context, feature);
    case 'trajectory':
      return planTrajectory(context, feature);
  }
}

/** Domain type of a feature's answer. */
export function domainTypeOf(feature: Feature): 'PointSeries' | 'VerticalProfile' | 'MultiPoint' | 'Trajectory' {
  switch (feature.type) {
    case 'timeseries':
    case 'position':
      return 'PointSeries';
    case 'verticalprofile':
      return 'VerticalProfile';
    case 'trajectory':
      return 'Trajectory';
    default:
      return 'MultiPoint';
  }
}
